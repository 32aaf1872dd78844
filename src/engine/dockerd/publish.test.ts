/** Published ports that cannot be had: what dockerd says of it, and that nothing of them is left. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const liveRestore = `echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`;
const down = 'systemctl stop docker.socket docker';
const warnings = "journalctl -u docker -o cat | grep -o 'Failed to reserve.*'";
const reserved = (why: string) =>
  new RegExp(`^Failed to reserve existing port mapping for endpoint [0-9a-f]{7}:${why}`);

test('a daemon lives on when somebody else has the port that it takes up again; its container has none', () => {
  const host = bootHost();
  host.run(`${liveRestore}; docker run -d --name web -p 8080:80 -p 8081:81 nginx; ${down}; nc -l -p 8081 &`);
  host.run('systemctl start docker');

  expect(host.run('systemctl is-active docker; pgrep -c docker-proxy').stdout).toBe('active\n0\n');
  expect(host.run(warnings).stdout).toMatch(reserved('.*address already in use'));
  expect(host.run("iptables -t nat -S POSTROUTING | grep -c 172.17.0.2; docker ps --format '{{.Ports}}'").stdout).toBe(
    '0\n0.0.0.0:8080->80/tcp, :::8080->80/tcp, 0.0.0.0:8081->81/tcp, :::8081->81/tcp\n',
  );
  expect(host.run('docker stop -t 1 web && pkill -x nc; docker start web; pgrep -c docker-proxy').stdout).toBe(
    'web\nweb\n4\n',
  );
});

test('a daemon lives on when somebody else has the port of a container that ended with the last one', () => {
  const host = bootHost();
  host.run('docker run -d --name web -p 8080:80 nginx; kill -9 $(pidof dockerd); nc -l -p 8080 & sleep 30');

  expect(host.run('systemctl is-active docker; docker ps -aq | wc -l').stdout).toBe('active\n1\n');
  expect(host.run(warnings).stdout).toMatch(reserved('.*address already in use'));
});

test.each([
  ['docker-proxy', 'Error starting userland proxy: '],
  ['iptables', ' \\(iptables failed: iptables --wait -t nat -A DOCKER .*:  \\(exit status 1\\)'],
])('a daemon lives on with a %s that fails', (program, why) => {
  const host = bootHost();
  host.run(`${liveRestore}; docker run -d --name web -p 8080:80 nginx; ${down}; mv /usr/sbin/${program} /root`);
  host.run(
    `printf '#!/bin/sh\\nexit 1\\n' > /usr/sbin/${program}; chmod +x /usr/sbin/${program}; systemctl start docker`,
  );

  expect(host.run('systemctl is-active docker').stdout).toBe('active\n');
  expect(host.run(warnings).stdout).toMatch(reserved(why));
});

test('without iptables no port is published, it is said of which endpoint, and the port is free again', () => {
  const host = bootHost();
  const failed = host.run('mv /usr/sbin/iptables /root; docker run -d --name web -p 8080:80 busybox sleep 99');
  // docker: runStartContainerErr(): there is no such file.
  expect(failed.exitCode).toBe(127);
  expect(failed.stderr.replace(/[0-9a-f]{64}/, 'ID').replace(/ -p tcp.* -i docker0/, ' …')).toBe(
    'docker: Error response from daemon: driver failed programming external connectivity on endpoint web (ID):  ' +
      '(iptables failed: iptables --wait -t nat -A DOCKER …:  (fork/exec /usr/sbin/iptables: no such file or ' +
      'directory)).\n',
  );
  expect(host.run("docker inspect -f '{{.State.ExitCode}}' web").stdout).toBe('128\n');
  expect(host.run('mv /root/iptables /usr/sbin; docker start web').stdout).toBe('web\n');
});

test('what iptables says, and by which signal it ends, is told', () => {
  const host = bootHost();
  host.run(`printf '#!/bin/sh\\necho no luck\\nkill -TERM $$\\n' > /usr/sbin/iptables`);

  const { stderr } = host.run('docker run -d -p 8080:80 busybox sleep 99');
  expect(stderr).toMatch(/: no luck\n \(signal: terminated\)\)\.\n$/);
});
