/** Speed, as figures to read: nothing is asserted. `npm run bench`. */
import { performance } from 'node:perf_hooks';
import type { JournalEvent } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { encodeJournal } from '../journal/codec.ts';
import { createMachine } from '../host/machine.ts';
import { gzipSync } from 'node:zlib';
import { profile } from './profile.ts';

const rounds = 15;
const longestNs = 3600e9;
const manyEvents = 100_000;

/** Runs each measurement and prints a line for it. */
export function bench(print: (line: string) => void): void {
  const boots: number[] = [];
  const runs: number[] = [];
  let journal: JournalEvent[] = [];
  for (let round = 0; round < rounds; round++) {
    journal = [];
    const began = performance.now();
    const machine = createMachine({ seed: 1, images: ['nginx'], sink: (event) => journal.push(event) });
    const booted = performance.now();
    run(machine, 'docker run -d --name web nginx');
    boots.push(booted - began);
    runs.push(performance.now() - booted);
  }
  print(
    `boot of the machine                        ${ms(median(boots))} median of ${rounds} (first, cold: ${ms(boots[0] ?? 0)})`,
  );
  print(`docker run -d nginx after that             ${ms(median(runs))} median (first, cold: ${ms(runs[0] ?? 0)})`);
  const encoded = encodeJournal(journal);
  print(
    `its journal                                ${journal.length} events, ${kilobytes(gzipSync(encoded).length)} gzipped`,
  );
  manyContainers(print);
  seeks(print);
}

function run(machine: ReturnType<typeof createMachine>, commands: string): void {
  const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', commands] }, () => {});
  machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + longestNs);
  machine.quiesce(machine.nowNs() + longestNs);
}

/** Where the time of 100 containers goes; watched, they are slower. */
export function profileContainers(print: (line: string) => void): void {
  const shares = profile(() => startMany(100));
  const told = shares.slice(0, 12).map(({ place, share }) => `${place} ${(100 * share).toFixed(1)} %`);
  print(`time of 100 containers by folder           ${told.join(', ')}`);
}

/** A container costs the same however many there are. */
function manyContainers(print: (line: string) => void): void {
  for (const count of [30, 100, 300]) {
    const began = performance.now();
    startMany(count);
    const tookMs = performance.now() - began;
    const each = ms(tookMs / count).trim();
    print(`${String(count).padStart(3)} containers by a shell loop              ${ms(tookMs)}, ${each} each`);
  }
}

function startMany(count: number): void {
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: () => {} });
  run(machine, `i=0; while [ $i -lt ${count} ]; do docker run -d busybox sleep 100000 >/dev/null; i=$((i+1)); done`);
}

/** Jumps to places all over a long journal, as somebody does who drags the playhead. */
function seeks(print: (line: string) => void): void {
  const events: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => events.push(event) });
  while (events.length < manyEvents)
    run(machine, 'for i in 1 2 3 4 5 6 7 8 9 10; do docker run --rm busybox true; done');
  const journal = createJournal(events);
  const began = performance.now();
  journal.worldAt(journal.length);
  print(`fold of ${journal.length} events                      ${ms(performance.now() - began)}`);
  const times: number[] = [];
  for (let index = 0; index < 1000; index++) {
    const start = performance.now();
    journal.worldAt((index * 7919) % journal.length);
    times.push(performance.now() - start);
  }
  print(
    `seek to anywhere in them                   ${ms(median(times))} median, ${ms(times.toSorted((a, b) => a - b)[990] ?? 0)} at the 99th percentile`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function ms(value: number): string {
  return `${value < 1 ? value.toFixed(3) : value.toFixed(1)} ms`.padStart(10);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
