/** Asked of 26.1.5. */
import { expect, test } from 'vitest';
import { readValue } from './flag-values.ts';
import type { FlagKind } from './command.ts';

const bytes = '. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. ';
const unit = 'Unit is optional and can be kb, mb, or gb';
const operations = '. The correct format is <device-path>:<number>. Number must be a positive integer';

test.each<readonly [kind: FlagKind, text: string, because: string | undefined]>([
  ['device-weight', '/dev/null:500', undefined],
  ['device-weight', '/dev/nope:0', undefined],
  ['device-weight', '/dev/null:5', 'invalid weight for device: /dev/null:5'],
  ['device-weight', '/dev/null:1001', 'invalid weight for device: /dev/null:1001'],
  ['device-weight', '/dev/null:x', 'invalid weight for device: /dev/null:x'],
  ['device-weight', 'null:500', 'bad format for device path: null:500'],
  ['device-weight', '/dev/null', 'bad format: /dev/null'],
  ['device-bytes', '/dev/null:1mb', undefined],
  ['device-bytes', '/dev/null:1.5', undefined],
  ['device-bytes', '/dev/null:0', undefined],
  ['device-bytes', '/dev/null:x', `invalid rate for device: /dev/null:x${bytes}${unit}`],
  ['device-bytes', '/dev/null:-1', `invalid rate for device: /dev/null:-1${bytes}${unit}`],
  ['device-bytes', '/dev/null:1mb:3', `invalid rate for device: /dev/null:1mb:3${bytes}${unit}`],
  ['device-bytes', '/tmp:1mb', 'bad format for device path: /tmp:1mb'],
  ['device-bytes', ':1mb', 'bad format: :1mb'],
  ['device-operations', '/dev/null:10', undefined],
  ['device-operations', '/dev/null:1mb', `invalid rate for device: /dev/null:1mb${operations}`],
  ['device-operations', '/dev/null:-1', `invalid rate for device: /dev/null:-1${operations}`],
])('%s %s', (kind, text, because) => {
  expect(readValue(kind, text, [])).toEqual(
    because === undefined ? { type: 'value', value: [text] } : { type: 'refusal', because },
  );
});
