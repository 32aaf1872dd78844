import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost();
const help = "\nSee 'docker run --help'.\n";
const runc =
  'docker: Error response from daemon: failed to create task for container: failed to create shim task: ' +
  'OCI runtime create failed: runc create failed: unable to start container process: ';

test.each([
  [
    '-w rel busybox pwd',
    125,
    "docker: Error response from daemon: the working directory 'rel' is invalid, it needs to be an absolute path.",
  ],
  [
    '-w /etc/passwd busybox pwd',
    125,
    'docker: Error response from daemon: Cannot mkdir: /etc/passwd is not a directory.',
  ],
  ['--stop-signal NOPE busybox true', 125, 'docker: Error response from daemon: invalid signal: NOPE.'],
  ["--entrypoint '' busybox", 125, 'docker: Error response from daemon: no command specified.'],
  ["--network '' busybox true", 125, 'docker: no name set for network.'],
  ["-v '' busybox true", 125, 'docker: invalid empty volume spec.'],
  [
    '--expose 80-70 busybox true',
    125,
    'docker: invalid range format for --expose: 80-70, error: Invalid range specified for the Port: 80-70.',
  ],
  ['--device a:b:c:d busybox true', 125, 'docker: bad format for path: a:b:c:d.'],
  ['--security-opt foo busybox true', 125, 'docker: Invalid --security-opt: "foo".'],
  ['--security-opt seccomp= busybox true', 125, 'docker: Invalid --security-opt: "seccomp=".'],
  [
    '--security-opt seccomp=/nosuch busybox true',
    125,
    'docker: opening seccomp profile (/nosuch) failed: open /nosuch: no such file or directory.',
  ],
  [
    '--security-opt seccomp=/etc/passwd busybox true',
    125,
    "docker: compacting json for seccomp profile (/etc/passwd) failed: invalid character 'r' looking for beginning of value.",
  ],
  [
    '--add-host x:y busybox true',
    125,
    'invalid argument "x:y" for "--add-host" flag: invalid IP address in add-host: "y"',
  ],
  [
    '--mount type=tmpfs,target=/x,foo=bar busybox true',
    125,
    'invalid argument "type=tmpfs,target=/x,foo=bar" for "--mount" flag: unexpected key \'foo\' in \'foo=bar\'',
  ],
])('docker run %s', (command, exitCode, sentence) => {
  expect(host.run(`docker run ${command}`)).toEqual({ exitCode, stdout: '', stderr: sentence + help });
});

const conflict = 'docker: conflicting options: cannot attach both user-defined and non-user-defined network-modes.';
const aliases = 'docker: network-scoped aliases are only supported for user-defined networks.';
const links = 'docker: links are only supported for user-defined networks.';

test.each([
  ['--network none --network x', conflict],
  ['--network x --network none --network-alias web --link web', conflict],
  ['--network default --network x', conflict],
  ['--network x --network container:abc', conflict],
  ['--network none --network none', 'docker: network "none" is specified multiple times.'],
  ['--network x --net x', 'docker: network "x" is specified multiple times.'],
  ['--network none --network x --network none', 'docker: network "none" is specified multiple times.'],
  ['--network name=none,alias=web --network none', 'docker: network "none" is specified multiple times.'],
  ["--network none --network ' '", 'docker: no name set for network.'],
  ['--network-alias web', aliases],
  ['--net-alias web --network host --network host', aliases],
  ['--link web --network none --network x', links],
])('the client does not take the networks %s', (flags, sentence) => {
  for (const command of ['run', 'create'])
    expect(host.run(`docker ${command} ${flags} busybox true`)).toEqual({
      exitCode: 125,
      stdout: '',
      stderr: `${sentence}\nSee 'docker ${command} --help'.\n`,
    });
});

test('several networks that could stand together are said not to be modelled', () => {
  expect(host.run('docker run --network host --net none busybox true')).toEqual({
    exitCode: 125,
    stdout: '',
    stderr: 'glassdock: more than one network is not modelled yet\n',
  });
});

test('a hook that finds no init any more says so in the daemon’s own words', () => {
  expect(host.run('docker run --rm -m 6m busybox true').stderr).toMatch(
    /error running hook: exit status 1, stdout: , stderr: no such file or directory\n: unknown\.\n$/,
  );
});

