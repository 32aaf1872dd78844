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
  readonly note: (event: JournalEvent) => void;
  /** Of the container's last start: undefined while it runs, and when that start has failed. */
  readonly of: (id: string) => End | undefined;
}

/**
 * What is told of an end that a killed shim has not told: what its clean-up would have done, or that nobody knows.
 * containerd: manager_linux.go, Stop(); UnknownExitStatus.
 */
const untold = [128 + 9, 255];

/** Since the container was last started. */
interface Life {
  pid: number;
  shimPid: number;
  oomKilled: boolean;
  end: End | undefined;
}

export function startEnds(): Ends {
  const lives = new Map<string, Life>();
  const noteMachine = ({ machine, object, from, to }: MachineFact): void => {
    if (machine !== 'container') return;
    if (to === 'setting up') lives.set(object, { pid: 0, shimPid: 0, oomKilled: false, end: undefined });
    if (from === 'starting the task' && to !== 'running') lives.delete(object);
  };
  const noteExit = (pid: number, status: ExitStatus): void => {
    for (const life of lives.values()) {
      const { end, oomKilled } = life;
      if (life.pid === pid && end === undefined) life.end = { exitCodes: [codeOf(status)], oomKilled };
      if (life.shimPid === pid && 'signal' in status)
        life.end = { exitCodes: [...(end?.exitCodes ?? []), ...untold], oomKilled };
    }
  };
  return {
    note: (event) => {
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
    },
    of: (id) => lives.get(id)?.end,
  };
}

/** As a shell and docker have it. */
function codeOf(status: ExitStatus): number {
  return 'code' in status ? status.code : 128 + signalNumbers[status.signal as SignalName];
}
