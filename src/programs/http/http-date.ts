/** `Thu, 26 Nov 2026 01:20:40 GMT`: RFC 9110, 5.6.7. */
import type { CivilTime } from '../clock.ts';
import { twoDigits } from '../clock.ts';

export const months: readonly string[] = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** @param seconds Unix time; its weekday is told by it. */
export function httpDate(seconds: number, time: CivilTime): string {
  const weekday = weekdays[(Math.floor(seconds / 86_400) + 4) % 7] ?? '';
  const clock = [time.hour, time.minute, time.second].map(twoDigits).join(':');
  return `${weekday}, ${twoDigits(time.day)} ${months[time.month - 1] ?? ''} ${time.year} ${clock} GMT`;
}
