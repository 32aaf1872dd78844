import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholeLinesOf } from './io.ts';

test('whole lines are the text again, and each but the last ends with its newline', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\0') }), (text) => {
      const lines = wholeLinesOf(text);
      expect(lines.join('')).toBe(text);
      for (const line of lines.slice(0, -1)) expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(lines.at(-1)?.slice(0, -1) ?? '').not.toContain('\n');
      expect(lines).not.toContain('');
    }),
  );
});
