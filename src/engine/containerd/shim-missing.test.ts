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

const asShim = (script: string): string => `printf '#!/bin/sh\\n${script}\\n' > ${shim}; chmod +x ${shim}`;

/** Asked of 1.7.24. */
test('a helper that prints no address of a shim has started none, and the container was never run', () => {
  const host = bootHost();
  host.run(`mv ${shim} /tmp/shim`);
  const told = (script: string) => host.run(`${asShim(script)}; docker run --name one --network none busybox true`);
  const failed = (words: string): string => said(`start failed: failed to create TTRPC connection: dial unix ${words}`);

  const silent = told('exit 0');

  expect(silent).toMatchObject({ exitCode: 125, stderr: failed('\0: connect: connection refused') });
  expect(host.run("docker ps -a --format '{{.Names}} {{.Status}}'; docker rm one").stdout).toBe('one Created\none\n');
  expect(told('echo junk').stderr).toBe(failed('\0junk: connect: connection refused'));
  host.run('docker rm one');
  const nobody = told('echo unix:///run/containerd/s/none');
  expect(nobody).toMatchObject({
    exitCode: 127,
    stderr: failed('/run/containerd/s/none: connect: no such file or directory'),
  });
  expect(host.run('ls -A /run/containerd/io.containerd.runtime.v2.task/moby').stdout).toBe('');
  expect(host.run("journalctl -u containerd | grep -c 'level=error msg=.copy shim log.'").stdout).toBe('3\n');
});

const bundles = '/run/containerd/io.containerd.runtime.v2.task/moby';

/** Asked of 1.7.24. */
test('after a restart a shim is cleaned up after with the program that its bundle names', () => {
  const host = bootHost();
  host.run(`printf '#!/bin/sh\necho asked >> /tmp/asked\nexec ${shim} "$@"\n' > /usr/bin/other; chmod +x /usr/bin/other
    docker run -d --network none busybox sleep 1000
    echo -n /usr/bin/other > $(echo ${bundles}/*/shim-binary-path)
    systemctl stop containerd; kill -9 $(pidof containerd-shim-runc-v2); systemctl start containerd; sleep 1`);

  expect(host.run('cat /tmp/asked').stdout).toBe('asked\n');
  expect(host.run('pidof sleep').exitCode).toBe(1);
});

/** Asked of 1.7.24. */
test('where that program is gone, containerd forgets the task, and shim and container run on', () => {
  const host = bootHost();
  host.run(`docker run -d --name one --network none busybox sleep 1000
    echo -n /usr/bin/gone > $(echo ${bundles}/*/shim-binary-path); systemctl restart containerd; sleep 1`);

  const why = 'error="invalid custom binary path: stat /usr/bin/gone: no such file or directory"';
  expect(host.run('journalctl -u containerd | grep resolve').stdout).toContain(
    `level=error msg="failed to resolve runtime path" ${why}`,
  );
  expect(host.run('docker exec one true').stdout).toMatch(/^task [0-9a-f]{64} not found: not found/);
  expect(host.run('pidof sleep containerd-shim-runc-v2 | wc -w').stdout).toBe('2\n');
});

test('after a shim that was killed its clean-up kills the rest, and says what that comes to', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; kill -9 $(pgrep -x containerd-shim); sleep 2');

  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web; pgrep -x sleep").stdout).toBe(
    'exited 137\n',
  );
});

test('a clean-up that takes longer than five seconds is killed: the container lives, and 255 is told', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000');
  host.run('(while ! pkill -STOP -f "moby/.* delet[e]"; do :; done) & kill -9 $(pgrep -x containerd-shim)');
  const state = "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web";

  expect(host.run(`sleep 4; ${state}; sleep 2; ${state}; pgrep -cx sleep`).stdout).toBe('running 0\nexited 255\n1\n');
  expect(host.run('journalctl -u containerd -o cat').stdout).toMatch(/"failed to delete" .* error="signal: killed"/);
});

test('whoever is stopped by way of a shim that no containerd knows counts as ended, with 0', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/bin/containerd-shim-runc-v2 /tmp');
  host.run('systemctl restart containerd');

  expect(host.run('docker stop -t 1 web')).toEqual({ exitCode: 0, stdout: 'web\n', stderr: '' });
  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web; pgrep -cx sleep").stdout).toBe(
    'exited 0\n1\n',
  );
});
