import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

test.each([
  ['docker run --rm busybox echo hello', 0, 'hello\n', ''],
  ['docker run --rm busybox sh -c "exit 3"', 3, '', ''],
  ['echo abc | docker run -i --rm busybox cat', 0, 'abc\n', ''],
  ["docker run --rm -e A=1 -w /tmp busybox sh -c 'echo $A; pwd'", 0, '1\n/tmp\n', ''],
  ['docker run --rm -h box busybox hostname', 0, 'box\n', ''],
  ['docker run --rm --entrypoint echo busybox over', 0, 'over\n', ''],
  [
    'docker run -d --name rt busybox sleep 9 >/dev/null; docker kill -s RTMIN+3 rt; docker kill -s 64 rt',
    0,
    'rt\nrt\n',
    '',
  ],
  ['docker run -p 80:80 --rm busybox echo on', 0, 'on\n', ''],
  ['docker run --rm -v /a:/b busybox ls -d /b', 0, '/b\n', ''],
  [
    "fallocate -l $(df -k /run | awk 'NR == 2 { print $4 }')KiB /run/fill; docker version > /run/out",
    1,
    '',
    'write /dev/stdout: no space left on device\n',
  ],
  ['docker run -it busybox sh', 1, '', 'the input device is not a TTY\n'],
  [
    'docker run -dt --name tty busybox sleep 9 >/dev/null; docker attach tty < /dev/null',
    1,
    '',
    'the input device is not a TTY\n',
  ],
  [
    'docker run --rm busybox nosuchcmd',
    127,
    '',
    'docker: Error response from daemon: failed to create task for container: failed to create shim task: ' +
      'OCI runtime create failed: runc create failed: unable to start container process: ' +
      'exec: "nosuchcmd": executable file not found in $PATH: unknown.\n',
  ],
  [
    'docker run --pull never nosuch',
    125,
    '',
    "docker: Error response from daemon: No such image: nosuch:latest.\nSee 'docker run --help'.\n",
  ],
  [
    'docker pull nosuch',
    1,
    'Using default tag: latest\n',
    'Error response from daemon: pull access denied for nosuch, repository does not exist or may require ' +
      "'docker login': denied: requested access to the resource is denied\n",
  ],
  [
    'docker pull nginx:nosuch',
    1,
    '',
    'Error response from daemon: manifest for nginx:nosuch not found: manifest unknown: manifest unknown\n',
  ],
  ['docker stop nosuch', 1, '', 'Error response from daemon: No such container: nosuch\n'],
  ['docker rm -f nosuch', 0, '', 'Error response from daemon: No such container: nosuch\n'],
  ['docker inspect nosuch', 1, '[]\n', 'Error: No such object: nosuch\n'],
  [
    'docker -H unix:///tmp/nosuch.sock ps',
    1,
    '',
    'Cannot connect to the Docker daemon at unix:///tmp/nosuch.sock. Is the docker daemon running?\n',
  ],
])('%s', (script, exitCode, stdout, stderr) => {
  expect(bootHost().run(script)).toEqual({ exitCode, stdout, stderr });
});

test('a missing image is pulled, and the words go to standard error', () => {
  const { exitCode, stdout, stderr } = bootHost([]).run('docker run --rm busybox echo hi');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'hi\n' });
  const lines = stderr
    .replaceAll(/[0-9a-f]{64}/g, '$DIGEST')
    .replaceAll(/[0-9a-f]{12}:/g, '$LAYER:')
    .split('\n');
  expect(lines).toEqual([
    "Unable to find image 'busybox:latest' locally",
    'latest: Pulling from library/busybox',
    '$LAYER: Pulling fs layer',
    '$LAYER: Verifying Checksum',
    '$LAYER: Download complete',
    '$LAYER: Pull complete',
    'Digest: sha256:$DIGEST',
    'Status: Downloaded newer image for busybox:latest',
    '',
  ]);
});

test('the id is printed before the start, so also when the start fails', () => {
  const { stdout, exitCode } = bootHost().run('docker run -d busybox nosuchcmd');
  expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect(exitCode).toBe(127);
});

