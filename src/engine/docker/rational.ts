/** Rational numbers as Go reads them: `1.5`, `3/8`, `1e-1`, `0x1p-2`, `1_0`. Go: big.Rat.SetString(). */

const fraction = /^([+-]?)(\w+)\/(\w+)$/;
const float = /^([+-]?)(0[xX])?([0-9a-fA-F_]*?)(?:\.([0-9a-fA-F_]*?))?(?:([eEpP])([+-]?\d+))?$/;
/** Nobody means a number with more digits than that. */
const longestExponent = 1000;

/** Numerator and denominator, or undefined of what is no number. */
export function parseRational(text: string): readonly [bigint, bigint] | undefined {
  const [, sign, upper, lower] = fraction.exec(text) ?? [];
  if (upper === undefined || lower === undefined) return parseFloating(text);
  const [numerator, denominator] = [wholeOf(upper), wholeOf(lower)];
  if (numerator === undefined || denominator === undefined || denominator === 0n) return undefined;
  return [sign === '-' ? -numerator : numerator, denominator];
}

function parseFloating(text: string): readonly [bigint, bigint] | undefined {
  const [match, sign, base, whole = '', part = '', mark, exponent = '0'] = float.exec(text) ?? [];
  const digits = wholeOf(`${base ?? ''}${whole}${part}`);
  if (match === undefined || digits === undefined || Math.abs(Number(exponent)) > longestExponent) return undefined;
  const denominator = (base === undefined ? 10n : 16n) ** BigInt(part.replaceAll('_', '').length);
  const scale = (mark === 'p' || mark === 'P' ? 2n : 10n) ** BigInt(Math.abs(Number(exponent)));
  const numerator = sign === '-' ? -digits : digits;
  return exponent.startsWith('-') ? [numerator, denominator * scale] : [numerator * scale, denominator];
}

function wholeOf(text: string): bigint | undefined {
  if (!/^(?:0[xX](?:_?[0-9a-fA-F])+|\d(?:_?\d)*)$/.test(text)) return undefined;
  const digits = text.replaceAll('_', '');
  return BigInt(/^0[xX]/.test(digits) ? digits : digits.replace(/^0+(?=\d)/, ''));
}
