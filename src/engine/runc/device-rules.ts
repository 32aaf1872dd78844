/** Which devices a container may use: the rules of config.json, and the program that runc makes of them. */
import type { DeviceRule } from '../../kernel/abi.ts';
import { goQuote } from '../go-text.ts';
import { RuncError } from './error.ts';

/** What every container may do, whatever is said. runc: specconv, AllowedDevices. */
const always: readonly DeviceRule[] = [
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  ...[
    [1, 3],
    [1, 8],
    [1, 7],
    [5, 0],
    [1, 5],
    [1, 9],
    [136, -1],
    [5, 2],
    [10, 200],
  ].map(([major = 0, minor = 0]) => ({ allow: true, type: 'c', major, minor, access: 'rwm' })),
];

export const withUsualRules = (own: readonly DeviceRule[] = []): readonly DeviceRule[] => [...own, ...always];

/** runc: specconv, CreateCgroupConfig(). Throws a RuncError. */
export function checkDeviceRules(rules: readonly DeviceRule[] = []): void {
  for (const [index, { type = '', access = '' }] of rules.entries()) {
    if (access === '') throw new RuncError(`device access at ${index} field cannot be empty`);
    if (!['', 'a', 'b', 'c'].includes(type)) throw new RuncError(`invalid cgroup device type ${goQuote(type)}`);
  }
}

/**
 * The program: a block for each exception to what holds otherwise, which says yes or no to what asks for nothing beyond
 * its access, and its last word. Rules for the same devices are one block. runc: cgroups/devices, Emulator.
 */
export function deviceProgram(rules: readonly DeviceRule[]): readonly DeviceRule[] {
  let allowsAll = false;
  const exceptions = new Map<string, DeviceRule>();
  for (const { allow, type = 'a', major = -1, minor = -1, access = '' } of rules) {
    const which = `${type} ${major} ${minor}`;
    const before = exceptions.get(which)?.access ?? '';
    if (type === 'a' || type === '') {
      allowsAll = allow;
      exceptions.clear();
    } else if (allow === allowsAll) {
      const left = Array.from(before).filter((letter) => !access.includes(letter));
      if (left.length === 0) exceptions.delete(which);
      else exceptions.set(which, { allow: !allow, type, major, minor, access: left.join('') });
    } else {
      const letters = [...new Set(before + access)].join('');
      exceptions.set(which, { allow, type, major, minor, access: letters });
    }
  }
  return [...exceptions.values(), { allow: allowsAll, access: 'rwm' }];
}

/** How long that is: what it reads first, the blocks, the last word. runc: ebpf/devicefilter, DeviceFilter(). */
export function instructionsOf(program: readonly DeviceRule[]): number {
  let count = 6 + 2;
  for (const { major = -1, minor = -1, access = '' } of program.slice(0, -1))
    count += 1 + (access.length === 3 ? 0 : 3) + (major === -1 ? 0 : 1) + (minor === -1 ? 0 : 1) + 2;
  return count;
}
