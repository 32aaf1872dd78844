/** /proc/sys: what may be read and set of the machine, and of the reader's namespaces. Man page: proc_sys(5). */
import type { Kernel } from '../../kernel.ts';
import { heedIpv6Setting } from '../../net/ipv6.ts';
import { settingIn, settings, writeSetting } from '../../namespace/sysctl.ts';
import type { Setting, Settings, SettingsOf } from '../../namespace/sysctl.ts';
import type { NamespaceSet, UtsNamespace } from '../../namespace/namespace.ts';
import { kernelRelease } from '../../release.ts';
import type { Inode, Reader } from '../inode.ts';
import { directoryAbout, virtualFile } from '../virtual-inode.ts';
import type { Proc } from './proc.ts';

type Maker = (proc: Proc) => Inode;
type Folder = Map<string, Folder | Maker>;

/** The number that was given last in the proc's pid namespace. */
export function lastPid({ namespace }: Proc): number {
  return Math.max(0, ...namespace.tasks.keys());
}

/** Each proc has a directory of its own; what is in them is the same for all. */
export const sysctlDirectory: Maker = folderOf(everything());

function everything(): Folder {
  const root: Folder = new Map();
  for (const [name, setting] of settings) place(root, name, (proc) => settingFile(proc, name, setting));
  place(root, 'kernel.osrelease', ({ filesystem }) => sysctlFile(filesystem, () => `${kernelRelease}\n`));
  place(root, 'kernel.ns_last_pid', (proc) => sysctlFile(proc.filesystem, () => `${lastPid(proc)}\n`));
  place(root, 'kernel.threads-max', ({ filesystem }) =>
    sysctlFile(filesystem, ({ kernel }) => `${kernel.memory.threadsMax}\n`),
  );
  for (const field of ['hostname', 'domainname'] as const) {
    place(root, `kernel.${field}`, ({ filesystem }) =>
      sysctlFile(
        filesystem,
        (reader) => `${utsOf(reader)[field]}\n`,
        (reader, data) => {
          utsOf(reader)[field] = data.trim();
        },
      ),
    );
  }
  return root;
}

function place(root: Folder, name: string, file: Maker): void {
  const parts = name.split('.');
  const last = parts.pop() ?? '';
  let folder = root;
  for (const part of parts) {
    const known = folder.get(part);
    const next: Folder = known instanceof Map ? known : new Map();
    folder.set(part, next);
    folder = next;
  }
  folder.set(last, file);
}

function folderOf(folder: Folder): Maker {
  const entries = [...folder]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, entry]) => [name, entry instanceof Map ? folderOf(entry) : entry] as const);
  const makers = Object.fromEntries(entries);
  return (proc) => directoryAbout(proc.filesystem, makers, proc, { refusal: 'ENOENT' });
}

function settingFile({ filesystem }: Proc, name: string, { of, isReadOnly }: Setting): Inode {
  return sysctlFile(
    filesystem,
    (reader) => `${settingIn(keptFor(reader, of), name)}\n`,
    isReadOnly
      ? undefined
      : (reader, data) => {
          writeSetting(keptFor(reader, of), name, data);
          heedIpv6Setting(reader.kernel, reader.thread?.task.pid ?? 1, namespacesOf(reader).net, name);
        },
  );
}

/** Linux: proc_sys_permission(), which asks for no capability. */
function sysctlFile(...[filesystem, text, write]: Parameters<typeof virtualFile>): Inode {
  return { ...virtualFile(filesystem, text, write), modeHoldsForRoot: true };
}

/** Linux: net_ctl_root and ipc's set_lookup() go by who looks, whatever the proc is that he looks into. */
function keptFor(reader: Reader, of: SettingsOf): Settings {
  return of === 'kernel' ? reader.kernel.settings : namespacesOf(reader)[of].settings;
}

function utsOf(reader: Reader): UtsNamespace {
  return namespacesOf(reader).uts;
}

function namespacesOf({ kernel, thread }: Reader): NamespaceSet {
  return thread === null ? firstTask(kernel).namespaces : thread.namespaces;
}

function firstTask(kernel: Kernel): { readonly namespaces: NamespaceSet } {
  const init = kernel.tasks.get(1);
  if (init === undefined) throw new Error('nobody to read /proc/sys for');
  return init;
}
