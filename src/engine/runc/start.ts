/** `runc start`: opening a fifo, at whose other end a process sleeps. */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll } from '../../programs/io.ts';
import { runcDurations } from '../durations.ts';
import { RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';

/** Opens the fifo at which runc init sleeps: that wakes it. Its byte and the end of the file tell that it goes on. */
export function* startProcess(options: RuncOptions, id: string): Running<void> {
  yield* sys.compute(runcDurations.startBegins);
  const path = `${options.root}/${id}/exec.fifo`;
  const fd = yield* sys.open(path, O.RDONLY | O.CLOEXEC);
  const data = yield* readAll(fd);
  yield* sys.close(fd);
  if (data === '') throw new RuncError('cannot start an already running container');
  yield* sys.unlink(path);
  yield* sys.compute(runcDurations.startEnds);
}
