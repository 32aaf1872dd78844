import type { ContainerFact, ExitStatus, JournalEvent, NamespaceKind, Namespaces } from './event.ts';
import { createJournal } from './journal.ts';
import { containersOf, tasksOf } from './look-up.ts';
import { labelOf, rolesOf, type Roles } from './roles.ts';
import type { TaskState } from './world.ts';

/** What a run came to, as `--report` writes it. The order of the keys is part of it: the same run, the same bytes. */
export interface Report {
  readonly schema: 1;
  readonly seed: number;
  readonly virtualTimeNs: number;
  readonly exitCode: number;
  readonly tasks: readonly ReportedTask[];
  readonly containers: readonly ReportedContainer[];
  readonly history: readonly HistoryEntry[];
}

export interface ReportedTask {
  readonly role: string;
  readonly pid: number;
  readonly ppid: number;
  /** As in ps. */
  readonly state: 'R' | 'S' | 'T' | 'Z';
  readonly comm: string;
  readonly argv: readonly string[];
  readonly nsPids: readonly number[];
  readonly namespaces: Namespaces;
  readonly cgroup: string;
  readonly isSubreaper: boolean;
}

export interface ReportedContainer {
  readonly id: string;
  readonly name: string;
  readonly status: ContainerFact['status'];
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly restartCount: number;
  readonly pid: number;
  readonly shimPid: number;
}

interface Place {
  readonly timeNs: number;
  /** That of `who`. */
  readonly pid: number;
  readonly seq: number;
}
export type HistoryEntry = Place &
  (
    | {
        readonly op: 'fork';
        readonly who: string;
        readonly child: string;
        readonly parent: string;
        readonly childPid: number;
        readonly parentPid: number;
      }
    | { readonly op: 'exec'; readonly who: string; readonly path: string; readonly argv: readonly string[] }
    | {
        readonly op: 'reparent';
        readonly who: string;
        readonly from: string;
        readonly to: string;
        readonly because: 'subreaper' | 'namespace-init';
        readonly fromPid: number;
        readonly toPid: number;
      }
    | { readonly op: 'exit'; readonly who: string; readonly code: number }
    | { readonly op: 'exit'; readonly who: string; readonly signal: string }
    | { readonly op: 'reap'; readonly who: string; readonly by: string; readonly byPid: number }
  );

/**
 * The report of a whole journal. `exitCode` is the script's own; when the caller does not know it, it is that of the
 * host's first shell, or 124 when that shell never ended. A journal does not tell who would run next, nor how long
 * nothing has happened since its last event: `running` holds the pids that do, `nowNs` is the clock.
 */
export function report(
  events: readonly JournalEvent[],
  seed: number,
  exitCode: number = exitCodeOfShell(events),
  running: ReadonlySet<number> = new Set(),
  nowNs?: number,
): Report {
  const roles = rolesOf(events);
  const world = createJournal(events).worldAt(events.length);
  return {
    schema: 1,
    seed,
    virtualTimeNs: nowNs ?? world.timeNs,
    exitCode,
    tasks: tasksOf(world).map((task) => reportedTask(task, roles, running.has(task.pid))),
    containers: containersOf(world).map((container) => ({
      id: container.id,
      name: container.name.replace(/^\//, ''),
      status: container.status,
      exitCode: container.exitCode,
      oomKilled: container.oomKilled,
      restartCount: container.restartCount,
      pid: container.taskPid,
      shimPid: container.shimPid,
    })),
    history: events.flatMap((event) => historyEntry(event, roles) ?? []),
  };
}

const letters = { alive: 'S', stopped: 'T', zombie: 'Z' } as const;

function reportedTask(task: TaskState, roles: Roles, isRunning: boolean): ReportedTask {
  return {
    role: labelOf(roles, task.pid),
    pid: task.pid,
    ppid: task.ppid,
    state: isRunning && task.state === 'alive' ? 'R' : letters[task.state],
    comm: task.comm,
    argv: task.argv,
    nsPids: task.nsPids,
    namespaces: inOrder(task.namespaces),
    cgroup: task.cgroup,
    isSubreaper: task.isSubreaper,
  };
}

const kindsInOrder: readonly NamespaceKind[] = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];

function inOrder(namespaces: Namespaces): Namespaces {
  return Object.fromEntries(kindsInOrder.map((kind) => [kind, namespaces[kind]])) as unknown as Namespaces;
}

function historyEntry(event: JournalEvent, roles: Roles): HistoryEntry | undefined {
  const role = (pid: number) => labelOf(roles, pid);
  const place = { timeNs: event.timeNs, pid: 'pid' in event ? event.pid : 0, seq: event.seq };
  switch (event.type) {
    case 'task.fork':
      return {
        op: 'fork',
        who: role(event.by),
        child: role(event.pid),
        parent: role(event.parent),
        ...place,
        pid: event.by,
        childPid: event.pid,
        parentPid: event.parent,
      };
    case 'task.exec':
      return { op: 'exec', who: role(event.pid), path: event.path, argv: event.argv, ...place };
    case 'task.reparent':
      return {
        op: 'reparent',
        who: role(event.pid),
        from: role(event.from),
        to: role(event.to),
        because: event.because,
        ...place,
        fromPid: event.from,
        toPid: event.to,
      };
    case 'task.exit':
      return 'code' in event.status
        ? { op: 'exit', who: role(event.pid), code: event.status.code, ...place }
        : { op: 'exit', who: role(event.pid), signal: event.status.signal, ...place };
    case 'task.reap':
      return { op: 'reap', who: role(event.pid), by: role(event.by), ...place, byPid: event.by };
    default:
      return undefined;
  }
}

/** bash(1) and timeout(1): 128 + the signal's number for one that was killed, 124 for one that was not waited for. */
function exitCodeOfShell(events: readonly JournalEvent[]): number {
  const shell = events.find((event) => event.type === 'task.exec' && /(^|\/)sh$/.test(event.path));
  if (shell === undefined || shell.type !== 'task.exec') return 0;
  const end = events.find((event) => event.type === 'task.exit' && event.pid === shell.pid);
  if (end === undefined || end.type !== 'task.exit') return 124;
  return exitCodeOf(end.status);
}

/** signal(7): the standard signals from 1 on, x86-64's. */
const standardSignals =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU ' +
  'URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS';

function signalNumber(signal: string): number {
  const [, base, distance] = /^SIGRT(MIN|MAX)([-+]\d+)?$/.exec(signal) ?? [];
  if (base !== undefined) return (base === 'MIN' ? 34 : 64) + Number(distance ?? 0);
  return standardSignals.split(' ').indexOf(signal.slice('SIG'.length)) + 1;
}

function exitCodeOf(status: ExitStatus): number {
  return 'code' in status ? status.code : 128 + signalNumber(status.signal);
}
