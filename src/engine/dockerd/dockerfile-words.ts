/** Words of a Dockerfile's instruction. buildkit: frontend/dockerfile/shell/lex.go; parser/line_parsers.go. */
import { goQuote } from '../go-text.ts';
import { badRequest } from './api-error.ts';

/** The instructions of a text: what ends in a backslash goes on in the next line, comments and empty lines are none. */
export function instructionsOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const joined = lines.join('\n').replace(/\\[ \t]*(?:\n|$)/g, '');
  return joined.split('\n').filter((line) => line.trim() !== '');
}

/** Splits at blanks that are neither quoted nor escaped; quotes and backslashes stay. */
export function splitWords(text: string): readonly string[] {
  return text.match(/(?:\\[\s\S]|'[^']*(?:'|$)|"(?:\\[\s\S]|[^"\\])*(?:"|$)|[^\s\\'"])+/g) ?? [];
}

/**
 * The word without its quotes, with `$NAME`, `${NAME}`, `${NAME:-else}` and `${NAME:+then}` replaced.
 *
 * @param environment settings `NAME=value`.
 * @throws ApiError 400 for a quote without an end.
 */
export function expandWord(word: string, environment: readonly string[]): string {
  const valueOf = (name: string): string | undefined =>
    environment.findLast((setting) => setting.startsWith(`${name}=`))?.slice(name.length + 1);
  let result = '';
  let rest = word;
  let quote = '';
  while (rest !== '') {
    const piece = quote === "'" ? pieces.bare.exec(rest) : (pieces.variable.exec(rest) ?? pieces.bare.exec(rest));
    const [whole = '', plain, braced, rule, other = ''] = piece ?? [];
    rest = rest.slice(whole.length);
    const name = plain ?? braced;
    if (name !== undefined) result += substituted(valueOf(name), rule, other);
    else if ((whole === '"' || whole === "'") && (quote === '' || quote === whole)) quote = quote === '' ? whole : '';
    else if (whole.length === 2) result += quote === '"' && !/["$\\]/.test(whole[1] ?? '') ? whole : whole.slice(1);
    else result += whole;
  }
  if (quote === '') return result;
  const kind = quote === '"' ? 'double' : 'single';
  throw badRequest(
    `failed to process ${goQuote(word)}: unexpected end of statement while looking for matching ${kind}-quote`,
  );
}

const pieces = {
  variable: /^\$(?:([A-Za-z_]\w*|\d)|\{(\w+)(?::([-+])([^}]*))?\})/,
  bare: /^(?:\\[\s\S]|[\s\S])/,
};

function substituted(value: string | undefined, rule: string | undefined, other: string): string {
  const isGiven = value !== undefined && value !== '';
  if (rule === '-') return isGiven ? value : other;
  if (rule === '+') return isGiven ? other : '';
  return value ?? '';
}
