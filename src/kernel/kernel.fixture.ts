/**
 * A bare kernel for tests: a root file system with the usual directories and devices, and an init that does nothing but
 * reap.
 */
import type { ExitStatus, JournalEvent } from '../journal/event.ts';
import type { Program, Running } from './abi.ts';
import { createKernel, startInit } from './create-kernel.ts';
import { isErrno } from './errno.ts';
import type { Kernel, Task } from './kernel.ts';
import { runNext, wake } from './scheduler.ts';
import * as sys from './sys.ts';
import { createNamed } from './vfs/names.ts';
import { elf } from './task/execve.ts';

export interface Bench {
  readonly kernel: Kernel;
  readonly events: readonly JournalEvent[];
  /** Runs a program as a child of init until it has ended and nothing but sleepers is left. */
  run(main: () => Running): ExitStatus;
  task(pid: number): Task;
}

export interface BenchOptions {
  /** Programs by name; each is also an executable file /bin/NAME. */
  readonly programs?: Readonly<Record<string, Program>>;
  readonly seed?: number;
}

const longestNs = 3600e9;

/** Boots it; `run` may be called again and again. */
export function boot(options: BenchOptions = {}): Bench {
  const events: JournalEvent[] = [];
  const programs = new Map(Object.entries(options.programs ?? {}));
  const kernel = createKernel({
    seed: options.seed ?? 1,
    model: 'test',
    bootUnixSeconds: 1_700_000_000,
    hostname: 'bench',
    programs,
    sink: (event) => events.push(event),
  });
  for (const path of [
    '/bin',
    '/dev',
    '/dev/pts',
    '/dev/shm',
    '/etc',
    '/proc',
    '/root',
    '/run',
    '/sys',
    '/tmp',
    '/usr',
    '/var',
    '/var/run',
  ]) {
    createNamed(kernel, null, path, { type: 'directory', mode: 0o755 });
  }
  for (const [name, minor] of [
    ['null', 3],
    ['zero', 5],
    ['full', 7],
    ['urandom', 9],
  ] as const) {
    createNamed(kernel, null, `/dev/${name}`, { type: 'character', mode: 0o666, major: 1, minor });
  }
  const wanted: { readonly main: () => Running; pid: number }[] = [];
  const init = startInit(kernel, 'bench', 'init', ['/sbin/init'], () => reapForEver(wanted));
  runWhile(kernel, () => kernel.queue.nextNs() < Number.POSITIVE_INFINITY);
  for (const name of programs.keys()) writeProgram(kernel, name);

  return {
    kernel,
    events,
    run: (main) => {
      const before = events.length;
      const order = { main, pid: 0 };
      wanted.push(order);
      for (const thread of init.threads)
        if (thread.call?.call === 'futexWait') for (const queue of thread.sleep?.queues ?? []) wake(kernel, queue);
      runWhile(kernel, () => kernel.queue.nextNs() <= longestNs);
      const fault = events.slice(before).find((event) => event.type === 'note' && event.topic === 'fault');
      if (fault?.type === 'note') throw new Error(fault.text);
      const end = events.find((event) => event.type === 'task.exit' && event.pid === order.pid);
      if (end?.type !== 'task.exit') throw new Error(`the program (pid ${order.pid}) has not ended: ${asleep(kernel)}`);
      return end.status;
    },
    task: (pid) => {
      const task = kernel.tasks.get(pid);
      if (!task) throw new Error(`no task ${pid}`);
      return task;
    },
  };
}

function* reapForEver(wanted: { readonly main: () => Running; pid: number }[]): Running {
  yield* sys.go(function* () {
    for (;;) {
      const order = wanted.shift();
      if (order) order.pid = yield* sys.fork(order.main);
      else yield* sys.futexWait(wanted);
    }
  });
  for (;;) {
    try {
      yield* sys.wait4(-1);
    } catch (error) {
      if (isErrno(error, 'ECHILD')) yield* sys.futexWait(wanted);
      else throw error;
    }
  }
}

function runWhile(kernel: Kernel, isGoingOn: () => boolean): void {
  while (isGoingOn()) if (!runNext(kernel, longestNs)) return;
}

function writeProgram(kernel: Kernel, name: string): void {
  const { dentry } = createNamed(kernel, null, `/bin/${name}`, { type: 'file', mode: 0o777 });
  if (dentry.inode.body.type === 'file') dentry.inode.body.write({ kernel, thread: null }, 0, elf(name));
}

function asleep(kernel: Kernel): string {
  return [...kernel.tasks.values()]
    .flatMap((task) => task.threads.map((thread) => `${task.pid} ${task.comm} in ${thread.call?.call ?? thread.state}`))
    .join(', ');
}
