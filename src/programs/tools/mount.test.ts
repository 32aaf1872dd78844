import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

test('mount keeps its own words to itself, and what tmpfs does not have is refused', () => {
  const at = stage();
  at.sh('mkdir -p /mnt');
  const words = 'defaults,rw,suid,nodev,noexec,relatime,nodiratime,nofail,x-mine=1,size=1m';
  expect(at.sh(`mount -t tmpfs -o ${words} none /mnt; grep /mnt /proc/mounts`).out).toBe(
    'none /mnt tmpfs rw,nodev,noexec,nodiratime,relatime,size=1024k,inode64 0 0\n',
  );
  expect(at.sh('mount -t tmpfs -o nosuch=1 none /mnt; exit $?')).toMatchObject({
    err: expect.stringMatching(/^mount: \/mnt: wrong fs type, bad option, bad superblock on none, /),
    status: { code: 32 },
  });
});
