import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost(['busybox', 'alpine']);
host.run('docker run -d --name up busybox sleep 100000');
host.run("docker run --name gone alpine sh -c 'echo out; echo err >&2; exit 3'");
host.run('docker create --name new -l k=v busybox');

const runc = 'OCI runtime exec failed: exec failed: ';

test.each([
  ['exec up sh -c "exit 7"', 7, '', ''],
  ['exec -w /tmp up pwd', 0, '/tmp\n', ''],
  ['exec -w tmp up pwd', 126, `${runc}Cwd must be an absolute path: unknown\r\n`, ''],
  [
    'exec -w /no up pwd',
    126,
    `${runc}unable to start container process: chdir to cwd ("/no") set in config.json failed: ` +
      'no such file or directory: unknown\r\n',
    '',
  ],
  [
    'exec up /etc',
    126,
    `${runc}unable to start container process: exec: "/etc": is a directory: unknown: permission denied\r\n`,
    '',
  ],
  ['exec -u nosuch up id', 126, 'unable to find user nosuch: no matching entries in passwd file\r\n', ''],
  ['exec -u root:nosuch up id', 126, 'unable to find group nosuch: no matching entries in group file\r\n', ''],
  [
    'kill -s 99 up',
    1,
    '',
    'Error response from daemon: cannot kill container: up: the linux daemon does not support signal 99\n',
  ],
  ['kill -s 0 up', 1, '', 'Error response from daemon: cannot kill container: up: invalid signal: 0\n'],
  [
    'kill -s -1 up',
    1,
    '',
    'Error response from daemon: cannot kill container: up: the linux daemon does not support signal -1\n',
  ],
  [
    'kill -s 999999999999999999999 up',
    1,
    '',
    'Error response from daemon: cannot kill container: up: invalid signal: 999999999999999999999\n',
  ],
  ['kill -s CLD up', 0, 'up\n', ''],
  ['update --kernel-memory 1m up', 0, 'up\n', ''],
  // Of what does not run nobody asks how it is to be stopped.
  ['stop -s NOPE up', 1, '', 'Error response from daemon: cannot stop container: up: invalid signal: NOPE\n'],
  ['stop -s NOPE gone', 0, 'gone\n', ''],
  ['port up 80-81', 1, '', 'Error: invalid port (80-81): strconv.ParseUint: parsing "80-81": invalid syntax\n'],
  ['port up 80/', 1, '', "Error: No public port '80/' published for up\n"],
  ['cp /etc/passwd up:', 1, '', 'no such directory\n'],
  ['cp /etc/passwd/ up:/tmp', 1, '', 'not a directory\n'],
  ['cp /etc/passwd/x up:/tmp', 1, '', 'not a directory\n'],
  ['cp up: /tmp/o', 1, '', 'Error response from daemon: bad parameter: pathcannot be empty\n'],
  [
    // Whatever is not found, the client pulls the image and asks once more (asked of 26.1.5).
    'create --name vd --volume-driver foo -v vol:/x busybox',
    1,
    '',
    "Unable to find image 'busybox:latest' locally\nlatest: Pulling from library/busybox\n" +
      'Digest: sha256:1921d2937e455bad32ffde27535afd4bc9c8e327753a5b04d9de2806b78b9d1c\n' +
      'Status: Image is up to date for busybox:latest\n' +
      'Error response from daemon: create vol: error looking up volume plugin foo: plugin "foo" not found\n',
  ],
  [
    'volume create -d foo zz',
    1,
    '',
    'Error response from daemon: create zz: error looking up volume plugin foo: plugin "foo" not found\n',
  ],
  ['volume create --driver local zz', 0, 'zz\n', ''],
  ['inspect vd', 1, '[]\n', 'Error: No such object: vd\n'],
  ['rm -l up', 1, '', 'Error response from daemon: Conflict, cannot remove the default link name of the container\n'],
  ['rm -l up/db', 1, '', 'Error response from daemon: No such container: up/db\n'],
  ['rm /', 1, '', 'Container name cannot be empty\n'],
  ['logs --since 2100-01-01 gone', 0, '', ''],
  ['logs --since 1h --details gone', 0, ' out\n', ' err\n'],
  ['logs --until 1h gone', 0, '', ''],
  ['logs --since x gone', 1, '', 'invalid value for "since": failed to parse value as time or duration: "x"\n'],
  ['ps -f nosuch=1', 1, '', "Error response from daemon: invalid filter 'nosuch'\n"],
  ['ps -f status=nosuch', 1, '', "Error response from daemon: invalid filter 'status=nosuch'\n"],
  ['ps -f is-task=x', 1, '', "Error response from daemon: invalid filter 'is-task=[x]'\n"],
  ['ps -f health=x', 1, '', 'Error response from daemon: unrecognized filter value for health: x\n'],
  ['ps -f since=nosuch', 1, '', 'Error response from daemon: No such container: nosuch\n'],
  [
    'ps -f exited=x',
    1,
    '',
    `Error response from daemon: invalid filter 'exited=x': strconv.Atoi: parsing "x": invalid syntax\n`,
  ],
  [
    'ps -f publish=x',
    1,
    '',
    'Error response from daemon: error while looking up for publish x: strconv.ParseUint: parsing "x": invalid syntax\n',
  ],
  ['images -f x=y', 1, '', "Error response from daemon: invalid filter 'x'\n"],
  ['images -f dangling=x', 1, '', "Error response from daemon: invalid filter 'dangling=[x]'\n"],
  ['images -f since=nosuch', 1, '', 'Error response from daemon: No such image: nosuch:latest\n'],
])('docker %s', (command, exitCode, stdout, stderr) => {
  expect(host.run(`docker ${command}`)).toEqual({ exitCode, stdout, stderr });
});

