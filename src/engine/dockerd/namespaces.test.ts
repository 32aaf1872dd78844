import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run('docker run -d --name base busybox sleep 1000');

/** The kinds of namespace that the first processes of two containers, or of one and the host, have in common. */
function kindsInBoth(one: string, other: string): string {
  const pid = (name: string) => (name === 'host' ? '1' : `$(docker inspect -f '{{.State.Pid}}' ${name})`);
  return host
    .run(
      `a=${pid(one)}; b=${pid(other)}; for kind in cgroup ipc mnt net pid uts; do
         [ $(readlink /proc/$a/ns/$kind) = $(readlink /proc/$b/ns/$kind) ] && echo $kind
       done`,
    )
    .stdout.trim()
    .replaceAll('\n', ' ');
}

test.each([
  ['--pid host', 'host', 'pid'],
  ['--pid container:base', 'base', 'pid'],
  ['--network host', 'host', 'net'],
  ['--network container:base', 'base', 'net'],
  ['--ipc host', 'host', 'ipc'],
  ['--uts host', 'host', 'uts'],
  ['--cgroupns host', 'host', 'cgroup'],
  ['', 'host', ''],
])('docker run %s shares with %s: %s', (flags, other, kinds) => {
  host.run(`docker run -d --name it ${flags} busybox sleep 1000`);

  expect(kindsInBoth('it', other)).toBe(kinds);
  host.run('docker rm -f it');
});

test('a container with a shareable IPC namespace lends it together with its /dev/shm', () => {
  host.run('docker run -d --name donor --ipc shareable busybox sleep 1000');
  host.run('docker run -d --name borrower --ipc container:donor busybox sleep 1000');
  host.run('docker exec donor touch /dev/shm/note');

  expect(kindsInBoth('donor', 'borrower')).toBe('ipc');
  expect(host.run('docker exec borrower ls /dev/shm').stdout).toBe('note\n');
});

const failure = (words: string) => ({ exitCode: 125, stderr: `docker: Error response from daemon: ${words}.\n` });
const refusal = (words: string) => {
  const { exitCode, stderr } = failure(words);
  return { exitCode, stderr: `${stderr}See 'docker run --help'.\n` };
};
const base = host.run("docker inspect -f '{{.Id}}' base").stdout.trim();

test.each([
  ['--network container:nosuch', failure('No such container: nosuch')],
  ['--pid container:nosuch', refusal('No such container: nosuch')],
  ['--ipc container:', failure('failed to join IPC namespace: invalid name or ID supplied: ""')],
  [
    '--ipc container:base',
    failure(
      `failed to join IPC namespace: container ${base}: non-shareable IPC ` +
        '(hint: use IpcMode:shareable for the donor container)',
    ),
  ],
  ['--uts host --hostname foo', refusal('conflicting options: hostname and the UTS mode')],
  ['--network container:base --hostname foo', refusal('conflicting options: hostname and the network mode')],
  ['--network container:', refusal('Invalid network mode: invalid container format container:<name|id>')],
  ['--ipc nosuch', refusal('invalid IPC mode: nosuch')],
])('docker run %s is refused in the daemon’s words', (flags, { exitCode, stderr }) => {
  const run = host.run(`docker run ${flags} busybox true`);

  expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode, stderr });
});

test('a start that fails leaves the container created, with exit code 128 and the reason', () => {
  host.run('docker run --name orphan --network container:nosuch busybox true');

  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' orphan").stdout).toBe(
    'created 128 No such container: nosuch\n',
  );
});

test('who lives in another container’s pid namespace dies with its pid 1; who only has its network lives on', () => {
  host.run('docker run -d --name owner busybox sleep 1000');
  host.run('docker run -d --name member --pid container:owner busybox sleep 1000');
  host.run('docker run -d --name guest --network container:owner busybox sleep 1000');
  host.run('docker kill owner');

  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' member guest").stdout).toBe(
    'exited 137\nrunning 0\n',
  );
  const id = host.run("docker inspect -f '{{.Id}}' owner").stdout.trim();
  expect(host.run('docker start member').stderr).toContain(
    `failed to join PID namespace: container ${id} is not running\n`,
  );
  expect(host.run('docker stop -t 0 guest; docker start guest').stderr).toContain(
    `cannot join network of a non running container: ${id}\n`,
  );
});

test('without a pid namespace of its own a container’s other processes end with its first, too', () => {
  host.run("docker run -d --name loose --pid host busybox sh -c 'sleep 4321 & sleep 4322'");
  host.run('docker kill loose');

  expect(host.run("ps -e -o args= | grep '[s]leep 432'").stdout).toBe('');
});
