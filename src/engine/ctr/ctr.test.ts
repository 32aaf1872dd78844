/** ctr on the engine that dockerd uses; formats and words are those of the real one. */
import { expect, test } from 'vitest';
import { utf8 } from '../../kernel/bytes.ts';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
const id = host.run('docker run -d --name web busybox sleep 1000').stdout.trim();
const pid = host.run('docker inspect -f {{.State.Pid}} web').stdout.trim();

test('dockerd’s containers and tasks are in the namespace moby, and nowhere else', () => {
  const width = 64 + 4;
  expect(host.run('ctr -n moby c ls').stdout).toBe(
    `${'CONTAINER'.padEnd(width)}IMAGE    RUNTIME                  \n${id}    -        io.containerd.runc.v2    \n`,
  );
  expect(host.run('ctr -n moby t ls').stdout).toBe(
    `${'TASK'.padEnd(width)}${'PID'.padEnd(pid.length + 4)}STATUS    \n${id}    ${pid.padEnd(pid.length + 4)}RUNNING\n`,
  );
  expect(host.run('ctr c ls; ctr t ls; ctr ns ls').stdout).toBe(
    'CONTAINER    IMAGE    RUNTIME    \nTASK    PID    STATUS    \nNAME LABELS \nmoby        \n',
  );
});

// As a real ctr 1.7.24 told them of a containerd 1.7.24 that had nothing.
test.each([
  ['-n moby images ls', 'REF TYPE DIGEST SIZE PLATFORMS LABELS \n'],
  ['-n moby i ls -q', ''],
  ['-n moby content ls', 'DIGEST\tSIZE\tAGE\tLABELS\n'],
  ['-n moby snapshots --snapshotter native ls', 'KEY PARENT KIND \n'],
  ['leases ls', 'ID CREATED AT LABELS \n'],
  ['sb ls', 'ID CREATED RUNTIME \n'],
  [
    'plugins ls type~=nri',
    'TYPE                    ID     PLATFORMS    STATUS    \nio.containerd.nri.v1    nri    -            ok        \n',
  ],
  ['plugin ls -q type~=snapshotter,id==zfs', 'zfs\n'],
])('ctr %s: dockerd with overlay2 keeps its images itself', (line, stdout) => {
  expect(host.run(`ctr ${line}`)).toEqual({ exitCode: 0, stdout, stderr: '' });
});

test('ctr info tells of the daemon, in no namespace', () => {
  expect(JSON.parse(host.run('ctr -n x/y info').stdout)).toEqual({
    server: {
      uuid: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      pid: Number(host.run('pidof containerd').stdout),
      pidns: 4026531836,
    },
  });
});

test('a task that ctr pauses is paused for docker too; a signal from ctr ends it', () => {
  expect(host.run(`ctr -n moby t ps ${id}`).stdout).toBe(`PID    INFO\n${pid.padEnd(7)}-\n`);
  expect(host.run(`ctr -n moby t pause ${id}; docker inspect -f '{{.State.Status}}' web`).stdout).toBe('paused\n');
  expect(host.run(`ctr -n moby t resume ${id}; docker inspect -f '{{.State.Status}}' web`).stdout).toBe('running\n');
  const ended = host.run(`ctr -n moby t kill -s KILL ${id}; sleep 1; docker inspect -f '{{.State.ExitCode}}' web`);
  expect(ended.stdout).toBe('137\n');
});

// Asked of 1.7.24.
test.each([
  ['FOO', 'invalid signal: FOO'],
  ['0', 'invalid signal: 0'],
  [
    '65',
    'unknown error after kill: runc did not terminate successfully: exit status 1: ' +
      'unable to signal init: invalid argument\n: unknown',
  ],
])('ctr tasks kill -s %s', (signal, words) => {
  const other = bootHost();
  const started = 'ctr -n moby t kill -s';
  const ran = other.run(`I=$(docker run -d busybox sleep 1000); ${started} RTMIN+1 $I; ${started} ${signal} $I`);
  expect(ran).toEqual({ exitCode: 1, stdout: '', stderr: `ctr: ${words}\n` });
});

// Asked of 1.7.24 and 26.1.5.
test('a task or a container that runs is not deleted, unless by force, which docker takes for its end', () => {
  const other = bootHost();
  const run = (script: string): string => {
    const { exitCode, stdout, stderr } = other.run(script.replaceAll('ctr ', 'ctr -n moby '));
    return `${stdout}${stderr.replaceAll(ID, 'ID').replaceAll(/^time="[^"]*" /gm, '')}${exitCode}`;
  };
  const ID = other.run('docker run -d --name web busybox sleep 1000').stdout.trim();
  const state = 'task must be stopped before deletion: running: failed precondition';
  expect(run(`ctr t rm ${ID}`)).toBe(`level=error msg="unable to delete ID" error="${state}"\nctr: ${state}\n1`);
  const running = 'cannot delete a non stopped container: {running 0 0001-01-01 00:00:00 +0000 UTC}';
  expect(run(`ctr c rm ${ID}`)).toBe(
    `level=error msg="failed to delete container \\"ID\\"" error="${running}"\nctr: ${running}\n1`,
  );
  const none = 'container "nope" in namespace "moby": not found';
  expect(run('ctr t delete nope')).toBe(
    `level=error msg="failed to load task from nope" error="${none.replaceAll('"', '\\"')}"\nctr: ${none}\n1`,
  );
  expect(run('ctr c del')).toBe('ctr: must specify at least one container to delete: invalid argument\n1');
  other.run(`ctr -n moby t rm -f ${ID}; sleep 1`);
  expect(run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web; docker start web")).toBe(
    'exited 137\nweb\n0',
  );
});

