import { expect, test } from 'vitest';
import { humanDuration } from './human-duration.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0.45, 'Less than a second'],
  [1, '1 second'],
  [59, '59 seconds'],
  [minute, 'About a minute'],
  [minute + 59, 'About a minute'],
  [2 * minute, '2 minutes'],
  [59 * minute, '59 minutes'],
  [hour, 'About an hour'],
  [hour + 29 * minute, 'About an hour'],
  [hour + 30 * minute, '2 hours'],
  [47 * hour, '47 hours'],
  [2 * day, '2 days'],
  [13 * day, '13 days'],
  [14 * day, '2 weeks'],
  [59 * day, '8 weeks'],
  [60 * day, '2 months'],
  [729 * day, '24 months'],
  [730 * day, '2 years'],
])('docker calls %d seconds “%s”', (seconds, words) => {
  expect(humanDuration(seconds)).toBe(words);
});