test('logs are what was written, by stream, with their times, from the end', () => {
  const host = bootHost();
  host.run("docker run --name web busybox sh -c 'echo one; echo two >&2; echo three'");
  expect(host.run('docker logs web')).toEqual({ exitCode: 0, stdout: 'one\nthree\n', stderr: 'two\n' });
  expect(host.run('docker logs -n 1 web').stdout).toBe('three\n');
  expect(host.run('docker logs -t web').stdout).toMatch(/^2026-11-24T02:00:00\.\d{9}Z one\n/);
});

// Asked of 26.1.5.
test('logs -f ends with the life that it follows, though the container is started again', () => {
  const host = bootHost();
  const life = "docker run -d --restart always --name again busybox sh -c 'echo a; sleep 2' >/dev/null";
  const { stdout } = host.run(`${life}; timeout 9 docker logs -f again; echo "$?"; docker rm -f again >/dev/null`);
  expect(stdout).toBe('a\n0\n');
  const restart = '(sleep 2; docker restart -t 0 ticks >/dev/null) &';
  const ticks = "docker run -d --name ticks busybox sh -c 'echo a; sleep 100' >/dev/null";
  expect(host.run(`${ticks}; ${restart} timeout 9 docker logs -f ticks; echo "$?"; wait`).stdout).toBe('a\n0\n');
});

test('logs -f goes on until the container ends', () => {
  const host = bootHost();
  const script = "docker run -d --name web busybox sh -c 'echo a; sleep 2; echo b' >/dev/null; docker logs -f web";
  expect(host.run(script).stdout).toBe('a\nb\n');
});

test('Ctrl-P Ctrl-Q leaves the container running; attach finds it again and ends with its exit code', () => {
  const host = bootHost();
  host.type(0, 'docker run -it --name it busybox sh\r');
  host.type(0, '\x10\x11');
  expect(host.type(0, 'echo rc=$?\r')).toContain('rc=0');
  expect(host.type(0, 'docker ps --format {{.Names}}:{{.State}}\r')).toContain('it:running');
  host.type(0, 'docker attach it\r');
  host.type(0, 'exit 3\r');
  expect(host.type(0, 'echo rc=$?\r')).toContain('rc=3');
});

test('Ctrl-C on a foreground run without terminal is proxied, and pid 1 that does not handle it goes on', () => {
  const host = bootHost();
  host.type(0, 'docker run --rm --name web busybox sleep 30\r');
  host.type(0, '\x03');
  expect(host.type(1, 'docker ps -q | wc -l\r')).toContain('\r\n1\r\n');
  host.advance(40);
  expect(host.type(1, 'docker ps -aq | wc -l\r')).toContain('\r\n0\r\n');
});

test('a pull on a terminal draws each layer over itself', () => {
  const shown = bootHost([]).type(0, 'docker pull busybox\r');
  expect(shown).toMatch(/\r\n\x1b\[1A\x1b\[2K\r[0-9a-f]{12}: Pulling fs layer \r\x1b\[1B/);
  expect(shown).toMatch(/Downloading \[=+>\s*\]\s+[\d.]+MB\/[\d.]+MB\r\x1b\[1B/);
});

test('ps shows what a template asks for', () => {
  const host = bootHost();
  host.run(
    'docker create --name cr --label k=v busybox sh -c "echo a long command"; docker run --name ex busybox true',
  );
  const { stdout } = host.run("docker ps -a --format 'table {{.Names}}\\t{{.Status}}\\t{{.Labels}}'");
  expect(stdout).toBe(
    'NAMES     STATUS                              LABELS\n' +
      'ex        Exited (0) Less than a second ago   \n' +
      'cr        Created                             k=v\n',
  );
  expect(host.run('docker ps -a -q --filter name=cr | wc -c').stdout.trim()).toBe('13');
});

test('docker start -a hands Ctrl-C on to the container, which needs no flag for it', () => {
  const host = bootHost();
  host.run('docker create --name heeds busybox sh -c \'trap "echo heard; exit 7" INT; while :; do sleep 1; done\'');
  host.type(0, 'clear; docker start -a heeds; echo rc=$?\r');
  expect(host.type(0, '\x03')).toContain('^Cheard\r\nrc=7\r\n');
});
