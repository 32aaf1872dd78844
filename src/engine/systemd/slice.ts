/** Slices, which hold others and the units that have processes. systemd: src/core/slice.c. */
import type { Running } from '../../kernel/abi.ts';
import { exists } from '../directories.ts';
import { slicePath } from '../slice-path.ts';
import { allControllers, cgroupTree, makeCgroup, writeFile } from './cgroup.ts';
import { note } from './journald.ts';
import type { Journald } from './journald.ts';

/**
 * Makes a slice and those above it, where they are not there yet, with every controller for what comes below. They stay
 * when nobody is left in them. Returns its cgroup.
 */
export function* startSlice(journald: Journald, name: string): Running<string> {
  let path = cgroupTree;
  for (const slice of (slicePath(name) ?? '').split('/').slice(1)) {
    path += `/${slice}`;
    if (yield* exists(path)) continue;
    yield* makeCgroup(path);
    yield* writeFile(`${path}/cgroup.subtree_control`, allControllers);
    const words = slice.replace(/\.slice$/, '').replaceAll('-', '/');
    yield* note(journald, slice, `Created slice ${slice} - Slice /${words}.`);
  }
  return path;
}
