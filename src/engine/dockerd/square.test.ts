/**
 * What becomes of containers when their daemon ends: {SIGTERM, SIGKILL} by {live-restore off, on}. Recorded: vm-11a,
 * vm-11b, vm-11e, vm-12b, vm-12d, vm-12e.
 */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import type { Host } from '../docker/host.fixture.ts';

const writer = "'i=0; while :; do i=$((i+1)); echo line $i; sleep 1; done'";
const state = '{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}';
const states = `docker inspect -f '${state}' wr al us | sed s,^/,,`;
const births = "docker inspect -f '{{.State.Pid}} {{.State.StartedAt}}' wr al us";
const kill = 'kill -9 $(systemctl show -p MainPID --value docker)';
const flags = `for n in wr al us; do
  grep -o 'ManuallyStopped":[a-z]*' /var/lib/docker/containers/$(docker inspect -f '{{.Id}}' $n)/config.v2.json
done`;

/** wr has no policy and writes a line a second; al always restarts; us unless it was stopped. */
function hostWithContainers(liveRestore: boolean): Host {
  const host = bootHost();
  if (liveRestore) host.run(`echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`);
  host.run(
    `docker run -d --name wr --network none busybox sh -c ${writer}
    docker run -d --name al --network none --restart always busybox sleep 1000
    docker run -d --name us --network none --restart unless-stopped busybox sleep 1000
    sleep 3.5`,
  );
  return host;
}

const numbered = (stdout: string): readonly number[] =>
  Array.from(stdout.matchAll(/line (\d+)/g), ([, n]) => Number(n));
const counted = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

test('SIGTERM, live-restore off: dockerd stops all containers; policies start theirs anew when it is back', () => {
  const host = hostWithContainers(false);
  const before = host.run(births).stdout;

  host.run('systemctl stop docker');
  expect(host.run('pgrep -xc containerd-shim').stdout).toBe('0\n');
  host.run('systemctl start docker');

  expect(host.run(states).stdout).toBe('wr exited 137 0\nal running 0 0\nus running 0 0\n');
  expect(host.run(flags).stdout).toBe('ManuallyStopped":false\n'.repeat(3));
  const [, ...after] = host.run(births).stdout.split('\n');
  for (const birth of after.filter(Boolean)) expect(before).not.toContain(birth);
  const lines = numbered(host.run('docker logs wr').stdout);
  expect(lines).toEqual(counted(lines.length));
  expect(lines.length).toBeGreaterThanOrEqual(13);
});

test('SIGTERM, live-restore on: nothing is touched, and what was written meanwhile is logged at the restore', () => {
  const host = hostWithContainers(true);
  const before = host.run(births).stdout;

  host.run('systemctl stop docker docker.socket; sleep 5; systemctl start docker; sleep 2');

  expect(host.run(states).stdout).toBe('wr running 0 0\nal running 0 0\nus running 0 0\n');
  expect(host.run(births).stdout).toBe(before);
  const log = host.run('docker logs -t wr').stdout;
  const lines = numbered(log);
  expect(lines).toEqual(counted(lines.length));
  const seconds = log.split('\n').map((line) => line.slice(0, 19));
  const largest = Math.max(...seconds.map((second) => seconds.filter((other) => other === second).length));
  expect(largest).toBeGreaterThanOrEqual(5);
  expect(host.run('docker exec al echo works; docker stop -t 0 wr').stdout).toBe('works\nwr\n');
});

test('SIGKILL, live-restore off: the new daemon first stops what it finds; only `always` comes back', () => {
  const host = hostWithContainers(false);

  const during = host.run(`docker wait al & docker attach wr & docker logs -f wr & sleep 0.2; ${kill}; wait`);
  expect(during.stderr).toBe('unexpected EOF\n'.repeat(3));
  expect(host.run('docker ps -aq | wc -l')).toEqual({ exitCode: 0, stdout: '3\n', stderr: '' });

  expect(host.run(states).stdout).toBe('wr exited 137 0\nal running 0 0\nus exited 137 0\n');
  expect(host.run(flags).stdout).toBe('ManuallyStopped":true\nManuallyStopped":false\nManuallyStopped":true\n');
  const lines = numbered(host.run('docker logs wr').stdout);
  expect(lines).toEqual(counted(lines.length));
  host.run('systemctl restart docker');
  expect(host.run(states).stdout).toBe('wr exited 137 0\nal running 0 0\nus exited 137 0\n');
  host.run('docker start us; sleep 60; systemctl restart docker');
  expect(host.run(states).stdout).toBe('wr exited 137 0\nal running 0 0\nus running 0 0\n');
});

