/** echo: POSIX's (dash), which always reads escapes, and GNU's (coreutils, busybox), which does with -e. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../io.ts';

/** Prints the words. Returns the exit code. */
export function* echo(words: readonly string[], flavour: 'posix' | 'gnu'): Running<number> {
  let at = 0;
  let newline = true;
  let escapes = flavour === 'posix';
  const option = flavour === 'posix' ? /^-n$/ : /^-[neE]+$/;
  for (; option.test(words[at] ?? ''); at += 1) {
    for (const letter of (words[at] ?? '').slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
    if (flavour === 'posix') {
      at += 1;
      break;
    }
  }
  const text = words.slice(at).join(' ');
  const { output, stopped } = escapes ? unescapeText(text, flavour === 'gnu') : { output: text, stopped: false };
  yield* print(output + (newline && !stopped ? '\n' : ''));
  return 0;
}

const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * Reads `\n`, `\t`, `\101` and, where `longOctal` says so, `\0101`; `\x41` where there is hexadecimal, which dash has
 * not; `\c` stops all output.
 */
export function unescapeText(
  text: string,
  hasHexadecimal: boolean,
  longOctal = true,
): { readonly output: string; readonly stopped: boolean } {
  const octalDigits = longOctal ? /^(?:0[0-7]{0,3}|[1-7][0-7]{0,2})/ : /^[0-7]{1,3}/;
  let output = '';
  for (let at = 0; at < text.length; at += 1) {
    const escape = text.indexOf('\\', at);
    const next = escape === -1 ? '' : text.charAt(escape + 1);
    if (next === '') return { output: output + text.slice(at), stopped: false };
    output += text.slice(at, escape);
    at = escape;
    const rest = text.slice(at + 1);
    const octal = octalDigits.exec(rest)?.[0];
    const hexadecimal = hasHexadecimal ? /^x[0-9a-fA-F]{1,2}/.exec(rest)?.[0] : undefined;
    if (next === 'c') return { output, stopped: true };
    if (octal !== undefined) {
      output += String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      at += octal.length;
    } else if (hexadecimal !== undefined) {
      output += String.fromCharCode(Number.parseInt(hexadecimal.slice(1), 16));
      at += hexadecimal.length;
    } else {
      output += simple[next] ?? `\\${next}`;
      at += 1;
    }
  }
  return { output, stopped: false };
}
