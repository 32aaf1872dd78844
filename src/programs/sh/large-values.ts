/**
 * Variables of a size that malloc(3) asks the kernel for: `x=$x$x` in a loop takes the machine's memory, until its
 * cgroup has no more.
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { longestTextBytes } from '../io.ts';
import { ShellError } from './flow.ts';
import type { Shell } from './shell.ts';

/** glibc: M_MMAP_THRESHOLD. */
const ownBlockBytes = 131_072;
const mostBytes = 2 * longestTextBytes;
/**
 * Takes memory for the value that the variable has now, and gives back what its former one had. All of a shell together
 * are no more than the simulator can hold: what is told is what dash says where malloc(3) fails.
 */
export function* holdValue(shell: Shell, name: string): Running<void> {
  const bytes = shell.variables.get(name)?.value?.length ?? 0;
  const before = shell.blocks.get(name);
  if (bytes < ownBlockBytes && before === undefined) return;
  shell.blocks.delete(name);
  try {
    let held = bytes;
    for (const block of shell.blocks.values()) held += block.bytes;
    if (held > mostBytes) throw new ShellError('Out of space', 2);
    if (bytes >= ownBlockBytes) shell.blocks.set(name, { address: yield* sys.mmap(bytes), bytes });
  } catch (error) {
    if (isErrno(error, 'ENOMEM')) throw new ShellError('Out of space', 2);
    throw error;
  }
  if (before) yield* sys.munmap(before.address, before.bytes);
}
