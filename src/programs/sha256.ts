/** SHA-256 of a byte string (FIPS 180-4), in hexadecimal. Digests of images are real ones of the simulated content. */
const constants = firstBits(64, 3);
const initial = firstBits(8, 2);

/** Returns 64 hexadecimal digits. */
export function sha256(bytes: string): string {
  const { length } = bytes;
  const words = new Uint32Array((((length + 8) >> 6) + 1) * 16);
  for (let at = 0; at < length; at += 1)
    words[at >> 2] = (words[at >> 2] ?? 0) | ((bytes.charCodeAt(at) & 255) << (24 - (at % 4) * 8));
  words[length >> 2] = (words[length >> 2] ?? 0) | (0x80 << (24 - (length % 4) * 8));
  words[words.length - 2] = Math.floor(length / 0x2000_0000);
  words[words.length - 1] = length << 3;
  const state = Uint32Array.from(initial);
  const schedule = new Uint32Array(64);
  for (let block = 0; block < words.length; block += 16) mix(state, schedule, words, block);
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

function mix(state: Uint32Array, w: Uint32Array, words: Uint32Array, block: number): void {
  for (let t = 0; t < 16; t += 1) w[t] = words[block + t] ?? 0;
  for (let t = 16; t < 64; t += 1) {
    const x = w[t - 15] ?? 0;
    const y = w[t - 2] ?? 0;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] ?? 0) + s0 + (w[t - 7] ?? 0) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (constants[t] ?? 0) + (w[t] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  const next = [a, b, c, d, e, f, g, h];
  for (let at = 0; at < 8; at += 1) state[at] = (state[at] ?? 0) + (next[at] ?? 0);
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/**
 * The first 32 bits of the fractional parts of the `root`th roots of the first primes, by whole-number arithmetic: the
 * same everywhere.
 */
function firstBits(count: number, root: 2 | 3): number[] {
  const bits: number[] = [];
  for (let candidate = 2; bits.length < count; candidate += 1) {
    if (!isPrime(candidate)) continue;
    const power = BigInt(root);
    const scaled = BigInt(candidate) << (32n * power);
    let low = 0n;
    let high = 1n << 40n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** power <= scaled) low = middle;
      else high = middle;
    }
    bits.push(Number(low & 0xffff_ffffn));
  }
  return bits;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) return false;
  return true;
}
