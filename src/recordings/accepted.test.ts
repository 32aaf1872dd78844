import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differencesTable } from './accepted.ts';

const begin = '<!-- accepted differences -->';
const end = '<!-- /accepted differences -->';

test('MODEL.md lists every accepted difference, with its reason (UPDATE_MODEL=1 writes the list)', () => {
  const text = readFileSync('MODEL.md', 'utf8');
  const [before = '', rest = ''] = text.split(begin);
  const [told = '', after = ''] = rest.split(end);
  if (process.env['UPDATE_MODEL'] !== undefined) {
    writeFileSync('MODEL.md', `${before}${begin}\n${differencesTable()}\n${end}${after}`);
    return;
  }
  expect(told.trim()).toBe(differencesTable());
});
