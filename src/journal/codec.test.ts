import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeJournal, encodeJournal } from './codec.ts';
import { anyJournal } from './generated.fixture.ts';
import { journalSchema } from './schema.ts';

const schemaFile = new URL('schema.json', import.meta.url);

test('what was encoded is decoded as it was', () => {
  fc.assert(
    fc.property(anyJournal, (events) => {
      expect(decodeJournal(encodeJournal(events))).toEqual({ events });
    }),
  );
});

test('schema.json is the schema of this version (UPDATE_SCHEMA=1 writes it anew)', () => {
  const text = `${JSON.stringify(journalSchema(), null, 2)}\n`;
  if (process.env['UPDATE_SCHEMA'] !== undefined) writeFileSync(schemaFile, text);

  expect(readFileSync(schemaFile, 'utf8')).toBe(text);
});

test('the schema takes every journal, event and line of a file, and refuses a fact with a field too many', () => {
  const ajv = new Ajv2020({ strictTuples: false, allowUnionTypes: true });
  const check = ajv.compile(journalSchema());
  const checkLine = ajv.compile({ $ref: `${String(journalSchema()['$id'])}#/$defs/line` });

  fc.assert(
    fc.property(anyJournal, (events) => {
      expect(check(events), ajv.errorsText(check.errors)).toBe(true);
      for (const event of events) expect(check(event)).toBe(true);
      const [header = '', ...lines] = encodeJournal(events).trimEnd().split('\n');
      expect(check(JSON.parse(header))).toBe(true);
      for (const line of lines)
        expect([checkLine(JSON.parse(line)), check(JSON.parse(line))], line).toEqual([true, true]);
    }),
    { numRuns: 40 },
  );
  const wrong = { type: 'task.name', pid: 1, comm: 'sh', colour: 'red', seq: 0, timeNs: 0 };
  expect([check([wrong]), check(wrong), check({ glassdock: 'journal', version: 0 })]).toEqual([false, false, false]);
});

test.each([
  ['', 'line 1: this is no Glassdock journal'],
  ['{"glassdock":"journal","version":99}', 'line 1: version 99 was written by another Glassdock'],
  ['{"glassdock":"journal","version":1}\n[1,2', 'line 2: not an event; the file may be cut off'],
  ['{"glassdock":"journal","version":1}\n[999,2]', 'line 2: there is no fact number 999'],
  ['{"glassdock":"journal","version":1}\n[3,"x",null,null,1,"sh"]', 'line 2: time must be a whole number'],
  ['{"glassdock":"journal","version":1}\n[3,1,null,null,"one","sh"]', 'line 2: task.name: pid must be a whole number'],
  ['{"glassdock":"journal","version":1}\n[3,1,null,null,1,{"$":4}]', 'line 2: text 4 was not written before'],
  ['{"glassdock":"journal","version":1}\n[3,1,null,null,1,"sh",5]', 'line 2: task.name has 2 fields, not 3'],
])('a foreign or broken file is told in a sentence: %s', (text, sentence) => {
  const decoded = decodeJournal(text);

  expect('error' in decoded ? decoded.error : '').toContain(sentence);
});
