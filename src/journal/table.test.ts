import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyDictionary, entriesOf, find, withWord, withoutWord } from './dictionary.ts';
import { emptyTable, lookUp, valuesOf, withEntry, withoutEntry } from './table.ts';

const key = fc.oneof(fc.nat(70), fc.nat(40_000), fc.constantFrom(2 ** 31, 4026531840, 2 ** 32 - 1));
const steps = fc.array(fc.tuple(key, fc.option(fc.nat(9))), { maxLength: 60 });

test('a table holds what a Map would hold, whatever is set and removed', () => {
  fc.assert(
    fc.property(steps, (walk) => {
      const map = new Map<number, number>();
      let table = emptyTable<number>();
      for (const [at, value] of walk) {
        if (value === null) {
          map.delete(at);
          table = withoutEntry(table, at);
        } else {
          map.set(at, value);
          table = withEntry(table, at, value);
        }
        expect(lookUp(table, at)).toBe(map.get(at));
      }
      const sorted = [...map].toSorted(([a], [b]) => a - b).map(([, value]) => value);
      expect(valuesOf(table)).toEqual(sorted);
      expect(table.size).toBe(map.size);
    }),
  );
});

test('an old table knows nothing of what was set later', () => {
  const before = withEntry(emptyTable<string>(), 7, 'old');
  withEntry(before, 7, 'new');
  withEntry(before, 4026531840, 'far');

  expect(valuesOf(before)).toEqual(['old']);
});

test('a dictionary holds what a Map would hold, and lists it by key', () => {
  const word = fc.oneof(fc.constantFrom('web', 'db', 'a/b'), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.option(fc.nat(9))), { maxLength: 60 }), (walk) => {
      const map = new Map<string, number>();
      let dictionary = emptyDictionary<number>();
      for (const [at, value] of walk) {
        if (value === null) {
          map.delete(at);
          dictionary = withoutWord(dictionary, at);
        } else {
          map.set(at, value);
          dictionary = withWord(dictionary, at, value);
        }
        expect(find(dictionary, at)).toBe(map.get(at));
      }
      expect(entriesOf(dictionary)).toEqual([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
      expect(dictionary.size).toBe(map.size);
    }),
  );
});