test('what each docker says whose daemon is killed: no answer, half an answer, or a wait that nobody answers', () => {
  const host = hostWithContainers(true);
  const told = (command: string): readonly [number | null, string] => {
    const { exitCode, stderr } = host.run(`${command} & sleep 0.5; ${kill}; wait $!`);
    // Three starts in a minute are the limit of docker.service.
    host.run('sleep 60');
    return [exitCode, stderr.replace(/time="[^"]*"/, 'time')];
  };

  expect(told('docker stop -t 50 wr')).toEqual([
    1,
    'error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/containers/wr/stop?t=50": EOF\n',
  ]);
  expect(told('docker run busybox sleep 50')).toEqual([
    125,
    'time level=error msg="error waiting for container: unexpected EOF"\n',
  ]);
  expect(told('docker exec wr sleep 50')).toMatchObject([1, expect.stringContaining('No such exec instance')]);
  // There is no way to the new daemon either.
  expect(told('(sleep 0.2; rm /run/docker.sock) & docker exec wr sleep 50')).toEqual([255, '']);
});

test('SIGKILL, live-restore on: the new daemon takes everything up as it was, without an event', () => {
  const host = hostWithContainers(true);
  const before = host.run(births).stdout;
  const { length } = host.journal;

  host.run(`${kill}; docker ps -q`);

  expect(host.run(births).stdout).toBe(before);
  expect(host.run(states).stdout).toBe('wr running 0 0\nal running 0 0\nus running 0 0\n');
  const events = host.journal.slice(length).flatMap((event) => (event.type === 'docker.event' ? [event.action] : []));
  expect(events).toEqual([]);
  const lines = numbered(host.run('sleep 2; docker logs wr').stdout);
  expect(lines).toEqual(counted(lines.length));
});

test('who ends while the daemon is away keeps exit code and time; last words are lost, and no event is sent', () => {
  const host = hostWithContainers(true);
  host.run(`docker run -d --name ex --network none busybox sh -c 'echo first; sleep 3; echo last words; exit 3'
    docker run -d --name ag --network none --restart always busybox sh -c 'echo boot; sleep 3; exit 5'`);
  const { length } = host.journal;

  host.run('systemctl stop docker docker.socket; sleep 10; systemctl start docker');

  const ex = host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.FinishedAt}}' ex").stdout;
  const restored = host.run('date -u +%FT%T').stdout.trim();
  expect(ex).toMatch(/^exited 3 2026-11-24T02:00:\d\d/);
  expect((ex.split(' ')[2] ?? '').slice(0, 19) < restored).toBe(true);
  expect(host.run('docker logs ex').stdout).toBe('first\n');
  expect(host.run("docker inspect -f '{{.State.Status}} {{.RestartCount}}' ag").stdout).toBe('running 0\n');
  const died = host.journal
    .slice(length)
    .filter((event) => event.type === 'docker.event' && event.action === 'container die');
  expect(died).toEqual([]);
});

test('a stopped daemon lets its clients wait; a third SIGTERM ends it without its clean-up', () => {
  const host = hostWithContainers(false);
  const pid = '$(systemctl show -p MainPID --value docker)';

  host.run(`kill -STOP ${pid}; (sleep 2; kill -CONT ${pid}) & docker ps -q`);
  expect(host.run('docker ps -q | wc -l').stdout).toBe('3\n');
  host.run(`kill -TERM ${pid}; sleep 0.1; kill -TERM ${pid}; sleep 0.1; kill -TERM ${pid}; sleep 0.1`);

  const said = host.run('journalctl -u docker -o cat').stdout;
  expect(said).toContain('Forcing docker daemon shutdown without cleanup; 3 interrupts received');
  expect(said).toContain('docker.service: Main process exited, code=exited, status=143/n/a');
});

test('with live-restore a full pipe makes its writer sleep until the daemon is back, and nothing is lost', () => {
  const host = bootHost();
  const line = 'line $i of a text that is long enough to fill a pipe';
  const loop = `i=0; while [ $i -lt 4000 ]; do i=$((i+1)); echo "${line}"; done; sleep 1000`;
  host.run(`echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker
    docker run -d --name big --network none busybox sh -c 'sleep 2; ${loop}'`);
  const pid = host.run("docker inspect -f '{{.State.Pid}}' big").stdout.trim();

  host.run('systemctl stop docker docker.socket; sleep 20');

  expect(host.run(`cat /proc/${pid}/wchan`).stdout).toBe('pipe_write');
  host.run('systemctl start docker; sleep 5');
  expect(host.run('docker logs big | sort -u | wc -l').stdout).toBe('4000\n');
});
