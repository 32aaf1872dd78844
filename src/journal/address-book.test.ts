import { expect, test } from 'vitest';
import { addressBook } from './address-book.ts';

function given(namespace: number, value: string) {
  return { type: 'net.link', pid: 1, op: 'address', namespace, name: 'eth0', value } as const;
}

test('a proxy is of the container that has its address, or of the one that gets it next', () => {
  const { note, whenKnown } = addressBook();
  const told: string[] = [];
  const ask = (proxy: string, address: string): void =>
    whenKnown(address, (container) => told.push(`${proxy} ${container}`));
  for (const [container, inode] of [
    ['one', 11],
    ['two', 12],
  ] as const)
    note({ type: 'namespace.create', pid: 1, kind: 'net', inode }, container);

  ask('early', '172.17.0.2');
  ask('other', '172.17.0.3');
  expect(told).toEqual([]);
  note(given(12, '172.17.0.3/16'), '');
  note(given(11, '172.17.0.2/16'), '');
  ask('again', '172.17.0.2');
  note({ type: 'namespace.end', kind: 'net', inode: 11 }, '');
  ask('next', '172.17.0.2');
  note({ type: 'namespace.create', pid: 1, kind: 'net', inode: 13 }, 'three');
  note(given(13, '172.17.0.2/16'), '');

  expect(told).toEqual(['other two', 'early one', 'again one', 'next three']);
});
