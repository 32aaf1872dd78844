/** A program of awk as it runs. */
import type { Running } from '../../kernel/abi.ts';
import { step } from '../sh/step.ts';
import type { Flavour } from '../tools/options.ts';
import type { Memory } from './memory.ts';
import type { Streams } from './streams.ts';
import type { AwkProgram, Statement } from './syntax.ts';
import type { Value } from './values.ts';

export interface Awk {
  readonly flavour: Flavour;
  readonly program: AwkProgram;
  readonly memory: Memory;
  readonly streams: Streams;
  /** The next record of the operands, which is counted; null after the last. */
  readonly nextRecord: () => Running<string | null>;
  /** Runs the body of a function. */
  readonly runBody: (body: readonly Statement[]) => Running<void>;
  /** How many functions wait for each other. */
  depth: number;
  /** What the function that runs returns. */
  returned: Value;
  exitCode: number;
  /** Turns of loops and calls since time last passed. */
  steps: number;
  /** busybox begins always at the same place; mawk anywhere, which is null until it is asked. */
  random: { seed: Value; state: number | null };
}

/** The time of so many turns of a loop passes at once. */
const stepsAtOnce = 50;

/** An interpreter's turn takes less than a shell's command. */
const turnNs = 1_000;

/** Counts the turn of a loop or a call: that one without an end takes time, and can be interrupted. */
export function* countStep(awk: Awk): Running<void> {
  awk.steps += 1;
  if (awk.steps < stepsAtOnce) return;
  awk.steps = 0;
  yield* step(stepsAtOnce * turnNs);
}