/** filepath.Abs() fails there, and the CLI sends what was typed. */
test.each([
  [
    '-v .:/x',
    125,
    'docker: Error response from daemon: create .: volume name is too short, ' +
      'names should be at least two alphanumeric characters.',
  ],
  [
    '-v ./a:/x',
    125,
    'docker: Error response from daemon: create ./a: "./a" includes invalid characters for a local volume name, ' +
      'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path.',
  ],
  [
    '--mount type=bind,source=.,target=/x',
    125,
    'docker: Error response from daemon: invalid mount config for type "bind": invalid mount path: \'.\' ' +
      'mount path must be absolute.',
  ],
])('docker run %s in a directory that is gone', (options, exitCode, sentence) => {
  const gone = 'mkdir /tmp/gone; cd /tmp/gone; rmdir /tmp/gone';
  const stderr = sentence + help;
  expect(host.run(`${gone}; docker run ${options} busybox true`)).toEqual({ exitCode, stdout: '', stderr });
});

test('docker cp to or from a directory that is gone', () => {
  const gone = 'mkdir /tmp/gone; cd /tmp/gone; rmdir /tmp/gone';
  const refusal = { exitCode: 1, stdout: '', stderr: 'getwd: no such file or directory\n' };
  expect(host.run(`${gone}; docker cp nope:/ .`)).toEqual(refusal);
  expect(host.run(`${gone}; docker cp a nope:/`)).toEqual(refusal);
});

test.each([
  [
    '-u nosuch',
    'id',
    125,
    'docker: Error response from daemon: unable to find user nosuch: no matching entries in passwd file.\n',
  ],
  ['-u -1', 'id', 125, 'docker: Error response from daemon: uids and gids must be in range 0-2147483647.\n'],
  ['--restart on-failure:', 'true', 0, ''],
  ['', `'["a"]'`, 127, `${runc}exec: "[\\"a\\"]": executable file not found in $PATH: unknown.\n`],
  ['', "''", 127, `${runc}exec: "": executable file not found in $PATH: unknown.\n`],
  [
    `-h ${'a'.repeat(65)}`,
    'true',
    125,
    `${runc}error during container init: sethostname: invalid argument: unknown.\n`,
  ],
  ['--network nosuch', 'true', 125, 'docker: Error response from daemon: network nosuch not found.\n'],
  ['--network host', 'true', 0, ''],
  [
    '--network nosuch --network-alias web',
    'true',
    125,
    'docker: Error response from daemon: network nosuch not found.\n',
  ],
  ['--net container:web', 'true', 125, 'docker: Error response from daemon: No such container: web.\n'],
  ['--detach-keys ctrl-xx', 'true', 1, 'unable to upgrade to tcp, received 400\n'],
])('docker run %s busybox %s', (flags, command, exitCode, stderr) => {
  expect(host.run(`docker run ${flags} busybox ${command}`)).toEqual({ exitCode, stdout: '', stderr });
});

test.each([
  ["-a stdout busybox sh -c 'echo o; echo e >&2'", 'o\n', ''],
  ["-a stderr busybox sh -c 'echo o; echo e >&2'", '', 'e\n'],
  ['-w /a/b/c busybox pwd', '/a/b/c\n', ''],
  ["--entrypoint '' busybox echo x", 'x\n', ''],
  ['-e A=b=c -eB=1 --env=C= busybox sh -c \'echo "$A $B $C"\'', 'b=c 1 \n', ''],
  ['-u 33:44 busybox id', 'uid=33 gid=44 groups=44\n', ''],
])('docker run --rm %s', (command, stdout, stderr) => {
  const answer = host.run(`docker run --rm ${command}`);
  expect({ ...answer, stdout: answer.stdout.replace(/\(\S+\)/g, '') }).toEqual({ exitCode: 0, stdout, stderr });
});

