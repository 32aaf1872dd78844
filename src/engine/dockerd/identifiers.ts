/** Names that dockerd makes up, from getrandom(2) and so from the machine's seed. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';

/** `bytes` random bytes in hexadecimal: a container's id has 32. */
export function* randomHex(bytes: number): Running<string> {
  return hexOf(yield* sys.getrandom(bytes));
}

function hexOf(bytes: string): string {
  return Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The name of an overlay2 layer's short link: 26 letters. moby: daemon/graphdriver/overlay2, generateID(). */
export function* randomLink(): Running<string> {
  return linkFrom(yield* sys.getrandom(26));
}

/** As `randomLink`, out of bytes or any other text of 26 characters. */
export function linkFrom(bytes: string): string {
  return Array.from(bytes.slice(0, 26), (char) => base32[char.charCodeAt(0) % 32]).join('');
}

/** A number below `limit`. */
export function* randomBelow(limit: number): Running<number> {
  const bytes = yield* sys.getrandom(4);
  const number = Array.from(bytes).reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0);
  return number % limit;
}
