/** A call with arguments that no typed program could give: its mistake, be it what it may, is not the machine's end. */
import { expect, test } from 'vitest';
import { Errno } from './errno.ts';
import { boot } from './kernel.fixture.ts';
import { runUntil } from './scheduler.ts';
import * as sys from './sys.ts';
import { systemCalls } from './system-calls.ts';
import { call } from './trap.ts';

const secondNs = 1_000_000_000;

/** What becomes of `name` called with nothing but `wrong`, as the first thing that a program does. */
function outcomeOf(name: string, wrong: unknown): unknown {
  const bench = boot();
  const { kernel } = bench;
  let outcome: unknown = 'it sleeps, or has ended';
  try {
    bench.run(function* () {
      try {
        outcome = yield* call(name, ...Array.from({ length: 6 }, () => wrong));
      } catch (error) {
        outcome = error;
      }
      return 0;
    });
  } catch (error) {
    // The bench tells of a fault, and of a program that sleeps for ever; nothing else is to come out of the machine.
    const told = error instanceof Error ? error.message : '';
    if (!(outcome instanceof Errno) && !told.includes('has not ended')) throw error;
  }
  const later = kernel.nowNs + secondNs;
  runUntil(kernel, later);
  expect(kernel.nowNs).toBe(later);
  // The machine runs others.
  expect(
    bench.run(function* () {
      yield* sys.nanosleep(secondNs);
      return 7;
    }),
  ).toEqual({ code: 7 });
  return outcome;
}

test.each(Object.keys(systemCalls))('%s of nothing fails as a call does, or does not', (name) => {
  for (const wrong of [undefined, null, Number.NaN]) {
    const outcome = outcomeOf(name, wrong);
    expect(outcome instanceof Error && !(outcome instanceof Errno)).toBe(false);
  }
});

test.each(['execve', 'open', 'stat', 'mkdir', 'chdir', 'unlink'])('%s of a path that is no text is EFAULT', (name) => {
  for (const wrong of [undefined, null, 3, true, {}, []])
    expect(outcomeOf(name, wrong)).toMatchObject({ errno: 'EFAULT' });
});
