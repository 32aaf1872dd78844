/** execve(2): another program under the same pid. Linux: fs/exec.c, fs/binfmt_script.c. */
import type { Environment, Running } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Executable, Kernel, Task, Thread } from '../kernel.ts';
import { mapExecutable, unmapExecutable } from './executable.ts';
import { endThread, startThread, wake } from '../scheduler.ts';
import { countPids, requirePids } from '../cgroup/pids.ts';
import { allocatePids } from '../namespace/pid-namespace.ts';
import { wearAsTask } from '../namespace/unshare.ts';
import { requireProcesses } from './limits.ts';
import { smallProgram } from '../memory/footprint.ts';
import { enforceLimits } from '../memory/memory-calls.ts';
import { execMemory } from '../memory/task-memory.ts';
import { closeOnExec } from '../vfs/file-table.ts';
import { readExecutable } from '../vfs/vfs.ts';
import { Sleep, notYet } from '../wait.ts';
import { powersAfterExec } from './powers.ts';

const elfMagic = '\x7fELF';
const longestComm = 15;
const deepestInterpreter = 4;
/**
 * From the exec to the program's first own step: the loader and the C library. Recorded: `echo hello` lives 1.6 ms
 * (40-timing).
 */
const loadingNs = 1_000_000;

/** The content of an executable file that runs the program registered under this name. */
export function elf(name: string): string {
  return `${elfMagic}\x00glassdock:${name}\n`;
}

/**
 * Replaces the task's program: its other coroutines and threads end, close-on-exec descriptors close, handlers become
 * the default, ignored signals stay ignored; pid, parent, namespaces, cgroup and the child-subreaper mark stay
 * (recorded: k08). The journal has the path as it was given, `told`: that is what strace shows. ENOENT, EACCES (not a
 * file, no x bit), ENOEXEC (neither ELF nor `#!`), E2BIG.
 */
export function execve(
  kernel: Kernel,
  thread: Thread,
  path: string,
  argv: readonly string[],
  env: Environment,
  told = path,
): Sleep<never> {
  const { task } = thread;
  const found = interpret(kernel, thread, path, argv, 0);
  const program = kernel.programs.get(found.program);
  if (!program) throw new Errno('ENOEXEC');
  requireStack(task, found.argv, env);
  task.argv = found.argv;
  task.env = env;
  unmapExecutable(task);
  mapExecutable(task, found.executable);
  task.comm = baseName(path).slice(0, longestComm);
  task.hasExeced = true;
  task.powers = powersAfterExec(task);
  for (const [signal, { action }] of task.actions) if (action !== 'ignore') task.actions.delete(signal);
  const hadThreads = task.extraTids.length > 0;
  endThreads(task);
  const closed = closeOnExec(kernel, task);
  kernel.record({ type: 'task.exec', pid: task.pid, path: told, argv: found.argv, comm: task.comm, closed });
  if (hadThreads) kernel.record({ type: 'task.threads', pid: task.pid, count: 1 });
  execMemory(kernel, task, kernel.footprints.get(found.program) ?? smallProgram);
  enforceLimits(kernel, thread);
  wake(kernel, task.vforkDone);
  if (!thread.isLeader) wearAsTask(kernel, thread);
  for (const other of task.threads) endThread(kernel, other);
  task.threads.length = 0;
  startThread(kernel, task, loaded(program(found.argv, env)), thread, true);
  return new Sleep<never>([], () => notYet);
}

/** MAX_ARG_STRLEN; ARG_MAX; three quarters of _STK_LIM. */
const longestWord = 131_072;
const leastStackBytes = 131_072;
const mostStackBytes = 6 * 1024 * 1024;
const pointerBytes = 8;

/** E2BIG when the words do not go onto the new stack. Linux: fs/exec.c, bprm_stack_limits(), copy_strings(). */
function requireStack({ limits }: Task, argv: readonly string[], env: Environment): void {
  let bytes = 0;
  const add = (length: number): void => {
    if (length + 1 > longestWord) throw new Errno('E2BIG');
    bytes += length + 1 + pointerBytes;
  };
  for (const word of argv) add(word.length);
  for (const name in env) add(name.length + 1 + (env[name]?.length ?? 0));
  if (bytes > Math.max(leastStackBytes, Math.min(mostStackBytes, limits.RLIMIT_STACK.soft / 4)))
    throw new Errno('E2BIG');
}

function* loaded(run: Running): Running {
  yield { call: 'compute', args: [loadingNs] };
  return yield* run;
}

/** execveat(2) with AT_EMPTY_PATH, as fexecve(3) uses it: the program is the open file itself, and no path is told. */
export function execveat(
  kernel: Kernel,
  thread: Thread,
  fd: number,
  argv: readonly string[],
  env: Environment,
): Sleep<never> {
  return execve(kernel, thread, `/proc/self/fd/${fd}`, argv, env, '');
}

interface Interpreted {
  readonly program: string;
  readonly executable: Executable;
  readonly argv: readonly string[];
}

function interpret(kernel: Kernel, thread: Thread, path: string, argv: readonly string[], depth: number): Interpreted {
  if (depth > deepestInterpreter) throw new Errno('ELOOP');
  const { executable, content } = readExecutable(kernel, thread, path);
  if (content.startsWith(elfMagic)) {
    const name = /^.ELF.glassdock:([^\n]+)\n/s.exec(content)?.[1];
    if (!name) throw new Errno('ENOEXEC');
    return { program: name, executable, argv };
  }
  const script = /^#!\s*(\S+)[ \t]*([^\n]*?)\s*\n/.exec(content);
  const interpreter = script?.[1];
  if (!interpreter) throw new Errno('ENOEXEC');
  const option = script[2] ? [script[2]] : [];
  return interpret(kernel, thread, interpreter, [interpreter, ...option, path, ...argv.slice(1)], depth + 1);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * As many kernel threads as that, the leader included; new ones take the next tids of each level. EAGAIN where a pids
 * limit allows no more: those that were made stay.
 */
export function setThreads(kernel: Kernel, task: Task, count: number): void {
  const before = task.extraTids.length;
  const after = Math.max(0, count - 1);
  try {
    while (task.extraTids.length < after) {
      requireProcesses(kernel, task, 1);
      requirePids(kernel, task.cgroup, 1);
      countPids(task.cgroup, 1);
      task.extraTids.push(allocatePids(task.pidNamespace));
    }
    if (after < before) countPids(task.cgroup, after - before);
    task.extraTids.length = Math.min(task.extraTids.length, after);
  } finally {
    kernel.record({ type: 'task.threads', pid: task.pid, count: 1 + task.extraTids.length });
  }
}

/** All threads but the leader are gone. */
export function endThreads(task: Task): void {
  countPids(task.cgroup, -task.extraTids.length);
  task.extraTids = [];
}
