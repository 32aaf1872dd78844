/** cp and mv of what is no file, as coreutils 9 and busybox 1.35 did it. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const other = 'mkdir /shm; mount -t tmpfs shm /shm;';

test('mv to another file system makes a fifo and a device anew, with their modes and over a file', () => {
  const { out, err } = stage().sh(
    `${other} mkfifo /shm/f; chmod 640 /shm/f; echo x >/tmp/f; mknod /shm/n c 1 3; mv /shm/f /shm/n /tmp; ` +
      `stat -c '%F %a' /tmp/f /tmp/n; ls -l /tmp/n | grep -c ' 1,   3 '; echo lost >/tmp/n; cat /tmp/n; ls /shm`,
  );
  expect({ out, err }).toEqual({ out: 'fifo 640\ncharacter special file 644\n1\n', err: '' });
});

test('cp -r makes a fifo anew, cp without it reads the fifo', () => {
  const { out, err } = stage().sh(
    `mkdir /tmp/d; mkfifo /tmp/d/f; cp -r /tmp/d /tmp/e; cp -r /tmp/d/f /tmp/e; stat -c %F /tmp/e/f; ` +
      `echo through >/tmp/d/f & cp /tmp/d/f /tmp/g; cat /tmp/g`,
  );
  expect({ out, err }).toEqual({ out: 'fifo\nthrough\n', err: '' });
});