test.each([
  ['', 'up'],
  ['-a', 'new gone up'],
  ['-l', 'new'],
  ['-n 2', 'new gone'],
  ['-f name=^up$ -f name=gone', 'up'],
  ['-a -f name=^/up$ -f name=gone', 'gone up'],
  // Go's regular expressions, which are not JavaScript's.
  ["-f 'name=(?i)^UP$'", 'up'],
  ["-f 'name=(?=up)'", ''],
  ['-f status=exited -f status=created', 'new gone'],
  ['-f exited=3', ''],
  ['-a -f exited=3', 'gone'],
  ['-a -f exited=0', ''],
  ['-a -f ancestor=alpine:latest', 'gone'],
  ['-a -f ancestor=busybox', 'new up'],
  ['-a -f ancestor=nosuch', ''],
  ['-a -f label=k', 'new'],
  ['-a -f label=k -f label=other', ''],
  ['-a -f since=up', 'new gone'],
  ['-a -f before=gone', 'up'],
  ['-a -f volume=x', ''],
  ['-a -f publish=80', ''],
  ['-a -f health=none -f is-task=false -f network=bridge', 'new gone up'],
])('docker ps %s', (flags, expected) => {
  const { stdout } = host.run(`docker ps ${flags} --format '{{.Names}}'`);
  expect(stdout.trim().split('\n').join(' ')).toBe(expected);
});

test('several containers are stopped at the same time, and told in the order in which they were named', () => {
  const crowd = bootHost();
  const names = ['one', 'two', 'three'];
  for (const name of names) crowd.run(`docker run -d --name ${name} busybox sleep 100000`);
  const { stdout, stderr, exitCode } = crowd.run('date +%s; docker stop three nosuch one two three; date +%s');
  const [begin, ...told] = stdout.trim().split('\n');
  expect(told.slice(0, -1)).toEqual(['three', 'one', 'two', 'three']);
  expect(Number(told.at(-1)) - Number(begin)).toBe(10);
  expect({ stderr, exitCode }).toEqual({
    stderr: 'Error response from daemon: No such container: nosuch\n',
    exitCode: 0,
  });
  expect(crowd.run('docker rm one nosuch two three').stdout).toBe('one\ntwo\nthree\n');
});

test.each([
  ['ps -aq --format x | wc -l', '3\n', 'WARNING: Ignoring custom format, because both --format and --quiet are set.\n'],
  ['ps -a --format "{{.Label \\"k\\"}}{{.Names}} {{.Size}}"', 'vnew 0B\ngone 0B\nup 0B\n', ''],
  ['ps -a --format \'table {{.Label "a.my-k"}}\' | head -1', 'my k\n', ''],
  ["ps --format '{{.Nope}}'", '', typed('executing "" at <.Nope>: can\'t evaluate field Nope in type')],
  ["ps --format '{{.Names .ID}}'", '', typed('executing "" at <.Names>: wrong number of args for Names: want 0 got 1')],
  ["version -f '{{.Client.Version}} {{.Server.APIVersion}}'", '26.1.5+dfsg1 1.45\n', ''],
  [
    "version -f '{{.Client.Os}} {{.Nope}}'",
    'linux \n',
    'template: version:1:17: executing "version" at <.Nope>: can\'t evaluate field Nope in type system.versionInfo\n',
  ],
  [
    "info -f '{{.Driver}} {{.Nope}}'",
    'overlay2 \n',
    'template: :1:14: executing "" at <.Nope>: can\'t evaluate field Nope in type system.dockerInfo\n',
  ],
  ["inspect -f '{{.Name}} {{.HostConfig.RestartPolicy}}' up", '/up {no 0}\n', ''],
  [
    'inspect -f \'{{if eq .Name "/up"}}{{.Name}}{{else}}{{.Nope}}{{end}}\' up nosuch gone',
    '/up\n',
    'Error: No such object: nosuch\n' +
      'template parsing error: template: :1:40: executing "" at <.Nope>: map has no entry for key "Nope"\n',
  ],
  ['inspect --type image up', '[]\n', 'Error response from daemon: No such image: up:latest\n'],
  ['inspect --type volume up', '[]\n', 'Error response from daemon: get up: no such volume\n'],
  ["inspect -s -f '{{.SizeRw}}' up", '0\n', ''],
  [
    "events --since 2000-01-01 --until 2100-01-01 -f type=container -f event=die --format '{{.Action}} {{.Actor.Attributes.exitCode}}{{.Actor.Attributes.nosuch}}'",
    'die 3<no value>\n',
    '',
  ],
])('docker %s prints', (command, stdout, stderr) => {
  const answer = host.run(`docker ${command}`);
  expect(
    answer.stdout
      .replace(/\(virtual [^)]*\)/g, '')
      .replace(/ +$/gm, ' ')
      .replace(/0B $/gm, '0B'),
  ).toBe(stdout);
  expect(answer.stderr).toContain(stderr);
});

