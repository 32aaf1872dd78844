/**
 * Words that nobody means: names with blanks, slashes and nothing in them, numbers written oddly, settings said twice.
 * The answers are those of the modelled engine itself (odd-words.json); its disk was vfs's, ours is overlay2's.
 */
import { expect, test } from 'vitest';
import { createMachine } from '../host/machine.ts';
import { fromUtf8, utf8 } from '../kernel/bytes.ts';
import asked from './odd-words.json' with { type: 'json' };

interface Answer {
  readonly command: string;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

const longestNs = 60e9;
const machine = createMachine({ seed: 1, images: ['busybox'], sink: () => {} });

function run(command: string) {
  const output = { 1: '', 2: '' };
  const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', utf8(command)] }, (fd, data) => {
    output[fd] += data;
  });
  machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + longestNs);
  machine.quiesce(machine.nowNs() + longestNs);
  return { exitCode: shell.exitCode(), stdout: comparable(output[1]), stderr: comparable(output[2]) };
}

function comparable(text: string): string {
  return fromUtf8(text)
    .replace(/,inode64\b/g, '')
    .replace(/\b[0-9a-f]{64}\b/g, '$HEX')
    .replace(/\b[0-9a-f]{12}\b/g, '$HEX[:12]');
}

asked.given.forEach(run);
const rows: readonly Answer[] = asked.rows;
const seen = rows.map(({ command }) => run(command));

test.each(rows.map((row, place) => [row.command, row, seen[place]] as const))('%s', (_, wanted, told) => {
  expect(told).toEqual({ exitCode: wanted.exitCode ?? 0, stdout: wanted.stdout ?? '', stderr: wanted.stderr ?? '' });
});
