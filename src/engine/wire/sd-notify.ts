/** sd_notify(3): a service tells systemd that it is ready, or about to stop. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeOrFalse } from './byte-stream.ts';

/** Sends `READY=1` or `STOPPING=1` when there is somebody to hear it: $NOTIFY_SOCKET. */
export function* notifySystemd(env: Environment, state: 'READY=1' | 'STOPPING=1'): Running<void> {
  const path = env['NOTIFY_SOCKET'];
  if (path === undefined) return;
  try {
    const fd = yield* sys.connect(path);
    yield* writeOrFalse(fd, state);
    yield* sys.close(fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}
