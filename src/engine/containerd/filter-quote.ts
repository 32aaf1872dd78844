/** What stands between a filter's quotes. containerd: filters/quote.go; the scanner has seen that escapes are whole. */
import { utf8 } from '../../kernel/bytes.ts';

const letters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escape = /\\(?:x(..)|u(.{4})|U(.{8})|([0-7]{3})|([^]))/gu;

/** In bytes. Undefined: a number stands there that is no byte or no character. */
export function unquote(quoted: string): string | undefined {
  const inside = quoted.slice(1, -1);
  let bytes = '';
  let from = 0;
  for (const { 0: whole, 1: x, 2: u, 3: wide, 4: octal, 5: letter, index } of inside.matchAll(escape)) {
    bytes += utf8(inside.slice(from, index));
    from = index + whole.length;
    const code = octal === undefined ? parseInt(x ?? u ?? wide ?? '', 16) : parseInt(octal, 8);
    if (letter !== undefined) bytes += letters[letter] ?? letter;
    else if (code > (octal === undefined ? 0x10ffff : 0xff)) return undefined;
    else bytes += (x ?? octal) === undefined ? utf8(String.fromCodePoint(code)) : String.fromCharCode(code);
  }
  return bytes + utf8(inside.slice(from));
}
