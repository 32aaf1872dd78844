/** Which devices a container may use: the rules of config.json, and the program that runc makes of them. */
import type { DeviceRule } from '../../kernel/abi.ts';
import { goQuote } from '../docker/go-text.ts';
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
 * How long the program is: what it reads first, a block for each exception to what holds otherwise, and its last word.
 * runc: ebpf/devicefilter, DeviceFilter(), which has cgroups/devices, Emulator, gather the exceptions.
 */
export function instructionsFor(rules: readonly DeviceRule[]): number {
  let allowsAll = false;
  const exceptions = new Map<string, Set<string>>();
  for (const { allow, type = 'a', major = -1, minor = -1, access = '' } of rules) {
    const which = `${type} ${major} ${minor}`;
    const letters = exceptions.get(which) ?? new Set();
    if (type === 'a' || type === '') {
      allowsAll = allow;
      exceptions.clear();
    } else if (allow === allowsAll) {
      for (const letter of access) letters.delete(letter);
      if (letters.size === 0) exceptions.delete(which);
    } else {
      for (const letter of access) letters.add(letter);
      exceptions.set(which, letters);
    }
  }
  let count = 6 + 2;
  for (const [which, letters] of exceptions) {
    const [, major, minor] = which.split(' ').map(Number);
    count += 1 + (letters.size === 3 ? 0 : 3) + (major === -1 ? 0 : 1) + (minor === -1 ? 0 : 1) + 2;
  }
  return count;
}
