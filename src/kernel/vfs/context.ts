/** Where a process stands in the tree. Man pages: chroot(2), chdir(2), umask(2), clone(2), "CLONE_FS". */
import type { Location, MountNamespace } from './mount.ts';
import { rootLocation } from './mount.ts';

/** What a path is walked from. */
export interface Place {
  readonly root: Location;
  readonly cwd: Location;
}

/**
 * Root, working directory and umask of the coroutines that share them. While one of them lives, the mounts in which
 * they are know of it: else umount(2) would have to ask every process. Linux: fs_struct, mnt_count.
 */
export class FileSystemContext implements Place {
  umask: number;
  #root: Location;
  #cwd: Location;
  #sharers = 0;

  constructor({ root, cwd }: Place, umask: number) {
    this.#root = root;
    this.#cwd = cwd;
    this.umask = umask;
  }

  get root(): Location {
    return this.#root;
  }

  set root(to: Location) {
    this.#count(-1);
    this.#root = to;
    this.#count(1);
  }

  get cwd(): Location {
    return this.#cwd;
  }

  set cwd(to: Location) {
    this.#count(-1);
    this.#cwd = to;
    this.#count(1);
  }

  /** fork(2): the same place, which each can leave alone. */
  copy(): FileSystemContext {
    return new FileSystemContext(this, this.umask);
  }

  /** One more coroutine is here. */
  share(): void {
    this.#sharers += 1;
    if (this.#sharers === 1) this.#count(1);
  }

  /** One has ended, or has gone elsewhere without the others. */
  leave(): void {
    if (this.#sharers === 1) this.#count(-1);
    this.#sharers -= 1;
  }

  #count(by: 1 | -1): void {
    if (this.#sharers === 0) return;
    this.#root.mount.users += by;
    this.#cwd.mount.users += by;
  }
}

/** The context of the first task: at the root of the first mount namespace. */
export function firstContext(namespace: MountNamespace): FileSystemContext {
  return new FileSystemContext(placeAtRoot(namespace), 0o022);
}

/** The root of a namespace, as who boots the machine stands there. */
export function placeAtRoot(namespace: MountNamespace): Place {
  const root = rootLocation(namespace);
  return { root, cwd: root };
}

/** unshare(2), clone(2): root and working directory are in a fresh copy of the namespace where they were. */
export function moveToCopy(fs: FileSystemContext, from: MountNamespace, copy: MountNamespace): void {
  const moved = ({ mount, dentry }: Location): Location => ({
    mount: copy.mounts[from.mounts.indexOf(mount)] ?? mount,
    dentry,
  });
  fs.root = moved(fs.root);
  fs.cwd = moved(fs.cwd);
}

/** setns(2): both are at the root of the other namespace. Linux: mntns_install(). */
export function moveToRoot(fs: FileSystemContext, to: MountNamespace): void {
  fs.root = rootLocation(to);
  fs.cwd = fs.root;
}
