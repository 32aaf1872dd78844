import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

test('stats tells what the cgroup counts: memory against its limit, processor time, processes', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none -m 64m busybox sleep 1000');
  host.run('docker run -d --name busy --network none busybox sh -c "while :; do :; done"');
  const { stdout } = host.run('docker stats --no-stream web');
  expect(stdout).toMatch(/ +web +0\.00% +\d+KiB \/ 64MiB +0\.\d\d% +0B \/ 0B +0B \/ 0B +1\n$/);
  expect(host.run('docker stats --no-stream --format "{{.Name}} {{.CPUPerc}}" busy').stdout).toBe('busy 100.00%\n');
});

test('a container that does not run uses nothing; one that is not there is an error', () => {
  const host = bootHost();
  host.run('docker create --name ex busybox true');
  expect(host.run('docker stats --no-stream --format "{{.Name}} {{.MemUsage}} {{.PIDs}}" ex').stdout).toBe(
    'ex 0B / 0B 0\n',
  );
  expect(host.run('docker stats --no-stream; docker stats --no-stream nosuch')).toEqual({
    exitCode: 1,
    stdout: 'CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O   BLOCK I/O   PIDS\n',
    stderr: 'Error response from daemon: No such container: nosuch\n',
  });
});

test('live stats draw the screen again and again, until Ctrl-C', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000');
  const screen = host.type(1, 'docker stats web\r');
  expect(screen.split('\x1b[2J\x1b[H').length).toBeGreaterThan(3);
  expect(host.type(1, '\x03')).toMatch(/# $/);
});

/** Screens without what is drawn twice, without their heading. */
const screensOf = (shown: string): readonly string[] =>
  shown
    .split(
      '\x1b[2J\x1b[HCONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O   BLOCK I/O   PIDS\r\n',
    )
    .filter((screen, at, all) => screen !== all[at - 1]);

// Asked of a real 26.1.5.
test('without names it follows who starts and who ends; one that was named keeps its line', () => {
  const host = bootHost();
  host.run('docker run -d --name one --network none busybox sleep 1000');
  host.type(1, 'docker stats\r');
  host.type(2, 'docker stats one\r');
  host.run('docker run -d --name two --network none busybox sleep 1000');
  expect(screensOf(host.type(1, '')).at(-1)).toMatch(/^\w{12} {3}one .*\r\n\w{12} {3}two .*\r\n$/);
  host.run('docker stop -t 0 one');
  expect(screensOf(host.type(1, '')).at(-1)).toMatch(/^\w{12} {3}two .*\r\n$/);
  const zeros = '0.00%     0B / 0B             0.00%     0B / 0B   0B / 0B     0\r\n';
  expect(screensOf(host.type(2, '')).at(-1)).toMatch(new RegExp(`^\\w{12} {3}one {7}${zeros}$`));
  host.run('docker rm -f one two');
  expect(screensOf(host.type(1, '')).at(-1)).toBe('');
  const dashes = '--        -- / --             --        --        --          --\r\n';
  expect(screensOf(host.type(2, '')).at(-1)).toMatch(new RegExp(`^\\w{12} {3}one {7}${dashes}$`));
});

test('the end of the daemon ends it without a word, but not one to which containers were named', () => {
  const host = bootHost();
  host.run('docker run -d --name one --network none busybox sleep 1000');
  host.type(1, 'docker stats; echo $?\r');
  host.type(2, 'docker stats one\r');
  host.run('kill -9 $(pidof dockerd)');
  expect(host.type(1, '')).toMatch(/PIDS\r\n\w{12} .*\r\n0\r\n\S+# $/);
  expect(screensOf(host.type(2, '')).at(-1)).toMatch(/^\w{12} {3}one {7}-- /);
});
