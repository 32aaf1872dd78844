/** base64(1): bytes as letters and digits, and back. coreutils: src/basenc.c. */
import type { Program, Running } from '../../kernel/abi.ts';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import { complain, print, readAll } from '../io.ts';
import { openInput } from './inputs.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

/** `base64 [-di] [-w COLUMNS] [FILE]` */
export const base64 = (flavour: Flavour): Program =>
  function* base64Main(argv): Running {
    const long = { decode: 'd', 'ignore-garbage': 'i', wrap: 'w' };
    const options = parseOptions(argv.slice(1), flavour === 'gnu' ? 'diw:' : 'dw:', long);
    if (typeof options === 'string') return yield* refuseOptions('base64', options, flavour);
    const [path = '-', extra] = options.operands;
    if (extra !== undefined) return yield* refuseOptions('base64', `extra operand ${quoted(extra)}`, flavour);
    const width = options.values.get('w') ?? '76';
    if (!/^\d+$/.test(width)) {
      yield* complain(
        'base64',
        flavour === 'gnu' ? `invalid wrap size: ${quoted(width)}` : `invalid number '${width}'`,
      );
      return 1;
    }
    const fd = yield* openInput('base64', path, (own, words) => `${own}: ${words}`);
    if (fd === null) return 1;
    const text = yield* readAll(fd);
    if (!options.has('d')) {
      yield* print(wrapped(encodeBase64(text), Number(width)));
      return 0;
    }
    const { bytes, isWhole } = decode(options.has('i') ? text.replaceAll(/[^A-Za-z0-9+/=]/g, '') : text, flavour);
    yield* print(bytes);
    if (isWhole) return 0;
    yield* complain('base64', flavour === 'gnu' ? 'invalid input' : 'truncated input');
    return 1;
  };

/** With a width of 0 all is one line, and has no end. */
function wrapped(text: string, width: number): string {
  if (width === 0) return text;
  let lines = '';
  for (let at = 0; at < text.length; at += width) lines += `${text.slice(at, at + width)}\n`;
  return lines;
}

/** As far as it goes: GNU's decodes what there is of the group that is broken. */
function decode(text: string, flavour: Flavour): { readonly bytes: string; readonly isWhole: boolean } {
  const digits = text.replaceAll('\n', '');
  const groups = /[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==/y;
  let bytes = '';
  let end = 0;
  for (let group = groups.exec(digits); group !== null; group = groups.exec(digits)) {
    bytes += decodeBase64(group[0]);
    end = groups.lastIndex;
  }
  if (end === digits.length) return { bytes, isWhole: true };
  const [rest = ''] = /^[A-Za-z0-9+/]*/.exec(digits.slice(end)) ?? [];
  return { bytes: flavour === 'gnu' ? bytes + decodeBase64(rest) : bytes, isWhole: false };
}
