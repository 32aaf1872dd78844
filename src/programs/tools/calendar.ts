/** strftime(3) for dates of the simulated clock, in UTC. */
import { civilTime, twoDigits as two } from '../clock.ts';
import type { CivilTime } from '../clock.ts';

interface Moment extends Omit<CivilTime, 'millisecond'> {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
  readonly unixSeconds: number;
  readonly ns: number;
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

function momentOf(unixSeconds: number, ns: number): Moment {
  const { year, month, day, hour, minute, second } = civilTime(unixSeconds);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const before = monthLengths.slice(0, month - 1).reduce((sum, length) => sum + length, 0);
  const weekday = (Math.floor(unixSeconds / 86_400) + 4) % 7;
  const yearDay = before + day + (isLeap && month > 2 ? 1 : 0);
  return { year, month, day, hour, minute, second, weekday, yearDay, unixSeconds, ns };
}

const dayOf = ({ weekday }: Moment): string => dayNames[weekday] ?? '';
const monthOf = ({ month }: Moment): string => monthNames[month - 1] ?? '';
const timeOf = ({ hour, minute, second }: Moment): string => `${two(hour)}:${two(minute)}:${two(second)}`;
const shortDate = ({ year, month, day }: Moment): string => `${two(month)}/${two(day)}/${two(year % 100)}`;

/** What stands for a letter behind `%`. */
const fields: Readonly<Record<string, (at: Moment) => string>> = {
  Y: ({ year }) => String(year),
  m: ({ month }) => two(month),
  d: ({ day }) => two(day),
  H: ({ hour }) => two(hour),
  M: ({ minute }) => two(minute),
  S: ({ second }) => two(second),
  s: ({ unixSeconds }) => String(unixSeconds),
  N: ({ ns }) => String(ns).padStart(9, '0'),
  y: ({ year }) => two(year % 100),
  e: ({ day }) => String(day).padStart(2),
  j: ({ yearDay }) => String(yearDay).padStart(3, '0'),
  a: (at) => dayOf(at).slice(0, 3),
  A: dayOf,
  b: (at) => monthOf(at).slice(0, 3),
  h: (at) => monthOf(at).slice(0, 3),
  B: monthOf,
  Z: () => 'UTC',
  z: () => '+0000',
  T: timeOf,
  X: timeOf,
  F: ({ year, month, day }) => `${year}-${two(month)}-${two(day)}`,
  D: shortDate,
  R: (at) => timeOf(at).slice(0, 5),
  u: ({ weekday }) => String(weekday === 0 ? 7 : weekday),
  w: ({ weekday }) => String(weekday),
  I: ({ hour }) => two(hour % 12 === 0 ? 12 : hour % 12),
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
  c: (at) =>
    `${dayOf(at).slice(0, 3)} ${monthOf(at).slice(0, 3)} ${String(at.day).padStart(2)} ${timeOf(at)} ${at.year}`,
  C: ({ year }) => two(Math.floor(year / 100)),
  x: shortDate,
};

/** strftime(3) in the C locale and UTC. */
export function formatDate(format: string, unixSeconds: number, ns: number): string {
  const at = momentOf(unixSeconds, ns);
  return format.replace(/%-?:?([a-zA-Z%])/g, (whole, letter: string) => {
    if (whole === '%:z') return '+00:00';
    const value = fields[letter]?.(at);
    if (value === undefined) return whole;
    return whole.startsWith('%-') ? value.replace(/^[0 ]+(?=.)/, '') : value;
  });
}
