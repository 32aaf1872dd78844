import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
const show = (format: string, name: string): string => host.run(`docker inspect -f '${format}' ${name}`).stdout.trim();
const probe = 'echo probe ppid=$PPID; sleep 2; test -e /tmp/ok';
const timing = '--health-interval 4s --health-timeout 20s --health-retries 2';
host.run(`docker run -d --name hc --health-cmd '${probe}' ${timing} busybox sh -c 'touch /tmp/ok; sleep 10000'`);

/** Events of a container's health and its probes since the test began, without what the probe is. */
function eventsOf(name: string): readonly string[] {
  return host.journal.flatMap((event) =>
    event.type === 'docker.event' && event.line.includes(`name=${name}`) && /exec_|health/.test(event.action)
      ? [event.action.replace(/^container (exec_\w+).*/, '$1').replace('container ', '')]
      : [],
  );
}

test('a container with a health check is starting until its first probe, one interval after its start', () => {
  expect(host.run('docker ps').stdout).toContain('(health: starting)');
  expect(show('{{.State.Health.Status}} {{json .State.Health.Log}}', 'hc')).toBe('starting []');
});

test('a probe is an exec that succeeds or fails; the next one begins an interval after its end', () => {
  host.advance(14);

  expect(eventsOf('hc')).toEqual([
    'exec_create',
    'exec_start',
    'exec_die',
    'health_status: healthy',
    'exec_create',
    'exec_start',
    'exec_die',
  ]);
  expect(host.run('docker ps --filter health=healthy --format "{{.Names}} {{.Status}}"').stdout).toMatch(
    /^hc Up \d+ seconds \(healthy\)\n$/,
  );
  const [first, second] = JSON.parse(show('{{json .State.Health.Log}}', 'hc')) as Record<string, string>[];
  expect(first).toMatchObject({ ExitCode: 0, Output: 'probe ppid=0\n' });
  const gap = Date.parse(second?.['Start'] ?? '') - Date.parse(first?.['End'] ?? '');
  expect(gap).toBe(4000);
});

test('so many failures in a row as --health-retries says make it unhealthy; one success makes it healthy', () => {
  host.run('docker exec hc rm /tmp/ok');
  host.advance(24);
  const log = JSON.parse(show('{{json .State.Health.Log}}', 'hc')) as readonly { readonly ExitCode: number }[];

  expect(show('{{.State.Status}} {{.State.Health.Status}}', 'hc')).toBe('running unhealthy');
  expect(log.map(({ ExitCode }) => ExitCode)).toEqual([0, 1, 1, 1, 1]);
  host.run('docker exec hc touch /tmp/ok');
  host.advance(14);
  expect(show('{{.State.Health.Status}} {{.State.Health.FailingStreak}}', 'hc')).toBe('healthy 0');
  expect(eventsOf('hc').filter((action) => action.startsWith('health'))).toEqual([
    'health_status: healthy',
    'health_status: unhealthy',
    'health_status: healthy',
  ]);
});

test('a container that is stopped counts as unhealthy, and no event says so', () => {
  const before = eventsOf('hc').filter((action) => action.startsWith('health')).length;
  host.run('docker stop -t 0 hc');

  expect(show('{{.State.Status}} {{.State.Health.Status}}', 'hc')).toBe('exited unhealthy');
  expect(eventsOf('hc').filter((action) => action.startsWith('health'))).toHaveLength(before);
  expect(host.run('docker ps -a --filter name=hc --format "{{.Status}}"').stdout).not.toContain('healthy');
});

test('a probe that takes too long is killed, and has no exit code', () => {
  const flags = '--health-interval 3s --health-timeout 3s --health-retries 1';
  host.run(`docker run -d --name ht --health-cmd 'sleep 600' ${flags} busybox sleep 10000`);
  host.advance(8);

  expect(JSON.parse(show('{{json .State.Health}}', 'ht'))).toMatchObject({
    Status: 'unhealthy',
    FailingStreak: 1,
    Log: [{ ExitCode: -1, Output: 'Health check exceeded timeout (3s)' }],
  });
  expect(host.run("docker top ht -o pid,args | grep -c 'sleep 600'").stdout).toBe('0\n');
  const die = host.journal.find(
    (event) => event.type === 'docker.event' && event.action === 'container exec_die' && event.line.includes('name=ht'),
  );
  expect(die?.type === 'docker.event' && die.line).toContain('exitCode=127');
});

test('within the start period failures do not count', () => {
  const flags = '--health-interval 3s --health-retries 1 --health-start-period 30s';
  host.run(`docker run -d --name hn --health-cmd nosuchcmd ${flags} busybox sleep 10000`);
  host.advance(12);

  expect(show('{{.State.Health.Status}} {{.State.Health.FailingStreak}}', 'hn')).toBe('starting 0');
  expect(show('{{(index .State.Health.Log 0).ExitCode}}', 'hn')).toBe('127');
  host.advance(24);
  expect(show('{{.State.Health.Status}}', 'hn')).toBe('unhealthy');
});

test('a paused container is not probed; resumed, it is', () => {
  host.run('docker pause hn');
  const before = eventsOf('hn').length;
  host.advance(20);
  expect(eventsOf('hn')).toHaveLength(before);
  host.run('docker unpause hn');
  host.advance(5);
  expect(eventsOf('hn').length).toBeGreaterThan(before);
});

test('three failures in a row make it unhealthy where nothing else is said', () => {
  host.run('docker run -d --name three --health-cmd false --health-interval 10s busybox sleep 10000');
  const seen = [25, 10].map((seconds) => {
    host.advance(seconds);
    return show('{{.State.Health.Status}} {{.State.Health.FailingStreak}}', 'three');
  });

  expect(seen).toEqual(['starting 2', 'unhealthy 3']);
});

test('what a probe prints is kept up to 4096 characters', () => {
  host.run(`docker run -d --name long --health-cmd 'seq 2000' --health-interval 1s busybox sleep 10000`);
  host.advance(2);
  const [{ Output } = { Output: '' }] = JSON.parse(show('{{json .State.Health.Log}}', 'long')) as { Output: string }[];

  expect(Output).toHaveLength(4096 + '...'.length);
  expect(Output.endsWith('...')).toBe(true);
});

test('--no-healthcheck leaves a container without health', () => {
  host.run('docker run -d --name none --no-healthcheck busybox sleep 10000');

  expect(show('{{json .State.Health}} {{json .Config.Healthcheck}}', 'none')).toBe('null {"Test":["NONE"]}');
});

test.each([['--health-cmd x --health-interval 1us', 'Interval in Healthcheck cannot be less than 1ms']])(
  'docker run %s is refused: %s',
  (flags, words) => {
    expect(host.run(`docker run ${flags} busybox true`).stderr).toBe(
      `docker: Error response from daemon: ${words}.\nSee 'docker run --help'.\n`,
    );
  },
);

// Asked of 26.1.5.
test('a daemon that comes back to a live container starts its health again, with the results that were on disk', () => {
  const host = bootHost();
  host.run(`echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`);
  host.run('docker run -d --name c1 --health-cmd true --health-interval 6s busybox sleep 1000');
  host.run('docker run -d --name c2 --health-cmd false --health-interval 6s busybox sleep 1000; sleep 8');
  host.run('docker update -m 100m --memory-swap 100m c2');

  host.run('pkill -9 -x dockerd; sleep 3');

  const shown = `'{{.State.Health.Status}} {{.State.Health.FailingStreak}} {{len .State.Health.Log}}'`;
  expect(host.run(`docker inspect -f ${shown} c1 c2`).stdout).toBe('starting 0 0\nstarting 0 1\n');
});
