/** What /proc showed of the recorded processes at certain moments, and what the simulated kernel has then. */
import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { namespaceKinds } from '../journal/event.ts';
import { report } from '../journal/report.ts';
import { createMachine } from '../host/machine.ts';
import type { Machine } from '../host/machine.ts';
import type { Task } from '../kernel/kernel.ts';
import { countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact } from './normalise.ts';
import type { RecordedProcess, Recording } from './recording.ts';
import runDetached from './vm-01-run-detached.json' with { type: 'json' };
import runIt from './vm-03-run-it.json' with { type: 'json' };
import stopIgnored from './vm-04a-stop-ignoring-sigterm.json' with { type: 'json' };
import stopHandled from './vm-04b-stop-handling-sigterm.json' with { type: 'json' };
import exec from './vm-07-exec.json' with { type: 'json' };
import removeForced from './vm-20-rm-f.json' with { type: 'json' };

const tallies: Tallies = new Map();
const longestNs = 600e9;

interface Bench {
  readonly machine: Machine;
  readonly journal: readonly JournalEvent[];
}

function bench(): Bench {
  const journal: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => journal.push(event) });
  machine.openTerminal(0, 24, 80);
  machine.settle(machine.nowNs() + longestNs);
  return { machine, journal };
}

/** Types a command and goes on until `isThere`, or until the machine is at rest. */
function type({ machine }: Bench, text: string, isThere?: () => boolean): void {
  machine.input(0, text);
  if (isThere) machine.runWhile(() => !isThere(), machine.nowNs() + longestNs);
  else machine.settle(machine.nowNs() + longestNs);
}

/** The processes as the recordings tell of them: from the report, and what it leaves out from the kernel. */
function processesOf({ machine, journal }: Bench): readonly RecordedProcess[] {
  const { tasks } = report(journal, 1);
  const role = (pid: number): string => tasks.find((task) => task.pid === pid)?.role ?? '';
  return tasks
    .filter((task) => task.pid !== 1 && task.role !== 'sh')
    .map((task) => {
      const { extraTids, sid, pgid, oomScoreAdj } = machine.kernel.tasks.get(task.pid) as Task;
      const owners = namespaceKinds.map((kind) => {
        const first = tasks.find(({ namespaces }) => namespaces[kind] === task.namespaces[kind]);
        return [kind, first === undefined || first.pid === 1 ? 'host' : first.role] as const;
      });
      return {
        who: task.role,
        parent: role(task.ppid),
        comm: task.comm,
        args: task.argv.join(' '),
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
 * runc init used up.
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
    parent: bare(process.parent),
    session: bare(process.session),
    processGroup: bare(process.processGroup),
    ...(who.startsWith('init:') ? { threads, pidInNamespace } : {}),
  };
}

type Comparable = readonly object[];

function inOrder(list: readonly RecordedProcess[]): Comparable {
  return list.map(comparable).toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

/** What there is now, in the words of a recording. */
function seen(bench: Bench, whole: unknown): Comparable {
  const [symbol = ''] = Object.keys((whole as Recording).containers);
  const ids = bench.journal.flatMap((event) => (event.type === 'container' ? [event.id] : []));
  return inOrder(normaliseFact(processesOf(bench), Object.fromEntries(ids.map((id) => [id, symbol]))));
}

function recorded(whole: unknown, label: string): Comparable {
  const snapshot = (whole as Recording).snapshots?.find((each) => each.label === label);
  if (snapshot === undefined) throw new Error(`no snapshot is called ${label}`);
  countFacts(tallies, (whole as Recording).source, snapshot.processes.length);
  return inOrder(snapshot.processes);
}

/** The container's process is the shim's, and runc create is no more. */
const isCreated =
  ({ machine: { kernel } }: Bench) =>
  (): boolean => {
    const tasks = [...kernel.tasks.values()];
    const isInit = (task: Task): boolean => task.comm === 'runc:[2:INIT]' && task.parent?.comm === 'containerd-shim';
    return tasks.some(isInit) && tasks.every(({ state }) => state !== 'zombie');
  };
const runs =
  ({ machine: { kernel } }: Bench, comm: string) =>
  (): boolean =>
    [...kernel.tasks.values()].some((task) => task.comm === comm);

test('vm-01: before, between runc create and runc start, and while the container runs', () => {
  const host = bench();
  expect(seen(host, runDetached)).toEqual(recorded(runDetached, 'before'));
  type(host, 'docker run -d --name web busybox sleep 1000\n', isCreated(host));
  expect(seen(host, runDetached)).toEqual(recorded(runDetached, 'created-not-started'));
  host.machine.settle(host.machine.nowNs() + longestNs);
  expect(seen(host, runDetached)).toEqual(recorded(runDetached, 'running'));
});

test('vm-03: a shell on a terminal, with a job in its foreground', () => {
  const host = bench();
  type(host, 'docker run -it --name it --network none busybox sh\n');
  type(host, 'sleep 500\n', runs(host, 'sleep'));
  for (const { label } of (runIt as unknown as Recording).snapshots ?? [])
    expect(seen(host, runIt)).toEqual(recorded(runIt, label));
});

test('vm-04: a container that is to be stopped, and nothing left of it afterwards', () => {
  for (const [recording, program] of [
    [stopIgnored, 'sleep 1000'],
    [stopHandled, `sh -c 'trap "echo got TERM; exit 0" TERM; while :; do sleep 600 & wait; done'`],
  ] as const) {
    const host = bench();
    type(host, `docker run -d --name web --network none busybox ${program}\n`);
    expect(seen(host, recording)).toEqual(recorded(recording, 'before'));
    type(host, 'docker stop web\n');
    expect(seen(host, recording)).toEqual(recorded(recording, 'after-stop'));
  }
});

test('vm-07: a command that docker exec has started, with a child of its own', () => {
  const host = bench();
  type(host, 'docker run -d --name web --network none busybox sleep 1000\n');
  expect(seen(host, exec)).toEqual(recorded(exec, 'before'));
  type(
    host,
    "docker exec web sh -c 'sleep 40 & wait'\n",
    () => processesOf(host).filter(({ comm }) => comm === 'sleep').length === 2,
  );
  expect(seen(host, exec)).toEqual(recorded(exec, 'during-exec'));
});

test('vm-20: nothing is left of a container that was removed by force', () => {
  const host = bench();
  type(host, 'docker run -d --name web --network none busybox sleep 1000\n');
  expect(seen(host, removeForced)).toEqual(recorded(removeForced, 'before'));
  type(host, 'docker rm -f web\n');
  expect(seen(host, removeForced)).toEqual(recorded(removeForced, 'after'));
});

test('MODEL.md counts the processes of the snapshots', () => {
  const rows = rowsOf('processes at a moment', tallies);
  expect(rowsInModel('processes at a moment', rows)).toEqual(rows);
});
