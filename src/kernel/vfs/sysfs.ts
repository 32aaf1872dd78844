/** sysfs: the few directories that the engine and its tools look at. Man page: sysfs(5). */
import type { NetNamespace } from '../net/network-layer.ts';
import { rootDentry, type Dentry } from './dentry.ts';
import type { FileSystem, Inode } from './inode.ts';
import { virtualDirectory, virtualFile } from './virtual-inode.ts';

/** The tree as the members of a network namespace see it. */
export function createSysfs(filesystem: FileSystem, net: NetNamespace): Dentry {
  const folder = (makers: Readonly<Record<string, () => Inode>>) => (): Inode => virtualDirectory(filesystem, makers);
  const file = (text: () => string) => (): Inode => virtualFile(filesystem, () => `${text()}\n`);
  const devices = new Map<string, { readonly link: object; readonly inode: Inode }>();
  const deviceOf = (name: string): Inode | null => {
    const link = net.links.get(name);
    if (link === undefined) return null;
    const known = devices.get(name);
    if (known?.link === link) return known.inode;
    const inode = virtualDirectory(filesystem, {
      address: file(() => link.mac),
      ifindex: file(() => String(link.index)),
      iflink: file(() => String(link.peer?.index ?? link.index)),
      mtu: file(() => (link.kind === 'loopback' ? '65536' : '1500')),
      operstate: file(() => (link.kind === 'loopback' ? 'unknown' : link.up ? 'up' : 'down')),
    });
    devices.set(name, { link, inode });
    return inode;
  };
  const network = (): Inode =>
    virtualDirectory(
      filesystem,
      {},
      {
        dynamic: {
          lookup: (_reader, name) => deviceOf(name),
          list: () =>
            [...net.links.keys()].flatMap((name) => {
              const inode = deviceOf(name);
              return inode === null ? [] : [[name, inode] as const];
            }),
        },
      },
    );
  const empty = folder({});
  const processors = folder({
    online: file(() => '0-1'),
    possible: file(() => '0-1'),
    present: file(() => '0-1'),
    cpu0: empty,
    cpu1: empty,
  });
  return rootDentry(
    virtualDirectory(filesystem, {
      block: empty,
      bus: empty,
      class: folder({ net: network, block: empty, tty: empty }),
      dev: empty,
      devices: folder({
        system: folder({ cpu: processors, node: folder({ node0: empty }) }),
        virtual: folder({ net: network }),
      }),
      firmware: empty,
      fs: folder({ bpf: empty, cgroup: empty, pstore: empty }),
      kernel: folder({ debug: empty, mm: empty, security: empty, tracing: empty }),
      module: folder({ apparmor: folder({ parameters: empty }), overlay: empty }),
      power: empty,
    }),
  );
}
