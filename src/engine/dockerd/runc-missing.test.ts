/** What dockerd and the shim do without runc, or with one that fails. containerd: runtimeError(); moby: Kill(). */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const log =
  /\(open \/run\/containerd\/io\.containerd\.runtime\.v2\.task\/moby\/[0-9a-f]{64}\/log\.json: no such file or directory\)/;

test('without runc nothing is started; what runs runs on', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');

  const { exitCode, stderr } = host.run('docker run --name new --network none busybox true');

  expect(exitCode).toBe(127);
  expect(stderr).toMatch(log);
  expect(stderr.replace(log, '(LOG)')).toBe(
    'docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime ' +
      'create failed: unable to retrieve OCI runtime error (LOG): exec: "runc": executable file not found in $PATH: unknown.\n',
  );
  expect(host.run('docker ps --format "{{.Names}} {{.State}}"; pgrep -c containerd-shim').stdout).toBe(
    'web running\n1\n',
  );
});

test('a signal that containerd’s way does not carry is at last sent by dockerd itself', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');

  expect(host.run('docker stop -t 1 web')).toEqual({ exitCode: 0, stdout: 'web\n', stderr: '' });

  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web").stdout).toBe('exited 137\n');
  const said = host.run('journalctl -u docker -o cat').stdout;
  expect(said).toContain('failed to exit within 10s of kill - trying direct SIGKILL');
});

test('a runc that says nothing, and one that is killed, are told of by their exit status', () => {
  const host = bootHost();
  const script = (text: string) =>
    host.run(`[ -e /tmp/runc ] || mv /usr/sbin/runc /tmp/runc
      printf '#!/bin/sh\\n${text}\\n' > /usr/sbin/runc; chmod +x /usr/sbin/runc
      docker run --rm --network none busybox true`).stderr;

  expect(script('exit 1')).toContain('): runc did not terminate successfully: exit status 1: unknown.\n');
  expect(script('kill -9 $$')).toContain('): runc did not terminate successfully: exit status 137: unknown.\n');
});

test('a shim whose bundle is gone lives on to tell of its container’s end', () => {
  const host = bootHost();
  host.run(
    'docker run -d --name web --network none busybox sleep 1000; rm -rf /run/containerd/io.containerd.runtime.v2.task/moby/*',
  );

  const exec = host.run('docker exec web ls').stdout;
  expect(exec).toMatch(log);
  expect(exec).toContain('): runc did not terminate successfully: exit status 1: unknown\r\n');
  expect(host.run('docker stop -t 1 web')).toEqual({ exitCode: 0, stdout: 'web\n', stderr: '' });
  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web").stdout).toBe('exited 137\n');
});

test('a runc that the kernel does not execute is told of by what the kernel says', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  host.run('echo junk > /usr/sbin/runc; chmod +x /usr/sbin/runc');

  const { exitCode, stderr } = host.run('docker run --rm --network none busybox true');

  expect(exitCode).toBe(127);
  expect(stderr.replace(log, '(LOG)')).toBe(
    'docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime ' +
      'create failed: unable to retrieve OCI runtime error (LOG): fork/exec /usr/sbin/runc: exec format error: unknown.\n',
  );
  expect(host.run('mv /tmp/runc /usr/sbin/runc; docker exec web echo lives').stdout).toBe('lives\n');
});

test('of a runc that does nothing and says that all is well the pid is missed', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; mv /usr/sbin/runc /tmp/runc');
  host.run('printf "#!/bin/sh\\nexit 0\\n" > /usr/sbin/runc; chmod +x /usr/sbin/runc');
  const bundle = '/run/containerd/io.containerd.runtime.v2.task/moby/ID';
  const run = (command: string) => {
    const ran = host.run(command);
    return { ...ran, ...words(ran.stdout, 'stdout'), ...words(ran.stderr, 'stderr') };
  };
  const words = (text: string, name: string) => ({ [name]: text.replaceAll(/[0-9a-f]{64}/g, 'ID') });

  expect(run('docker run --rm --network none busybox true')).toEqual({
    exitCode: 127,
    stdout: '',
    stderr:
      'docker: Error response from daemon: failed to create task for container: failed to create shim task: failed to ' +
      `retrieve OCI runtime container pid: open ${bundle}/init.pid: no such file or directory: unknown.\n`,
  });
  expect(run('docker exec web true').stdout).toBe(
    `failed to retrieve OCI runtime exec pid: open ${bundle}/ID.pid: no such file or directory: unknown\r\n`,
  );
  expect(host.run('mv /tmp/runc /usr/sbin/runc; docker exec web echo lives').stdout).toBe('lives\n');
});
