/** The machine's only source of chance: a small seeded generator (sfc32), the same in Node and in every browser. */
export interface Random {
  /** A whole number from 0 to 2³² − 1. */
  next(): number;
}

export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  }
  for (let round = 0; round < 12; round++) next();
  return { next };
}

/** That many bytes, as a byte string. */
export function randomBytes(random: Random, count: number): string {
  let bytes = '';
  while (bytes.length < count) bytes += String.fromCharCode(random.next() >>> 24);
  return bytes;
}
