/** What top counts with: what processors and processes have run since the look before. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../io.ts';
import { readProcesses, type Process } from './processes.ts';

interface Counts {
  readonly atNs: number;
  /** user, nice, system, idle, iowait, irq, softirq and steal, in ticks of 10 ms, of all processors. */
  readonly machine: readonly number[];
  readonly processes: readonly Process[];
}

/** The time between two looks. */
export interface Sample {
  readonly seconds: number;
  /** The share of each of `Counts.machine` in the time of all processors, in percent. */
  readonly shares: readonly number[];
  /** The ticks of all processors. */
  readonly allTicks: number;
  readonly tasks: readonly SampledTask[];
}

export interface SampledTask {
  readonly process: Process;
  /** What it ran of them. */
  readonly ticks: number;
}

function* count(): Running<Counts> {
  const [, text = ''] = /^cpu +(.*)$/m.exec((yield* readFileIfAny('/proc/stat')) ?? '') ?? [];
  const machine = text.split(' ').map(Number).slice(0, 8);
  return { atNs: yield* sys.monotonic(), machine, processes: yield* readProcesses() };
}

/** Looks now and each time that the result is called; each look tells of the time since the one before. */
export function* startSampling(): Running<() => Running<Sample>> {
  let before = yield* count();
  return function* () {
    const now = yield* count();
    const ran = now.machine.map((ticks, index) => Math.max(0, ticks - (before.machine[index] ?? 0)));
    const allTicks = Math.max(
      1,
      ran.reduce((sum, ticks) => sum + ticks, 0),
    );
    const known = new Map(before.processes.map(({ pid, startTicks, ticks }) => [`${pid} ${startTicks}`, ticks]));
    const seconds = (now.atNs - before.atNs) / 1e9;
    before = now;
    return {
      seconds,
      shares: ran.map((ticks) => (ticks * 100) / allTicks),
      allTicks,
      tasks: now.processes.map((process) => {
        const { pid, startTicks, ticks } = process;
        return { process, ticks: ticks - (known.get(`${pid} ${startTicks}`) ?? 0) };
      }),
    };
  };
}

/** The size of a line of /proc/meminfo, in KiB. */
export function* memoryReader(): Running<(name: string) => number> {
  const text = (yield* readFileIfAny('/proc/meminfo')) ?? '';
  return (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? '0');
}

/** The key that a person types within that time; null when there is none, or the window has another size now. */
export function* keyWithin(seconds: number): Running<string | null> {
  try {
    const ready = yield* sys.poll([{ fd: 0, events: ['in'] }], Math.round(seconds * 1e9));
    return ready.length === 0 ? null : yield* sys.read(0, 1);
  } catch (error) {
    if (!isErrno(error, 'EINTR')) throw error;
    return null;
  }
}