test('ctr ends when nobody reads it any more', () => {
  expect(host.run('ctr version | head -1')).toEqual({ exitCode: 0, stdout: 'Client:\n', stderr: '' });
});

test('what is not there is told as containerd tells it', () => {
  expect(host.run('ctr -n moby c info x')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'ctr: container "x" in namespace "moby": not found\n',
  });
  expect(host.run('ctr t kill').stderr).toBe('ctr: container id must be provided\n');
  expect(host.run('ctr foo')).toEqual({ exitCode: 3, stdout: '', stderr: "No help topic for 'foo'\n" });
  expect(host.run('ctr -a /nosock c ls').stderr).toBe(
    'ctr: failed to dial "/nosock": context deadline exceeded: connection error: ' +
      'desc = "transport: error while dialing: dial unix:///nosock: timeout"\n',
  );
  expect(host.run('ctr images pull x').stderr).toContain('not modelled yet');
});

// As a real ctr 1.7.24 said them.
const badName = 'identifier "a b" must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$: invalid argument';
test.each([
  ['--namespace= c ls', 'namespace is required: failed precondition'],
  ['--namespace= t ls', 'rpc error: code = FailedPrecondition desc = namespace is required: failed precondition'],
  ['--namespace= t pause x', 'namespace is required: failed precondition'],
  ["-n 'a b' c info x", `namespace validation: ${badName}`],
  ["-n 'a b' t ls", `rpc error: code = InvalidArgument desc = namespace validation: ${badName}`],
  [
    `-n ${'a'.repeat(77)} c ls`,
    `namespace validation: identifier "${'a'.repeat(77)}" greater than maximum length (76 characters): invalid argument`,
  ],
  ['-n x/y images ls', `failed to list images: namespace validation: ${badName.replace('a b', 'x/y')}`],
  ['snapshots --snapshotter zfs ls', 'snapshotter not loaded: zfs: invalid argument'],
  [
    '-n moby c ls id==web id=',
    'filters: parse error: [id >|=|< ]: unsupported operator "=": invalid argument: invalid argument',
  ],
  [
    "-n moby c ls 'é==a'",
    'filters: parse error: [ >|�|< �==a]: expected field or quoted: invalid argument: invalid argument',
  ],
  [
    '--namespace= events topic==/tasks/exit',
    'rpc error: code = Unknown desc = subscription error: failed parsing subscription filters: filters: ' +
      'parse error: [topic== >|/|< tasks/exit]: invalid quote encountered: invalid argument',
  ],
])('ctr %s: containerd refuses it', (line, words) => {
  expect(host.run(`ctr ${utf8(line)}`)).toEqual({ exitCode: 1, stdout: '', stderr: `ctr: ${words}\n` });
});

test('who has no namespace may still ask for the namespaces; an empty variable counts as given', () => {
  expect(host.run('ctr --namespace= ns ls -q').stdout).toBe('moby\n');
  expect(host.run('CONTAINERD_NAMESPACE= ctr c ls').stderr).toBe('ctr: namespace is required: failed precondition\n');
});

test('containers are listed by id, and only those that a filter lets through', () => {
  const all = [
    id,
    ...['db', 'cache'].map((name) => host.run(`docker run -d --name ${name} busybox sleep 1000`).stdout.trim()),
  ];
  const listed = (filter: string): string[] =>
    host.run(`ctr -n moby c ls -q ${filter}`).stdout.split('\n').slice(0, -1);
  expect(listed('')).toEqual(all.filter((one) => one !== id).toSorted());
  host.run('docker start web');
  expect(listed('')).toEqual(all.toSorted());
  expect(listed(`id!=${id}`)).toEqual(all.slice(1).toSorted());
  expect(listed(`'runtime.name~=runc,id==${id}' foo`)).toEqual([id]);
  expect(listed('image')).toEqual([]);
  expect(listed("'id~=['")).toEqual([]);
  expect(host.run('journalctl -u containerd -o cat').stdout).toContain(
    'level=error msg="error compiling regexp \\"[\\""',
  );
});

