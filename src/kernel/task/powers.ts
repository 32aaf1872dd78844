/** What a task may do that others may not. Man pages: capabilities(7), seccomp(2), prctl(2). */
import { capabilityNames, type CapabilityName, type PowerChange } from '../abi.ts';
import type { Task } from '../kernel.ts';

/** Sets of capabilities, a bit each, and what was given up for good. */
export interface Powers {
  readonly bounding: bigint;
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly isFiltered: boolean;
  readonly hasNoNewPrivileges: boolean;
}

const bits: ReadonlyMap<string, bigint> = new Map(capabilityNames.map((name, at) => [name, 1n << BigInt(at)]));
const all = (1n << BigInt(capabilityNames.length)) - 1n;

/** Those of the first task. */
export const allPowers: Powers = {
  bounding: all,
  permitted: all,
  effective: all,
  isFiltered: false,
  hasNoNewPrivileges: false,
};

/** Whether a task has a capability, in whatever user namespace: of those only the names are kept here. */
export function isCapable(task: Task, name: CapabilityName): boolean {
  const { effective } = task.powers;
  return effective === all || (effective & bitOf(name)) !== 0n;
}

/** prctl(2), capset(2) and seccomp(2), as far as they take something away. */
export function give(task: Task, { bounding, effective, ...rest }: PowerChange): void {
  const { powers } = task;
  const held = effective === undefined ? powers.effective : maskOf(effective);
  task.powers = {
    ...powers,
    ...rest,
    bounding: bounding === undefined ? powers.bounding : maskOf(bounding),
    permitted: effective === undefined ? powers.permitted : held,
    effective: held,
  };
}

/** Who stops being user 0 loses all; in a user namespace of one's own one has all. */
export function setEffective(task: Task, isAll: boolean): void {
  const held = isAll ? all : 0n;
  task.powers = { ...task.powers, permitted: held, effective: held, ...(isAll ? { bounding: all } : {}) };
}

/** execve(2): user 0 gets what the bounding set leaves, anybody else nothing. */
export function powersAfterExec({ powers, uid }: Task): Powers {
  const { bounding, isFiltered, hasNoNewPrivileges } = powers;
  const held = uid === 0 ? bounding : 0n;
  return { bounding, permitted: held, effective: held, isFiltered, hasNoNewPrivileges };
}

function maskOf(names: readonly string[]): bigint {
  return names.reduce((mask, name) => mask | bitOf(name), 0n);
}

function bitOf(name: string): bigint {
  return bits.get(name) ?? 0n;
}
