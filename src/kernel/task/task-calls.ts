/** The system calls about tasks, as a table. */
import { attachDeviceFilter } from '../cgroup/device-filter.ts';
import type {
  PowerChange,
  CloneFlag,
  Environment,
  ResourceLimit,
  ResourceName,
  Running,
  SignalAction,
  SignalHandler,
  SignalName,
} from '../abi.ts';
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Task, Thread } from '../kernel.ts';
import { inodesOf } from '../namespace/namespace.ts';
import { shownIn } from '../namespace/user-namespace.ts';
import { setns, unshare } from '../namespace/unshare.ts';
import { recordCall, recordOutcome } from '../record-call.ts';
import { kernelRelease } from '../release.ts';
import { interrupt, startThread } from '../scheduler.ts';
import { Sleep, notYet } from '../wait.ts';
import { clone, pidSeenFrom } from './clone.ts';
import { execve, execveat, setThreads } from './execve.ts';
import { exit } from './exit.ts';
import { kill } from './kill.ts';
import { prlimit } from './limits.ts';
import { getpgid, getsid, setpgid, setsid } from './session.ts';
import { wait4 } from './wait4.ts';
import type { WaitOptions } from './wait4.ts';
import { getPriority, setPriority } from './priority.ts';
import { give, isCapable } from './powers.ts';
import { setuid, supplementaryGroups } from './identity.ts';

const longestComm = 15;
/** Linux: __NEW_UTS_LEN. */
const longestHostname = 64;

export const taskCalls: CallTable = {
  clone: (kernel, thread, child: () => Running, flags: readonly CloneFlag[], handler?: SignalHandler) =>
    clone(kernel, thread, child, flags, handler),
  go: (kernel, thread, body: () => Running<void>, isAwaited: boolean) => {
    startThread(kernel, thread.task, body(), thread, false, 0, isAwaited && thread.isAwaited);
  },
  setThreads: (kernel, { task }, count: number) => setThreads(kernel, task, count),
  execve: (kernel, thread, path: string, argv: readonly string[], env: Environment) =>
    execve(kernel, thread, path, argv, env),
  execveat: (kernel, thread, fd: number, argv: readonly string[], env: Environment) =>
    execveat(kernel, thread, fd, argv, env),
  exit_group: (kernel, { task }, code: number) => exit(kernel, task, { code: code & 0xff }),
  wait4: (kernel, thread, pid: number, options: WaitOptions) => wait4(kernel, thread, pid, options),
  getpid: (_kernel, { task }) => pidSeenFrom(task, task),
  getppid: (_kernel, { task }) => (task.parent ? pidSeenFrom(task.parent, task) : 0),
  setsid: (kernel, thread) => setsid(kernel, thread),
  setpgid: (kernel, thread, pid: number, pgid: number) => setpgid(kernel, thread, pid, pgid),
  getpgid: (kernel, thread, pid: number) => getpgid(kernel, thread, pid),
  getsid: (kernel, thread, pid: number) => getsid(kernel, thread, pid),
  kill: (kernel, thread, pid: number, signal: SignalName | 0) => {
    if (signal !== 0) recordCall(kernel, thread, 'kill', `${pid}, ${signal}`);
    kill(kernel, thread, pid, signal);
  },
  rt_sigaction: (kernel, { task }, signal: SignalName, action: SignalAction, restart: boolean) =>
    setAction(kernel, task, signal, action, restart),
  rt_sigprocmask: (kernel, thread, how: 'block' | 'unblock' | 'set', signals: readonly SignalName[]) =>
    maskSignals(kernel, thread, how, signals),
  pause: () => new Sleep([], () => notYet, { interrupted: 'always' }),
  prctl: (kernel, thread, option: string, value: unknown) => prctl(kernel, thread, option, value),
  confine: (kernel, thread, name: string, args: string, left: PowerChange) => {
    recordCall(kernel, thread, name, args, '0');
    give(thread.task, left);
  },
  bpf: attachDeviceFilter,
  setuid,
  setgroups: (kernel, thread, groups: readonly number[]) => {
    const args = groups.length === 0 ? '0, NULL' : `${groups.length}, [${groups.join(', ')}]`;
    recordOutcome(kernel, thread, 'setgroups', args, () => {
      thread.task.groups = supplementaryGroups(thread.task, groups);
    });
  },
  getuid: (_kernel, { task }) => shownIn(task.namespaces.user.uidMap, task.uid),
  getpriority: (_kernel, thread, pid: number) => getPriority(thread, pid),
  setpriority: (kernel, thread, pid: number, nice: number) => setPriority(kernel, thread, pid, nice),
  prlimit64: (_kernel, thread, pid: number, resource: ResourceName, wanted: ResourceLimit | null) =>
    prlimit(thread, pid, resource, wanted),
  unshare: (kernel, thread, flags: readonly CloneFlag[]) => unshare(kernel, thread, flags),
  setns,
  sethostname: (kernel, thread, name: string) => {
    if (!isCapable(thread.task, 'SYS_ADMIN', thread.namespaces.uts.owner)) throw new Errno('EPERM');
    if (name.length > longestHostname) throw new Errno('EINVAL');
    recordCall(kernel, thread, 'sethostname', `"${name}", ${name.length}`, '0');
    thread.namespaces.uts.hostname = name;
  },
  uname: (_kernel, { namespaces }) => ({
    sysname: 'Linux',
    nodename: namespaces.uts.hostname,
    release: kernelRelease,
    version: '#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1',
    machine: 'x86_64',
  }),
  namespaces: (_kernel, { namespaces }) => inodesOf(namespaces),
};

