/** What /proc showed of the recorded processes at certain moments, and what the simulated kernel has then. */
import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from '../host/machine.ts';
import type { Machine } from '../host/machine.ts';
import type { Task } from '../kernel/kernel.ts';
import { countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact } from './normalise.ts';
import { inOrder, processesOf } from './processes.ts';
import type { RecordedProcess, Recording } from './recording.ts';
import runDetached from './vm-01-run-detached.json' with { type: 'json' };
import runEcho from './vm-02-run-rm-echo.json' with { type: 'json' };
import runIt from './vm-03-run-it.json' with { type: 'json' };
import exec from './vm-07-exec.json' with { type: 'json' };

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

/** What there is now, in the words of a recording. */
function seen(bench: Bench, whole: unknown): readonly object[] {
  const [[symbol, name] = ['', '']] = Object.entries((whole as Recording).containers);
  const containers = bench.journal.flatMap((event) => (event.type === 'container' ? [event] : []));
  const ids = Object.fromEntries(containers.map(({ id }) => [id, symbol]));
  // It may have chosen its own name.
  const names = new Set(containers.map((container) => container.name.replace(/^\//, '')));
  const processes = JSON.stringify(normaliseFact(processesOf(bench.machine, bench.journal), ids));
  const named = [...names].reduce((text, chosen) => text.replaceAll(`:${chosen}"`, `:${name}"`), processes);
  return inOrder(JSON.parse(named) as readonly RecordedProcess[]);
}

function recorded(whole: unknown, label: string): readonly object[] {
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
/** dockerd has not been told that the container has ended. */
const isNotTold = (event: JournalEvent): boolean => event.type !== 'message.send' || event.label !== '/tasks/exit';
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

test('vm-02: between runc create and runc start, and when the container has ended', () => {
  const host = bench();
  type(host, 'docker run --rm --network none busybox echo hello\n', isCreated(host));
  expect(seen(host, runEcho)).toEqual(recorded(runEcho, 'created-not-started'));
  host.machine.runWhile(() => host.journal.every(isNotTold), host.machine.nowNs() + longestNs);
  expect(seen(host, runEcho)).toEqual(recorded(runEcho, 'exited-before-Tasks/Delete'));
});

test('vm-07: a command that docker exec has started, with a child of its own', () => {
  const host = bench();
  type(host, 'docker run -d --name web --network none busybox sleep 1000\n');
  expect(seen(host, exec)).toEqual(recorded(exec, 'before'));
  type(
    host,
    "docker exec web sh -c 'sleep 40 & wait'\n",
    () => processesOf(host.machine, host.journal).filter(({ comm }) => comm === 'sleep').length === 2,
  );
  expect(seen(host, exec)).toEqual(recorded(exec, 'during-exec'));
});

test('MODEL.md counts the processes of the snapshots', () => {
  const rows = rowsOf('processes at a moment', tallies);
  expect(rowsInModel('processes at a moment', rows)).toEqual(rows);
});
