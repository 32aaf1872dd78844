/** `runc start`: opening a fifo, at whose other end a process sleeps. */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll } from '../../programs/io.ts';
import { runcDurations } from '../durations.ts';
import { RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';
import { loadState, statusOf } from './state.ts';

/** How often runc looks whether anybody still sleeps there. runc: libcontainer, exec(). */
const lookNs = 100_000_000;

/**
 * Opens the fifo at which runc init sleeps: that wakes it. Its byte and the end of the file tell that it goes on.
 * Throws a RuncError when it has died meanwhile, for then nobody would ever open the other end.
 */
export function* startProcess(options: RuncOptions, id: string): Running<void> {
  yield* sys.compute(runcDurations.startBegins);
  const path = `${options.root}/${id}/exec.fifo`;
  const fd = yield* openOrGiveUp(options, id, path);
  const data = yield* readAll(fd);
  yield* sys.close(fd);
  if (data === '') throw new RuncError('cannot start an already running container');
  yield* sys.unlink(path);
  yield* sys.compute(runcDurations.startEnds);
}

/** The fifo's descriptor: another coroutine waits in open(2) for its other end. */
function* openOrGiveUp(options: RuncOptions, id: string, path: string): Running<number> {
  const opening: { fd: number; error: unknown } = { fd: -1, error: null };
  yield* sys.go(function* () {
    try {
      opening.fd = yield* sys.open(path, O.RDONLY | O.CLOEXEC);
    } catch (error) {
      opening.error = error;
    }
    yield* sys.futexWake(opening);
  });
  for (;;) {
    if (opening.error !== null) throw opening.error;
    if (opening.fd >= 0) return opening.fd;
    if (yield* sys.futexDelay(opening, lookNs)) continue;
    const state = yield* loadState(options.root, id);
    if ((yield* statusOf(options.root, state)) === 'stopped') break;
  }
  throw new RuncError('container process is already dead');
}
