/** /proc/PID/mountinfo, mounts and mountstats. Man page: proc_pid_mountinfo(5). */
import type { Task } from '../../kernel.ts';
import { relativePath } from '../../cgroup/tree.ts';
import type { Reader } from '../inode.ts';
import { isBelowRoot } from '../mount-view.ts';
import { followMounts, type Mount } from '../mount.ts';
import { absolutePath } from '../path-name.ts';

/**
 * `36 35 98:0 /mnt1 /mnt2 rw,noatime shared:1 - ext3 /dev/root rw`: only what the task can reach from its root. What a
 * mount of cgroup2 shows is told from the reader's own cgroup namespace.
 */
export function mountInfo({ thread }: Reader, task: Task): string {
  const cgroupRoot = thread?.namespaces.cgroup.rootPath ?? '/';
  return reachable(task)
    .map((mount) => {
      const { filesystem } = mount;
      const groups = [
        ...(mount.shared === null ? [] : [`shared:${mount.shared.id}`]),
        ...(mount.master === null ? [] : [`master:${mount.master.id}`]),
      ];
      const fields = [
        mount.id,
        mount.parent?.id ?? 1,
        `${filesystem.major}:${filesystem.device}`,
        escaped(filesystem.fstype === 'cgroup2' ? relativePath(rootOf(mount), cgroupRoot) : rootOf(mount)),
        escaped(targetFor(task, mount)),
        mount.options.join(','),
        ...groups,
        '-',
        filesystem.fstype,
        escaped(mount.source),
        filesystem.options,
      ];
      return `${fields.join(' ')}\n`;
    })
    .join('');
}

/** As /etc/fstab: device, target, type, options. */
export function mountsTable(task: Task): string {
  return reachable(task)
    .map((mount) => {
      const { filesystem } = mount;
      const [, ...rest] = filesystem.options.split(',');
      const access = mount.options.includes('ro') || filesystem.options.startsWith('ro') ? 'ro' : 'rw';
      const own = mount.options.filter((word) => word !== 'rw' && word !== 'ro');
      const options = [access, ...own, ...rest].join(',');
      return `${escaped(mount.source)} ${escaped(targetFor(task, mount))} ${filesystem.fstype} ${options} 0 0\n`;
    })
    .join('');
}

export function mountStatistics(task: Task): string {
  return reachable(task)
    .map(
      (mount) => `device ${mount.source} mounted on ${targetFor(task, mount)} with fstype ${mount.filesystem.fstype}\n`,
    )
    .join('');
}

function reachable(task: Task): readonly Mount[] {
  const { root } = task.fs;
  return [...task.namespaces.mnt.mounts].filter((mount) => isBelowRoot({ mount, dentry: mount.root }, root));
}

function targetFor(task: Task, mount: Mount): string {
  return absolutePath(
    { mount, dentry: mount.root },
    followMounts(task.fs.root).mount === mount ? { mount, dentry: mount.root } : task.fs.root,
  );
}

/** What of the file system the mount shows: a path in it, or a namespace's name. */
function rootOf({ root }: Mount): string {
  const names: string[] = [];
  for (let at = root; at.parent !== null; at = at.parent) names.push(at.name);
  return names.length === 0 && root.name !== '' ? root.name : `/${names.toReversed().join('/')}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
