/** Names of places, as getcwd(2) and /proc show them. Linux: fs/d_path.c. */
import type { Location } from './mount.ts';

/**
 * The path of a place seen from `root`; of one outside of it, from the top of its own tree. Ends in ` (deleted)`
 * when the name is gone.
 */
export function absolutePath(location: Location, root: Location): string {
  let path = '';
  let { mount, dentry } = location;
  while (mount !== root.mount || dentry !== root.dentry) {
    if (dentry === mount.root) {
      // An object without a name in any directory, such as a pipe; or a mount that is gone with its namespace.
      if (mount.parent === null || mount.mountpoint === null || mount.namespace === null) {
        if (dentry.name !== '' && dentry.parent === null) return dentry.name;
        break;
      }
      dentry = mount.mountpoint;
      mount = mount.parent;
      continue;
    }
    path = `/${dentry.name}${path}`;
    if (dentry.parent === null) return dentry.name;
    dentry = dentry.parent;
  }
  return `${path || '/'}${location.dentry.deleted ? ' (deleted)' : ''}`;
}
