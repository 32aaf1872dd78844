/**
 * Variables of a size that malloc(3) asks the kernel for: `x=$x$x` in a loop takes the machine's memory, until its
 * cgroup has no more.
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { ShellError } from './flow.ts';
import type { Shell } from './shell.ts';

/** glibc: M_MMAP_THRESHOLD. */
const ownBlockBytes = 131_072;
/** Longer than any string of the simulator may get when it is doubled. */
const longestBytes = 2 ** 28;

/** Takes memory for the value that the variable has now, and gives back what its former one had. */
export function* holdValue(shell: Shell, name: string): Running<void> {
  const bytes = shell.variables.get(name)?.value?.length ?? 0;
  const before = shell.blocks.get(name);
  if (bytes < ownBlockBytes && before === undefined) return;
  shell.blocks.delete(name);
  try {
    if (bytes > longestBytes) throw new ShellError('Out of space', 2);
    if (bytes >= ownBlockBytes) shell.blocks.set(name, { address: yield* sys.mmap(bytes), bytes });
  } catch (error) {
    if (isErrno(error, 'ENOMEM')) throw new ShellError('Out of space', 2);
    throw error;
  }
  if (before) yield* sys.munmap(before.address, before.bytes);
}
