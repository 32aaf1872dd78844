/** sprintf of awk. */
import { floating, unsigned } from '../tools/printf.ts';

/** What sprintf asks of its values, one after the other. */
export interface FormatValues {
  /** Whole numbers are C's int, and stop at its ends. */
  readonly isInt: boolean;
  /** Null when there are no more. */
  readonly next: () => { readonly text: string; readonly number: number; readonly isNumber: boolean } | null;
}

const directive = /%([-+ 0#]*)(\*|[0-9]*)(?:\.(\*|[0-9]*))?[hlL]*([diouxXeEfFgGcs%])/g;

/** Null when values are lacking. */
export function format(pattern: string, values: FormatValues): string | null {
  let isShort = false;
  const take = (): { readonly text: string; readonly number: number; readonly isNumber: boolean } => {
    const value = values.next();
    if (value === null) isShort = true;
    return value ?? { text: '', number: 0, isNumber: false };
  };
  const text = pattern.replace(
    directive,
    (_, flags: string, widthText: string, precisionText: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      const width = widthText === '*' ? Math.trunc(take().number) : Number(widthText);
      const precision = precisionText === '*' ? Math.trunc(take().number) : Number(precisionText);
      const given = take();
      const value = values.isInt && 'diouxX'.includes(kind) ? { ...given, number: asInt(given.number, kind) } : given;
      const hasPrecision = precisionText !== undefined && precision >= 0;
      const shown = convert(kind, flags, hasPrecision ? precision : undefined, value);
      const isLeft = flags.includes('-') || width < 0;
      const size = Math.abs(width);
      if (isLeft) return shown.padEnd(size);
      const isInteger = 'diouxX'.includes(kind);
      if (!flags.includes('0') || 'cs'.includes(kind) || (isInteger && hasPrecision) || !/[0-9]/.test(shown))
        return shown.padStart(size);
      const [, sign = '', digits = ''] = /^([-+ ]?(?:0[xX])?)([^]*)$/.exec(shown) ?? [];
      return sign + digits.padStart(size - sign.length, '0');
    },
  );
  return isShort ? null : text;
}

/** A number by a format such as CONVFMT. */
export function formatNumber(pattern: string, number: number): string {
  return format(pattern, { isInt: false, next: () => ({ text: '', number, isNumber: true }) }) ?? '';
}

/** mawk: d_to_I() and d_to_U(). */
function asInt(value: number, kind: string): number {
  const isSigned = kind === 'd' || kind === 'i';
  return Math.max(isSigned ? 1 - 2 ** 31 : 0, Math.min(isSigned ? 2 ** 31 - 1 : 2 ** 32 - 1, value));
}

function convert(
  kind: string,
  flags: string,
  precision: number | undefined,
  { text, number, isNumber }: { readonly text: string; readonly number: number; readonly isNumber: boolean },
): string {
  switch (kind) {
    case 's':
      return text.slice(0, precision);
    case 'c':
      return isNumber ? String.fromCharCode(Math.trunc(number) & 0xff) : text.slice(0, 1);
    default:
  }
  if (!Number.isFinite(number)) {
    const words = Number.isNaN(number) ? 'nan' : 'inf';
    // The processor's own NaN has its sign set.
    return (number < 0 || Number.isNaN(number) ? '-' : '') + words;
  }
  const sign = number < 0 || Object.is(number, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  switch (kind) {
    case 'd':
    case 'i': {
      const whole = Math.trunc(number);
      const digits = BigInt(Math.abs(whole)).toString();
      return (
        (whole === 0 ? sign.replace('-', '') : sign) +
        (precision === 0 && whole === 0 ? '' : digits.padStart(precision ?? 0, '0'))
      );
    }
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return unsigned(number, kind, flags, precision);
    default: {
      const size = Math.abs(number);
      if (kind.toLowerCase() === 'f' && size >= 1e21)
        return `${sign}${BigInt(size).toString()}${precision === 0 ? '' : `.${'0'.repeat(precision ?? 6)}`}`;
      return sign + floating(size, kind, precision ?? 6);
    }
  }
}
