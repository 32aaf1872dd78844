/** Strings, numbers and addresses as strace prints them. */

const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
  '"': '\\"',
  '\\': '\\\\',
};

/** `"text\n"`, with octal escapes, and `...` after what is longer than `limit` bytes. */
export function quote(bytes: string, limit = Number.POSITIVE_INFINITY): string {
  const shown = bytes.slice(0, limit);
  const text = shown.replace(/[^]/g, (char, at: number) => escapes[char] ?? printable(char, shown.charAt(at + 1)));
  return `"${text}"${bytes.length > limit ? '...' : ''}`;
}

/** Octal digits as few as are clear: three before another digit. */
function printable(char: string, next: string): string {
  if (char >= ' ' && char <= '~') return char;
  const digits = char.charCodeAt(0).toString(8);
  return `\\${/[0-7]/.test(next) ? digits.padStart(3, '0') : digits}`;
}

export function octal(mode: unknown): string {
  return `0${Number(mode).toString(8)}`;
}

/** Where a buffer of the traced is: the machine has no addresses, so it is one place on a stack. */
export const somewhere = '0x7ffdc0a81000';

/** Bytes that a call gave. */
export function bytesOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
