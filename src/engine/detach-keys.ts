/**
 * The keys that leave a session without ending its process, as bytes: `ctrl-p,ctrl-q`, `a`, `ctrl-@`, `DEL`.
 * Undefined: they are no keys.
 *
 * moby/term: ToBytes(). Both the client and the daemon read them.
 */
export function detachKeys(text: string): string | undefined {
  let bytes = '';
  for (const key of text.split(',')) {
    const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
    if (control !== undefined) bytes += String.fromCharCode(control.charCodeAt(0) & 31);
    else if (key === 'DEL') bytes += '\x7f';
    else if (key.length === 1) bytes += key;
    else return undefined;
  }
  return bytes;
}
