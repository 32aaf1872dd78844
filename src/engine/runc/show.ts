/** What runc tells of its containers: `state`, `list`, `ps`. */
import { exists } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, print, readAll } from '../../programs/io.ts';
import { lookPath, spawn, waitFor } from '../../programs/spawn.ts';
import { tabulate } from '../docker/tabwriter.ts';
import { pidsIn } from './cgroup.ts';
import { RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';
import { annotationsOf, bundleOf, cgroupOf, loadState, statusOf } from './state.ts';
import type { ContainerState, ContainerStatus } from './state.ts';

/** The state as the OCI runtime specification has it, without a newline behind it. */
export function* printState(options: RuncOptions, id: string): Running {
  const state = yield* loadState(options.root, id);
  yield* print(JSON.stringify(shownState(state, yield* statusOf(options.root, state), ''), null, 2));
  return 0;
}

function shownState(state: ContainerState, status: ContainerStatus, owner: string) {
  const annotations = annotationsOf(state);
  return {
    ociVersion: state.config.version,
    id: state.id,
    pid: status === 'stopped' ? 0 : state.init_process_pid,
    status,
    bundle: bundleOf(state),
    rootfs: state.config.rootfs,
    created: state.created,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    owner,
  };
}

/** Every container of this root. */
export function* list(options: RuncOptions): Running {
  const format = options.flags['format'] ?? 'table';
  const shown = [];
  for (const { name, type } of (yield* exists(options.root)) ? yield* sys.readdir(options.root) : []) {
    if (type !== 'directory') continue;
    try {
      const state = yield* loadState(options.root, name);
      shown.push(shownState(state, yield* statusOf(options.root, state), 'root'));
    } catch (error) {
      if (!(error instanceof RuncError)) throw error;
      yield* print(`load container ${name}: ${error.message}\n`, 2);
    }
  }
  if (options.flags['quiet'] === 'true') {
    yield* print(shown.map(({ id }) => `${id}\n`).join(''));
  } else if (format === 'json') {
    yield* print(`${shown.length === 0 ? 'null' : JSON.stringify(shown)}\n`);
  } else if (format === 'table') {
    const rows = shown.map((one) => [one.id, one.pid, one.status, one.bundle, one.created, one.owner].join('\t'));
    yield* print(tabulate(['ID\tPID\tSTATUS\tBUNDLE\tCREATED\tOWNER', ...rows], { leastWidth: 12, padding: 3 }));
  } else throw new RuncError('invalid format option');
  return 0;
}

/** The processes of a container: those lines of `ps -ef` that name them, or their pids as JSON. */
export function* ps(options: RuncOptions, id: string): Running {
  const state = yield* loadState(options.root, id);
  const pids = yield* pidsIn(cgroupOf(state));
  const format = options.flags['format'] ?? 'table';
  if (format === 'json') {
    yield* print(`${JSON.stringify(pids)}\n`);
    return 0;
  }
  if (format !== 'table') throw new RuncError('invalid format option');
  const given = options.args.slice(1);
  const [title = '', ...rows] = linesOf(yield* outputOf('ps', given.length > 0 ? given : ['-ef'], options));
  const column = title.trim().split(/\s+/).indexOf('PID');
  if (column < 0) throw new RuncError("couldn't find PID field in ps output");
  const theirs = rows.filter((row) => pids.includes(Number(row.trim().split(/\s+/)[column])));
  yield* print([title, ...theirs].map((row) => `${row}\n`).join(''));
  return 0;
}

function* outputOf(name: string, args: readonly string[], options: RuncOptions): Running<string> {
  const [read, write] = yield* sys.pipe2(O.CLOEXEC);
  const path = yield* lookPath(name, options.env);
  const pid = yield* spawn({ path, argv: [name, ...args], env: options.env, fds: { 1: write, 2: write } });
  yield* sys.close(write);
  const text = yield* readAll(read);
  yield* sys.close(read);
  const status = yield* waitFor(pid);
  if (!('code' in status) || status.code !== 0)
    throw new RuncError('code' in status ? `exit status ${status.code}: ${text}` : `signal: ${status.signal}`);
  return text;
}
