/** Puts files into an archive. */
import type { Running, Stat } from '../../kernel/abi.ts';
import { isErrno, type Errno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { bootSeconds } from '../clock.ts';
import { readFile } from '../io.ts';
import { headerOf, paddingAfter } from './format.ts';
import type { TarMember } from './format.ts';

/** Takes the archive's bytes in order. */
export type TarSink = (bytes: string) => Running<void>;

export interface Packing {
  readonly write: TarSink;
  /** Names by device and inode, for files with several links: the second is told as a link to the first. */
  readonly seen: Map<string, string>;
  /** When the machine began, in seconds since 1970: files' times count from there. */
  readonly bootSeconds: number;
  /** Told of each member as it goes in. */
  readonly told?: (name: string) => Running<void>;
  /** Told of what cannot be read, which is left out then; without it the first such error is thrown. */
  readonly refused?: (path: string, error: Errno) => Running<void>;
  /** Follows symbolic links. */
  readonly dereference?: boolean;
  /** The kind of a file stands in its own field alone, as GNU tar has it; moby repeats it in the mode. */
  readonly hasPlainModes?: boolean;
}

export function* packing(write: TarSink): Running<Packing> {
  return { write, seen: new Map(), bootSeconds: yield* bootSeconds() };
}

/**
 * Puts what is at `path` into the archive under `name`, a directory with all that is in it, in order of name. Sockets
 * are left out. Throws the Errno of the first call that fails, unless `refused` takes it.
 */
export function* packTree(into: Packing, path: string, name: string): Running<void> {
  try {
    yield* packAll(into, path, name);
  } catch (error) {
    if (!isErrno(error) || into.refused === undefined) throw error;
    yield* into.refused(path, error);
  }
}

function* packAll(into: Packing, path: string, name: string): Running<void> {
  const stat = yield* into.dereference === true ? sys.stat(path) : sys.lstat(path);
  if (stat.type === 'socket') return;
  yield* packOne(into, path, name, stat);
  if (stat.type !== 'directory') return;
  for (const entry of yield* sys.readdir(path))
    yield* packTree(into, `${path === '/' ? '' : path}/${entry.name}`, joined(name, entry.name));
}

/** The name of an entry of a directory: `etc` and `hosts` make `etc/hosts`; the root's own name is nothing. */
function joined(directory: string, name: string): string {
  return directory === '' || directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

/** Puts one file, directory or link into the archive, without what is in it. */
export function* packOne(into: Packing, path: string, name: string, stat: Stat): Running<void> {
  const shown = stat.type === 'directory' && !name.endsWith('/') ? `${name}/` : name;
  const key = `${stat.device}:${stat.inode}`;
  const first = stat.type !== 'directory' && stat.links > 1 ? into.seen.get(key) : undefined;
  if (first === undefined) into.seen.set(key, shown);
  const content = stat.type === 'file' && first === undefined ? yield* readFile(path) : '';
  yield* into.told?.(shown) ?? nothing();
  if (shown === '' || shown === '/') return;
  const member: TarMember = {
    name: shown,
    type: first === undefined ? (stat.type as TarMember['type']) : 'hard link',
    mode: into.hasPlainModes === true ? stat.mode & 0o7777 : stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    size: content.length,
    modifiedSeconds: into.bootSeconds + Math.trunc(stat.modifiedNs / 1e9),
    target: first ?? (stat.type === 'symlink' ? yield* sys.readlink(path) : ''),
  };
  yield* into.write(headerOf(member) + content + paddingAfter(content.length));
}

// oxlint-disable-next-line require-yield -- there is nobody to tell.
function* nothing(): Running<void> {}
