import { expect, test } from 'vitest';
import { endOfArchive, headerOf, parseHeader } from '../tar/format.ts';

test('a header says again what was put into it, however long its names are', () => {
  const member = {
    name: `${'d'.repeat(90)}/${'e'.repeat(50)}/${'f'.repeat(40)}`,
    type: 'file' as const,
    mode: 0o640,
    uid: 1000,
    gid: 50,
    size: 7,
    modifiedSeconds: 1_795_488_369,
    target: '',
  };
  expect(parseHeader(headerOf(member))).toEqual({ ...member, flag: '0' });
  expect(headerOf({ ...member, name: 'x'.repeat(200) })).toHaveLength(3 * 512);
  expect(parseHeader(endOfArchive)).toBeNull();
});
