/** strftime(3) for dates of the simulated clock, in UTC. */
import { civilTime, twoDigits as two } from '../clock.ts';
import type { CivilTime } from '../clock.ts';

export interface Moment extends CivilTime {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The date of a Unix time in seconds. */
export function momentOf(unixSeconds: number): Moment {
  const at = civilTime(unixSeconds);
  const isLeap = (at.year % 4 === 0 && at.year % 100 !== 0) || at.year % 400 === 0;
  const before = monthLengths.slice(0, at.month - 1).reduce((sum, length) => sum + length, 0);
  return {
    ...at,
    weekday: (Math.floor(unixSeconds / 86_400) + 4) % 7,
    yearDay: before + at.day + (isLeap && at.month > 2 ? 1 : 0),
  };
}

/** strftime(3) in the C locale and UTC. */
export function formatDate(format: string, unixSeconds: number, ns: number): string {
  const at = momentOf(unixSeconds);
  const month = monthNames[at.month - 1] ?? '';
  const day = dayNames[at.weekday] ?? '';
  const time = `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`;
  const hour12 = at.hour % 12 === 0 ? 12 : at.hour % 12;
  const values: Readonly<Record<string, string>> = {
    Y: String(at.year),
    m: two(at.month),
    d: two(at.day),
    H: two(at.hour),
    M: two(at.minute),
    S: two(at.second),
    s: String(unixSeconds),
    N: String(ns).padStart(9, '0'),
    y: two(at.year % 100),
    e: String(at.day).padStart(2),
    j: String(at.yearDay).padStart(3, '0'),
    a: day.slice(0, 3),
    A: day,
    b: month.slice(0, 3),
    h: month.slice(0, 3),
    B: month,
    Z: 'UTC',
    z: '+0000',
    T: time,
    X: time,
    F: `${at.year}-${two(at.month)}-${two(at.day)}`,
    D: `${two(at.month)}/${two(at.day)}/${two(at.year % 100)}`,
    R: time.slice(0, 5),
    u: String(at.weekday === 0 ? 7 : at.weekday),
    w: String(at.weekday),
    I: two(hour12),
    p: at.hour < 12 ? 'AM' : 'PM',
    n: '\n',
    t: '\t',
    '%': '%',
    c: `${day.slice(0, 3)} ${month.slice(0, 3)} ${String(at.day).padStart(2)} ${time} ${at.year}`,
    C: two(Math.floor(at.year / 100)),
    x: `${two(at.month)}/${two(at.day)}/${two(at.year % 100)}`,
  };
  return format.replace(/%-?:?([a-zA-Z%])/g, (whole, letter: string) => {
    if (whole === '%:z') return '+00:00';
    const value = values[letter];
    if (value === undefined) return whole;
    return whole.startsWith('%-') ? value.replace(/^[0 ]+(?=.)/, '') : value;
  });
}
