import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import type { Host } from '../docker/host.fixture.ts';

// What the modelled version does was asked of it: Debian's docker.io 26.1.5, its shim stopped, `docker pause` hanging.

/** A container `web` that runs `main`. */
function healthy(main = 'sleep 1000'): Host {
  const host = bootHost(['busybox', 'alpine']);
  host.run(`docker run -d --name web --network none busybox ${main}; docker create --name other busybox true`);
  return host;
}

/** A container `web` whose shim is stopped, and a client whose request hangs for it. */
function hanging(command = 'docker pause web', main?: string): Host {
  const host = healthy(main);
  host.run('kill -STOP $(pgrep containerd-shim)');
  host.type(1, `${command}; echo $? > /tmp/over\n`);
  host.advance(2);
  return host;
}

/** The exit code of a command that has two seconds; 137: it hangs. */
const rc = (host: Host, command: string): number | null =>
  host.run(`timeout -s KILL 2 docker ${command} >/dev/null 2>/dev/null`).exitCode;

const hangs = 137;

/** Ends at TERM, and by itself while a command has its two seconds. */
const brief = `sh -c 'trap exit TERM; sleep 3 & wait'`;

test.for([
  'inspect web',
  'port web',
  'logs web',
  'diff web',
  'cp web:/etc/passwd -',
  'export -o /tmp/web.tar web',
  'commit web',
  'stats --no-stream web',
  'top web',
  'exec web true',
  'attach --no-stdin web',
  'wait web',
  'rename web site',
  'update --restart no web',
  'pause web',
  'unpause web',
  'start web',
  'stop web',
  'restart web',
  'kill web',
  'kill -s USR1 web',
  'rm web',
  'rm -f web',
  'container prune -f',
  'rmi -f busybox',
  'rmi $(docker images -q busybox)',
  // No container uses it, but each is asked whether it runs.
  'rmi alpine',
  'run --rm --network container:web busybox true',
  'run --rm --network none --pid container:web busybox true',
])('while a pause hangs, docker %s hangs; else it does not', (command) => {
  const host = healthy(brief);
  host.advance(2);
  expect(rc(host, command)).not.toBe(hangs);
  expect(rc(hanging('docker pause web', brief), command)).toBe(hangs);
});

test.for([
  'ps -a',
  'ps -s',
  'info',
  'images',
  'rmi -f alpine',
  'stats --no-stream other',
  'volume prune -f',
  'inspect other',
  'logs other',
  'rename other another',
  'start other',
  'run --rm --network none busybox true',
  'create --network container:web busybox true',
  'run --rm --network none --volumes-from web busybox true',
])('while a pause hangs, docker %s answers', (command) => {
  expect(rc(hanging(), command)).toBe(0);
});

test.for(['stop web', 'kill web', 'kill -s USR1 web', 'rm -f web'])(
  'docker %s holds the lock while containerd is asked to signal',
  (command) => {
    const host = hanging(`docker ${command}`);
    expect(rc(host, 'inspect web')).toBe(hangs);
    expect(rc(host, 'ps')).toBe(0);
  },
);

test.for(['exec web true', 'top web', 'stats --no-stream web'])(
  'docker %s asks containerd without the lock, and holds up nobody',
  (command) => {
    const host = hanging(`docker ${command}`);
    expect(rc(host, 'inspect web')).toBe(0);
    expect(rc(host, 'rename web site')).toBe(0);
  },
);

test('docker rmi refuses a name that a container uses before it looks at any', () => {
  expect(rc(hanging(), 'rmi busybox')).toBe(1);
});

test('figures that do not come hold up everybody’s, until they come, whoever still waits for them', () => {
  const host = hanging('docker stats --no-stream web');
  host.run('docker run -d --name two --network none busybox sleep 1000');
  expect(rc(host, 'stats --no-stream two')).toBe(hangs);
  host.type(1, '\x03');
  expect(rc(host, 'stats --no-stream two')).toBe(hangs);
  expect(rc(host, 'top two')).toBe(0);
  host.run('kill -CONT $(pgrep containerd-shim)');
  host.advance(2);
  expect(rc(host, 'stats --no-stream two')).toBe(0);
});

