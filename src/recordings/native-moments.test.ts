/** The processes amid the commands of the older recordings, at the moments at which the recorder met them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';
import { bench, isCreated, isNotTold, longestNs, momentIn, shows, type } from './bench.ts';
import type { Bench } from './bench.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { count, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact } from './normalise.ts';
import { comparableMoment } from './older-engine.ts';
import type { Recording } from './recording.ts';

const tallies: Tallies = new Map();

/** Goes on for some seconds, whatever the machine does. */
function wait({ machine }: Bench, seconds: number): void {
  machine.runWhile(() => true, machine.nowNs() + seconds * 1e9);
}

/** Types what ran before the recording, the last line for a moment only: what it starts ends soon. */
function given({ given: lines = [] }: Recording): Bench {
  const host = bench({ given: lines.slice(0, -1) });
  typeFor(host, lines.at(-1) ?? '', 0.7);
  return host;
}

function typeFor(host: Bench, line: string, seconds: number): void {
  host.machine.input(0, `${line}\n`);
  wait(host, seconds);
}

const untilToldOfTheEnd = ({ machine, journal }: Bench): void => {
  machine.runWhile(() => journal.every(isNotTold), machine.nowNs() + longestNs);
};

type Step = readonly [label: string, go: (host: Bench, recording: Recording) => void];

const command = ({ commands }: Recording, label: string): string =>
  commands.find((each) => each.label === label)?.command ?? '';

/** Of each recording how it comes to its moments, one after the other. */
const scripts: Readonly<Record<string, readonly Step[]>> = {
  'native-01-run-detached': [
    ['created-not-started', (host, recording) => type(host, `${command(recording, 'run')}\n`, isCreated(host))],
  ],
  'native-02-run-rm-echo': [
    ['created-not-started', (host, recording) => type(host, `${command(recording, 'run')}\n`, isCreated(host))],
    ['exited-before-Tasks/Delete', untilToldOfTheEnd],
  ],
  'native-03-run-it': [
    ['before', () => {}],
    [
      'interactive',
      (host) => {
        type(host, 'docker run -it --name tty --hostname box --network none busybox sh\n');
        type(host, 'tty; echo pid=$$\n');
      },
    ],
    [
      'end',
      (host) => {
        type(host, 'sleep 0.2 | cat\n');
        type(host, 'exit 3\n');
        for (const line of ['docker ps -a', 'docker inspect tty', 'docker rm -f tty']) type(host, `${line}\n`);
      },
    ],
  ],
  'native-04a-stop-ignoring-sigterm': [
    ['during-grace-period', (host, recording) => typeFor(host, command(recording, 'stop'), 2)],
  ],
  'native-07-exec': [
    [
      'during-exec',
      (host, recording) =>
        type(
          host,
          `${command(recording, 'exec-long')}\n`,
          shows(host, ({ args, comm, state }) => `${args} ${comm} ${state}` === 'sleep 3 sleep S'),
        ),
    ],
  ],
  'native-08a-exit-3': [
    [
      'exited-before-Tasks/Delete',
      (host, recording) => {
        host.machine.input(0, `${command(recording, 'run')}\n`);
        untilToldOfTheEnd(host);
      },
    ],
  ],
  'native-11c-live-restore-pipe-fills-and-exit-while-down': [
    ['before', (host) => wait(host, 0.3)],
    ['down-5s', (host, recording) => typeFor(host, command(recording, 'host-1'), 5)],
  ],
  'native-12a-kill9-containerd-managed': [
    ['200ms-after', (host, recording) => typeFor(host, command(recording, 'host-1'), 0.2)],
    ['3s-after', (host) => wait(host, 3.3)],
    ['20s-after', (host) => wait(host, 16.5)],
  ],
  'native-12b-kill9-dockerd': [['dockerd-killed', (host, recording) => typeFor(host, command(recording, 'host-1'), 1)]],
  'native-13-kill9-shim': [
    ['300ms-after-shim-kill', (host, recording) => typeFor(host, command(recording, 'host-1'), 0.3)],
  ],
};

for (const [source, steps] of Object.entries(scripts)) {
  const recording = JSON.parse(readFileSync(`${import.meta.dirname}/${source}.json`, 'utf8')) as Recording;
  const host = given(recording);
  for (const [label, go] of steps) {
    go(host, recording);
    const snapshot = recording.snapshots?.find((each) => each.label === label);
    if (snapshot === undefined) throw new Error(`no snapshot is called ${label}`);
    const unnamed = Object.keys(recording.containers).length === 0 ? recording : { containers: recording.containers };
    const told = comparableMoment(momentIn(host, unnamed), snapshot);
    const comparison = compareInOrder(
      comparableMoment(normaliseFact(snapshot), snapshot),
      told,
      accepted(source, ['all'], label),
    );
    count(tallies, source, comparison);
    test(`${source}, ${label}: the processes`, () => {
      expect(comparison.equal, describeComparison(`${source} ${label}`, comparison)).toBe(true);
    });
  }
}

test('every moment amid a command is compared', () => {
  const missed = Object.keys(scripts).flatMap((source) => {
    const recording = JSON.parse(readFileSync(`${import.meta.dirname}/${source}.json`, 'utf8')) as Recording;
    const labels = (recording.snapshots ?? []).flatMap(({ label, after }) => (after === undefined ? [label] : []));
    return labels.filter((label) => !scripts[source]?.some(([known]) => known === label));
  });
  expect(missed).toEqual([]);
});

test('MODEL.md counts the processes of the older engine amid commands', () => {
  const rows = rowsOf('the older engine at a moment', tallies);
  expect(rowsInModel('the older engine at a moment', rows)).toEqual(rows);
});
