/** Commands for the shell of a booted host, one after the other. */
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from './machine.ts';

/** What each command prints, standard error included, on a host that has nginx, busybox and redis. */
export function run(commands: readonly string[]): {
  readonly texts: readonly string[];
  readonly journal: readonly JournalEvent[];
} {
  const journal: JournalEvent[] = [];
  const images = ['busybox', 'nginx', 'redis'];
  const machine = createMachine({ seed: 1, images, sink: (event) => journal.push(event) });
  const texts = commands.map((command) => {
    let text = '';
    const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', command] }, (_fd, data) => {
      text += data;
    });
    machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + 600e9);
    machine.quiesce(machine.nowNs() + 600e9);
    return text;
  });
  const fault = journal.find((event) => event.type === 'note' && event.topic === 'fault');
  if (fault?.type === 'note') throw new Error(fault.text);
  return { texts, journal };
}
