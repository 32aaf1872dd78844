/**
 * What takes away a process's powers, in runc's order: the seccomp filter before the capabilities, since no_new_privs
 * is not set.
 */
import { capabilityNames } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { runcDurations } from '../durations.ts';
import { known } from './capabilities.ts';
import { RuncError } from './error.ts';
import type { ProcessSpec } from './spec.ts';

/** Installs the filter (its length is that of Docker's default profile), if the container has one. */
export function* enterSeccomp(filtered: boolean): Running<void> {
  if (!filtered) return;
  yield* sys.compute(runcDurations.seccomp);
  yield* sys.confine('prctl', 'PR_SET_SECCOMP, SECCOMP_MODE_FILTER, {len=1006}', { isFiltered: true });
}

/** Drops capabilities and becomes the user. runc: finalizeNamespace(). */
export function* dropPrivileges(spec: ProcessSpec): Running<void> {
  yield* sys.compute(runcDurations.capabilities);
  const bounding = known(spec.capabilities?.bounding);
  const dropped = capabilityNames.filter((name) => !bounding.includes(name));
  if (dropped.length > 0)
    yield* sys.confine('prctl', `PR_CAPBSET_DROP (${dropped.length} calls): ${dropped.join(' ')}`, {
      bounding,
    });
  yield* sys.confine('prctl', 'PR_SET_KEEPCAPS, 1');
  yield* sys.setgroups(spec.user.additionalGids ?? []);
  yield* lookAtNull();
  yield* sys.setuid(spec.user.uid, spec.user.gid);
  yield* sys.confine('prctl', 'PR_SET_KEEPCAPS, 0');
  const effective = known(spec.capabilities?.effective);
  yield* sys.confine(
    'capset',
    `{effective=${effective.length === 0 ? '0' : effective.map((name) => `1<<CAP_${name}`).join('|')}}`,
    { effective },
  );
}

/** What the standard streams are compared with, before the user is made their owner. runc: fixStdioPermissions(). */
function* lookAtNull(): Running<void> {
  try {
    yield* sys.stat('/dev/null');
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new RuncError(`unable to setup user: stat /dev/null: ${strerror(error.errno).toLowerCase()}`);
  }
}
