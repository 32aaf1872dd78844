import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { decodeJournal, encodeJournal } from '../journal/codec.ts';
import type { JournalEvent } from '../journal/event.ts';
import { journalSchema } from '../journal/schema.ts';
import { createMachine } from './machine.ts';
import type { Machine } from './machine.ts';

const longestNs = 600e9;

function machineWith(seed = 1): { readonly machine: Machine; readonly journal: JournalEvent[] } {
  const journal: JournalEvent[] = [];
  return { machine: createMachine({ seed, images: ['busybox'], sink: (event) => journal.push(event) }), journal };
}

/** Types lines into a terminal and lets the machine run after each. */
function type(machine: Machine, terminal: number, ...lines: readonly string[]): void {
  for (const line of lines) {
    machine.input(terminal, `${line}\n`);
    machine.settle(machine.nowNs() + longestNs);
  }
}

function screen(journal: readonly JournalEvent[], terminal: number): string {
  return journal
    .flatMap((event) => (event.type === 'terminal.output' && event.terminal === terminal ? [event.data] : []))
    .join('');
}

test('the same seed and the same inputs give the same journal, byte for byte', () => {
  const runs = [machineWith(), machineWith()];
  for (const { machine } of runs) {
    machine.openTerminal(0, 24, 80);
    type(machine, 0, 'docker run -d --name web busybox sleep 100', 'docker ps', 'docker stop -t 1 web');
  }
  expect(JSON.stringify(runs[0]?.journal)).toBe(JSON.stringify(runs[1]?.journal));
});

test('another seed gives other ids', () => {
  const ids = [1, 2].map((seed) => {
    const { machine, journal } = machineWith(seed);
    machine.openTerminal(0, 24, 80);
    type(machine, 0, 'docker run -d --name web busybox sleep 100');
    return journal.find((event) => event.type === 'container');
  });
  expect(ids[0]).not.toEqual(ids[1]);
});

test('one second at once, or in a thousand pieces: the same journal', () => {
  const journals = [1, 1000].map((pieces) => {
    const { machine, journal } = machineWith();
    machine.openTerminal(0, 24, 80);
    machine.settle(machine.nowNs() + longestNs);
    machine.input(0, 'docker run -d --name web busybox sleep 100\n');
    const fromNs = machine.nowNs();
    for (let piece = 1; piece <= pieces; piece++) machine.advance(fromNs + (piece * 1e9) / pieces);
    return JSON.stringify(journal);
  });
  expect(journals[0]).toBe(journals[1]);
});

test('what time alone would bring is known: a restart by systemd, the end of a sleep, and nothing else at rest', () => {
  const { machine } = machineWith();
  machine.openTerminal(0, 24, 80);
  machine.settle(machine.nowNs() + longestNs);
  expect(machine.isAnythingDue()).toBe(false);

  type(machine, 0, 'docker run -d --name web busybox sleep 100');
  expect(machine.isAnythingDue()).toBe(true);
  machine.advance(machine.nowNs() + 101e9);
  expect(machine.isAnythingDue()).toBe(false);

  type(machine, 0, 'kill -9 $(pidof containerd)');
  expect(machine.isAnythingDue()).toBe(true);
  machine.advance(machine.nowNs() + 10e9);
  expect(machine.isAnythingDue()).toBe(false);
});

test('a second terminal sees the same engine', () => {
  const { machine, journal } = machineWith();
  machine.openTerminal(0, 24, 80);
  machine.openTerminal(1, 24, 80);
  machine.settle(machine.nowNs() + longestNs);
  type(machine, 0, 'docker run -d --name web busybox sleep 100');
  type(machine, 1, 'docker ps --format "{{.Names}}"');
  expect(screen(journal, 1)).toContain('\r\nweb\r\n');
});

test('a terminal that is closed takes its shell along, and nobody else', () => {
  const { machine, journal } = machineWith();
  machine.openTerminal(0, 24, 80);
  machine.settle(machine.nowNs() + longestNs);
  type(machine, 0, 'docker run -d --name web busybox sleep 100');
  machine.closeTerminal(0);
  machine.settle(machine.nowNs() + 1e9);
  const commands = [...machine.kernel.tasks.values()].map(({ comm }) => comm);
  expect(commands).toEqual(['systemd', 'containerd', 'dockerd', 'containerd-shim', 'sleep']);
  expect(journal.some((event) => event.type === 'note' && event.topic === 'fault')).toBe(false);
});

test('a real journal survives its file, and fits its published schema', () => {
  const { machine, journal } = machineWith();
  machine.openTerminal(0, 24, 80);
  type(
    machine,
    0,
    'docker run -d --name web busybox sleep 100',
    'docker exec web ps',
    'docker stop -t 1 web',
    'mkdir /ö',
  );
  expect(decodeJournal(encodeJournal(journal))).toEqual({ events: journal });
  const isValid = new Ajv2020({ strictTuples: false, allowUnionTypes: true }).compile(journalSchema());
  expect(isValid(journal) ? [] : isValid.errors?.slice(0, 3)).toEqual([]);
});
