/**
 * Which devices the members of a cgroup may use: the eBPF program that is attached to it, as the rules that it was made
 * from. Linux: kernel/bpf/cgroup.c, __cgroup_bpf_check_dev_permission().
 */
import type { DeviceRule } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { recordCall } from '../record-call.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { resolve } from '../vfs/vfs.ts';
import type { Cgroup } from './cgroup.ts';
import { findCgroup } from './tree.ts';

interface DeviceUse {
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  /** Any of `r`, `w` and `m`, which is mknod(2). */
  readonly access: string;
}

/** bpf(2), BPF_PROG_ATTACH to a cgroup's directory. ENOENT, EINVAL where it is none. */
export function attachDeviceFilter(kernel: Kernel, thread: Thread, path: string, rules: readonly DeviceRule[]): void {
  const names: string[] = [];
  for (let at: Dentry | null = resolve(kernel, thread, path).dentry; at !== null; at = at.parent)
    names.unshift(at.name);
  const cgroup = findCgroup(kernel, names.join('/'));
  if (cgroup === undefined) throw new Errno('EINVAL');
  cgroup.deviceRules = rules;
  recordCall(kernel, thread, 'bpf', `BPF_PROG_ATTACH, {target_fd=<${path}>, attach_type=BPF_CGROUP_DEVICE}`, '0');
}

/** EPERM unless the filters of its cgroup and of all above allow it. */
export function requireDevice({ cgroup }: Task, use: DeviceUse): void {
  for (let at: Cgroup | null = cgroup; at !== null; at = at.parent) {
    if (at.deviceRules !== null && !isAllowed(at.deviceRules, use)) throw new Errno('EPERM');
  }
}

/** The first rule that speaks of the device, and of all that is asked for, decides; without one nothing is allowed. */
function isAllowed(rules: readonly DeviceRule[], { type, major, minor, access }: DeviceUse): boolean {
  const rule = rules.find(
    (each) =>
      (each.type === undefined || each.type === 'a' || each.type === type) &&
      isEither(each.major, major) &&
      isEither(each.minor, minor) &&
      Array.from(access).every((letter) => (each.access ?? '').includes(letter)),
  );
  return rule?.allow === true;
}

/** -1 means all. */
const isEither = (wanted: number | undefined, number: number): boolean =>
  wanted === undefined || wanted === -1 || wanted === number;
