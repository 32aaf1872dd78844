/** What dockerd does without the programs that it runs for the network. Asked of 26.1.5. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const iptables = '/usr/sbin/iptables';
const proxy = '/usr/sbin/docker-proxy';
const daemon = 'dockerd -H fd:// --containerd=/run/containerd/containerd.sock';

test('dockerd does not start without iptables', () => {
  const host = bootHost();
  host.run(`systemctl stop docker docker.socket; mv ${iptables} /tmp/kept`);

  const { exitCode, stderr } = host.run(daemon);

  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    'level=warning msg="failed to find iptables" error="exec: \\"iptables\\": executable file not found in $PATH"\n' +
      'failed to start daemon: Error initializing network controller: error obtaining controller instance: ' +
      'failed to register "bridge" driver: failed to create NAT chain DOCKER: iptables not found\n',
  );
  expect(host.run(`mv /tmp/kept ${iptables}; systemctl start docker && docker ps -q`).exitCode).toBe(0);
});

test('nor without docker-proxy', () => {
  const host = bootHost();
  host.run(`systemctl stop docker docker.socket; mv ${proxy} /tmp/kept`);

  expect(host.run(daemon)).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'invalid userland-proxy-path: userland-proxy is enabled, but userland-proxy-path is not set\n',
  });
});

test('a daemon that runs misses them where a port is published, and nowhere else', () => {
  const host = bootHost();
  const run = (gone: string, options: string) =>
    host.run(
      `mv ${gone} /tmp/kept; docker run -d ${options} busybox sleep 9; code=$?; mv /tmp/kept ${gone}; exit $code`,
    );
  const failed = 'driver failed programming external connectivity on endpoint';

  const withoutProxy = run(proxy, '--name one -p 8080:80');
  expect(withoutProxy.exitCode).toBe(127);
  expect(withoutProxy.stderr).toMatch(
    new RegExp(`${failed} one \\([0-9a-f]{64}\\): fork/exec ${proxy}: no such file or directory\\.\n$`),
  );
  expect(run(iptables, '--name two -p 8080:80')).toMatchObject({
    exitCode: 127,
    stderr: expect.stringContaining(` (iptables failed: iptables --wait -t nat -A DOCKER -p tcp `),
  });
  expect(run(iptables, '--name three').exitCode).toBe(0);
});
