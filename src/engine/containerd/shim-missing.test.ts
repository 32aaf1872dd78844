/** What containerd says of a shim that is not there, or that the kernel does not execute. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const shim = '/usr/bin/containerd-shim-runc-v2';
const said = (words: string): string =>
  `docker: Error response from daemon: failed to create task for container: failed to start shim: ${words}: unknown.\n`;

test('a shim that containerd never found is not installed', () => {
  const host = bootHost();
  host.run(`mv ${shim} /tmp/shim; systemctl restart containerd`);

  const ran = host.run('docker run --rm --network none busybox true');

  const why = 'runtime "io.containerd.runc.v2" binary not installed "containerd-shim-runc-v2": file does not exist';
  expect(ran.stderr).toBe(said(`failed to resolve runtime path: ${why}`));
  expect(ran.exitCode).toBe(125);
  expect(host.run(`mv /tmp/shim ${shim}; docker run --rm --network none busybox echo back`).stdout).toBe('back\n');
});

test('one that was found once is executed from there, whatever has become of it', () => {
  const host = bootHost();
  host.run(`docker run --rm --network none busybox true; mv ${shim} /tmp/shim`);
  const told = (change: string) => host.run(`${change}; docker run --rm --network none busybox true`).stderr;

  expect(told('true')).toBe(said(`start failed: : fork/exec ${shim}: no such file or directory`));
  expect(told(`echo junk > ${shim}`)).toBe(said(`start failed: : fork/exec ${shim}: permission denied`));
  expect(told(`chmod +x ${shim}`)).toBe(said(`start failed: : fork/exec ${shim}: exec format error`));
  expect(host.run(`mv /tmp/shim ${shim}; docker run --rm --network none busybox echo back`).stdout).toBe('back\n');
});
