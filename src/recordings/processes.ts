/** The processes at a moment, as /proc showed them to the recorder and as the simulated kernel has them. */
import type { JournalEvent } from '../journal/event.ts';
import { namespaceKinds } from '../journal/event.ts';
import { report } from '../journal/report.ts';
import { labelOf, rolesOf } from '../journal/roles.ts';
import type { Machine } from '../host/machine.ts';
import type { Task } from '../kernel/kernel.ts';
import { existsAt, namesAt, readFileAt } from '../kernel/vfs/host-files.ts';
import { resolve } from '../kernel/vfs/vfs.ts';
import type { RecordedProcess, RecordedSnapshot, Recording } from './recording.ts';

export type Moment = Omit<RecordedSnapshot, 'label' | 'after'>;

/** What there is at a moment: the processes, and the engine's files. */
export function momentOf(machine: Machine, journal: readonly JournalEvent[]): Moment {
  const below = (path: string): readonly string[] =>
    existsAt(machine.kernel, path) ? namesAt(machine.kernel, path).map((name) => `${path}/${name}`) : [];
  const states = below('/run/docker/runtime-runc/moby');
  const fifos = below('/run/docker/containerd').filter((path) => /[0-9a-f]{64}$/.test(path));
  return {
    processes: processesOf(machine, journal),
    files: [...states, ...fifos, '/run/containerd/s'].flatMap(below),
  };
}

/** The processes as the recordings tell of them: from the report, and what it leaves out from the kernel. */
export function processesOf(machine: Machine, journal: readonly JournalEvent[]): readonly RecordedProcess[] {
  const { tasks } = report(journal, 1);
  const roles = rolesOf(journal);
  // A session outlives its leader.
  const role = (pid: number): string => tasks.find((task) => task.pid === pid)?.role ?? labelOf(roles, pid);
  return tasks
    .filter((task) => task.pid !== 1 && task.role !== 'sh')
    .map((task) => {
      const { extraTids, sid, pgid, oomScoreAdj, files } = machine.kernel.tasks.get(task.pid) as Task;
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
        ...powersAt(machine, task.pid),
        files: Object.fromEntries(
          Array.from(files.keys(), (fd) => [fd, linkAt(machine, `/proc/${task.pid}/fd/${fd}`)]),
        ),
      };
    });
}

function powersAt({ kernel }: Machine, pid: number): Pick<RecordedProcess, 'seccomp' | 'noNewPrivs' | 'capabilities'> {
  const status = readFileAt(kernel, `/proc/${pid}/status`);
  const field = (name: string): string => new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1] ?? '';
  return {
    seccomp: Number(field('Seccomp')),
    noNewPrivs: Number(field('NoNewPrivs')),
    capabilities: field('CapEff'),
  };
}

/** Where a link leads, without numbers of what has no name. */
function linkAt({ kernel }: Machine, path: string): string {
  const { body } = resolve(kernel, null, path, { followLast: false }).dentry.inode;
  if (body.type !== 'symlink') throw new Error(`${path} is no link`);
  return body.target({ kernel, thread: null }).replace(/\d+(?=\]$)/, 'N');
}

/**
 * What can be compared: where a thread of Go sleeps is chance, and so is how many a program of Go has; the recorded
 * client belonged to the recorder's login, and processes of a container have numbers after those that the threads of
 * runc init used up. Whether a program of the engine computes at that very moment is chance, too.
 */
function comparable(process: RecordedProcess): object {
  const { wchan: _wchan, threads, pidInNamespace, files, seccomp, noNewPrivs, capabilities, ...rest } = process;
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
    ...(/^(?:dockerd|containerd|shim:)/.test(who) ? {} : { seccomp, noNewPrivs, capabilities }),
    ...(hasNoFiles(who) ? {} : { files: isOfTheEngine(who) ? named(files) : inPlace(files) }),
    ...(who.startsWith('init:') ? { threads, isFirst: pidInNamespace === 1 } : {}),
  };
}

/** Of the daemons and the client nobody looked at the descriptors. */
const hasNoFiles = (who: string): boolean => /^(?:dockerd|containerd)$/.test(who);

/**
 * Where a program in Go has its descriptors is chance, and so is how many connections it has just then. A fifo of
 * containerd's library is open once more for its name alone, and so are others: each name counts once. Those of an exec
 * are opened one after the other (vm-23 met one of them): both count as one.
 */
function named(files: RecordedProcess['files']): readonly string[] {
  const names = Object.values(files ?? {}).filter((path) => !/:\[N\]$|^anon_inode/.test(path));
  return [...new Set(names.map((path) => path.replace(/(?<=\$HEX-std)(?:out|err)$/, '*')))].toSorted();
}

/** The recorder left out what has no file: Go's poller, which runc init has until it executes the command. */
function inPlace(files: RecordedProcess['files'] = {}): object {
  return Object.fromEntries(Object.entries(files).filter(([, path]) => !path.startsWith('anon_inode')));
}

const isOfTheEngine = (who: string): boolean => /^(?:dockerd|containerd|shim|runc)/.test(who);

/**
 * What can be compared of a moment: processes in an order that does not depend on their numbers, without `sleep 1` of a
 * loop, which comes and goes; and the engine's files.
 */
export function inOrder({ processes, files }: Moment): readonly object[] {
  const lasting = processes.filter(({ args }) => args !== 'sleep 1').map(comparable);
  const told = lasting.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  // The real dockerd leaves the fifos of probes that timed out where they are (vm-23): how many is chance.
  const lasts = files?.filter((path, place) => !/\$HEX-std/.test(path) || !files.includes(path, place + 1));
  return [...told, ...(lasts === undefined ? [] : [{ files: lasts.toSorted() }])];
}

/** What there is, without the engine's files where the recorder's list of them was cut off (vm-17). */
export function asRecorded(recorded: Moment, moment: Moment = { processes: [] }): Moment {
  return recorded.files === undefined ? { processes: moment.processes } : moment;
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
