/** devpts: the slaves of pseudo terminals, numbered from 0 in each instance. Linux: fs/devpts/inode.c. */
import { Errno } from '../errno.ts';
import type { Terminal } from '../tty/terminal.ts';
import { rootDentry, type Dentry } from './dentry.ts';
import type { Attributes, Body, FileSystem, Inode } from './inode.ts';

export interface Devpts {
  readonly root: Dentry;
  readonly filesystem: FileSystem;
  /** Whoever opens it gets a new terminal of this instance. */
  readonly ptmx: Inode;
  /** Terminals whose master is open, by number. */
  readonly slaves: Map<number, Inode>;
}

/** An empty instance: only ptmx is in it. */
export function createDevpts(filesystem: FileSystem, nowNs: number): Devpts {
  const slaves = new Map<number, Inode>();
  const named = (name: string): Inode | null => (name === 'ptmx' ? devpts.ptmx : (slaves.get(numberOf(name)) ?? null));
  const refuse = (): never => {
    throw new Errno('EPERM');
  };
  const root = rootDentry({
    number: 1,
    type: 'directory',
    filesystem,
    attributes: { mode: 0o755, uid: 0, gid: 0, links: 2, modifiedNs: nowNs },
    body: {
      type: 'directory',
      lookup: (_reader, name) => named(name),
      list: () => [['ptmx', devpts.ptmx], ...[...slaves].map(([number, inode]) => [String(number), inode] as const)],
      create: refuse,
      link: refuse,
      unlink: refuse,
    },
  });
  const devpts: { -readonly [K in keyof Devpts]: Devpts[K] } = { root, filesystem, slaves, ptmx: root.inode };
  devpts.ptmx = deviceInode(
    filesystem,
    2,
    { mode: 0, uid: 0, gid: 0, links: 1, modifiedNs: nowNs },
    {
      type: 'device',
      major: 5,
      minor: 2,
      devpts,
    },
  );
  return devpts;
}

/** The lowest number that no terminal of the instance has. */
export function freeNumber(devpts: Devpts): number {
  let number = 0;
  while (devpts.slaves.has(number)) number += 1;
  return number;
}

/** Makes /dev/pts/N. */
export function addSlave(devpts: Devpts, terminal: Terminal, uid: number, nowNs: number): void {
  const attributes = { mode: 0o620, uid, gid: 5, links: 1, modifiedNs: nowNs };
  const body: Body = { type: 'device', major: 136, minor: terminal.number, terminal };
  devpts.slaves.set(terminal.number, deviceInode(devpts.filesystem, terminal.inode, attributes, body));
}

export function removeSlave(devpts: Devpts, number: number): void {
  devpts.slaves.delete(number);
}

function deviceInode(filesystem: FileSystem, number: number, attributes: Attributes, body: Body): Inode {
  return { number, type: 'character', filesystem, attributes, body };
}

function numberOf(name: string): number {
  return /^(0|[1-9]\d*)$/.test(name) ? Number(name) : -1;
}
