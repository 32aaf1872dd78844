import { goQuote } from '../go-text.ts';

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  '\xc2\xb5s': 1e3,
  '\xce\xbcs': 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * Reads a duration such as `1h30m`, `500ms` or `-1.5s`.
 *
 * Go: time.ParseDuration(), whose words the error has.
 *
 * @returns nanoseconds, or the error.
 */
export function parseDuration(text: string): number | { readonly error: string } {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return 0;
  const invalid = { error: `time: invalid duration ${goQuote(text)}` };
  if (rest === '') return invalid;
  let totalNs = 0;
  while (rest !== '') {
    const amount = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (amount === undefined) return invalid;
    rest = rest.slice(amount.length);
    const unit = /^[^.\d]+/.exec(rest)?.[0];
    if (unit === undefined) return { error: `time: missing unit in duration ${goQuote(text)}` };
    const ns = unitNs[unit];
    if (ns === undefined) return { error: `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}` };
    rest = rest.slice(unit.length);
    totalNs += Number(amount) * ns;
  }
  return Math.trunc(sign === '-' ? -totalNs : totalNs);
}

/** A duration as Go prints it: `3s`, `1m30s`, `500ms`. Go: time.Duration.String(). */
export function formatDuration(ns: number): string {
  if (ns === 0) return '0s';
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${ns / 1e3}\xc2\xb5s`;
  if (ns < 1e9) return `${ns / 1e6}ms`;
  const seconds = `${(ns % 60e9) / 1e9}s`;
  const minutes = Math.floor(ns / 60e9);
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
