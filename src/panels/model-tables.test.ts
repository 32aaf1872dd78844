import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { modelTable } from './model-tables.ts';

test('a part has its name, how far it goes, and what is left out, code apart', () => {
  const markdown = [
    '# Title',
    '',
    '## Parts',
    '',
    '| part | | why |',
    '|---|---|---|',
    '| `docker` CLI | partial | No `a \\| b`, no c. |',
    '',
    '## Others',
    '',
    '| other | supported | |',
  ].join('\n');
  expect(modelTable(markdown, 'Parts')).toEqual([
    {
      name: 'docker CLI',
      extent: 'partial',
      about: [
        { text: 'No ', isCode: false },
        { text: 'a | b', isCode: true },
        { text: ', no c.', isCode: false },
      ],
    },
  ]);
  expect(modelTable(markdown, 'Nothing')).toEqual([]);
});

test('MODEL.md has the tables that the page shows, in the words that the page explains', () => {
  const model = readFileSync(`${import.meta.dirname}/../../MODEL.md`, 'utf8');
  for (const heading of ['The engine', 'Programs']) {
    const parts = modelTable(model, heading);
    expect(parts.length).toBeGreaterThan(10);
    expect(parts.filter(({ extent }) => !['supported', 'partial', 'simplified'].includes(extent))).toEqual([]);
    expect(parts.filter(({ about }) => about.length === 0)).toEqual([]);
  }
});
