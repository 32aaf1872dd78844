import { expect, test } from 'vitest';
import { Content } from './content.ts';

test('what repeats itself is kept once, and reads as it was written', () => {
  const block = 'yes\n'.repeat(5000);
  const content = new Content();
  // As pipes cut it: not where a line ends.
  for (const part of [block.slice(0, 9001), block.slice(9001), block.slice(0, 3)]) content.append(part);
  expect([content.size, content.heldBytes]).toEqual([20_003, 4]);
  expect(content.slice(9000, 9008)).toBe('yes\nyes\n');
  expect(content.slice(19_996, 30_000)).toBe('yes\nyes');
  content.write(5, 'NO');
  expect(content.slice(0, 12)).toBe('yes\nyNO\nyes\n');
  content.truncate(7);
  content.write(10, 'end');
  expect(content.slice(0, 99)).toBe('yes\nyNO\0\0\0end');
});

test('what only seems to repeat itself is kept whole', () => {
  const text = `${'ab'.repeat(4000)}c`;
  const content = new Content(text);
  content.append('ab');
  expect([content.heldBytes, content.slice(7998, 9000)]).toEqual([text.length + 2, 'abcab']);
});
