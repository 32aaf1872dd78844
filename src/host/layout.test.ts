import { expect, test } from 'vitest';
import { bootHost } from '../engine/docker/host.fixture.ts';

test('the host is Debian’s, whose /bin, /sbin and /lib are in /usr', () => {
  const host = bootHost();
  const links = 'readlink /bin /sbin /lib /lib64 /proc/1/exe; ls /lib/systemd/system/docker.service /bin/sh';
  expect(host.run(links).stdout).toBe(
    'usr/bin\nusr/sbin\nusr/lib\nusr/lib64\n/usr/lib/systemd/systemd\n/bin/sh\n/lib/systemd/system/docker.service\n',
  );
});
