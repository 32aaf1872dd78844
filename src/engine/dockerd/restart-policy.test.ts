import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import type { Host } from '../docker/host.fixture.ts';
import { nextRestart, restartTries } from './restart-tries.ts';
import type { HostConfig } from './records.ts';

const policy = (Name: string, MaximumRetryCount = 0): HostConfig =>
  ({ RestartPolicy: { Name, MaximumRetryCount } }) as unknown as HostConfig;
const failed = { exitCode: 1, ranNs: 0, wasStopped: false };

test('the delay doubles from 100 ms up to a minute, and begins anew after a run of ten seconds', () => {
  const tries = restartTries(0);
  const delays = Array.from({ length: 12 }, () => nextRestart(tries, policy('always'), failed));

  expect(delays.map((delay) => Number(delay) / 1e6)).toEqual([
    100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000,
  ]);
  expect(nextRestart(tries, policy('always'), { ...failed, ranNs: 10e9 })).toBe(100e6);
});

test('each policy wants back what it says: on-failure counts, unless-stopped asks who stopped it', () => {
  const ended = { exitCode: 0, ranNs: 0, wasStopped: true };

  expect(nextRestart(restartTries(0), policy('no'), failed)).toBe(null);
  expect(nextRestart(restartTries(0), policy('always'), ended)).toBe(100e6);
  expect(nextRestart(restartTries(0), policy('unless-stopped'), ended)).toBe(null);
  expect(nextRestart(restartTries(0), policy('on-failure'), ended)).toBe(null);
  expect(nextRestart(restartTries(2), policy('on-failure', 3), failed)).toBe(100e6);
  expect(nextRestart(restartTries(3), policy('on-failure', 3), failed)).toBe(null);
});

function eventsOf(host: Host): readonly string[] {
  return host.journal.flatMap((event) => {
    if (event.type !== 'docker.event' || !event.action.startsWith('container ')) return [];
    return [event.action.replace('container ', '')];
  });
}

test('on-failure:3 tries three times more, each start after its die, and then leaves the container alone', () => {
  const host = bootHost();
  host.run("docker run -d --name re --network none --restart on-failure:3 busybox sh -c 'exit 7'; sleep 20");

  expect(eventsOf(host)).toEqual(['create', ...Array.from({ length: 4 }, () => ['start', 'die']).flat()]);
  const { stdout } = host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}' re");
  expect(stdout).toBe('exited 7 3\n');
});

test('between two tries the container is restarting: it counts as running, without a process', () => {
  const host = bootHost();
  host.run("docker run -d --name re --network none --restart always busybox sh -c 'exit 1'; sleep 10");

  const { stdout } = host.run("docker ps -a --format '{{.Status}}'; docker inspect -f '{{json .State}}' re");
  expect(stdout).toMatch(/^Restarting \(1\) .* ago\n\{"Status":"restarting","Running":true,"Paused":false,/);
  expect(stdout).toContain('"Restarting":true,"OOMKilled":false,"Dead":false,"Pid":0,"ExitCode":1');
  expect(host.run('docker exec re true').stderr).toMatch(/is restarting, wait until the container is running\n$/);
  expect(host.run('docker attach re')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'You cannot attach to a restarting container, wait until it is running\n',
  });
  expect(host.run('docker rm re').stderr).toBe(
    'Error response from daemon: cannot remove container "/re": container is restarting: ' +
      'stop the container before removing or force remove\n',
  );
});

test('docker wait ends with the next end of a container, though it starts again', () => {
  const host = bootHost();
  host.run("docker run -d --name re --network none --restart always busybox sh -c 'sleep 1; exit 3'");
  expect(host.run('timeout 10 docker wait re')).toEqual({ exitCode: 0, stdout: '3\n', stderr: '' });
});

test('a stop ends the waiting for the next try at once, without a signal', () => {
  const host = bootHost();
  host.run("docker run -d --name re --network none --restart always busybox sh -c 'exit 1'; sleep 10");

  expect(host.run('docker stop re')).toEqual({ exitCode: 0, stdout: 're\n', stderr: '' });
  const before = eventsOf(host);
  expect(before.slice(-2)).toEqual(['die', 'stop']);
  expect(before).not.toContain('kill');
  host.run('sleep 60');
  expect(eventsOf(host)).toEqual(before);
  expect(host.run("docker ps -a --format '{{.Status}}'").stdout).toMatch(/^Exited \(1\)/);
});

test('docker kill cancels the policy, kill -9 from the host does not', () => {
  const host = bootHost();
  host.run('docker run -d --name re --network none --restart always busybox sleep 1000');

  host.run("kill -9 $(docker inspect -f '{{.State.Pid}}' re); sleep 1");
  expect(host.run("docker inspect -f '{{.State.Status}} {{.RestartCount}}' re").stdout).toBe('running 1\n');
  host.run('docker kill re; sleep 1');
  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' re").stdout).toBe('exited 137\n');
});

test('a daemon that is still taking its containers up starts none by a policy before it has taken up all', () => {
  const host = bootHost();
  host.run(`echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`);
  host.run(
    'for name in "re --restart always" slow; do docker run -d --network none --name $name busybox sleep 999; done',
  );
  host.run('systemctl stop docker.socket docker; kill -STOP $(pgrep -n shim); pgrep -o sleep > /tmp/pid');

  // A shim that does not answer keeps the daemon for four seconds.
  host.run('systemctl start docker & sleep 1; kill -9 $(cat /tmp/pid); wait; sleep 1');

  const { stdout } = host.run(
    "docker events --since 9s --until 0s --filter container=re --format '{{.TimeNano}} {{.Action}}'",
  );
  const [die, start] = stdout.split('\n').map((line) => Number(line.split(' ')[0]) / 1e9);
  expect(stdout.replaceAll(/\d+ /g, '')).toBe('die\nstart\n');
  expect(Number(start) - Number(die)).toBeGreaterThan(2);
});

// Asked of 26.1.5.
test('a container that waits to be started anew keeps its name: its network, which would be told, is gone', () => {
  const host = bootHost();
  host.run('docker run -d --name web --restart always busybox false; sleep 4');
  expect(host.run('docker inspect -f "{{.State.Status}}" web').stdout).toBe('restarting\n');
  expect(host.run('docker rename web site').stderr).toMatch(
    /^Error response from daemon: sandbox [0-9a-f]{64} not found\nError: failed to rename container named web\n$/,
  );
  expect(host.run('docker create --name site busybox true >/dev/null; docker stop web; docker rename web old')).toEqual(
    {
      exitCode: 0,
      stdout: 'web\n',
      stderr: '',
    },
  );
});
