/** The date and time of the simulated clock, as servers print it. */
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';

export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** Now, in UTC. */
export function* now(): Running<CivilTime> {
  const { seconds, ns } = yield* sys.realtime();
  return civilTime(seconds, ns);
}

/** When the machine booted, in whole seconds of Unix time. */
export function* bootSeconds(): Running<number> {
  const { seconds } = yield* sys.realtime();
  return seconds - Math.floor((yield* sys.monotonic()) / 1e9);
}

/** A Unix time as date and time of day in UTC. */
export function civilTime(seconds: number, ns = 0): CivilTime {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  // The fields of the date one by one: to add fields to what a spread has made is slow in V8.
  const { year, month, day } = civilDate(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
    millisecond: Math.floor(ns / 1_000_000),
  };
}

/** Days since 1970 as a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms"). */
function civilDate(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