function prctl(kernel: Kernel, thread: Thread, option: string, value: unknown): void {
  const { task } = thread;
  switch (option) {
    case 'PR_SET_CHILD_SUBREAPER':
      task.isSubreaper = value === true;
      recordCall(kernel, thread, 'prctl', `PR_SET_CHILD_SUBREAPER, ${task.isSubreaper ? 1 : 0}`, '0');
      kernel.record({ type: 'task.subreaper', pid: task.pid, on: task.isSubreaper });
      return;
    case 'PR_SET_PDEATHSIG':
      task.parentDeathSignal = value as SignalName | 0;
      recordCall(kernel, thread, 'prctl', `PR_SET_PDEATHSIG, ${String(value)}`, '0');
      return;
    case 'PR_SET_NAME':
      if (task.comm === String(value).slice(0, longestComm)) return;
      task.comm = String(value).slice(0, longestComm);
      kernel.record({ type: 'task.name', pid: task.pid, comm: task.comm });
      return;
    case 'PR_SET_MM':
      task.argv = [String(value)];
      kernel.record({ type: 'task.title', pid: task.pid, argv: task.argv });
      return;
    default:
      throw new Errno('EINVAL');
  }
}

function setAction(
  kernel: Kernel,
  task: Task,
  signal: SignalName,
  action: SignalAction,
  restart: boolean,
): SignalAction {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') throw new Errno('EINVAL');
  const old = task.actions.get(signal)?.action ?? 'default';
  if (action === 'default') task.actions.delete(signal);
  else task.actions.set(signal, { action, restart });
  const told = (what: SignalAction) => (typeof what === 'function' ? 'handler' : what);
  if (told(old) !== told(action)) {
    kernel.record({ type: 'task.signal-action', pid: task.pid, signal, action: told(action) });
  }
  return old;
}

/**
 * A signal that waited for being unblocked is taken before the caller goes on; a coroutine's leader is woken for it.
 */
function maskSignals(
  kernel: Kernel,
  thread: Thread,
  how: 'block' | 'unblock' | 'set',
  signals: readonly SignalName[],
): readonly SignalName[] {
  const { task } = thread;
  const old = [...task.blocked];
  if (how === 'set') task.blocked.clear();
  for (const signal of signals) {
    if (how === 'unblock') task.blocked.delete(signal);
    else if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') task.blocked.add(signal);
  }
  const blocked = [...task.blocked];
  if (blocked.length !== old.length || blocked.some((signal) => !old.includes(signal)))
    kernel.record({ type: 'task.signal-mask', pid: task.pid, blocked });
  const leader = task.threads[0];
  if (leader && leader !== thread && task.pending.some((signal) => !task.blocked.has(signal)))
    interrupt(kernel, leader);
  return old;
}
