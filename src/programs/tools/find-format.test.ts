/** What find 4.9, stat of coreutils 9.1 and of busybox 1.37 printed of files of that kind. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const files = 'cd /tmp; mkdir -p d/e; printf hello > d/x; chmod 640 d/x; ln -s x d/l; touch d/e/z; ';

const table: readonly (readonly [command: string, out: string, err: string])[] = [
  [
    "find d -printf '%p %f %h %d %y %m %M %u %g %U %G %n %P %H\\n'",
    'd d . 0 d 755 drwxr-xr-x root root 0 0 3  d\nd/e e d 1 d 755 drwxr-xr-x root root 0 0 2 e d\n' +
      'd/e/z z d/e 2 f 644 -rw-r--r-- root root 0 0 1 e/z d\nd/l l d 1 l 777 lrwxrwxrwx root root 0 0 1 l d\n' +
      'd/x x d 1 f 640 -rw-r----- root root 0 0 1 x d\n',
    '',
  ],
  ["find d -name x -printf '%s %k %b [%5s|%-5s|]\\n'", '5 4 8 [    5|5    |]\n', ''],
  ["find d/l -printf '%l\\n'; find d/x -printf '[%l]\\n'", 'x\n[]\n', ''],
  ["find d/x -printf '%f\\t%%\\\\n\\n%f\\0' | tr '\\0' 0", 'x\t%\\n\nx0', ''],
  ["find d -name 'x' -printf '%z %f\\n'", '%z x\n', "find: warning: unrecognized format directive `%z'\n"],
  ['find d -printf', '', "find: missing argument to `-printf'\n"],
  ['busybox find d -printf x', '', 'find: unrecognized: -printf\n'],
];

test.each(table)('%s', (command, out, err) => {
  const ran = stage().sh(files + command);
  expect([ran.out.split('\n').toSorted(), ran.err]).toEqual([out.split('\n').toSorted(), err]);
});

test('find -printf tells times as strftime does, with ten decimals of a second', () => {
  const { out } = stage().sh(`${files} sleep 1; find d/x -printf '%T@ %TY-%Tm-%Td %TH:%TM:%TS %T+\\n%t\\n%T@'`);
  const time = '22:13:20\\.\\d{9}0';
  expect(out).toMatch(
    new RegExp(
      `^1700000000\\.\\d{9}0 2023-11-14 ${time} 2023-11-14\\+${time}\\nTue Nov 14 ${time} 2023\\n1700000000\\.\\d{9}0$`,
    ),
  );
});

test('stat -f tells of the file system', () => {
  const { out, err } = stage().sh(
    'stat -f /proc; busybox stat -f /proc; stat -f -c "%T %t %s %n%%" /proc /dev/pts /none; busybox stat -f /none',
  );
  const fields = (fundamental: string): string =>
    '  File: "/proc"\n    ID: ID Namelen: 255     Type: proc\n' +
    `Block size: 4096      ${fundamental}\nBlocks: Total: 0          Free: 0          Available: 0\n` +
    'Inodes: Total: 0          Free: 0\n';
  expect(out.replaceAll(/ID: [0-9a-f]+00000000/g, 'ID: ID')).toBe(
    `${fields(' Fundamental block size: 4096')}${fields('')}proc 9fa0 4096 /proc%\ndevpts 1cd1 4096 /dev/pts%\n`,
  );
  expect(err).toBe(
    "stat: cannot read file system information for '/none': No such file or directory\n" +
      "stat: can't read file system information for '/none': No such file or directory\n",
  );
});
