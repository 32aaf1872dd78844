/**
 * A namespace lives while something holds it: a task, an open file of /proc/PID/ns, a bind mount. Man page:
 * namespaces(7), "Namespace lifetime".
 */
import type { Kernel } from '../kernel.ts';
import { endMountNamespace } from '../vfs/mount.ts';
import type { MountNamespace } from '../vfs/mount.ts';
import { endNetNamespace } from '../net/network-layer.ts';
import type { NetNamespace } from '../net/network-layer.ts';
import type { Namespace, PidNamespace } from './namespace.ts';

export function hold(namespace: Namespace): void {
  namespace.holders++;
}

/** The last holder gone, the namespace ends: its mounts are undone, its network devices vanish. */
export function release(kernel: Kernel, namespace: Namespace): void {
  namespace.holders--;
  if (namespace.holders > 0) return;
  if (namespace.kind === 'net') endNetNamespace(kernel, namespace as NetNamespace);
  kernel.record({ type: 'namespace.end', kind: namespace.kind, inode: namespace.inode });
  if (namespace.kind === 'mnt') endMountNamespace(kernel, namespace as MountNamespace);
  if (namespace.kind === 'pid') {
    const { parent } = namespace as PidNamespace;
    if (parent !== null) release(kernel, parent);
  }
}
