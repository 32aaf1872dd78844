/** The other ways in which docker writes and reads a moment. */
import { rfc3339 } from './timestamp.ts';

/** RFC 3339 with all nine digits of the fraction, as `docker logs -t` and `docker events` print it. */
export function rfc3339Fixed(seconds: number, ns: number): string {
  return rfc3339(seconds, 0).replace('Z', `.${String(ns).padStart(9, '0')}Z`);
}

/** Pads the fraction of an RFC 3339 text in UTC to nine digits. */
export function padFraction(text: string): string {
  const parts = /^(.*?)(?:\.(\d+))?Z$/.exec(text);
  return parts === null ? text : `${parts[1] ?? ''}.${(parts[2] ?? '').padEnd(9, '0')}Z`;
}

/** Reads RFC 3339 text in UTC, as the engine itself writes it; null when it is not one. */
export function parseRfc3339(text: string): { readonly seconds: number; readonly ns: number } | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1, 7).map(Number);
  const days = daysSince1970(year, month, day);
  return {
    seconds: days * 86_400 + hours * 3600 + minutes * 60 + seconds,
    ns: Number((parts[7] ?? '').padEnd(9, '0')),
  };
}

/**
 * Days of a Gregorian date counted from 1970-01-01. Howard Hinnant, chrono-compatible low-level date algorithms:
 * days_from_civil.
 */
function daysSince1970(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
