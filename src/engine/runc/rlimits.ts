/** A process's resource limits. runc: libcontainer/process_linux.go, setupRlimits(). */
import type { ResourceName, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { RuncError } from './error.ts';
import type { ProcessSpec } from './spec.ts';

/** By their numbers, as messages name them. */
const resources: readonly ResourceName[] = [
  'RLIMIT_CPU',
  'RLIMIT_FSIZE',
  'RLIMIT_DATA',
  'RLIMIT_STACK',
  'RLIMIT_CORE',
  'RLIMIT_RSS',
  'RLIMIT_NPROC',
  'RLIMIT_NOFILE',
  'RLIMIT_MEMLOCK',
  'RLIMIT_AS',
  'RLIMIT_LOCKS',
  'RLIMIT_SIGPENDING',
  'RLIMIT_MSGQUEUE',
  'RLIMIT_NICE',
  'RLIMIT_RTPRIO',
  'RLIMIT_RTTIME',
];
const ofInit = 'error during container init: error setting rlimits for ready process';

/** Throws a RuncError for one that there is not. runc: utils_linux.go, newProcess(). */
export function checkRlimits({ rlimits = [] }: ProcessSpec): void {
  const wrong = rlimits.find(({ type }) => !resources.includes(type as ResourceName));
  if (wrong !== undefined) throw new RuncError(`wrong rlimit value: ${wrong.type}`);
}

/**
 * Sets them from outside, before the process executes its command. Throws a RuncError.
 *
 * @param when how what fails is introduced.
 */
export function* setupRlimits({ rlimits = [] }: ProcessSpec, pid: number, when = ofInit): Running<void> {
  for (const limit of rlimits) {
    try {
      yield* sys.prlimit(pid, limit.type as ResourceName, limitOf(limit));
    } catch (error) {
      if (!isErrno(error)) throw error;
      const what = strerror(error.errno).toLowerCase();
      const type = resources.indexOf(limit.type as ResourceName);
      throw new RuncError(`unable to start container process: ${when}: error setting rlimit type ${type}: ${what}`);
    }
  }
}

export function limitOf({ soft, hard }: { readonly soft: number; readonly hard: number }) {
  return { soft: orInfinite(soft), hard: orInfinite(hard) };
}

/** RLIM_INFINITY is the largest number of 64 bits; a number of JavaScript rounds that up. */
const orInfinite = (limit: number): number => (limit >= 2 ** 64 ? Number.POSITIVE_INFINITY : limit);
