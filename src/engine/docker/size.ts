const binaryPowers: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Reads an amount of memory: `64m`, `1.5g`, `512 KiB`, `1048576`. Units are powers of 1024.
 *
 * go-units: RAMInBytes().
 *
 * @returns bytes, or undefined when it is not a size.
 */
export function parseBytes(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)*) ?([kKmMgGtTpP]?)(?:i?[bB]|)$/.exec(text);
  if (parts === null || /i[bB]$/.test(text) !== /[kmgtp]i[bB]$/i.test(text)) return undefined;
  const amount = Number(parts[1]);
  if (Number.isNaN(amount)) return undefined;
  const bytes = Math.trunc(amount * 1024 ** (binaryPowers[(parts[2] ?? '').toLowerCase()] ?? 0));
  // On amd64 what is too large for 64 bits becomes the least number that they hold.
  return bytes < 2 ** 63 ? bytes : -(2 ** 63);
}

/**
 * An amount in powers of 1000 with `digits` significant digits: `133MB`, `1.99MB`, `0B`.
 *
 * go-units: HumanSizeWithPrecision(); docker's lists of images use 3 digits, HumanSize() 4.
 */
export function humanSize(bytes: number, digits = 4): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'], digits);
}

/** An amount in powers of 1024 with four significant digits: `3.83GiB`. go-units: BytesSize(). */
export function bytesSize(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'], 4);
}

function scaled(bytes: number, base: number, units: readonly string[], digits: number): string {
  let [amount, unit] = [bytes, 0];
  while (amount >= base && unit < units.length - 1) {
    amount /= base;
    unit++;
  }
  return significant(amount, digits) + (units[unit] ?? '');
}

/** Go's `%.4g`: so many significant digits, no trailing zeros; an exponent when the number needs more digits. */
function significant(amount: number, digits: number): string {
  if (amount === 0) return '0';
  const [mantissa = '', exponent = '0'] = amount.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (power >= digits) return `${trimmed}e+${String(power).padStart(2, '0')}`;
  return String(Number(amount.toPrecision(digits)));
}
