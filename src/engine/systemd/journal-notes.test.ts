/** What systemd says of its units beyond their starts and stops. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const unset = 'docker.service: Referenced but unset environment variable evaluates to an empty string: DOCKER_OPTS';

test('DOCKER_OPTS of /etc/default/docker are arguments of dockerd; where it is not set the journal says so', () => {
  const host = bootHost();
  const arguments_ = 'tr "\\0" " " < /proc/$(pgrep -x dockerd)/cmdline';
  const usual = '/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock ';

  expect(host.run(`journalctl -u docker -t '(dockerd)' -o cat; ${arguments_}`).stdout).toBe(`${unset}\n${usual}`);
  host.run(`echo 'DOCKER_OPTS="--debug --shutdown-timeout 3"' > /etc/default/docker; systemctl restart docker`);
  expect(host.run(arguments_).stdout).toBe(`${usual}--debug --shutdown-timeout 3 `);
});

test('what a unit has used is told from a second or 64 MiB on', () => {
  const host = bootHost(['busybox']);
  host.run('docker run -d --name web --network none busybox sleep 1000; systemctl restart docker containerd');

  const said = host.run('journalctl -t systemd -o cat | grep Consumed').stdout;
  expect(said).toMatch(/^containerd\.service: Consumed \d+ms CPU time, (?:6[4-9]|[7-9]\d)(?:\.\d)?M memory peak\.\n$/);
  host.run('docker run --rm --shm-size 100m busybox dd if=/dev/zero of=/dev/shm/x bs=1M count=80');
  expect(host.run('journalctl -t systemd -o cat | grep "scope: Consumed"').stdout).toMatch(
    /^docker-[0-9a-f]{64}\.scope: Consumed \d+ms CPU time, 8\d(?:\.\d)?M memory peak\.\n$/,
  );
});

test("a container's scope is told of, from its start to its end, and whom the OOM killer took", () => {
  const host = bootHost(['busybox']);
  const id = host.run('docker run -d --name big -m 20m busybox tail /dev/zero').stdout.trim();
  host.run('docker wait big');

  expect(host.run(`journalctl -u docker-${id}.scope -o cat`).stdout).toBe(
    `Started docker-${id}.scope - libcontainer container ${id}.\n` +
      `docker-${id}.scope: A process of this unit has been killed by the OOM killer.\n` +
      `docker-${id}.scope: Deactivated successfully.\n`,
  );
});

test('containerd.service: who remains is told before it has stopped, who is left before it starts', () => {
  const host = bootHost(['busybox']);
  host.run('docker run -d --network none busybox sleep 1000; systemctl restart containerd');

  const said = host.run('journalctl -u containerd -t systemd -o cat').stdout.replace(/process \d+/g, 'process N');
  expect(said.split('\n').slice(2, -1)).toEqual([
    'Stopping containerd.service - containerd container runtime...',
    'containerd.service: Deactivated successfully.',
    'containerd.service: Unit process N (containerd-shim) remains running after unit stopped.',
    'Stopped containerd.service - containerd container runtime.',
    expect.stringMatching('containerd.service: Consumed .* memory peak.'),
    'containerd.service: Found left-over process N (containerd-shim) in control group while starting unit. Ignoring.',
    expect.stringContaining('This usually indicates unclean termination of a previous run'),
    'Starting containerd.service - containerd container runtime...',
    'Started containerd.service - containerd container runtime.',
  ]);
});

test.each([
  ['echo junk > /tmp/junk; chmod +x /tmp/junk; mv /tmp/junk /usr/sbin/dockerd', 'Exec format error'],
  ['chmod -x /usr/sbin/dockerd', 'Permission denied'],
  ['mv /usr/sbin/dockerd /tmp', 'No such file or directory'],
])('after %s a child of systemd’s ends with 203/EXEC', (change, why) => {
  const host = bootHost();
  const before = host.run('pgrep -x dockerd').stdout.trim();

  expect(host.run(`${change}; systemctl restart docker`).exitCode).toBe(1);
  const status = host.run('systemctl status docker').stdout;
  expect(status).toMatch(/Main PID: \d+ \(code=exited, status=203\/EXEC\)/);
  expect(status).not.toContain(`Main PID: ${before} `);
  const said = host.run('journalctl -u docker -o cat').stdout;
  const failure = `docker.service: Failed at step EXEC spawning /usr/sbin/dockerd: ${why}\n`;
  const ended =
    'docker.service: Main process exited, code=exited, status=203/EXEC\n' +
    "docker.service: Failed with result 'exit-code'.\n";
  expect(said).toContain(failure);
  expect(said.slice(said.indexOf(failure))).toContain(ended);
});

test('a service for which nothing can be forked has failed for want of resources, and is tried again', () => {
  const host = bootHost();
  const told = host.run(
    'umount -l /sys/fs/cgroup; systemctl restart docker; systemctl show docker -p Result -p SubState',
  );

  expect(told.stderr).toMatch(
    /^Job for docker.service failed because of unavailable resources or another system error.\n/,
  );
  expect(told.stdout).toBe('Result=resources\nSubState=auto-restart\n');
  expect(host.run('journalctl -u docker -o cat | tail -3').stdout).toBe(
    "docker.service: Failed to spawn 'start' task: No such file or directory\n" +
      "docker.service: Failed with result 'resources'.\n" +
      'Failed to start docker.service - Docker Application Container Engine.\n',
  );
});
