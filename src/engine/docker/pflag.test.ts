import { expect, test } from 'vitest';

import { flag } from './command.ts';
import type { FlagKind } from './command.ts';
import { numberFlag, parseFlags } from './pflag.ts';

function outcome(kind: FlagKind, value: string): number | string {
  const result = parseFlags([flag('x value', kind, '')], [`--value=${value}`], true);
  return result.type === 'error' ? result.message : numberFlag(result.flags, 'value');
}

test.each<[FlagKind, string, number]>([
  ['bytes', '64m', 64 * 1024 ** 2],
  ['bytes', '1.5g', 1.5 * 1024 ** 3],
  ['bytes', '512 KiB', 512 * 1024],
  ['swap', '-1', -1],
  ['duration', '1h30m', 5400e9],
  ['duration', '500ms', 5e8],
  ['decimal', '0.5', 5e8],
  ['decimal', '.25', 25e7],
  ['int', '0x10', 16],
  ['int', '-7', -7],
])('a %s of %s is %d', (kind, text, value) => {
  expect(outcome(kind, text)).toBe(value);
});

// What follows the second colon is from the real client, asked without an engine.
test.each<[FlagKind, string, string]>([
  ['bool', 'maybe', 'strconv.ParseBool: parsing "maybe": invalid syntax'],
  ['int', 'abc', 'strconv.ParseInt: parsing "abc": invalid syntax'],
  ['int', '99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
  ['uint16', 'abc', 'strconv.ParseUint: parsing "abc": invalid syntax'],
  ['uint16', '70000', 'strconv.ParseUint: parsing "70000": value out of range'],
  ['bytes', 'abc', "invalid size: 'abc'"],
  ['decimal', 'abc', 'failed to parse abc as a rational number'],
  ['decimal', '0.00000000001', 'value is too precise'],
  ['duration', 'abc', 'time: invalid duration "abc"'],
  ['duration', '5', 'time: missing unit in duration "5"'],
  ['env', '=x', 'invalid environment variable: =x'],
  ['label', '=x', "invalid label '=x': empty name"],
  ['add-host', 'x', 'bad format for add-host: "x"'],
  ['search-domain', '', ' is not a valid domain'],
  ['search-domain', 'a b', 'a b is not a valid domain'],
  ['search-domain', '-a', '-a is not a valid domain'],
  ['search-domain', 'a..b', 'a..b is not a valid domain'],
  ['attach', 'foo', 'valid streams are STDIN, STDOUT and STDERR'],
  ['ip', 'foo', 'IP address is not correctly formatted: foo'],
  ['link', 'a:b:c:d', 'bad format for links: a:b:c:d'],
  ['filter', 'foo', 'bad format of filter (expected name=value)'],
  ['sysctl', 'foo', "sysctl 'foo' is not allowed"],
  ['ulimit', 'foo', 'invalid ulimit argument: foo'],
  ['ulimit', 'nofile=2:1', 'ulimit soft limit must be less than or equal to hard limit: 2 > 1'],
  ['mount', 'foo', "invalid field 'foo' must be a key=value pair"],
  ['mount', 'type=bind', 'target is required'],
])('a %s of %s is refused', (kind, text, because) => {
  expect(outcome(kind, text)).toBe(`invalid argument "${text}" for "-x, --value" flag: ${because}`);
});

test('a value glued to its letter is taken whole, and leading zeros stay in a text', () => {
  const flags = [flag('p publish', 'list', ''), flag('n name', 'string', ''), flag('i in', 'bool', '')];
  const result = parseFlags(flags, ['-ip80:80', '-n007', 'last'], false);
  expect(result.type === 'parsed' && [...result.flags.values.values(), ...result.args]).toEqual([
    ['80:80'],
    '007',
    true,
    'last',
  ]);
});
