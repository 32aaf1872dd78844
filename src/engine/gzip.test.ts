import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gunzip, gzip } from './gzip.ts';

const texts = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  maxLength: 300,
});

test('what is compressed here is read by zlib, and what zlib has compressed is read here', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const packed = gzip(text, '{"lastTime":""}');
      expect(gunzipSync(Buffer.from(packed, 'latin1')).toString('latin1')).toBe(text);
      expect([packed, gzipSync(Buffer.from(text, 'latin1')).toString('latin1')].map(gunzip)).toEqual([text, text]);
    }),
  );
});

test('what is cut, or no gzip, is nothing', () => {
  expect([gunzip(gzip('line\n'.repeat(200), '').slice(0, 20)), gunzip('junk'), gunzip('')]).toEqual([null, null, null]);
});
