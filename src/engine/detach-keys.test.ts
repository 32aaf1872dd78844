import { expect, test } from 'vitest';
import { detachKeys } from './detach-keys.ts';

// Asked of 26.1.5.
test.each([
  ['ctrl-@', '\0'],
  ['ctrl-[,ctrl-_', '\x1b\x1f'],
  ['a,B', 'aB'],
  ['DEL', '\x7f'],
  ['del', undefined],
  ['ctrl-1', undefined],
  ['CTRL-a', undefined],
  ['a,', undefined],
])('the detach keys %s', (text, bytes) => {
  expect(detachKeys(text)).toBe(bytes);
});
