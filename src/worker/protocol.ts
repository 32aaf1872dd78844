/** What the page and the machine's worker say to each other. Types alone: neither side needs the other's code. */
import type { JournalEvent } from '../journal/event.ts';

/** What a person did, with its virtual time: with the seed, all that a rerun needs. */
export interface TimedInput {
  readonly terminal: number;
  readonly atNs: number;
  readonly action: 'open' | 'data' | 'resize' | 'hangup';
  /** Text that was typed; `24x80` for `open` and `resize`. */
  readonly data: string;
}

/** `idle`: every foreground waits for input; `waiting`: only time would go on; `limit`: enough for now. */
export type Settled = 'idle' | 'waiting' | 'limit';

export type Request =
  | {
      /** A machine from the beginning: first boot, reload, another branch. Whatever was running is dropped. */
      readonly type: 'run';
      readonly epoch: number;
      readonly seed: number;
      readonly inputs: readonly TimedInput[];
      /** Events with a smaller seq are known to the page: the same seed and inputs give the same ones. */
      readonly keepFrom: number;
    }
  /** What was done at once: all of one time. */
  | { readonly type: 'inputs'; readonly epoch: number; readonly inputs: readonly TimedInput[] }
  /** Lets virtual time flow where nothing but time is waited for. */
  | { readonly type: 'advance'; readonly epoch: number; readonly untilNs: number }
  | { readonly type: 'complete'; readonly id: number; readonly terminal: number; readonly line: string };

export type Report =
  | { readonly type: 'ready'; readonly model: string }
  | { readonly type: 'events'; readonly epoch: number; readonly events: readonly JournalEvent[] }
  /** The machine has stopped running ahead. `isDue`: time alone would bring more. */
  | {
      readonly type: 'state';
      readonly epoch: number;
      readonly nowNs: number;
      readonly settled: Settled;
      readonly isDue: boolean;
    }
  | { readonly type: 'completions'; readonly id: number; readonly candidates: readonly string[] }
  /** The machine broke: a mistake of ours, never of the person who typed. */
  | { readonly type: 'failed'; readonly epoch: number; readonly message: string };
