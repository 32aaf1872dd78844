import { expect, test } from 'vitest';
import { rfc3339 } from './timestamp.ts';

test('moments are written as Go writes them', () => {
  expect(rfc3339(0, 0)).toBe('1970-01-01T00:00:00Z');
  expect(rfc3339(1_795_488_180, 484_047_339)).toBe('2026-11-24T02:43:00.484047339Z');
  expect(rfc3339(951_782_400, 500_000_000)).toBe('2000-02-29T00:00:00.5Z');
});
