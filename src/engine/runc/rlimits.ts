/** A process's resource limits. runc: libcontainer/process_linux.go, setupRlimits(). */
import type { ResourceName, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { RuncError } from './error.ts';
import type { ProcessSpec } from './spec.ts';

/** Sets them from outside, before the process executes its command. Throws a RuncError. */
export function* setupRlimits({ rlimits = [] }: ProcessSpec, pid: number): Running<void> {
  for (const limit of rlimits) {
    try {
      yield* sys.prlimit(pid, limit.type as ResourceName, limitOf(limit));
    } catch (error) {
      if (!isErrno(error)) throw error;
      const what = strerror(error.errno).toLowerCase();
      throw new RuncError(`unable to start container process: error setting rlimits for ready process: ${what}`);
    }
  }
}

export function limitOf({ soft, hard }: { readonly soft: number; readonly hard: number }) {
  return { soft: orInfinite(soft), hard: orInfinite(hard) };
}

/** RLIM_INFINITY is the largest number of 64 bits; a number of JavaScript rounds that up. */
const orInfinite = (limit: number): number => (limit >= 2 ** 64 ? Number.POSITIVE_INFINITY : limit);
