import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import type { Host } from '../docker/host.fixture.ts';

function dockerEvents(host: Host): readonly string[] {
  return host.journal.flatMap((event) => (event.type === 'docker.event' ? [event.action] : []));
}

test('stop sends the stop signal, waits, kills; stop is told before die', () => {
  const host = bootHost();
  host.run('docker run -d --name web busybox sleep 1000; docker stop -t 3 web');
  expect(dockerEvents(host)).toEqual([
    'container create',
    'network connect',
    'container start',
    'container kill',
    'container kill',
    'network disconnect',
    'container stop',
    'container die',
  ]);
  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}' web").stdout).toBe(
    'exited 137 0\n',
  );
});

test('a container that could not be started stays created, with the error and its code', () => {
  const host = bootHost();
  host.run('docker run --name web busybox /etc/hostname');
  const { stdout } = host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' web");
  expect(stdout).toBe(
    'created 126 failed to create task for container: failed to create shim task: OCI runtime create failed: ' +
      'runc create failed: unable to start container process: exec: "/etc/hostname": permission denied: unknown\n',
  );
  expect(dockerEvents(host)).toEqual(['container create', 'container attach', 'network connect', 'network disconnect']);
});

test('after a removal nothing is left: no layer, no mount, no device, no record in containerd', () => {
  const host = bootHost();
  const left =
    'ls /var/lib/docker/overlay2 /var/lib/docker/containers /run/docker/netns; ' +
    'grep -c overlay /proc/mounts; ls /sys/class/net';
  const before = host.run(left).stdout;
  host.run('docker run --rm busybox true; docker run -d --name web busybox sleep 100; docker rm -f web');
  expect(host.run(left).stdout).toBe(before);
});

test('a started container can be started again: everything is new but its layer and its log', () => {
  const host = bootHost();
  const create = 'docker create --name web busybox sh -c "cat /n; echo x >>/n" >/dev/null';
  const script = `${create}; docker start -a web; docker start -a web`;
  expect(host.run(script).stdout).toBe('x\n');
});

test('a daemon that was killed comes back, stops what outlived it, and knows its containers', () => {
  const host = bootHost();
  host.run(
    'docker run -d --name web busybox sleep 1000; docker create --name other busybox; kill -9 $(cat /run/docker.pid)',
  );
  const { stdout } = host.run("docker ps -a --format '{{.Names}} {{.State}} {{.Status}}'");
  expect(stdout).toBe('other created Created\nweb exited Exited (137) Less than a second ago\n');
  expect(host.run('docker start web; ls /run/docker/netns | wc -l').stdout).toBe('web\n1\n');
});

test('a daemon that is told to end stops its containers first', () => {
  const host = bootHost();
  host.run('docker run -d --name web busybox sleep 1000; kill $(cat /run/docker.pid); sleep 20');
  expect(host.run("docker inspect -f '{{.State.ExitCode}}' web").stdout).toBe('137\n');
});

test('no request is left open once docker run -d has ended', () => {
  const host = bootHost();
  host.run('docker run -d busybox sleep 1000');
  const open = new Set<number>();
  for (const event of host.journal) {
    if (event.type === 'span.open' && event.name.includes('/containers/')) open.add(event.id);
    if (event.type === 'span.close') open.delete(event.id);
  }
  expect([...open]).toEqual([]);
});

test('every message that was sent over HTTP was received', () => {
  const host = bootHost();
  host.run('docker run --rm busybox echo hi; docker ps');
  const sent = host.journal.flatMap((event) =>
    event.type === 'message.send' && event.protocol === 'HTTP' ? [event] : [],
  );
  const received = new Set(host.journal.flatMap((event) => (event.type === 'message.receive' ? [event.id] : [])));
  expect(sent.filter(({ id }) => !received.has(id)).map(({ label, kind }) => `${kind} ${label}`)).toEqual([]);
});

test('exec: the exit code, a missing command, a detached one', () => {
  const host = bootHost();
  host.run('docker run -d --name web busybox sleep 1000');
  expect(host.run('docker exec web sh -c "exit 7"').exitCode).toBe(7);
  expect(host.run('docker exec web nosuch')).toEqual({
    exitCode: 126,
    stdout:
      'OCI runtime exec failed: exec failed: unable to start container process: ' +
      'exec: "nosuch": executable file not found in $PATH: unknown\r\n',
    stderr: '',
  });
  expect(host.run('docker exec -d web touch /done; sleep 1; docker exec web ls /done').stdout).toBe('/done\n');
});
