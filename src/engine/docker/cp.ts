/** `docker cp`: files travel as tar archives, in either direction. docker: cli/command/container/cp.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readAll, writeAll } from '../../programs/io.ts';
import type { TarMember } from '../../programs/tar/format.ts';
import { decodeBase64 } from '../../programs/base64.ts';
import { finishBody, request } from '../wire/http-client.ts';
import type { HttpHeaders } from '../wire/http.ts';
import type { DockerCommand } from './arguments.ts';
import { call, CommandFailed, openAnswer, reach, target, versioned } from './client.ts';
import type { DockerClient } from './client.ts';
import { cleanPath, planCopy, rebasing, splitPath } from './copy-paths.ts';
import type { CopyEnd } from './copy-paths.ts';
import { localDestination, localSource, packLocal, unpackLocal } from './local-archive.ts';
import { boolFlag, isSet } from './pflag.ts';
import { humanSize } from './size.ts';

interface CopyOptions {
  readonly followsLinks: boolean;
  readonly copiesOwners: boolean;
  readonly isQuiet: boolean;
}

/** A file of a container as the daemon describes it: `mode` is Go's os.FileMode. */
interface PathStat {
  readonly mode: number;
  readonly linkTarget: string;
}

export function* cpCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const [source = '', destination = ''] = args;
  if (source === '') throw new CommandFailed('source can not be empty\n', 1);
  if (destination === '') throw new CommandFailed('destination can not be empty\n', 1);
  const from = splitArgument(source);
  const to = splitArgument(destination);
  if (from.container !== '' && to.container !== '')
    throw new CommandFailed('copying between containers is not supported\n', 1);
  const options = {
    followsLinks: boolFlag(flags, 'follow-link'),
    copiesOwners: boolFlag(flags, 'archive'),
    isQuiet: isSet(flags, 'quiet') ? boolFlag(flags, 'quiet') : !(yield* sys.isatty(1)),
  };
  if (from.container !== '') return yield* copyOut(docker, from.container, from.path, to.path, options);
  if (to.container !== '') return yield* copyIn(docker, from.path, to.container, to.path, options);
  throw new CommandFailed('must specify at least one container source\n', 1);
}

/** `web:/tmp`; what begins with `/` or `.` is a path of the host. docker: splitCpArg(). */
function splitArgument(text: string): { readonly container: string; readonly path: string } {
  const colon = text.indexOf(':');
  if (text.startsWith('/') || text.startsWith('.') || colon < 0) return { container: '', path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

function* copyOut(
  docker: DockerClient,
  container: string,
  asked: string,
  to: string,
  { followsLinks, isQuiet }: CopyOptions,
): Running {
  const destination = to === '-' ? null : yield* localDestination(to);
  const link = followsLinks ? yield* statPath(docker, container, asked) : null;
  const path = link === null ? asked : (linkedPath(asked, link) ?? asked);
  const response = yield* openAnswer(docker, {
    method: 'GET',
    target: target(`/containers/${container}/archive`, { path }),
  });
  const archive = yield* reach(docker, () => finishBody(response));
  if (destination === null) {
    yield* writeAll(1, archive);
    return 0;
  }
  const stat = statOf(response.headers);
  const source: CopyEnd = {
    path,
    exists: true,
    isDirectory: isDirectory(stat),
    rebasedName: path === asked ? '' : splitPath(asked)[1],
  };
  const rebase = source.rebasedName === '' ? same : rebasing(splitPath(path)[1], source.rebasedName);
  const plan = planCopy(source, destination);
  yield* withProgress(isQuiet, archive.length, destination.path, () =>
    unpackLocal(archive, plan.directory, (member) => plan.rename(rebase(member))),
  );
  return 0;
}

const same = (member: TarMember): TarMember => member;

function* copyIn(
  docker: DockerClient,
  from: string,
  container: string,
  to: string,
  { followsLinks, copiesOwners, isQuiet }: CopyOptions,
): Running {
  const destination = yield* destinationIn(docker, container, to);
  let archive: string;
  let directory = destination.path;
  if (from === '-') {
    if (!destination.isDirectory) throw new CommandFailed(`destination "${container}:${to}" must be a directory\n`, 1);
    archive = yield* readAll(0);
  } else {
    const source = yield* localSource(from, followsLinks);
    const plan = planCopy(source, destination);
    archive = yield* packLocal(source, followsLinks, plan.rename);
    ({ directory } = plan);
  }
  const query = {
    copyUIDGID: copiesOwners ? 'true' : undefined,
    noOverwriteDirNonDir: 'true',
    path: directory,
  };
  yield* withProgress(isQuiet, archive.length, `${container}:${destination.path}`, function* () {
    yield* call(docker, { method: 'PUT', target: target(`/containers/${container}/archive`, query), archive });
  });
  return 0;
}

/** What is at the destination; that it cannot be asked for is no error yet: the copy itself will say so. */
function* destinationIn(docker: DockerClient, container: string, path: string): Running<CopyEnd> {
  const stat = yield* statPath(docker, container, path);
  const linked = stat === null ? null : linkedPath(path, stat);
  const at = linked ?? path;
  const there = linked === null ? stat : yield* statPath(docker, container, linked);
  return { path: at, exists: there !== null, isDirectory: there !== null && isDirectory(there), rebasedName: '' };
}

function* statPath(docker: DockerClient, container: string, path: string): Running<PathStat | null> {
  const asked = { method: 'HEAD', target: target(`/containers/${container}/archive`, { path }) } as const;
  const { status, headers } = yield* reach(docker, () => request(docker.http, versioned(docker, asked)));
  return status >= 400 ? null : statOf(headers);
}

function statOf(headers: HttpHeaders): PathStat {
  return JSON.parse(decodeBase64(headers['x-docker-container-path-stat'] ?? 'e30=')) as PathStat;
}

/** Go: os.ModeDir and os.ModeSymlink. */
const isDirectory = ({ mode }: PathStat): boolean => mode >= 2 ** 31;
const isLink = ({ mode }: PathStat): boolean => Math.floor(mode / 2 ** 27) % 2 === 1;

/** Where a symbolic link leads; null for anything else. */
function linkedPath(path: string, stat: PathStat): string | null {
  if (!isLink(stat)) return null;
  const { linkTarget } = stat;
  return linkTarget.startsWith('/') ? linkTarget : cleanPath(`${splitPath(path)[0]}/${linkTarget}`);
}

/** On a terminal: a line that comes and goes, and one that stays. docker: copyProgress(). */
function* withProgress(isQuiet: boolean, bytes: number, where: string, body: () => Running<void>): Running<void> {
  if (isQuiet) {
    yield* body();
    return;
  }
  const isShown = yield* sys.isatty(2);
  if (isShown) yield* print('\x1b[sPreparing to copy...', 2);
  yield* body();
  if (isShown) yield* print('\x1b[u\x1b[2K', 2);
  yield* print(`Successfully copied ${humanSize(bytes, 3)} to ${where}\n`, 2);
}
