/** The price of a command that the shell runs by itself. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';

/**
 * A builtin takes dash some microseconds on the recorded machine. What keeps a busy loop short is the kernel's affair.
 */
const stepNs = 5_000;

/** Lets virtual time pass for one command, or for so much. */
export function* step(ns = stepNs): Running<void> {
  try {
    yield* sys.compute(ns);
  } catch (error) {
    // A signal's handler came in between; what was left of so short a time is let go.
    if (!isErrno(error, 'EINTR')) throw error;
  }
}
