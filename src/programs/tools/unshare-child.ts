/** unshare(1): what has to be done from where it was before. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { waitFor } from '../spawn.ts';
import { unlessRefused } from './namespace-command.ts';

/** A child that stays outside and does `task` when what is returned is run, which then waits for it. */
export function* childOutside(task: () => Running<void>): Running<() => Running<void>> {
  const [read, write] = yield* sys.pipe2();
  const child = yield* sys.fork(() =>
    unlessRefused('unshare', function* () {
      yield* sys.close(write);
      yield* sys.read(read, 1);
      yield* task();
      return 0;
    }),
  );
  yield* sys.close(read);
  return function* () {
    yield* sys.write(write, '\0');
    yield* sys.close(write);
    const status = yield* waitFor(child);
    if (!('code' in status) || status.code !== 0) yield* sys.exit(1);
  };
}
