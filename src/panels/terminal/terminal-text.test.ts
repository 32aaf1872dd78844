import { expect, test } from 'vitest';
import { hasOutlastedInterrupt } from './terminal-text.ts';

const run = 'root@glassdock:~# docker run busybox sleep 500\r\n';

test('Ctrl-C that ends nobody is seen by the line that it leaves open', () => {
  expect(hasOutlastedInterrupt(`${run}^C`)).toBe(true);
  expect(hasOutlastedInterrupt(`${run}^C^Cdocker ps\r\n`)).toBe(true);
  expect(hasOutlastedInterrupt(run)).toBe(false);
  expect(hasOutlastedInterrupt(`${run}^C\r\n/ # `)).toBe(false);
  expect(hasOutlastedInterrupt(`${run}^C\r\nroot@glassdock:~# ps\r\n`)).toBe(false);
});
