/** How a system call sleeps: on queues, trying again whenever one of them is woken. */
import type { Thread } from './kernel.ts';

/** Threads asleep until something happens: bytes in a pipe, a child's end. Linux: wait_queue_head_t. */
export interface WaitQueue {
  readonly sleepers: Set<Thread>;
}

export function waitQueue(): WaitQueue {
  return { sleepers: new Set() };
}

/** What an attempt says when there is still nothing to return. */
export const notYet: unique symbol = Symbol('not yet');

/**
 * A handler's answer "the caller sleeps": it is woken by any of `queues` or at `untilNs`, and `attempt` is made again.
 */
export class Sleep<R = unknown> {
  readonly queues: readonly WaitQueue[];
  readonly attempt: () => R | typeof notYet;
  /** Virtual time at which the sleep ends by itself, with `expired()`. */
  readonly untilNs: number | undefined;
  readonly expired: (() => R) | undefined;
  /**
   * What a signal's handler does to it: `never` ended (vfork), ended with EINTR only `if asked` (no SA_RESTART), or
   * `always` (pause, poll, nanosleep).
   */
  readonly interrupted: 'never' | 'if asked' | 'always';
  /** Uses the processor: a computation, not a rest. */
  readonly isWork: boolean;
  /** Of a computation, what is left of it, ns. */
  leftNs: number;
  /** A time that a request takes, as the seconds that `docker stop` gives a container: not a rest of the caller's. */
  readonly isDelay: boolean;

  constructor(
    queues: readonly WaitQueue[],
    attempt: () => R | typeof notYet,
    options: {
      readonly untilNs?: number;
      readonly expired?: () => R;
      readonly interrupted?: 'never' | 'if asked' | 'always';
      readonly workNs?: number;
      readonly isDelay?: boolean;
    } = {},
  ) {
    this.queues = queues;
    this.attempt = attempt;
    this.untilNs = options.untilNs;
    this.expired = options.expired;
    this.isWork = options.workNs !== undefined;
    this.leftNs = options.workNs ?? 0;
    this.isDelay = options.isDelay ?? false;
    this.interrupted = options.interrupted ?? 'if asked';
  }
}

/** Tries once; sleeps on `queues` while the attempt says `notYet`. What nearly every blocking call is made of. */
export function sleepUntil<R>(queues: readonly WaitQueue[], attempt: () => R | typeof notYet): R | Sleep<R> {
  const now = attempt();
  return now === notYet ? new Sleep(queues, attempt) : now;
}
