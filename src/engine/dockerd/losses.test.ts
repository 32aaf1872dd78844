/** What becomes of containers when somebody dies between two steps, or nobody is there to be asked or told. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const liveRestore = `echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`;

test('the end of an exec that an earlier daemon started does not end the container', () => {
  const host = bootHost();
  host.run(`${liveRestore}; docker run -d --name c1 busybox sleep 1000; docker exec -d c1 sleep 5`);
  host.run('systemctl kill -s KILL docker; sleep 10');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1").stdout).toBe('running\n');
});

test('without containerd dockerd kills the process itself; the stop fails, for its end is told only later', () => {
  const host = bootHost();
  host.run('docker run -d --name c1 busybox sleep 1000; systemctl stop containerd');
  const failed = host.run('docker stop -t 1 c1');
  expect(failed.stderr).toContain('did not receive an exit event');
  expect(failed.exitCode).toBe(1);
  expect(host.run("docker inspect -f '{{.State.Status}}' c1; pgrep -xc sleep").stdout).toBe('running\n0\n');
  host.run('systemctl start containerd; sleep 10');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1").stdout).toBe('exited\n');
});

test('an exit that containerd was away for longer than it is offered is found by the next stop', () => {
  const host = bootHost();
  host.run('docker run -d --stop-timeout 2 --name c1 busybox sleep 5; systemctl stop containerd; sleep 30');
  host.run('systemctl start containerd; sleep 5');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1").stdout).toBe('running\n');
  host.run('docker stop c1');
  expect(host.run("docker inspect -f '{{.State.Status}}' c1; pgrep -c containerd-shim").stdout).toBe('exited\n0\n');
});

test('a container whose removal was cut short by the death of dockerd is dead, and can be removed again', () => {
  const host = bootHost();
  host.run('docker create --name c1 busybox true');
  host.run('docker rm c1 & sleep 0.034; systemctl kill -s KILL docker; wait; sleep 4');
  expect(host.run("docker ps -a --format '{{.Names}} {{.State}} {{.Status}}'").stdout).toBe('c1 dead Dead\n');
  expect(host.run('docker start c1').stderr).toContain('container is marked for removal and cannot be started');
  expect(host.run('docker rm c1; docker ps -aq').stdout).toBe('c1\n');
});

test('what a killed dockerd had mounted for a start is unmounted by the next one', () => {
  const host = bootHost();
  host.run(
    'docker create --name c1 busybox sleep 1000; docker start c1 & sleep 0.07; systemctl kill -s KILL docker; wait',
  );
  expect(host.run('grep -c overlay /proc/mounts').stdout).toBe('1\n');
  host.run('sleep 4');
  expect(host.run('grep -c overlay /proc/mounts').stdout).toBe('0\n');
});
