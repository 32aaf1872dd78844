/**
 * A container's root file system as dockerd sees it: mounted while the container runs or somebody works on it, and
 * looked into without leaving it. moby: daemon.Mount(), container.ResolvePath().
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { Container } from './container.ts';
import { mountLayer, overlayRoot, unmountLayer } from './graph-driver.ts';

/** Mounts it, unless it is mounted already, and counts one more user. Returns where. */
export function* acquireRootfs(container: Container): Running<string> {
  container.rootfsUsers += 1;
  if (container.rootfsUsers > 1) return `${overlayRoot}/${container.layer}/merged`;
  try {
    return yield* mountLayer(container.layer);
  } catch (error) {
    container.rootfsUsers -= 1;
    throw error;
  }
}

/** One user fewer; the last one unmounts it. That it is not mounted is no error. */
export function* releaseRootfs(container: Container): Running<void> {
  container.rootfsUsers = Math.max(0, container.rootfsUsers - 1);
  if (container.rootfsUsers > 0) return;
  try {
    yield* unmountLayer(container.layer);
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOENT')) throw error;
  }
}

/** Does something with the mounted root file system. */
export function* withRootfs<T>(container: Container, body: (root: string) => Running<T>): Running<T> {
  const root = yield* acquireRootfs(container);
  try {
    return yield* body(root);
  } finally {
    yield* releaseRootfs(container);
  }
}
