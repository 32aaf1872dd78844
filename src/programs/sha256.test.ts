import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256 } from './sha256.ts';

test('digests are those of SHA-256, whatever the length', () => {
  for (const length of [0, 1, 3, 55, 56, 63, 64, 65, 119, 128, 1000]) {
    const bytes = Array.from({ length }, (_, at) => String.fromCharCode((at * 37) % 256)).join('');
    expect(sha256(bytes)).toBe(createHash('sha256').update(bytes, 'latin1').digest('hex'));
  }
});