test.each([
  [
    '/etc/passwd:/etc',
    'mount /etc/passwd:/etc (via /proc/self/fd/N), flags: 0x5000: not a directory: unknown: Are you trying to mount ' +
      'a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type',
    127,
  ],
  [
    '/etc:/proc',
    'create mount destination for /proc mount: check proc-safety of /proc mount: "ROOT/proc" cannot be mounted ' +
      'because it is not of type proc: unknown',
    128,
  ],
  [
    '/etc/hosts:/proc/foo',
    'create mount destination for /proc/foo mount: check proc-safety of /proc/foo mount: "ROOT/proc/foo" cannot be ' +
      'mounted because it is inside /proc: unknown',
    128,
  ],
])('docker run -v %s: the mount that fails is named', (volume, why, kept) => {
  const { exitCode, stderr } = host.run(`docker run --name mounts -v ${volume} busybox true`);
  const [source, destination] = volume.split(':');

  expect(stderr.replace(/"\/var\/lib\/docker\/\S*merged/, '"ROOT').replace(/fd\/\d+/, 'fd/N')).toBe(
    `${runc}error during container init: error mounting "${source}" to rootfs at "${destination}": ${why}.\n`,
  );
  expect(exitCode).toBe(125);
  expect(host.run("docker inspect -f '{{.State.ExitCode}}' mounts; docker rm mounts").stdout).toBe(`${kept}\nmounts\n`);
});

test('/proc itself and what lxcfs imitates can be mounted', () => {
  expect(host.run('docker run --rm -v /proc:/proc -v /proc/uptime:/proc/uptime busybox true').exitCode).toBe(0);
});

// Asked of 26.1.5 with runc 1.1.15: with 6 it has no socket to raise lo by; to 9 it lacks one beside its poller's two.
test.each([1, 3, 6])('with room for %i files the container does not start, and nobody waits for ever', (files) => {
  expect(host.run(`docker run --rm --ulimit nofile=${files} busybox true`)).toEqual({
    exitCode: 125,
    stdout: '',
    stderr: `${runc}error during container init: too many open files: unknown.\n`,
  });
  expect(host.run('docker run --rm --ulimit nofile=10 busybox true').exitCode).toBe(0);
});

test.each([7, 9])('with room for %i files it has none for the way to /proc', (files) => {
  const { exitCode, stderr } = host.run(`docker run --rm --ulimit nofile=${files} busybox true`);
  expect(exitCode).toBe(125);
  expect(stderr.replace(/openat \/var\/lib\/docker\/overlay2\/[\da-f]{64}\/merged/, 'openat ROOT')).toBe(
    `${runc}error during container init: error mounting "proc" to rootfs at "/proc": openat ROOT/proc: ` +
      'too many open files: unknown.\n',
  );
});

test('a working directory is made when the container is created, and a name that was not used is free again', () => {
  host.run('docker run -w /etc/passwd --name free busybox true');
  expect(host.run('docker create --name free -w /new/one busybox').exitCode).toBe(0);
  expect(host.run("ls $(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' free)").stdout).toContain('new\n');
});

test('keys that are none are refused by the daemon when a session begins', () => {
  host.run('docker run -d --name keys busybox sleep 100000');
  expect(host.run('docker exec --detach-keys ab keys true').stderr).toBe(
    'Error response from daemon: Invalid escape keys (ab) provided\n',
  );
  expect(host.run('docker attach --detach-keys ctrl-A keys').stderr).toBe('unable to upgrade to tcp, received 400\n');
});

test('a client that hands signals on says that nobody reads its output; another is ended by SIGPIPE', () => {
  const yes = 'sh -c "while echo y; do sleep 0.1; done"';
  expect(host.run(`docker run --name unread busybox ${yes} | head -1`)).toEqual({
    exitCode: 0,
    stdout: 'y\n',
    stderr: 'write /dev/stdout: broken pipe\n',
  });
  expect(host.run(`docker exec unread ${yes} | head -1`)).toEqual({ exitCode: 0, stdout: 'y\n', stderr: '' });
  expect(host.run('docker inspect -f {{.State.Status}} unread; docker rm -f unread').stdout).toBe('running\nunread\n');
});

test('a container is made from a directory that has been removed', () => {
  expect(host.run('mkdir /gone; cd /gone; rmdir /gone; docker run --rm busybox echo made').stdout).toBe('made\n');
});

test('a full device ends the client and not the container; closed descriptors are /dev/null to it', () => {
  const full = { exitCode: 1, stdout: '', stderr: 'write /dev/stdout: no space left on device\n' };
  expect(host.run('docker run --name yes busybox yes >/dev/full')).toEqual(full);
  expect(host.run('docker ps >/dev/full')).toEqual(full);
  expect(host.run('docker inspect -f {{.State.Status}} yes; docker rm -f yes').stdout).toBe('running\nyes\n');
  expect(host.run('docker run --rm busybox echo hi >&-; echo $?').stdout).toBe('0\n');
  expect(host.run('docker run --rm -i busybox cat <&-; docker nope 2>&-; runc state x 2>&-; echo $?')).toEqual({
    exitCode: 0,
    stdout: '1\n',
    stderr: '',
  });
});

// The 255 was asked of 26.1.5.
test('an exec whose daemon has died ends with 255, without a word, or asks the next daemon', () => {
  const other = bootHost();
  const kill = '(docker exec web sleep 900; echo $?) & sleep 1; kill -9 $(pidof dockerd); wait';
  const run = 'docker run -d --name web --network none busybox sleep 1000 >/dev/null';
  expect(other.run(`${run}; ${kill}`).stderr).toMatch(
    /^Error response from daemon: No such exec instance: [\da-f]{64}\n$/,
  );
  const alone = 'systemctl stop docker docker.socket; dockerd > /tmp/log 2>&1 & sleep 5; docker start web > /dev/null';
  expect(other.run(`${alone}; ${kill}`)).toMatchObject({ stdout: '255\n', stderr: '' });
});
