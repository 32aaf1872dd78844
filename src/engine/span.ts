/** Spans: pieces of work with a beginning and an end, written into the journal around the work itself. */
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';
import type { DetailLevel } from '../journal/event.ts';

/**
 * Runs `body` inside a span of the calling coroutine; what it writes and what it forks belongs to the span.
 *
 * @param parent span to hang it under; the coroutine's present one when absent, none when 0.
 * @throws what `body` throws, after the span has been closed with the error's message as its outcome.
 */
export function* inSpan<T>(name: string, level: DetailLevel, body: () => Running<T>, parent?: number): Running<T> {
  const { id, outer } = yield* sys.openSpan(name, level, parent);
  // No `finally`: a killed coroutine must not run another system call on its way out.
  try {
    const result = yield* body();
    yield* sys.closeSpan(id, outer);
    return result;
  } catch (error) {
    yield* sys.closeSpan(id, outer, error instanceof Error ? error.message : 'failed');
    throw error;
  }
}
