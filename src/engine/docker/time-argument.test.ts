import { expect, test } from 'vitest';
import { timeArgument } from './time-argument.ts';

const now = 1_795_485_600;

test.each([
  ['10m', String(now - 600)],
  ['1500ms', String(now - 2)],
  ['0', '0'],
  ['1136073600.5', '1136073600.5'],
  ['2026-11-24', '1795478400.000000000'],
  ['2026-11-24T02', '1795485600.000000000'],
  ['2026-11-24T02:00', '1795485600.000000000'],
  ['2026-11-24T02:00:00.25Z', '1795485600.250000000'],
  ['2026-11-24T03:30:00+01:30', '1795485600.000000000'],
  ['99999999999999999999', 'failed to parse value as time or duration: "99999999999999999999"'],
  ['yesterday', 'failed to parse value as time or duration: "yesterday"'],
  ['2026-13-01', 'parsing time "2026-13-01": month out of range'],
  ['2026-02-30', 'parsing time "2026-02-30": day out of range'],
  ['a-b', 'parsing time "a-b" as "2006-01-02": cannot parse "a-b" as "2006"'],
])('--since %s', (text, expected) => {
  const answer = timeArgument(text, now);
  expect(typeof answer === 'string' ? answer : answer.error).toBe(expected);
});
