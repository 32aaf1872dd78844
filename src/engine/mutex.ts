/** Go's sync.Mutex between the coroutines of one process: whoever has waited longest is next. */
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';

export interface Mutex {
  isHeld: boolean;
  /** One object for each who waits, woken when it is its turn. */
  readonly waiting: object[];
}

export const newMutex = (): Mutex => ({ isHeld: false, waiting: [] });

/** Does something while holding the mutex; `body` must not take it again. It is let go however `body` ends. */
export function* locked<T>(mutex: Mutex, body: () => Running<T>): Running<T> {
  yield* acquire(mutex);
  try {
    return yield* body();
  } finally {
    yield* release(mutex);
  }
}

/** Takes it and lets it go again: for a look at what it guards. */
export function* passThrough(mutex: Mutex): Running<void> {
  if (!mutex.isHeld) return;
  yield* acquire(mutex);
  yield* release(mutex);
}

function* acquire(mutex: Mutex): Running<void> {
  if (!mutex.isHeld) {
    mutex.isHeld = true;
    return;
  }
  const turn = {};
  mutex.waiting.push(turn);
  while (mutex.waiting.includes(turn)) yield* sys.futexWait(turn);
}

/** It goes straight into the next one's hands, so nobody who comes meanwhile is faster. */
function* release(mutex: Mutex): Running<void> {
  const next = mutex.waiting.shift();
  if (next === undefined) mutex.isHeld = false;
  else yield* sys.futexWake(next);
}
