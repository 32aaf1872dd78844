/** What `runc create` and `runc exec` have in common: starting `runc init`, and talking to it over a socket pair. */
import { O } from '../../kernel/abi.ts';
import type { CloneFlag, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { NamespaceKind } from '../../journal/event.ts';
import { writeAll } from '../../programs/io.ts';
import { spawn } from '../../programs/spawn.ts';
import { encodeFrame, readFrame } from '../wire/frame.ts';
import { RuncError } from './error.ts';
import type { NamespaceType, ProcessSpec, Spec } from './spec.ts';

/** First message to `runc init`: what its stages do with namespaces. The real one is netlink-encoded. */
export interface Bootstrap {
  /** Namespaces to join, in this order. */
  readonly join: readonly { readonly kind: NamespaceKind; readonly path: string }[];
  /** Namespaces that stage 1 makes. */
  readonly unshare: readonly CloneFlag[];
  /** Whether stage 2 makes the cgroup namespace: only once it is in its cgroup. */
  readonly cgroupNamespace: boolean;
  readonly oomScoreAdj: number | null;
}

/** Second message: what stage 2 does. */
export interface InitConfig {
  readonly id: string;
  readonly bundle: string;
  /** Of a new container; an exec needs none. */
  readonly spec?: Spec;
  readonly seccomp: boolean;
  /** What to run: spec.process, or what `runc exec` was given. */
  readonly process: ProcessSpec;
}

/** Answer to the bootstrap message: the pids of the stages, as runc sees them. */
export interface StagePids {
  readonly stage1_pid: number;
  readonly pid: number;
}

/** Messages by which the two keep step. runc: libcontainer/sync.go. */
export interface Sync {
  readonly type: 'procHooks' | 'procResume' | 'procReady' | 'procRun' | 'procError';
  readonly message?: string;
}

export interface InitProcess {
  /** Stage 0. */
  readonly pid: number;
  /** Our end of the socket pair. */
  readonly pipe: number;
}

export interface InitOptions {
  readonly type: 'standard' | 'setns';
  readonly execFifo?: number;
  readonly consoleSocket?: number;
  /** Its descriptors 0, 1 and 2; runc's own without. */
  readonly stdio?: readonly number[];
}

/**
 * Forks `runc init`: a copy of this program that gets its orders over descriptor 3 (4 when a console socket is given).
 */
export function* startInit(options: InitOptions): Running<InitProcess> {
  const [ours, theirs] = yield* sys.socketpair();
  yield* sys.setCloseOnExec(ours, true);
  yield* sys.setCloseOnExec(theirs, true);
  const [logRead, logWrite] = yield* sys.pipe2(O.CLOEXEC);
  const extra: number[] = [];
  const env: Record<string, string> = { _LIBCONTAINER_INITTYPE: options.type };
  const give = (name: string, fd: number | undefined): void => {
    if (fd === undefined) return;
    env[`_LIBCONTAINER_${name}`] = String(3 + extra.length);
    extra.push(fd);
  };
  give('CONSOLE', options.consoleSocket);
  give('INITPIPE', theirs);
  give('LOGPIPE', logWrite);
  give('FIFOFD', options.execFifo);
  const fds = Object.fromEntries([...(options.stdio ?? [0, 1, 2]), ...extra].map((fd, place) => [place, fd]));
  const pid = yield* spawn({ path: '/proc/self/exe', argv: ['runc', 'init'], env, fds });
  for (const fd of [theirs, logWrite, logRead]) yield* sys.close(fd);
  return { pid, pipe: ours };
}

export function* send(fd: number, message: Bootstrap | InitConfig | StagePids | Sync): Running<void> {
  yield* writeAll(fd, encodeFrame(message));
}

/** The other side's next message; undefined when it has closed its end. */
export function* receive(fd: number): Running<unknown> {
  return yield* readFrame(fd);
}

/** As `receive`, for init: a parent that has died, with what it was told unread, gives no orders either. */
export function* receiveOrders(fd: number): Running<unknown> {
  try {
    return yield* receive(fd);
  } catch (error) {
    if (!isErrno(error, 'ECONNRESET')) throw error;
    return undefined;
  }
}

/**
 * Waits for one sync message from runc init. Throws what it reports as its failure, and that it has died with our
 * orders unread (recorded: vm-10).
 */
export function* receiveSync(fd: number): Running<Sync | undefined> {
  let sync: Sync | undefined;
  try {
    sync = (yield* receive(fd)) as Sync | undefined;
  } catch (error) {
    if (!isErrno(error, 'ECONNRESET')) throw error;
    throw new RuncError('unable to start container process: read init-p: connection reset by peer');
  }
  if (sync?.type === 'procError') throw new RuncError(`unable to start container process: ${sync.message ?? ''}`);
  return sync;
}

/** The kernel's name for a namespace of config.json. */
export const kindOf: Readonly<Record<NamespaceType, NamespaceKind>> = {
  mount: 'mnt',
  uts: 'uts',
  ipc: 'ipc',
  pid: 'pid',
  network: 'net',
  user: 'user',
  cgroup: 'cgroup',
  time: 'time',
};
