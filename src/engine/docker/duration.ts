import { goQuote } from './go-text.ts';

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
