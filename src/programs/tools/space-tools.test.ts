import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

test('dd tells its records as coreutils does, and ends where the disk does', () => {
  const { sh } = stage();
  const copied = sh('dd if=/dev/zero of=/tmp/three bs=1M count=3; ls -l /tmp/three | cut -d" " -f5');
  expect(copied.err).toMatch(/^3\+0 records in\n3\+0 records out\n3145728 bytes \(3\.1 MB, 3\.0 MiB\) copied, /);
  expect(copied.out).toBe('3145728\n');
  expect(sh('dd if=/dev/zero of=/dev/full bs=1k count=2 status=noxfer; echo $?')).toMatchObject({
    out: '1\n',
    err: "dd: error writing '/dev/full': No space left on device\n1+0 records in\n0+0 records out\n",
  });
  expect(sh('dd if=/nope; dd foo=1; dd bs=x').err).toBe(
    "dd: failed to open '/nope': No such file or directory\ndd: unrecognized operand 'foo=1'\n" +
      "Try 'dd --help' for more information.\ndd: invalid number: 'x'\n",
  );
});

test('skip, seek and conv=notrunc change a part of a file', () => {
  const { sh } = stage();
  const { out } = sh(
    'echo abcdefgh > /tmp/f; echo 12345678 | dd of=/tmp/f bs=1 skip=2 seek=4 count=3 conv=notrunc status=none; cat /tmp/f',
  );
  expect(out).toBe('abcd345h\n');
});

test('fallocate takes the room that df then misses', () => {
  const { sh } = stage();
  const { out, err } = sh('fallocate -l 10G /big; df -h / /tmp; fallocate -l 10G /bigger; rm /big; df / | tail -1');
  expect(err).toBe('fallocate: fallocate failed: No space left on device\n');
  expect(out).toMatch(
    /^Filesystem {6}Size {2}Used Avail Use% Mounted on\n(\/dev\/vda1 {8}20G {3}12G {2}7\.3G {2}62% \/\n){2}/,
  );
  expect(out).toMatch(/\n\/dev\/vda1 {7}19986576 186\d{4} {2}1811\d{4} {2}10% \/\n$/);
});

test('dmesg shows what the kernel has said, with the time since boot', () => {
  const { sh } = stage();
  expect(sh('mknod /dev/kmsg c 1 11; echo hello > /dev/kmsg; dmesg | tail -1').out).toMatch(
    /^\[ {4}\d\.\d{6}\] hello\n$/,
  );
});

test('a text that the simulator has no room for is refused in words, and who asked for it goes on', () => {
  const { sh } = stage();
  const refusal = 'glassdock: a text of more than 256 MiB in one program is not modelled: it has no memory for it\n';
  const { out, err } = sh('x=$(head -c 300M /dev/zero); echo not reached');
  expect([out, err]).toEqual(['', `${refusal}/bin/sh: 1: Out of space\n`]);
  expect(sh('fallocate -l 1G /big; wc -c /big; head -c 400M /big | sort; echo go on').out).toBe(
    '1073741824 /big\ngo on\n',
  );
});
