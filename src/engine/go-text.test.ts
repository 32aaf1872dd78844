import { expect, test } from 'vitest';
import { goQuote } from './go-text.ts';

test.each([
  ['a "b" \\', '"a \\"b\\" \\\\"'],
  ['\0\x07\b\t\n\v\f\r\x1b\x7f', '"\\x00\\a\\b\\t\\n\\v\\f\\r\\x1b\\x7f"'],
  ['für', '"für"'],
])('%j is quoted as strconv.Quote() does', (text, quoted) => {
  expect(goQuote(text)).toBe(quoted);
});
