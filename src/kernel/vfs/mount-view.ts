/** Whether a place lies in another's tree, mounts included. */
import { isWithin } from './dentry.ts';
import type { Location } from './mount.ts';

export function isBelowRoot(location: Location, top: Location): boolean {
  let { mount, dentry } = location;
  while (mount !== top.mount) {
    if (mount.parent === null || mount.mountpoint === null) return false;
    dentry = mount.mountpoint;
    mount = mount.parent;
  }
  return isWithin(dentry, top.dentry);
}
