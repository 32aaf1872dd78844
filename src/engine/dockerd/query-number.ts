/** Numbers in a request's parameters. */
import { goQuote } from '../go-text.ts';
import { serverError } from './api-error.ts';

/**
 * A whole number, or what stands for a parameter that is absent or empty. Throws Go's words, by themselves an error
 * without a kind and so a 500.
 */
export function integerOf<Absent>(text: string | undefined, absent: Absent, refusal = serverError): number | Absent {
  return text === undefined || text === '' ? absent : wholeNumber(text, refusal);
}

/** The same of a parameter that must be there. Go: strconv.Atoi(). */
export function wholeNumber(text: string, refusal = serverError): number {
  if (!/^[-+]?\d+$/.test(text)) throw refusal(invalidSyntax('Atoi', text));
  return Number(text);
}

/** A Unix time with a fraction, in seconds. moby: api/types/time, ParseTimestamps(). */
export function momentOf<Absent>(text: string | undefined, absent: Absent): number | Absent {
  if (text === undefined || text === '') return absent;
  const [, seconds = '', fraction = '0'] = /^([^.]*)(?:\.(.*))?$/s.exec(text) ?? [];
  const wrong = [seconds, fraction].find((part) => !/^[-+]?\d+$/.test(part));
  if (wrong !== undefined) throw serverError(invalidSyntax('ParseInt', wrong));
  return Number(seconds) + Number(fraction) / 10 ** fraction.length;
}

const invalidSyntax = (parser: string, text: string): string =>
  `strconv.${parser}: parsing ${goQuote(text)}: invalid syntax`;
