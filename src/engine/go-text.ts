/**
 * A string as Go's `%q` prints it. The bytes of well-formed UTF-8 stay; control bytes become escapes.
 *
 * Go: strconv.Quote().
 */
export function goQuote(bytes: string): string {
  return `"${escaped(bytes, '"')}"`;
}

/** A character as Go's `%q` prints it: `'Z'`. */
export function goQuoteRune(bytes: string): string {
  return `'${escaped(bytes, "'")}'`;
}

const namedEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function escaped(bytes: string, quote: string): string {
  let text = '';
  for (const char of bytes) {
    if (char === quote) text += `\\${char}`;
    else if (namedEscapes[char] !== undefined) text += namedEscapes[char];
    else if (char < ' ' || char === '\x7f') text += `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
    else text += char;
  }
  return text;
}