function typed(words: string): string {
  return `failed to execute template: template: :1:2: ${words}`;
}

test('docker ps shows twenty characters of a command, the last of a longer one as three dots', () => {
  host.run(
    'docker run -d --name fits busybox sleep 12345678901234; docker run -d --name longer busybox sleep 123456789012345',
  );

  expect(host.run("docker ps --filter name=fits --filter name=longer --format '{{.Command}}'").stdout).toBe(
    '"sleep 1234567890123…"\n"sleep 12345678901234"\n',
  );
  host.run('docker rm -f fits longer');
});

// Asked of 26.1.5.
test('containers are listed by what is mounted, by their ports, by an id that is theirs alone', () => {
  const full = bootHost();
  full.run(
    'docker volume create v1; docker run -d --name web -v v1:/d -v /tmp:/t -p 8080:80 --expose 90/udp busybox sleep 9999;' +
      'docker run -d --name alone --network none --expose 90/udp busybox sleep 9999; docker create --name new busybox;' +
      'docker commit web mine; docker run -d --name child mine',
  );
  const names = (filters: string): string =>
    full.run(`docker ps -a ${filters} --format '{{.Names}}'`).stdout.trim().split('\n').join(' ');
  expect(names('-f volume=v1')).toBe('web');
  expect(names('-f volume=/d')).toBe('web');
  expect(names('-f volume=/tmp -f volume=/nosuch')).toBe('web');
  expect(names('-f volume=v')).toBe('');
  expect(names('-f publish=8080')).toBe('web');
  expect(names('-f publish=80')).toBe('');
  expect(names('-f expose=90/udp')).toBe('child web');
  expect(names('-f id=')).toBe('');
  expect(names('-f network=')).toBe('child new alone web');
  expect(names('-f ancestor=busybox -f status=running')).toBe('child alone web');
  expect(names('-f ancestor=mine')).toBe('child');
  expect(names('-f ancestor=nosuch')).toBe('');
  expect(names("-f ''")).toBe('child new alone web');
  const first = full.run("docker inspect -f '{{.Id}}' web | cut -c1-12").stdout.trim();
  expect(full.run(`docker ps -a -f before=${first}`).stderr).toBe(
    `Error response from daemon: No such container: ${first}\n`,
  );
  expect(full.run('docker ps -f publish=').stderr).toBe(
    'Error response from daemon: error while looking up for publish : Empty string specified for ports.\n',
  );
});

// Asked of 26.1.5.
test.each([
  ["network inspect -f '{{.Nope}}' none", '\n', parsing('executing "" at <.Nope>: map has no entry for key "Nope"')],
  [
    "volume inspect -f '{{.Nope}}' data",
    '\n',
    parsing('executing "" at <.Nope>: can\'t evaluate field Nope in type volume.Volume'),
  ],
  [
    "context inspect -f '{{.Nope}}'",
    '\n',
    parsing('executing "" at <.Nope>: can\'t evaluate field Nope in type context.contextWithTLSListing'),
  ],
  [
    "context inspect -f '{{.Metadata}}|{{.TLSMaterial}}|{{.Storage}}'",
    '{default { map[]} map[docker:{unix:///var/run/docker.sock false}]}|map[]|{<IN MEMORY> <IN MEMORY>}\n',
    '',
  ],
  ["info -f '{{.Swarm}} {{.RegistryConfig.Mirrors}}'", '{  inactive false  [] 0 0 <nil> []} []\n', ''],
  ["info -f '{{.Swarm.Nope}}'", '\n', "can't evaluate field Nope in type swarm.Info"],
  ["network inspect -f '{{.IPAM}} {{.Labels}}' none", '{default map[] []} map[]\n', ''],
  ['inspect --type secret x', '[]\n', 'Error response from daemon: This node is not a swarm manager. '],
  ["inspect -s --type volume -f '{{.Name}}' data", 'data\n', 'WARNING: --size ignored for volume\n'],
])('docker %s', (command, stdout, stderr) => {
  host.run('docker volume create data');
  const told = host.run(`docker ${command}`);
  expect(told.stdout).toBe(stdout);
  expect(told.stderr).toContain(stderr.trimEnd());
});

function parsing(words: string): string {
  return `template parsing error: template: :1:2: ${words}`;
}
