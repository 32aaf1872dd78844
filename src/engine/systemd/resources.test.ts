import { expect, test } from 'vitest';
import { boot } from '../../kernel/kernel.fixture.ts';
import { makeDirectories } from '../directories.ts';
import { readFile } from '../../programs/io.ts';
import { journalPath, openJournal } from './journald.ts';
import { noteResources } from './resources.ts';

const second = 1_000_000;
const megabyte = 1024 ** 2;

/** What the journal has of a unit that has used so much, with its priority. */
function said(cpuUs: number, memoryBytes: number): string {
  let text = '';
  boot().run(function* () {
    yield* makeDirectories('/var/log/journal');
    yield* noteResources(yield* openJournal(), 'x.service', { cpuUs, memoryBytes });
    text = yield* readFile(journalPath);
    return 0;
  });
  const [, priority, message] = /"PRIORITY":"(\d)".*"MESSAGE":"([^"]*)"/.exec(text) ?? [];
  return text === '' ? '' : `${priority} ${message}`;
}

test.each([
  [second, 0, ''],
  [0, 64 * megabyte, ''],
  [second + 1, 0, '6 x.service: Consumed 1s CPU time, 0B memory peak.'],
  [0, 64 * megabyte + 1, '6 x.service: Consumed 0ms CPU time, 64M memory peak.'],
  [13.2517 * second, 35.55 * megabyte, '6 x.service: Consumed 13.251s CPU time, 35.5M memory peak.'],
  [75.171 * second, 0, '6 x.service: Consumed 1min 15.171s CPU time, 0B memory peak.'],
  [120 * second, 0, '6 x.service: Consumed 2min CPU time, 0B memory peak.'],
  [600 * second, 0, '6 x.service: Consumed 10min CPU time, 0B memory peak.'],
  [600 * second + 1, 0, '5 x.service: Consumed 10min CPU time, 0B memory peak.'],
  [0, 512 * megabyte + 1, '5 x.service: Consumed 0ms CPU time, 512M memory peak.'],
  [90_061 * second, 0, '5 x.service: Consumed 1d 1h 1min 1s CPU time, 0B memory peak.'],
])('%d µs and %d bytes: %j', (cpuUs, memoryBytes, words) => {
  expect(said(cpuUs, memoryBytes)).toBe(words);
});
