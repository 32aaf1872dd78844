/** printf(1): POSIX. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../io.ts';
import { unescapeText } from './echo.ts';

type Complain = (message: string) => Running<void>;

/** `words`: the format and its arguments; the format is used again while arguments are left. Returns the exit code. */
export function* printf(
  words: readonly string[],
  complain: Complain,
  flavour: 'gnu' | 'dash' | 'ash' = 'gnu',
): Running<number> {
  const [format, ...given] = words[0] === '--' ? words.slice(1) : words;
  if (format === undefined) {
    yield* complain('usage: printf format [arg ...]');
    return 2;
  }
  if (flavour === 'dash' && /^-./.test(words[0] ?? '') && words[0] !== '--') {
    yield* complain(`Illegal option -${words[0]?.charAt(1) ?? ''}`);
    return 2;
  }
  // %q is coreutils' alone.
  if (flavour !== 'gnu' && /^(?:[^%]|%[^q])*%q/.test(format)) {
    yield* complain(flavour === 'dash' ? '%q: invalid directive' : '%q: invalid format');
    return flavour === 'dash' ? 2 : 1;
  }
  const queue = [...given];
  const formatter = new Formatter(queue, flavour !== 'dash');
  let before: number;
  do {
    before = queue.length;
    formatter.write(format);
  } while (!formatter.stopped && queue.length > 0 && queue.length < before);
  for (const { text, reason } of formatter.mistakes) {
    yield* complain(flavour === 'ash' ? `invalid number '${text}'` : `${text}: ${reason}`);
  }
  yield* print(formatter.output);
  if (formatter.wrong !== '') {
    yield* complain(formatter.wrong);
    return 2;
  }
  return formatter.mistakes.length > 0 ? 1 : 0;
}

const directive = /%([-+ 0#]*)(\*|[0-9]*)(?:\.(\*|[0-9]*))?([diouxXeEfFgGcsbq%])/y;

const unknown = /^%[-+ 0#]*(\*|[0-9]*)(\.(?:\*|[0-9]*))?(.?)/;

class Formatter {
  output = '';
  stopped = false;
  /** Of a directive that dash does not know. */
  wrong = '';
  readonly mistakes: { readonly text: string; readonly reason: string }[] = [];
  private readonly queue: string[];
  private readonly hasHexadecimal: boolean;

  constructor(queue: string[], hasHexadecimal: boolean) {
    this.queue = queue;
    this.hasHexadecimal = hasHexadecimal;
  }

  write(format: string): void {
    for (let at = 0; at < format.length && !this.stopped;) {
      directive.lastIndex = at;
      const found = format.charAt(at) === '%' ? directive.exec(format) : null;
      if (found) {
        at += found[0].length;
        this.directive(found[1] ?? '', found[2] ?? '', found[3], found[4] ?? '');
        continue;
      }
      if (format.charAt(at) === '%' && !this.hasHexadecimal) {
        const [whole = '', , , letter = ''] = unknown.exec(format.slice(at)) ?? [];
        this.wrong = letter === '' ? 'missing format character' : `${whole}: invalid directive`;
        this.stopped = true;
        return;
      }
      const plain = format.charAt(at) === '%' ? '%' : (/^[^%]+/.exec(format.slice(at))?.[0] ?? '');
      at += plain.length;
      // In a format, unlike in echo, an octal escape has three digits with its leading 0.
      const { output, stopped } = unescapeText(plain, this.hasHexadecimal, false);
      this.output += output;
      this.stopped = stopped;
    }
  }

  private directive(flags: string, widthText: string, precisionText: string | undefined, kind: string): void {
    if (kind === '%') {
      this.output += '%';
      return;
    }
    const width = widthText === '*' ? this.number() : Number(widthText || '0');
    const precision =
      precisionText === undefined ? undefined : precisionText === '*' ? this.number() : Number(precisionText || '0');
    const text = this.convert(kind, flags, precision);
    const isLeft = flags.includes('-') || width < 0;
    const isZero = flags.includes('0') && !isLeft && /[diouxXeEfFgG]/.test(kind);
    const size = Math.abs(width);
    if (isLeft) this.output += text.padEnd(size);
    else if (isZero) {
      const [, sign = '', digits = ''] = /^([-+ ]?(?:0[xX])?)([^]*)$/.exec(text) ?? [];
      this.output += sign + digits.padStart(size - sign.length, '0');
    } else this.output += text.padStart(size);
  }

  private convert(kind: string, flags: string, precision: number | undefined): string {
    switch (kind) {
      case 's':
        return (this.queue.shift() ?? '').slice(0, precision);
      case 'b': {
        const { output, stopped } = unescapeText(this.queue.shift() ?? '', this.hasHexadecimal);
        this.stopped ||= stopped;
        return output.slice(0, precision);
      }
      case 'q':
        return `'${(this.queue.shift() ?? '').replaceAll("'", `'"'"'`)}'`;
      case 'c':
        return (this.queue.shift() ?? '').slice(0, 1);
      case 'd':
      case 'i': {
        const value = this.number();
        const digits = String(Math.abs(value)).padStart(precision ?? 0, '0');
        return (value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
      }
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        return unsigned(this.number(), kind, flags, precision);
      default:
        return floating(this.number(true), kind, precision ?? 6);
    }
  }

  private number(isFloat = false): number {
    const text = this.queue.shift();
    if (text === undefined || text === '') return 0;
    if (/^['"]/.test(text)) return text.charCodeAt(1) || 0;
    const pattern = isFloat ? /^\s*[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?/ : /^\s*[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+)/;
    const digits = pattern.exec(text)?.[0];
    if (digits === undefined) {
      this.mistakes.push({ text, reason: 'expected numeric value' });
      return 0;
    }
    if (digits.length < text.length) this.mistakes.push({ text, reason: 'not completely converted' });
    const [, sign, rest = ''] = /^\s*([-+]?)([^]*)$/.exec(digits) ?? [];
    const value = !isFloat && /^0[0-7]+$/.test(rest) ? Number.parseInt(rest, 8) : Number(rest);
    return sign === '-' ? -value : value;
  }
}

/** %o, %u, %x and %X. */
export function unsigned(value: number, kind: string, flags: string, precision: number | undefined): string {
  const base = kind === 'o' ? 8 : kind === 'u' ? 10 : 16;
  const digits = BigInt.asUintN(64, BigInt(Math.trunc(value)))
    .toString(base)
    .padStart(precision ?? 0, '0');
  const prefix = !flags.includes('#') || value === 0 ? '' : kind === 'o' ? '0' : kind === 'u' ? '' : '0x';
  return kind === 'X' ? (prefix + digits).toUpperCase() : prefix + digits;
}

/** %e, %f, %g and %E, %F, %G. */
export function floating(value: number, kind: string, precision: number): string {
  const lower = kind.toLowerCase();
  let text: string;
  if (lower === 'f') text = value.toFixed(precision);
  else if (lower === 'e') text = exponent(value.toExponential(precision));
  else {
    const size = precision === 0 ? 1 : precision;
    // What the value is once it is rounded: 999999.5 is 1e+06.
    const power = Number(value.toExponential(size - 1).split('e')[1]);
    text =
      power < -4 || power >= size
        ? exponent(value.toExponential(size - 1))
        : value.toFixed(Math.max(0, size - 1 - power));
    if (text.includes('.')) text = text.replace(/\.?0+(e|$)/, '$1');
  }
  return kind === lower ? text : text.toUpperCase();
}

/** C writes at least two digits of the exponent. */
function exponent(text: string): string {
  return text.replace(/e([-+])([0-9])$/, 'e$10$2');
}
