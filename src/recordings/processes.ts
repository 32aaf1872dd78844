/** The processes at a moment, as /proc showed them to the recorder and as the simulated kernel has them. */
import type { JournalEvent } from '../journal/event.ts';
import { namespaceKinds } from '../journal/event.ts';
import { report } from '../journal/report.ts';
import { labelOf, rolesOf } from '../journal/roles.ts';
import type { Machine } from '../host/machine.ts';
import type { Task } from '../kernel/kernel.ts';
import type { RecordedProcess, RecordedSnapshot, Recording } from './recording.ts';

/** The processes as the recordings tell of them: from the report, and what it leaves out from the kernel. */
export function processesOf(machine: Machine, journal: readonly JournalEvent[]): readonly RecordedProcess[] {
  const { tasks } = report(journal, 1);
  const roles = rolesOf(journal);
  // A session outlives its leader.
  const role = (pid: number): string => tasks.find((task) => task.pid === pid)?.role ?? labelOf(roles, pid);
  return tasks
    .filter((task) => task.pid !== 1 && task.role !== 'sh')
    .map((task) => {
      const { extraTids, sid, pgid, oomScoreAdj } = machine.kernel.tasks.get(task.pid) as Task;
      const isZombie = task.state === 'Z';
      // Of a zombie /proc shows no arguments, and of its namespaces these.
      const kinds = isZombie ? (['pid', 'user'] as const) : namespaceKinds;
      const owners = kinds.map((kind) => {
        const first = tasks.find(({ namespaces }) => namespaces[kind] === task.namespaces[kind]);
        return [kind, first === undefined || first.pid === 1 ? 'host' : first.role] as const;
      });
      return {
        who: task.role,
        parent: role(task.ppid),
        comm: task.comm,
        args: isZombie ? '' : task.argv.join(' '),
        state: task.state,
        threads: extraTids.length + 1,
        pidInNamespace: task.nsPids.at(-1) ?? 0,
        session: sid === task.pid ? 'leader' : role(sid),
        processGroup: pgid === task.pid ? 'leader' : role(pgid),
        namespaces: owners.every(([, whose]) => whose === 'host') ? 'host' : Object.fromEntries(owners),
        cgroup: task.cgroup,
        oomScoreAdj,
      };
    });
}

/**
 * What can be compared: where a thread of Go sleeps is chance, and so is how many a program of Go has; the recorded
 * client belonged to the recorder's login, and processes of a container have numbers after those that the threads of
 * runc init used up. Whether a program of the engine computes at that very moment is chance, too.
 */
function comparable(process: RecordedProcess): object {
  const { wchan: _wchan, threads, pidInNamespace, ...rest } = process;
  const bare = (role = ''): string => role.replace(/#\d+$/, '');
  const who = bare(process.who);
  const args = (process.args ?? '').replace('/usr/bin/docker', 'docker');
  if (who === 'docker') return { who, comm: process.comm, args, state: process.state };
  return {
    ...rest,
    who,
    ...(process.state === 'R' && isOfTheEngine(who) ? { state: 'S' } : {}),
    parent: bare(process.parent),
    session: bare(process.session),
    processGroup: bare(process.processGroup),
    ...(who.startsWith('init:') ? { threads, isFirst: pidInNamespace === 1 } : {}),
  };
}

const isOfTheEngine = (who: string): boolean => /^(?:dockerd|containerd|shim|runc)/.test(who);

/** Comparable processes in an order that does not depend on their numbers; `sleep 1` of a loop comes and goes. */
export function inOrder(list: readonly RecordedProcess[]): readonly object[] {
  const lasting = list.filter(({ args }) => args !== 'sleep 1');
  return lasting.map(comparable).toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

/** The snapshots that were taken between two commands, each with the place of the first of them, or -1. */
export function snapshotsAtRest({ snapshots = [], commands }: Recording): readonly (RecordedSnapshot & {
  readonly place: number;
})[] {
  return snapshots.flatMap((snapshot) => {
    if (snapshot.after === undefined) return [];
    return [{ ...snapshot, place: commands.findIndex(({ label }) => label === snapshot.after) }];
  });
}
