/** Taking names away that may be gone already. */
import { isErrno } from '../kernel/errno.ts';
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';

/** Unlinks; what is not there is no error. */
export function* unlinkIfAny(path: string): Running<void> {
  try {
    yield* sys.unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
