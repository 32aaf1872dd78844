import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runUntil } from '../kernel/scheduler.ts';
import { kernelWith, randomPrograms, type Programs } from './random-programs.fixture.ts';

const untilNs = 4_000_000;

/** The journal as bytes, when time is let pass up to each of `stops`. */
function journalOf(programs: Programs, stops: readonly number[]): string {
  const lines: string[] = [];
  const kernel = kernelWith(programs, (event) => lines.push(JSON.stringify(event)));
  for (const stop of stops) runUntil(kernel, stop);
  return lines.join('\n');
}

const thousandPieces = Array.from({ length: 1000 }, (_, index) => ((index + 1) * untilNs) / 1000);

test('the same machine runs twice to the same bytes, in one piece or in a thousand', () => {
  fc.assert(
    fc.property(randomPrograms, (programs) => {
      const once = journalOf(programs, [untilNs]);
      expect(journalOf(programs, [untilNs])).toBe(once);
      expect(journalOf(programs, thousandPieces)).toBe(once);
    }),
    { numRuns: 40, seed: 1 },
  );
});

test('pieces of any length give the same bytes as one', () => {
  fc.assert(
    fc.property(randomPrograms, fc.array(fc.nat(untilNs), { maxLength: 60 }), (programs, stops) => {
      const pieces = [...stops.toSorted((a, b) => a - b), untilNs];
      expect(journalOf(programs, pieces)).toBe(journalOf(programs, [untilNs]));
    }),
    { numRuns: 40, seed: 2 },
  );
});
