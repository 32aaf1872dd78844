import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import acceptances from './accepted.json' with { type: 'json' };
import { differencesTable } from './accepted.ts';
import { leftOut } from './left-out.ts';
import type { Recording } from './recording.ts';

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

test('what is accepted is of a command that is run, or of a whole recording: so it is looked for', () => {
  const names = readdirSync(import.meta.dirname).filter((name) => /^(?:vm|native)-.*\.json$/.test(name));
  const run = names.flatMap((name) => {
    const { source, commands } = JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as Recording;
    const labels = commands.flatMap(({ label }) => (leftOut(source, label) === undefined ? [label] : []));
    return ['all', 'log', 'run', ...labels].map((step) => `${source}, ${step}`);
  });
  const places = acceptances.flatMap(({ where }) => where.map(({ source, step }) => `${source}, ${step}`));
  const lost = places.filter((place) => !run.includes(place));

  expect(lost).toEqual([]);
});
