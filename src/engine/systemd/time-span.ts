/** Spans of time as unit files write them. Man page: systemd.time(7). */

const secondsOf: Readonly<Record<string, number>> = {
  '': 1,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
};

/** Seconds of `2`, `100ms`, `1min 30s`, `infinity`; null for what is no span. */
export function parseTimeSpan(text: string): number | null {
  if (text.trim() === 'infinity') return Number.POSITIVE_INFINITY;
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) return null;
  let seconds = 0;
  for (const [, number = '0', unit = ''] of parts) {
    const factor = secondsOf[unit];
    if (factor === undefined) return null;
    seconds += Number(number) * factor;
  }
  return seconds;
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `1min 30s`, `2h 5min`: the two largest units, as `systemctl status` tells an age. */
export function formatTimeSpan(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.floor(seconds);
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.length === 0 ? `${Math.max(0, Math.round(seconds * 1000))}ms` : parts.join(' ');
}
