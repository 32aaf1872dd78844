/** What the recorder of vm-08 compiled: a program that reads at address 0, and does nothing else. */
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';

export function* segvMain(): Running {
  yield* sys.load(0);
  return 0;
}
