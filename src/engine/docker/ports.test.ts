import { expect, test } from 'vitest';
import { checkPublish } from './ports.ts';

test.each([
  ['published=x', 'No port specified: x:/tcp<empty>'],
  ['published=80', 'No port specified: 80:/tcp<empty>'],
  ['target=80', undefined],
  ['target=80,published=x', 'Invalid hostPort: x'],
  ['target=80,protocol=x', 'Invalid proto: x'],
  ['target=80,mode=x', undefined],
  ['target=80,foo=x', undefined],
  ['target=x', 'Invalid containerPort: x'],
])('of -p %s a real client says %s', (spec, words) => {
  expect(checkPublish(spec)).toBe(words);
});
