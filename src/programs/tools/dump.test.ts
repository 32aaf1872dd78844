/** What od of coreutils 9.1, hexdump of util-linux 2.38 and xxd printed of the same file. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const file = "cd /tmp; printf 'hello\\nwor\\0\\377\\1the end' > f; head -c 41 /dev/zero >> f;";

test.each([
  [
    'hexdump -C f',
    '00000000  68 65 6c 6c 6f 0a 77 6f  72 00 ff 01 74 68 65 20  |hello.wor...the |\n' +
      '00000010  65 6e 64 00 00 00 00 00  00 00 00 00 00 00 00 00  |end.............|\n' +
      '00000020  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n' +
      '00000030  00 00 00 00 00 00 00 00  00 00 00 00              |............|\n' +
      '0000003c\n',
  ],
  ['hexdump -n 5 f', '0000000 6568 6c6c 006f                         \n0000005\n'],
  [
    'od -c f',
    '0000000   h   e   l   l   o  \\n   w   o   r  \\0 377 001   t   h   e    \n' +
      '0000020   e   n   d  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0\n' +
      '0000040  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0\n' +
      '0000060  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0  \\0\n' +
      '0000074\n',
  ],
  ['od -N6 f', '0000000 062550 066154 005157\n0000006\n'],
  ['od -An -tx1 -N4 f', ' 68 65 6c 6c\n'],
  ['od -c < /dev/null; hexdump /dev/null; xxd /dev/null', '0000000\n'],
  [
    'xxd -l 20 f',
    '00000000: 6865 6c6c 6f0a 776f 7200 ff01 7468 6520  hello.wor...the \n' +
      '00000010: 656e 6400                                end.\n',
  ],
])('%s', (command, out) => {
  expect(stage().sh(`${file} ${command}`)).toEqual({ out, err: '', status: { code: 0 } });
});

test('what cannot be opened is told of, and is nothing to dump', () => {
  expect(stage().sh('hexdump -C none; od none; xxd none')).toEqual({
    out: '',
    err:
      'hexdump: none: No such file or directory\nhexdump: all input file arguments failed\n' +
      'od: none: No such file or directory\nxxd: none: No such file or directory\n',
    status: { code: 2 },
  });
});
