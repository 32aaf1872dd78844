/** The price of a command that the shell runs by itself. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { Shell } from './shell.ts';

/** A builtin takes dash some microseconds on the recorded machine. */
const stepNs = 5_000;
/** From here on a script that never sleeps is taken for a busy loop. */
const patience = 100_000;
/** The price doubles every so many steps more, … */
const doubling = 20_000;
/** … up to this much. */
const longestStepNs = 50_000_000;

/**
 * Lets virtual time pass for one command. A loop that never sleeps pays more and more, so that a day of virtual time ends it after some
 * million steps of real work: without this `while :; do :; done` would keep the real machine busy for hours.
 */
export function* step(shell: Shell): Running<void> {
  shell.steps += 1;
  const excess = Math.max(0, shell.steps - patience);
  try {
    yield* sys.compute(Math.min(longestStepNs, stepNs * 2 ** Math.min(20, Math.floor(excess / doubling))));
  } catch (error) {
    // A signal's handler came in between; what was left of so short a time is let go.
    if (!isErrno(error, 'EINTR')) throw error;
  }
}
