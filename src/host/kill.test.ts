import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from './machine.ts';
import type { Machine } from './machine.ts';

const patienceNs = 90e9;

interface Outcome {
  readonly faults: readonly string[];
  /** What a new container prints, once all that was broken has had time to come back. */
  readonly afterwards: string;
}

function run(machine: Machine, commands: string): { readonly isOver: () => boolean; readonly text: () => string } {
  let text = '';
  const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', commands] }, (_fd, data) => {
    text += data;
  });
  return { isOver: () => shell.exitCode() !== null, text: () => text };
}

/** Kills every process of this name `afterMs` after the commands have begun. */
function killAt(commands: string, victim: string, afterMs: number): Outcome {
  const journal: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => journal.push(event) });
  const work = run(machine, commands);
  machine.advance(machine.nowNs() + afterMs * 1e6);
  run(machine, `kill -9 $(pgrep -x ${victim})`);
  machine.runWhile(() => !work.isOver(), machine.nowNs() + patienceNs);
  machine.advance(machine.nowNs() + patienceNs);
  const later = run(machine, 'docker run --rm --name later busybox echo still here');
  machine.runWhile(() => !later.isOver(), machine.nowNs() + patienceNs);
  return {
    faults: journal.flatMap((event) => (event.type === 'note' && event.topic === 'fault' ? [event.text] : [])),
    afterwards: later.text(),
  };
}

const life = 'docker run -d --name web busybox sleep 1000; docker exec web true; docker rm -f web';
const moments = Array.from({ length: 30 }, (_, index) => 15 + index * 22);

for (const victim of ['runc', 'containerd-shim', 'containerd', 'dockerd', 'docker', 'libnetwork-setkey', 'sleep']) {
  test(`kill -9 of ${victim} at any moment leaves a host that runs containers`, () => {
    for (const afterMs of moments) {
      const { faults, afterwards } = killAt(life, victim, afterMs);
      expect(
        faults.map((fault) => fault.split('\n').slice(0, 6).join(' | ')),
        `${afterMs} ms`,
      ).toEqual([]);
      expect(afterwards, `${afterMs} ms`).toBe('still here\n');
    }
  }, 120_000);
}
