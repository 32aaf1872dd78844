import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callSupport, ownCalls, systemCallsTable } from './support.ts';
import { systemCalls } from './system-calls.ts';

const rows = callSupport.flatMap(({ calls }) => calls);

test('every system call has a row which says what is left out of it, and no row is without a call', () => {
  const said = new Set([...rows.flatMap(({ handlers }) => handlers), ...ownCalls]);

  expect([...said].toSorted()).toEqual(Object.keys(systemCalls).toSorted());
});

test('a call is named once, a partial or refused one says why, and only a refused one does nothing', () => {
  const names = rows.map(({ call }) => call);

  expect(names).toEqual([...new Set(names)]);
  for (const { call, handlers, support, note } of rows) {
    expect({ call, hasNote: note !== '' }).toEqual({ call, hasNote: support !== 'supported' });
    expect({ call, isRefused: handlers.length === 0 }).toEqual({ call, isRefused: support === 'refused' });
  }
});

test('MODEL.md says the same of each system call', () => {
  const section = /<!-- system calls -->\n([^]*)<!-- \/system calls -->/.exec(readFileSync('MODEL.md', 'utf8'))?.[1];

  expect(section?.trim()).toBe(systemCallsTable().trim());
});
