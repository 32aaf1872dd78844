/** `--since` and `--until`: Unix seconds, a date, or how long ago. moby: api/types/time, GetTimestamp(). */
import { parseRfc3339 } from '../timestamp-fixed.ts';
import { parseDuration } from './duration.ts';
import { goQuote } from '../go-text.ts';

/**
 * What the daemon is sent for a time.
 *
 * @param nowSeconds the present, in Unix seconds: durations count back from it, in whole seconds.
 * @returns Unix seconds with an optional fraction, or Go's words for what is wrong.
 */
export function timeArgument(text: string, nowSeconds: number): string | { readonly error: string } {
  const duration = parseDuration(text);
  if (text !== '0' && typeof duration === 'number') return String(Math.floor(nowSeconds - duration / 1e9));
  const read = readTime(text, layoutOf(text));
  if (!('error' in read)) return `${read.seconds}.${String(read.ns).padStart(9, '0')}`;
  if (text.includes('-')) return read;
  const unix = /^([+-]?\d+)(?:\.(\d+))?$/.exec(text);
  if (unix !== null && Number(unix[1]) < 2 ** 63) return text;
  return { error: `failed to parse value as time or duration: ${goQuote(text)}` };
}

/** The layout that Go's author chooses by what the text looks like. */
function layoutOf(text: string): string {
  const isLocal = !/[zZ+]/.test(text) && text.split('-').length !== 4;
  const zone = isLocal ? '' : 'Z07:00';
  if (text.includes('.')) return `2006-01-02T15:04:05.999999999${zone}`;
  if (!text.includes('T')) return `2006-01-02${zone}`;
  const ofZone = !isLocal && !/[zZ]/.test(text) ? 1 : 0;
  const colons = Math.max(0, text.split(':').length - 1 - ofZone);
  const clock = ['15', '15:04', '15:04:05'][Math.min(colons, 2)] ?? '';
  return `2006-01-02T${clock}${zone}`;
}

const elements = /2006|01|02|15|04|05|\.9+|Z07:00|./g;
const shapes: Readonly<Record<string, RegExp>> = {
  '2006': /^\d{4}/,
  '01': /^\d\d/,
  '02': /^\d\d/,
  '15': /^\d\d/,
  '04': /^\d\d/,
  '05': /^\d\d/,
  '.999999999': /^(\.\d+)?/,
  'Z07:00': /^(Z|[+-]\d\d:\d\d)/,
};
const ranges: readonly (readonly [element: string, name: string, least: number, most: number])[] = [
  ['01', 'month', 1, 12],
  ['15', 'hour', 0, 23],
  ['04', 'minute', 0, 59],
  ['05', 'second', 0, 59],
];

/** Go: time.Parse(), with its words. The host's time zone is UTC. */
function readTime(
  text: string,
  layout: string,
): { readonly seconds: number; readonly ns: number } | { readonly error: string } {
  const found = new Map<string, string>();
  const quoted = goQuote(text);
  let rest = text;
  for (const element of layout.match(elements) ?? []) {
    const part = shapes[element]?.exec(rest)?.[0] ?? (rest.startsWith(element) ? element : undefined);
    if (part === undefined)
      return {
        error: `parsing time ${quoted} as ${goQuote(layout)}: cannot parse ${goQuote(rest)} as ${goQuote(element)}`,
      };
    found.set(element, part);
    rest = rest.slice(part.length);
  }
  if (rest !== '') return { error: `parsing time ${quoted}: extra text: ${goQuote(rest)}` };
  const number = (element: string): number => Number(found.get(element) ?? 0);
  const outside = ranges.find(
    ([element, , least, most]) => found.has(element) && (number(element) < least || number(element) > most),
  );
  if (outside !== undefined) return { error: `parsing time ${quoted}: ${outside[1]} out of range` };
  if (number('02') < 1 || number('02') > daysIn(number('01'), number('2006')))
    return { error: `parsing time ${quoted}: day out of range` };
  const two = (element: string): string => found.get(element) ?? '00';
  const fraction = (found.get('.999999999') ?? '').slice(0, 10);
  const local = parseRfc3339(
    `${two('2006')}-${two('01')}-${two('02')}T${two('15')}:${two('04')}:${two('05')}${fraction}Z`,
  );
  const { seconds, ns } = local ?? { seconds: 0, ns: 0 };
  return { seconds: seconds - zoneSeconds(found.get('Z07:00') ?? 'Z'), ns };
}

function zoneSeconds(zone: string): number {
  const parts = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (parts === null) return 0;
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 3600 + Number(parts[3]) * 60);
}

function daysIn(month: number, year: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