test('who wants but one sample waits for it for ever; who wants to see them come is told after two seconds', () => {
  const host = hanging('true');
  expect(host.run('timeout 60 docker stats --no-stream web').exitCode).toBe(124);
  expect(host.run('timeout 60 docker stats web')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'timeout waiting for stats\n',
  });
});

test('who waits for the lock before figures are asked for holds up nobody’s', () => {
  const host = hanging();
  host.run('docker run -d --name two --network none busybox sleep 1000');
  expect(rc(host, 'stats --no-stream')).toBe(hangs);
  expect(rc(host, 'stats --no-stream two')).toBe(0);
});

test('who waits comes in the order of asking once the shim goes on', () => {
  const host = hanging();
  host.type(2, 'docker rename web site; echo renamed\n');
  host.type(3, 'docker rename web hut; echo renamed\n');
  host.run('kill -CONT $(pgrep containerd-shim)');
  host.advance(2);
  expect(host.run("docker ps --format '{{.Names}} {{.Status}}'").stdout).toMatch(/^hut Up .*\(Paused\)\n$/);
  const told = "docker events --since 1 --until $(date +%s) --filter type=container --format '{{.Action}}' | tail -3";
  expect(host.run(told).stdout).toBe('pause\nrename\nrename\n');
});

test('a client that goes away leaves the others waiting for its request, not for ever', () => {
  const host = hanging();
  host.type(1, '\x03');
  expect(rc(host, 'inspect web')).toBe(hangs);
  host.run('kill -CONT $(pgrep containerd-shim)');
  host.advance(2);
  expect(host.run('docker inspect -f "{{.State.Status}}" web').stdout).toBe('paused\n');
});

test.for([
  ['the shim is killed', 'kill -9 $(pgrep containerd-shim)'],
  ['containerd is killed', 'kill -9 $(pidof containerd)'],
])('the lock is free again when %s', ([, fault]) => {
  const host = hanging();
  host.run(fault ?? '');
  host.advance(20);
  expect(host.run('cat /tmp/over').stdout).toBe('1\n');
  expect(rc(host, 'inspect web')).toBe(0);
});

test('a daemon that is to end gives up one that is locked, and its successor can be asked', () => {
  const host = hanging();
  host.run('systemctl restart docker');
  host.run('kill -CONT $(pgrep containerd-shim)');
  host.advance(20);
  expect(rc(host, 'inspect web')).toBe(0);
  expect(host.run('journalctl -u docker | grep -c "Force shutdown daemon"').stdout).toBe('1\n');
});

test('a shim that stands still makes nobody wait who asks containerd how a task is', () => {
  const host = hanging();
  const list = host.run('timeout -s KILL 3 ctr -n moby t ls');
  expect(list.stdout).toMatch(/^TASK +PID +STATUS *\n[0-9a-f]{64} +0 +UNKNOWN\n$/);
  const log = host.run('journalctl -u containerd').stdout;
  expect(log).toMatch(/level=error msg="get state for [0-9a-f]{64}" error="context deadline exceeded: unknown"/);
  expect(log).toContain('level=warning msg="unknown status" status=0');
});

test('with live-restore a daemon comes up beside a shim that stands still, and takes its container for running', () => {
  const host = hanging('true');
  host.run(`echo '{"live-restore": true}' > /etc/docker/daemon.json; systemctl reload docker`);
  const pid = host.run('docker inspect -f {{.State.Pid}} web').stdout;
  host.run('timeout -s KILL 30 systemctl restart docker');
  expect(host.run("docker ps --format '{{.Names}} {{.Status}}'").stdout).toMatch(/^web Up /);
  expect(host.run('docker inspect -f {{.State.Pid}} web').stdout).toBe(pid);
  host.run('kill -CONT $(pgrep containerd-shim)');
  expect(host.run('docker rm -f web').stdout).toBe('web\n');
});
