/**
 * Files of nsfs: what /proc/PID/ns/KIND leads to. Holding one open, or bind mounted, holds the namespace. Man
 * page: namespaces(7).
 */
import type { Kernel } from '../kernel.ts';
import type { Namespace } from '../namespace/namespace.ts';
import { rootDentry, type Dentry } from './dentry.ts';
import type { Inode } from './inode.ts';
import type { OpenFile } from './open-file.ts';

/** `net:[4026531840]`, as readlink shows it. */
export function namespaceName(namespace: Namespace): string {
  return `${namespace.kind}:[${namespace.inode}]`;
}

/** The namespace's one file. */
export function namespaceDentry(kernel: Kernel, namespace: Namespace): Dentry {
  const known = kernel.vfs.namespaceDentries.get(namespace);
  if (known !== undefined) return known;
  const inode: Inode = {
    number: namespace.inode,
    type: 'file',
    filesystem: kernel.vfs.namespaceFiles,
    attributes: { mode: 0o444, uid: 0, gid: 0, links: 1, modifiedNs: 0 },
    body: { type: 'namespace', namespace },
  };
  const dentry = rootDentry(inode, namespaceName(namespace));
  kernel.vfs.namespaceDentries.set(namespace, dentry);
  return dentry;
}

/** The namespace that an open file stands for, or null. */
export function namespaceOfFile(file: OpenFile): Namespace | null {
  return file.object.kind === 'namespace' ? file.object.namespace : null;
}
