/** What a start that fails leaves behind. Asked of a real engine, but for the full disk. moby: containerStart(). */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const words = 'exec: "docker-init": executable file not found in $PATH';
const state = (name: string) => `docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' ${name}`;

test('without docker-init dockerd refuses --init, before containerd hears of the container', () => {
  const host = bootHost();
  host.run('docker pull busybox; mv /usr/bin/docker-init /tmp');

  expect(host.run('docker run --name one --init --network none busybox true')).toEqual({
    exitCode: 127,
    stdout: '',
    stderr: `docker: Error response from daemon: ${words}.\n`,
  });
  expect(host.run(state('one')).stdout).toBe(`created 128 ${words}\n`);
  expect(host.run('docker run --rm --network none busybox echo other').stdout).toBe('other\n');
  expect(host.run('mv /tmp/docker-init /usr/bin; docker start -a one').exitCode).toBe(0);
});

test('a start that fails keeps the exit code of the end before it', () => {
  const host = bootHost();
  host.run("docker run --name one --init --network none busybox sh -c 'exit 3'; mv /usr/bin/docker-init /tmp");

  expect(host.run('docker restart one').stderr).toBe(
    `Error response from daemon: Cannot restart container one: ${words}\n`,
  );

  expect(host.run(state('one')).stdout).toBe(`exited 3 ${words}\n`);
  expect(host.run(`mv /tmp/docker-init /usr/bin; docker start -a one; ${state('one')}`).stdout).toBe('exited 3 \n');
});

test('a start that fails for a full disk leaves the exit code 128 and the words', () => {
  const host = bootHost();
  const fill = `fallocate -l $(df -k / | awk 'NR == 2 { print $4 }')KiB /fill`;
  host.run(`docker create --name one -v /made:/made busybox true; ${fill}`);

  const { stderr } = host.run('docker start one');
  expect(stderr).toMatch(/^Error response from daemon: \S.*no space left on device\n/);

  const [why = ''] = stderr.replace('Error response from daemon: ', '').split('\n');
  expect(host.run(`rm /fill; ${state('one')}`).stdout).toBe(`created 128 ${why}\n`);
});
