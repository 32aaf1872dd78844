/** Dates as the engine writes them. The clock is the machine's own: nothing here asks the host's. */
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';
import { civilTime, twoDigits } from '../programs/clock.ts';

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
  const fraction = String(ns).padStart(9, '0').replace(/0+$/, '');
  return `${toTheSecond(seconds)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** The text of the second asked for last: the engine asks again and again within one. */
let latest = { seconds: Number.NaN, text: '' };

function toTheSecond(seconds: number): string {
  if (seconds !== latest.seconds) {
    const { year, month, day, hour, minute, second } = civilTime(seconds);
    const time = [hour, minute, second].map(twoDigits).join(':');
    latest = { seconds, text: `${year}-${twoDigits(month)}-${twoDigits(day)}T${time}` };
  }
  return latest.text;
}

/** Go's zero time. */
export const neverTime = '0001-01-01T00:00:00Z';
