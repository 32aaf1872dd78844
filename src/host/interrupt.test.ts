import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from './machine.ts';

const prompt = 'root@glassdock:~# ';
const patienceNs = 120e9;

/** Types a command, waits that long, and presses a key; then lets the machine come to rest. */
function press(
  command: string,
  afterMs: number,
  key: string,
): { readonly screen: string; readonly faults: readonly string[] } {
  const journal: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => journal.push(event) });
  machine.openTerminal(0, 24, 80);
  machine.settle(machine.nowNs() + patienceNs);
  machine.input(0, `${command}\n`);
  machine.advance(machine.nowNs() + afterMs * 1e6);
  machine.input(0, key);
  machine.settle(machine.nowNs() + patienceNs);
  machine.advance(machine.nowNs() + patienceNs);
  machine.input(0, 'echo still here\n');
  machine.settle(machine.nowNs() + patienceNs);
  return {
    screen: journal.flatMap((event) => (event.type === 'terminal.output' ? [event.data] : [])).join(''),
    faults: journal.flatMap((event) => (event.type === 'note' && event.topic === 'fault' ? [event.text] : [])),
  };
}

const commands = [
  'docker run -d --name web busybox sleep 1000',
  'docker run --rm busybox sh -c "sleep 3; echo done"',
  'docker run --rm alpine true',
  'docker ps; docker ps -a; docker images',
  'docker run -d --name web busybox sleep 1000; docker logs -f web',
  'docker run -d --name web busybox sleep 1000; docker exec web sleep 5',
  'docker run -d --name web busybox sleep 1000; docker stop web',
  'docker run -d --name web busybox sleep 1000; docker rm -f web',
  'docker events',
  'for i in 1 2 3; do docker run --rm busybox echo $i; done',
];

for (const command of commands) {
  test(`Ctrl-C at any moment of “${command}” leaves a shell that answers`, () => {
    for (const afterMs of [1, 3, 17, 40, 80, 130, 200, 260, 310, 340, 390, 700]) {
      const { screen, faults } = press(command, afterMs, '\x03');
      expect(faults, `${afterMs} ms`).toEqual([]);
      expect(
        screen.endsWith(`echo still here\r\nstill here\r\n${prompt}`),
        `${afterMs} ms: ${screen.slice(-400)}`,
      ).toBe(true);
    }
  });
}
