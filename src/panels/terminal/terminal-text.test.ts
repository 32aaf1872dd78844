import { expect, test } from 'vitest';
import type { Fact } from '../../journal/event.ts';
import { createJournal } from '../../journal/journal.ts';
import { samplePids } from '../../journal/sample-runc.fixture.ts';
import { sampleAnd } from '../../scene/published.fixture.ts';
import { hasOutlastedInterrupt, isAtPrompt, outputAt } from './terminal-text.ts';

const run = 'root@glassdock:~# docker run busybox sleep 500\r\n';

test('Ctrl-C that ends nobody is seen by the line that it leaves open', () => {
  expect(hasOutlastedInterrupt(`${run}^C`)).toBe(true);
  expect(hasOutlastedInterrupt(`${run}^C^Cdocker ps\r\n`)).toBe(true);
  expect(hasOutlastedInterrupt(run)).toBe(false);
  expect(hasOutlastedInterrupt(`${run}^C\r\n/ # `)).toBe(false);
  expect(hasOutlastedInterrupt(`${run}^C\r\nroot@glassdock:~# ps\r\n`)).toBe(false);
});

const { sh } = samplePids;
const inode = 4026532222;
const file = { id: 9000, kind: 'tty', name: '/dev/pts/1', access: 'rw', inode } as const;
const opened: Fact = { type: 'fd.open', pid: sh, fd: 0, file, closeOnExec: false };
const shown = (data: string): Fact => ({ type: 'terminal.output', terminal: 1, data });
const keys = (data: string): readonly Fact[] => [
  { type: 'input', terminal: 1, action: 'data', data },
  shown(data.replaceAll('\r', '\r\n')),
];
const read = (bytes: number, pid: number = sh): Fact => ({ type: 'stream.read', pid, inode, bytes });
const prompt = shown('root@glassdock:~# ');

/** What terminal 1 has shown since its last prompt of the sample, at each of the last places. */
function shownAt(facts: readonly Fact[], ...fromEnd: readonly number[]): readonly string[] {
  const journal = createJournal(sampleAnd([opened, ...facts]));
  const before = outputAt(journal, 1, journal.length - facts.length).length;
  return fromEnd.map((back) => outputAt(journal, 1, journal.length - back).slice(before));
}

test('a line that was typed ahead stands at its prompt as soon as the shell has read it', () => {
  const facts = [prompt, ...keys('sleep 9\r'), read(8), ...keys('lx\x7fs\rsleep 5\r'), prompt, read(3)];
  const ran = 'root@glassdock:~# sleep 9\r\nlx\x7fs\r\nsleep 5\r\nroot@glassdock:~# ';
  const [before = '', after = ''] = shownAt(facts, 1, 0);
  expect([before, after]).toEqual([ran, `${ran}ls\r\n`]);
  expect([isAtPrompt(before), isAtPrompt(after)]).toEqual([true, false]);

  const more = [...facts, shown('file\r\n'), prompt, read(8)];
  expect(shownAt(more, 0)).toEqual([`${ran}ls\r\nfile\r\nroot@glassdock:~# sleep 5\r\n`]);
});

test('what is typed at the prompt stands there once, and what a program has read or Ctrl-C thrown away never', () => {
  expect(shownAt([prompt, ...keys('ls\r'), read(3)], 0)).toEqual(['root@glassdock:~# ls\r\n']);
  const cat = [prompt, ...keys('cat\r'), read(4), ...keys('meow\r'), read(5, 9), prompt];
  expect(shownAt([...cat, read(0)], 0)).toEqual(['root@glassdock:~# cat\r\nmeow\r\nroot@glassdock:~# ']);
  const stopped = [prompt, ...keys('sleep 9\r'), read(8), ...keys('ls\r\x03'), prompt, ...keys('id\r'), read(3)];
  expect(shownAt(stopped, 0)).toEqual(['root@glassdock:~# sleep 9\r\nls\r\n\x03root@glassdock:~# id\r\n']);
});

test('what was only begun before the prompt stands behind it too, and goes on there', () => {
  const first = [prompt, ...keys('sleep 9\r'), read(8)];
  const begun = [...first, ...keys('dx\x7f'), prompt];
  const ran = 'root@glassdock:~# sleep 9\r\n';
  expect(shownAt(begun, 0)).toEqual([`${ran}dx\x7froot@glassdock:~# d`]);
  expect(shownAt([...begun, ...keys('ocker ps\r'), read(10)], 0)).toEqual([
    `${ran}dx\x7froot@glassdock:~# docker ps\r\n`,
  ]);
  expect(shownAt([...first, ...keys('ls\rid'), prompt, read(3), prompt], 0)).toEqual([
    `${ran}ls\r\nidroot@glassdock:~# ls\r\nroot@glassdock:~# id`,
  ]);
});
