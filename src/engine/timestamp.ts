/** Dates as the engine writes them. The clock is the machine's own: nothing here asks the host's. */
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';

/**
 * The present time as Go's time.RFC3339Nano in UTC: `2026-11-24T02:43:00.484047339Z`, without trailing zeros of the
 * fraction.
 */
export function* timestampNow(): Running<string> {
  const { seconds, ns } = yield* sys.realtime();
  return rfc3339(seconds, ns);
}

/** RFC 3339 text of a moment: Unix seconds and nanoseconds. */
export function rfc3339(seconds: number, ns: number): string {
  const { year, month, day } = civilDate(Math.floor(seconds / 86_400));
  const inDay = seconds - Math.floor(seconds / 86_400) * 86_400;
  const time = [Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60].map(two).join(':');
  const fraction = String(ns).padStart(9, '0').replace(/0+$/, '');
  return `${year}-${two(month)}-${two(day)}T${time}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/**
 * Gregorian date of a day counted from 1970-01-01. Howard Hinnant, chrono-compatible low-level date algorithms:
 * civil_from_days.
 */
function civilDate(daysSince1970: number): { readonly year: number; readonly month: number; readonly day: number } {
  const days = daysSince1970 + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Go's zero time. */
export const neverTime = '0001-01-01T00:00:00Z';
