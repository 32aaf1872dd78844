const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** A text as Go quotes it: what is no letter of ASCII has a name or a number. Go: strconv.Quote(), fmt's %q. */
export function goQuote(text: string): string {
  const escaped = text.replace(
    // oxlint-disable-next-line no-control-regex -- those are what has to be written otherwise.
    /[\0-\x1f"\\\x7f]/g,
    (char) => named[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${escaped}"`;
}
