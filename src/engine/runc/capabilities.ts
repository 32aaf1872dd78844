/** The capabilities that a process is to have, by name. runc: libcontainer/capabilities, New(). */
import { capabilityNames } from '../../kernel/abi.ts';
import type { CapabilityName, Running } from '../../kernel/abi.ts';
import { warn } from './log.ts';
import type { RuncOptions } from './options.ts';
import type { ProcessSpec } from './spec.ts';

/** Those of a list that there are; another one is passed over. */
export function known(names: readonly string[] = []): readonly CapabilityName[] {
  return capabilityNames.filter((name) => names.includes(`CAP_${name}`));
}

/** Says which there are not. */
export function* warnOfUnknown(options: RuncOptions, { capabilities = {} }: ProcessSpec): Running<void> {
  const there = new Set<string>(capabilityNames.map((name) => `CAP_${name}`));
  const named = new Set(Object.values(capabilities as Readonly<Record<string, readonly string[]>>).flat());
  const unknown = [...named].filter((name) => !there.has(name)).toSorted();
  if (unknown.length > 0) yield* warn(options, `ignoring unknown or unavailable capabilities: [${unknown.join(' ')}]`);
}
