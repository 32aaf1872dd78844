/**
 * What the recorded experiments about kernel semantics were made of: see each in `truth`, 50-kernel-semantics, k01 to
 * k23.
 */
import { O, type Running, type SignalName } from './abi.ts';
import { isErrno } from './errno.ts';
import { boot, type Bench } from './kernel.fixture.ts';
import * as sys from './sys.ts';

const millisecondNs = 1_000_000;

/** A bench with /proc and the cgroup tree where they belong. */
export function bootWithTrees(): Bench {
  const bench = boot();
  bench.run(function* () {
    yield* sys.mkdir('/sys/fs');
    yield* sys.mkdir('/sys/fs/cgroup');
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', []);
    return 0;
  });
  return bench;
}

/** Lets everything that was begun happen. */
export const nap = () => sys.nanosleep(100 * millisecondNs);

/** `sleep 100`: it dies of whatever it is sent. */
export function* sleeper(): Running {
  yield* sys.nanosleep(100e9);
  return 0;
}

/** R, S, T or Z, as ps shows it; `gone` when there is no such task. */
export function state(bench: Bench, pid: number): string {
  const task = bench.kernel.tasks.get(pid);
  if (task === undefined) return 'gone';
  if (task.state === 'zombie') return 'Z';
  return task.state === 'stopped' ? 'T' : 'S';
}

/** The host's number of a task's parent. */
export function parentOf(bench: Bench, pid: number): number {
  return bench.task(pid).parent?.pid ?? 0;
}

/** What the call fails with, or `ok`. */
export function* outcome(call: Generator<never, unknown, unknown> | Running<unknown>): Running<string> {
  try {
    yield* call;
    return 'ok';
  } catch (error) {
    if (isErrno(error)) return error.errno;
    throw error;
  }
}

/**
 * `unshare --pid --fork`: a child that is the init of a new pid namespace. Returns its host pid; the caller stays
 * outside.
 */
export function* newNamespace(init: () => Running): Running<number> {
  return yield* sys.clone(init, 'CLONE_NEWPID');
}

/** `nsenter -t PID -p`: runs `body` in the pid namespace, as a grandchild whose parent is outside, and waits for it. */
export function* enter(bench: Bench, pid: number, body: () => Running): Running<void> {
  const helper = yield* sys.fork(function* () {
    const fd = yield* openNamespace(pid);
    yield* sys.setns(fd, 'pid');
    const inner = yield* sys.fork(body);
    yield* sys.wait4(inner);
    return 0;
  });
  yield* sys.wait4(helper);
  if (bench.kernel.tasks.has(helper)) throw new Error('nsenter is still there');
}

export function* openNamespace(pid: number, kind = 'pid'): Running<number> {
  return yield* sys.open(`/proc/${pid}/ns/${kind}`, O.RDONLY);
}

/** A small file's content. */
export function* cat(path: string): Running<string> {
  const fd = yield* sys.open(path, O.RDONLY);
  const text = yield* sys.read(fd);
  yield* sys.close(fd);
  return text;
}

/** Writes into a file that is there. */
export function* put(path: string, text: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY);
  try {
    yield* sys.write(fd, text);
  } finally {
    yield* sys.close(fd);
  }
}

export const terminating: readonly SignalName[] = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGSEGV',
  'SIGABRT',
];
