/** How the kernel has told of each container's last process: what no part of the engine has a say in. */
import type { ExitStatus, JournalEvent, MachineFact } from '../journal/event.ts';
import { signalNumbers } from '../kernel/abi.ts';
import type { SignalName } from '../kernel/abi.ts';

/** Of a process that has run, and has ended. */
export interface End {
  /** One of these is told. */
  readonly exitCodes: readonly number[];
  /** Whether one of its container was killed for want of memory. */
  readonly oomKilled: boolean;
}

export interface Ends {
  /** What is wrong with what containerd tells of an end; undefined for nothing. */
  readonly note: (event: JournalEvent) => string | undefined;
  /** Of the container's last start: undefined while it runs, and when that start has failed. */
  readonly of: (id: string) => End | undefined;
}

/**
 * What is told of an end that a killed shim has not told: what its clean-up would have done, or that nobody knows.
 * containerd: manager_linux.go, Stop(); UnknownExitStatus.
 */
const untold = [128 + 9, 255];

/** `/tasks/exit`, as far as it is looked at. */
interface TaskExit {
  readonly container_id: string;
  /** The container's own for its first process. */
  readonly id: string;
  readonly pid: number;
  readonly exit_status: number;
}

/** Since the container was last started. */
interface Life {
  pid: number;
  shimPid: number;
  oomKilled: boolean;
  /** Whether containerd has told of the end. */
  isTold: boolean;
  end: End | undefined;
}

export function startEnds(): Ends {
  const lives = new Map<string, Life>();
  /** Those that wait for their restart. */
  const waiting = new Set<string>();
  const noteMachine = ({ machine, object, from, event, to }: MachineFact): void => {
    if (machine !== 'container') return;
    if (to === 'restarting') waiting.add(object);
    else if (from !== undefined) {
      // A new dockerd reads that it runs, finds no task, and takes its end for unknown (asked of 26.1.5).
      if (event === 'found stopped' && waiting.has(object)) lives.delete(object);
      waiting.delete(object);
    }
    if (to === 'setting up') lives.set(object, { pid: 0, shimPid: 0, oomKilled: false, isTold: false, end: undefined });
    if (from === 'starting the task' && to !== 'running') lives.delete(object);
  };
  const noteExit = (pid: number, status: ExitStatus): void => {
    for (const life of lives.values()) {
      const { end, oomKilled } = life;
      if (life.pid === pid && end === undefined) life.end = { exitCodes: [codeOf(status)], oomKilled };
      // One that is told to end goes at once, whatever it knows.
      if (life.shimPid === pid && ('signal' in status || !life.isTold))
        life.end = { exitCodes: [...(end?.exitCodes ?? []), ...untold], oomKilled };
    }
  };
  /** containerd's word for the end of a container's first process: the kernel's, or that of a shim's clean-up. */
  const noteTold = (body: string): string | undefined => {
    const { event } = JSON.parse(body) as { readonly event: TaskExit };
    const { container_id, id, pid, exit_status } = event;
    const life = lives.get(container_id);
    if (id !== container_id || life === undefined || life.pid !== pid) return undefined;
    life.isTold = true;
    const known = [...(life.end?.exitCodes ?? []), ...untold];
    return known.includes(exit_status)
      ? undefined
      : `containerd tells that ${id} ended with ${exit_status}, and it was ${known.join(' or ')}`;
  };
  return {
    note: (event) => {
      if (event.type === 'message.send' && event.label === '/tasks/exit' && event.protocol === 'gRPC')
        return noteTold(event.body ?? '');
      if (event.type === 'machine') noteMachine(event);
      if (event.type === 'task.exit') noteExit(event.pid, event.status);
      if (event.type === 'oom.kill') {
        const life = lives.get(/docker-([0-9a-f]{64})\.scope/.exec(event.cgroup)?.[1] ?? '');
        if (life !== undefined) life.oomKilled = true;
      }
      if (event.type === 'container' && event.taskPid !== 0) {
        const life = lives.get(event.id);
        if (life?.pid === 0) Object.assign(life, { pid: event.taskPid, shimPid: event.shimPid });
      }
      return undefined;
    },
    of: (id) => lives.get(id)?.end,
  };
}

/** As a shell and docker have it. */
function codeOf(status: ExitStatus): number {
  return 'code' in status ? status.code : 128 + signalNumbers[status.signal as SignalName];
}
