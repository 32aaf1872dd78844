import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

test.each([
  ['timeout -s ALRM 1 sleep 5', 124],
  ['timeout 1 sleep 5', 124],
  ['timeout --preserve-status -s ALRM 1 sleep 5', 142],
  ['timeout -s KILL 1 sleep 5', 137],
  ['timeout -s ALRM 5 sleep 1', 0],
])('%s ends with %i', (command, status) => {
  expect(stage().sh(`${command}; exit $?`).status).toEqual({ code: status });
});