test('events are told as protobuf has them, and can be chosen by their fields', () => {
  const filters = [
    '',
    'event.io.terminal',
    'event.pid',
    'event.runtime.options.type_url',
    "'event.exec_id~=[[:xdigit:]]'",
  ];
  for (const [at, filter] of filters.entries()) host.run(`ctr events ${filter} > /tmp/events.${at} &`);
  const one = host
    .run('docker run -d --name one --network none busybox true; sleep 1; docker rm one')
    .stdout.slice(0, 64);
  const told = host.run("sed 's/^.* UTC moby //' /tmp/events.0").stdout.replaceAll(one, 'ID').split('\n');
  // A real one's begins with the same two fields; oci.proto has the third's number.
  const value = 'MgRydW5jOhwvdmFyL3J1bi9kb2NrZXIvcnVudGltZS1ydW5jSAE=';
  const options = `{"type_url":"containerd.runc.v1.Options","value":"${value}"}`;
  expect(told[0]).toBe(
    `/containers/create {"id":"ID","runtime":{"name":"io.containerd.runc.v2","options":${options}}}`,
  );
  expect(told[3]).toMatch(
    /^\/tasks\/exit \{"container_id":"ID","id":"ID","pid":\d+,"exited_at":\{"seconds":\d+,"nanos":\d+\}\}$/,
  );
  expect(told[4]).toMatch(/^\/tasks\/delete \{"container_id":"ID","pid":\d+,"exited_at":\{.*\}\}$/);
  expect(told[5]).toBe('/containers/delete {"id":"ID"}');
  expect(host.run('cut -d" " -f6 /tmp/events.1; cat /tmp/events.[234]').stdout).toBe('/tasks/create\n');
  expect(host.run(`ctr -n moby c info ${id}`).stdout).toContain(`"value": "${value}"`);
});

const killHelp = `NAME:
   ctr tasks kill - Signal a container (default: SIGTERM)

USAGE:
   ctr tasks kill [command options] [flags] CONTAINER

OPTIONS:
   --signal value, -s value  Signal to send to the container
   --exec-id value           Process ID to kill
   --all, -a                 Send signal to all processes inside the container
   
`;

// Asked of a real ctr 1.7.24, as are the texts of all other helps that there are here.
test.each([
  ['t kill --bogus x', 'flag provided but not defined: -bogus'],
  ['t kill x y -a --bogus', 'flag provided but not defined: -bogus'],
  ['t kill -s', 'flag needs an argument: -s'],
  ['t kill --all=maybe x', 'invalid boolean value "maybe" for -all: parse error'],
])('ctr %s is told with the help of the command', (line, words) => {
  expect(host.run(`ctr ${line}`)).toEqual({
    exitCode: 1,
    stdout: `Incorrect Usage: ${words}\n\n${killHelp}`,
    stderr: `ctr: ${words}\n`,
  });
  expect(host.run('ctr tasks help kill').stdout).toBe(killHelp);
});

test('an option of ctr itself or of a group is refused with their help; a command’s may stand behind arguments', () => {
  const [own, group] = [host.run('ctr --help').stdout, host.run('ctr t --help').stdout];
  const badTime = 'invalid value "x" for flag -timeout: parse error';
  expect(host.run('ctr --timeout x version')).toEqual({
    exitCode: 1,
    stdout: `Incorrect Usage. ${badTime}\n\n${own}`,
    stderr: `ctr: ${badTime}\n`,
  });
  const unknown = 'flag provided but not defined: -a';
  expect(host.run('ctr t -a x').stdout).toBe(`Incorrect Usage. ${unknown}\n\n${group}`);
  expect(host.run('ctr version extra').stderr).toBe('ctr: extra arguments: [extra]\n');
  expect(host.run('ctr t kill x -s KILL').stderr).toBe('ctr: container "x" in namespace "default": not found\n');
});

test('namespaces come with their labels, change and go, and who listens is told; one with containers stays', () => {
  const own = bootHost(['busybox']);
  own.run('docker run -d --name web --network none busybox sleep 1000');
  own.run(
    '(timeout 9 ctr events > /tmp/told) & sleep 1; ctr ns create foo a=b c=d; ctr ns label foo x=y; ctr ns label foo a=',
  );
  expect(own.run('ctr ns ls; systemctl restart containerd; ctr ns label bar x=y; ctr ns ls -q').stdout).toBe(
    'NAME LABELS  \nfoo  c=d,x=y \nmoby         \nbar\nfoo\nmoby\n',
  );
  expect(own.run('ctr ns create foo; ctr ns create; ctr ns create b@d; ctr ns rm moby 2>&1 | tail -n 1').stderr).toBe(
    'ctr: namespace "foo": already exists\nctr: please specify a namespace\n' +
      'ctr: identifier "b@d" must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$: invalid argument\n',
  );
  expect(own.run('ctr ns rm moby 2>&1 | tail -n 1; ctr ns rm foo foo; ctr ns ls -q').stdout).toBe(
    'ctr: unable to delete moby: namespace "moby" must be empty, but it still has containers: failed precondition\n' +
      'foo\nfoo\nbar\nmoby\n',
  );
  expect(own.run("cut -d ' ' -f 5- /tmp/told").stdout).toBe(
    'foo /namespaces/create {"name":"foo","labels":{"a":"b","c":"d"}}\n' +
      'foo /namespaces/update {"name":"foo","labels":{"x":"y"}}\nfoo /namespaces/update {"name":"foo","labels":{"a":""}}\n',
  );
});
