import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inflate } from './inflate.ts';
import { gunzip, gzip } from './gzip.ts';

const texts = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)), maxLength: 300 }),
  fc
    .array(fc.constantFrom('{"log":"', 'line\\n', '","stream":"stdout"}', 'xxxx'), { maxLength: 200 })
    .map((words) => words.join('')),
);

test('what is compressed here is what zlib makes of it, and comes back', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const packed = gzip(text, '{"lastTime":""}');
      expect(gunzipSync(Buffer.from(packed, 'latin1')).toString('latin1')).toBe(text);
      expect(gunzip(packed)).toBe(text);
    }),
  );
});

test('what zlib has deflated is inflated, by its own codes, the fixed ones, or none', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom(0, 1, 9), (text, level) => {
      const packed = gzipSync(Buffer.from(text, 'latin1'), { level }).toString('latin1');
      expect(inflate(packed, 10)).toEqual({ text, end: packed.length - 8 });
    }),
  );
});

test('what repeats becomes short, and what is cut or changed is nothing', () => {
  const packed = gzip('line\n'.repeat(200), '');
  expect(packed.length).toBeLessThan(60);
  expect([gunzip(packed.slice(0, 20)), gunzip('junk'), gunzip(`${packed.slice(0, 14)}?${packed.slice(15)}`)]).toEqual([
    null,
    null,
    null,
  ]);
});
