/** What a unit has used, as systemd says it at its end. systemd: src/core/unit.c, unit_log_resources(). */
import type { Running } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { note } from './journald.ts';
import type { Journald } from './journald.ts';

const secondUs = 1_000_000;
const megabyte = 1024 ** 2;

/** Up to this it is not worth a mention: a line for whoever debugs systemd. */
const mentionworthy = { cpuUs: secondUs, memoryBytes: 64 * megabyte };
/** From this on it is notable. */
const noteworthy = { cpuUs: 600 * secondUs, memoryBytes: 512 * megabyte };

/** CPU time of a cgroup so far; 0 when it is gone. */
export function* cpuTimeUs(cgroup: string): Running<number> {
  return Number(/^usage_usec (\d+)$/m.exec((yield* readFileIfAny(`${cgroup}/cpu.stat`)) ?? '')?.[1] ?? 0);
}

/** @param sinceUs what the cgroup had used when the unit started. */
export function* resourcesOf(cgroup: string, sinceUs = 0): Running<Resources> {
  return {
    cpuUs: (yield* cpuTimeUs(cgroup)) - sinceUs,
    memoryBytes: Number((yield* readFileIfAny(`${cgroup}/memory.peak`)) ?? 0),
  };
}

export interface Resources {
  readonly cpuUs: number;
  /** The most at one time. */
  readonly memoryBytes: number;
}

/** `docker.service: Consumed 13.251s CPU time, 35.5M memory peak.` */
export function* noteResources(journald: Journald, unit: string, used: Resources): Running<void> {
  const exceeds = (limit: Resources): boolean => used.cpuUs > limit.cpuUs || used.memoryBytes > limit.memoryBytes;
  if (!exceeds(mentionworthy)) return;
  const words = [`Consumed ${cpuText(used.cpuUs)} CPU time`, `${sizeText(used.memoryBytes)} memory peak`];
  yield* note(journald, unit, `${unit}: ${words.join(', ')}.`, exceeds(noteworthy) ? 5 : 6);
}

/** `1min 15.171s`, `240ms`. systemd: format_timespan(), to the millisecond. */
function cpuText(us: number): string {
  const ms = Math.floor(us / 1000);
  if (ms < 1000) return `${ms}ms`;
  const seconds = (ms % 60_000) / 1000;
  const counts = [
    [Math.floor(ms / 86_400_000), 'd'],
    [Math.floor(ms / 3_600_000) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
  ] as const;
  const larger = counts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`]));
  return [...larger, ...(seconds === 0 ? [] : [`${Number.isInteger(seconds) ? seconds : seconds.toFixed(3)}s`])].join(
    ' ',
  );
}

/** `31.8M`. systemd: format_bytes(). */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['G', 1024 ** 3],
    ['M', 1024 ** 2],
    ['K', 1024],
  ] as const) {
    if (bytes >= size) return `${(Math.floor((bytes * 10) / size) / 10).toFixed(1).replace('.0', '')}${unit}`;
  }
  return `${bytes}B`;
}
