import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply } from './apply.ts';
import { anyJournal, longJournal } from './generated.fixture.ts';
import { createJournal } from './journal.ts';
import { emptyWorld } from './world.ts';

test('the world at a place is the fold of what happened before it, whatever walk led there', () => {
  fc.assert(
    fc.property(longJournal, fc.array(fc.nat(), { maxLength: 8 }), (events, walk) => {
      const journal = createJournal(events);
      for (const step of [...walk, events.length]) {
        const place = step % (events.length + 1);
        expect(journal.worldAt(place)).toEqual(events.slice(0, place).reduce(apply, emptyWorld));
      }
    }),
    { numRuns: 20 },
  );
});

test('a step forward and back again ends where it began', () => {
  fc.assert(
    fc.property(anyJournal, fc.nat(), (events, step) => {
      const journal = createJournal(events);
      const place = step % (events.length + 1);
      const before = journal.worldAt(place);
      journal.worldAt(place + 1);
      expect(journal.worldAt(place)).toEqual(before);
    }),
  );
});

test('a branch forgets the old future and folds the new one', () => {
  fc.assert(
    fc.property(longJournal, anyJournal, fc.nat(), (events, other, step) => {
      const place = step % (events.length + 1);
      const journal = createJournal(events);
      journal.worldAt(events.length);
      const forgotten = journal.truncate(place);
      const future = other.map((event, index) => ({ ...event, seq: place + index }));
      journal.append(future);

      expect(forgotten).toEqual(events.slice(place));
      const whole = [...events.slice(0, place), ...future];
      expect(journal.worldAt(whole.length)).toEqual(whole.reduce(apply, emptyWorld));
      expect(journal.inputs).toEqual(whole.filter(({ type }) => type === 'input').map(({ seq }) => seq));
    }),
    { numRuns: 20 },
  );
});

test('an event out of order is refused', () => {
  const journal = createJournal();

  expect(() => journal.append([{ type: 'task.name', pid: 1, comm: 'x', seq: 3, timeNs: 0 }])).toThrow(
    'event 3 comes where 0 is due',
  );
});
