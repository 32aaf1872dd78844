/** Character devices that are not terminals. Man pages: null(4), full(4), random(4). */
import { Errno } from '../errno.ts';
import { printk } from '../kernel-log.ts';
import type { Kernel } from '../kernel.ts';
import { randomBytes } from '../random.ts';

export interface CharacterDevice {
  readonly name: 'null' | 'zero' | 'full' | 'random' | 'urandom' | 'kmsg' | 'console' | 'hvc';
  readonly read: (kernel: Kernel, count: number) => string;
  readonly write: (kernel: Kernel, data: string) => number;
}

const takesAll = (_kernel: Kernel, data: string): number => data.length;
/** One string for all readers of so many: a program that holds gigabytes of them holds it often. */
const zeroStrings = new Map<number, string>();
const zeros = (_kernel: Kernel, count: number): string => {
  const known = zeroStrings.get(count);
  if (known !== undefined) return known;
  const made = '\0'.repeat(count);
  if (count >= 4096) zeroStrings.set(count, made);
  return made;
};

const byNumber: Readonly<Record<string, CharacterDevice>> = {
  '1:3': { name: 'null', read: () => '', write: takesAll },
  '1:5': { name: 'zero', read: zeros, write: takesAll },
  '1:7': {
    name: 'full',
    read: zeros,
    write: () => {
      throw new Errno('ENOSPC');
    },
  },
  '1:8': { name: 'random', read: chance, write: takesAll },
  '1:9': { name: 'urandom', read: chance, write: takesAll },
  '5:1': { name: 'console', read: () => '', write: takesAll },
  '1:11': {
    name: 'kmsg',
    read: () => '',
    write: (kernel, data) => {
      printk(kernel, 'warning', data.replace(/^<\d+>/, '').trimEnd());
      return data.length;
    },
  },
};

/**
 * Linux: drivers/tty/hvc. Here a line out of the machine: whoever runs it takes what is written; nothing ever
 * comes in.
 */
const hypervisorConsole = 229;

function lineOut(line: number): CharacterDevice {
  return {
    name: 'hvc',
    read: () => '',
    write: (kernel, data) => {
      kernel.lineOut(line, data);
      return data.length;
    },
  };
}

/** The driver behind a device's numbers; ENXIO when there is none. */
export function characterDevice(major: number, minor: number): CharacterDevice {
  if (major === hypervisorConsole) return lineOut(minor);
  const device = byNumber[`${major}:${minor}`];
  if (device === undefined) throw new Errno('ENXIO');
  return device;
}

function chance(kernel: Kernel, count: number): string {
  return randomBytes(kernel.random, count);
}
