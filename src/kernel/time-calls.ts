/** Time, chance, futexes, and the glass: what is not Linux's but ours. */
import type { DetailLevel } from '../journal/event.ts';
import type { ProgramFact } from './abi.ts';
import type { CallTable, Kernel, Thread } from './kernel.ts';
import { computesAtOnce } from './cpu/work.ts';
import { Errno } from './errno.ts';
import { randomBytes } from './random.ts';
import { priceNs, wake } from './scheduler.ts';
import { Sleep, notYet, waitQueue } from './wait.ts';
import type { WaitQueue } from './wait.ts';

const secondNs = 1_000_000_000;

/** EINVAL for what is no number: the clock would stand still. */
function wholeNs(ns: number): number {
  const whole = Math.max(0, Math.round(ns));
  if (Number.isNaN(whole)) throw new Errno('EINVAL');
  return whole;
}

export const timeCalls: CallTable = {
  nanosleep: (kernel, _thread, ns: number, isDelay: boolean) =>
    new Sleep([], () => notYet, {
      untilNs: kernel.nowNs + wholeNs(ns),
      interrupted: 'always',
      isDelay,
    }),
  compute: (kernel, thread, ns: number) => {
    const duration = priceNs(thread, wholeNs(ns));
    return computesAtOnce(kernel, thread, duration) ? undefined : new Sleep([], () => notYet, { workNs: duration });
  },
  clock_gettime: (kernel, _thread, clock: string) => {
    if (clock === 'CLOCK_MONOTONIC') return kernel.nowNs;
    const whole = Math.floor(kernel.nowNs / secondNs);
    return { seconds: kernel.bootUnixSeconds + whole, ns: kernel.nowNs - whole * secondNs };
  },
  getrandom: (kernel, _thread, count: number) => randomBytes(kernel.random, count),
  futexWait: (kernel, _thread, key: object, timeoutNs: number | undefined, isDelay: boolean) => {
    const untilNs = timeoutNs === undefined ? Number.POSITIVE_INFINITY : kernel.nowNs + timeoutNs;
    // Any wake-up ends it, be it a signal's: callers look at their condition again. The deadline's is told apart.
    const attempt = (): true | typeof notYet => (kernel.nowNs < untilNs ? true : notYet);
    return new Sleep<boolean>(
      [queueOf(key)],
      attempt,
      timeoutNs === undefined ? {} : { untilNs, expired: () => false, isDelay },
    );
  },
  futexWake: (kernel, _thread, key: object) => wake(kernel, queueOf(key)),
  journal: (kernel, thread, fact: ProgramFact) => {
    // Made for this call, it becomes the fact itself: see stamp().
    const own = fact as ProgramFact & { pid: number };
    own.pid = thread.task.pid;
    return kernel.record(own);
  },
  receiveMessage: (kernel, thread, id: number, span: number | undefined) => {
    if (span !== undefined) thread.span = span;
    kernel.record({ type: 'message.receive', pid: thread.task.pid, id });
  },
  glassId: (kernel) => kernel.nextGlassId++,
  getSpan: (_kernel, thread) => thread.span,
  setSpan: (_kernel: Kernel, thread: Thread, span: number) => {
    thread.span = span;
  },
  openSpan: (kernel, thread, name: string, level: DetailLevel, parent: number | undefined) => {
    const outer = thread.span;
    const above = parent ?? outer;
    const id = kernel.nextGlassId++;
    const place = above === 0 ? {} : { parent: above };
    kernel.record({ type: 'span.open', pid: thread.task.pid, id, ...place, name, level });
    thread.span = id;
    return { id, outer };
  },
  closeSpan: (kernel, thread, id: number, outer: number, outcome: string | undefined) => {
    kernel.record({ type: 'span.close', pid: thread.task.pid, id, ...(outcome === undefined ? {} : { outcome }) });
    thread.span = outer;
  },
  peerSpan: (_kernel, thread) => thread.peerSpan,
};

/** A futex has no table of its own: the object in the process's memory is its address. */
const futexes = new WeakMap<object, WaitQueue>();

function queueOf(key: object): WaitQueue {
  const known = futexes.get(key);
  if (known) return known;
  const made = waitQueue();
  futexes.set(key, made);
  return made;
}
