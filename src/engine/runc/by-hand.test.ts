/** runc by hand: wrong command lines and bundles are answered as the real one answers them (runc 1.1.5, asked). */
import { describe, expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import { commandHelp, globalHelp } from './help.ts';

const host = bootHost();
host.run(
  'docker create --name source busybox; mkdir /b; cd /b; runc spec; ' +
    'cp -a $(dirname $(dirname /var/lib/docker/overlay2/*/diff/bin/busybox)) rootfs; cp config.json example.json',
);

const noArgument = (verb: string, how: string) => `runc: \\"${verb}\\" requires ${how} argument(s)`;
const wrong: readonly (readonly [command: string, exitCode: number, message: string])[] = [
  ['runc foo', 3, "No help topic for 'foo'\\n"],
  ['runc state', 1, noArgument('state', 'exactly 1')],
  ['runc list x', 1, noArgument('list', 'exactly 0')],
  ['runc kill', 1, noArgument('kill', 'a minimum of 1')],
  ['runc kill a b c', 1, noArgument('kill', 'a maximum of 2')],
  ['runc --bogus list', 1, 'flag provided but not defined: -bogus'],
  ['runc create --bundle', 1, 'flag needs an argument: -bundle'],
  ['runc events --interval x c1', 1, 'invalid value \\"x\\" for flag -interval: parse error'],
  ['runc list -f foo', 1, 'invalid format option'],
  ['runc kill nosuch --all KILL', 1, 'container does not exist'],
  ['runc exec nosuch', 255, 'exec failed: container does not exist'],
  ['runc create a/b', 1, 'runc create failed: invalid container ID format'],
  ['runc create --bundle /nonexist c1', 1, 'runc create failed: chdir /nonexist: no such file or directory'],
  ['runc spec', 1, 'File config.json exists. Remove it first'],
  ['runc spec -b /nosuch', 1, 'chdir /nosuch: no such file or directory'],
  ['runc create c1', 1, 'runc create failed: cannot allocate tty if runc will detach without setting console socket'],
  [
    'runc run --console-socket /x c1',
    1,
    'runc run failed: cannot use console socket if runc will not detach or allocate tty',
  ],
  [
    'mv rootfs r; runc run c1; code=$?; mv r rootfs; exit $code',
    1,
    'runc run failed: invalid rootfs: stat /b/rootfs: no such file or directory',
  ],
  ['runc --log /nosuch/l list', 1, 'open /nosuch/l: no such file or directory'],
  ['runc --log /nosuch/l foo', 1, 'open /nosuch/l: no such file or directory'],
  [
    'sed \'s/"terminal": true/"terminal": false/\' example.json > config.json; runc create --pid-file /nosuch/p c1',
    1,
    'runc create failed: open /nosuch/.p: no such file or directory',
  ],
  ['runc run --pid-file /nosuch/p c1', 1, 'runc run failed: open /nosuch/.p: no such file or directory'],
  ['runc state c1', 1, 'container does not exist'],
  ["echo '{' > config.json; runc run c1", 1, 'runc run failed: unexpected EOF'],
  ["echo '{}' > config.json; runc run c1", 1, 'runc run failed: process property must not be empty'],
  [
    'sed \'s/"cwd": ".*"/"cwd": "x"/\' example.json > config.json; runc run c1',
    1,
    'runc run failed: Cwd must be an absolute path',
  ],
  // Asked of 1.1.15.
  [
    "sed 's/RLIMIT_NOFILE/RLIMIT_FOO/' example.json > config.json; runc run c1",
    1,
    'runc run failed: wrong rlimit value: RLIMIT_FOO',
  ],
  [
    'sed \'s/"type": "pid"/"type": "foo"/; s/rootfs/nosuch/\' example.json > config.json; runc run c1',
    1,
    'runc run failed: namespace {\\"foo\\" \\"\\"} does not exist',
  ],
  ['rm config.json; runc run c1', 1, 'runc run failed: JSON specification file config.json not found'],
];

test.each(wrong)('%s', (command, exitCode, message) => {
  const ran = host.run(`cd /b; ${command}`);

  expect(ran.stderr.replace(/^time="[^"]*" /, '')).toBe(`level=error msg="${message}"\n`);
  expect(ran.exitCode).toBe(exitCode);
});

test('a wrong command line has the help on standard output', () => {
  expect(host.run('runc delete').stdout).toBe(`Incorrect Usage.\n\n${commandHelp('delete')}`);
  expect(host.run('runc list -q=maybe').stdout).toBe(
    `Incorrect Usage: invalid boolean value "maybe" for -q: parse error\n\n${commandHelp('list')}`,
  );
  expect(host.run('runc --x').stdout).toBe(`Incorrect Usage. flag provided but not defined: -x\n\n${globalHelp()}`);
});

test('help is laid out as urfave/cli lays it out', () => {
  expect(commandHelp('ps')).toBe(`NAME:
   runc ps - ps displays the processes running inside a container

USAGE:
   runc ps [command options] <container-id> [ps options]

OPTIONS:
   --format value, -f value  select one of: table or json (default: "table")
   
`);
});

/** A config.json of a few words. */
const bare = (more: object, namespaces: readonly string[], command: string): string => {
  const process = { user: { uid: 0, gid: 0 }, cwd: '/', env: ['PATH=/bin'], args: ['sh', '-c', command] };
  const { linux = {}, ...rest } = more as { readonly linux?: object };
  const all = { namespaces: namespaces.map((type) => ({ type })), ...linux };
  return JSON.stringify({ ociVersion: '1.0.2', process, root: { path: 'rootfs' }, linux: all, ...rest });
};

const withProc = { mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }] };

test.each([
  [{ hostname: 'x' }, ['pid', 'mount'], 'unable to set hostname without a private UTS namespace'],
  [
    { linux: { maskedPaths: ['/proc/kcore'] } },
    ['pid'],
    'unable to restrict sys entries without a private MNT namespace',
  ],
  [
    { linux: { readonlyPaths: ['/proc/sys'] } },
    ['pid'],
    'unable to restrict sys entries without a private MNT namespace',
  ],
])('a bundle with %j and the namespaces %j: %s', (more, namespaces, words) => {
  const ran = host.run(`cd /b; echo '${bare(more, namespaces, 'true')}' > config.json; runc run c1`);

  expect(ran.stderr).toContain(`msg="runc run failed: ${words}"\n`);
  expect(ran.exitCode).toBe(1);
});

test('without a mount namespace the container’s root is its own alone: the host keeps its root', () => {
  const config = bare(withProc, ['pid'], 'cat /mark');
  host.run(`cd /b; echo inside > rootfs/mark; echo '${config}' > config.json`);

  expect(host.run('cd /b; runc run c1')).toEqual({ exitCode: 0, stdout: 'inside\n', stderr: '' });
  // What was mounted for it stays with the host.
  expect(host.run('umount /b/rootfs/proc && umount /b/rootfs && rm /b/rootfs/mark && ls -d /b /mark').stdout).toBe(
    '/b\n',
  );
});

test('events end with the last process, though the container is not deleted', () => {
  const config = bare(withProc, ['pid', 'mount'], 'sleep 2');
  const told = host.run(
    `cd /b; echo '${config}' > config.json; runc run -d c1; ` +
      'runc events --interval 600ms c1 | cut -c 1-25; runc state c1 | jq -r .status; runc delete c1',
  );
  expect(told).toEqual({
    exitCode: 0,
    stdout: `${'{"type":"stats","id":"c1"\n'.repeat(3)}stopped\n`,
    stderr: '',
  });
});

test('a signal is any number that there is, or the name of one that is not real-time', () => {
  const config = bare(withProc, ['pid', 'mount'], 'sleep 1000');
  const kill = (signal: string): string => `runc kill c1 ${signal} 2>&1 | sed "s/^time[^ ]* //"; `;
  const told = host.run(
    `cd /b; echo '${config}' > config.json; runc run -d c1; ` +
      `${['0', 'cld', 'RTMIN', '65', '-1'].map(kill).join('')}runc exec c1; runc list -f json | wc -l; runc delete -f c1`,
  );
  const failed = (words: string): string => `level=error msg="${words}"\n`;
  expect(told.stdout).toBe(
    `${failed('unknown signal \\"RTMIN\\"')}${failed('unable to signal init: invalid argument').repeat(2)}1\n`,
  );
  expect(told.stderr).toContain(failed('exec failed: process args cannot be empty'));
});

test('a directory without a state is told of among the containers', () => {
  expect(host.run('mkdir -p /run/runc/half; runc list -q; rmdir /run/runc/half')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'load container half: container does not exist\n',
  });
});

test('in the foreground runc carries bytes both ways, hands signals on, and leaves nothing behind', () => {
  const ran = host.run(
    `cd /b; sed 's/"terminal": true/"terminal": false/; s/"sh"/"cat"/' example.json > config.json; ` +
      'echo through | runc run c1; echo $?; ' +
      `sed -i 's/"cat"/"sh", "-c", "trap \\\\"echo heard; exit 4\\\\" TERM; while :; do sleep 1; done"/' config.json; ` +
      'runc run c2 & sleep 2; kill -TERM $!; wait $!; echo $?; runc list -q',
  );

  expect(ran).toEqual({ exitCode: 0, stdout: 'through\n0\nheard\n4\n', stderr: '' });
});

describe('in a container that runs', () => {
  const inC7 = (command: string): string =>
    host
      .run(
        `cd /b; sed 's/"terminal": true/"terminal": false/; s/"sh"/"sleep", "9999"/' example.json > config.json; ` +
          `runc run -d c7; ${command}; echo $?; runc delete --force c7`,
      )
      .stderr.replace(/^time="[^"]*" level=error msg="|"\n$/g, '');

  test.each([
    ['exec -e A c7 env', "exec failed: unable to start container process: invalid environment variable: missing '='"],
    [
      'exec -e =A c7 env',
      'exec failed: unable to start container process: invalid environment variable: name cannot be empty',
    ],
    ['exec c7', 'exec failed: process args cannot be empty'],
    ['exec --process /nope.json c7', 'exec failed: open /nope.json: no such file or directory'],
    ['kill c7 FOO', 'unknown signal \\"FOO\\"'],
    ['kill c7 99', 'unable to signal init: invalid argument'],
    ['kill c7 0', ''],
  ])('runc %s', (command, message) => {
    expect(inC7(`runc ${command}`)).toBe(message);
  });
});

/** Asked of 1.1.15. */
test('runc exec --cap gives more, and says what there is not', () => {
  const ran = host.run(
    `cd /b; sed 's/"terminal": true/"terminal": false/; s/"sh"/"sleep", "9999"/' example.json > config.json; ` +
      'runc run -d c8; caps() { runc exec "$@" | grep ^Cap[PEB] | cut -f2; }; ' +
      'caps -c CAP_SYS_ADMIN --cap CAP_KILL c8 cat /proc/self/status; ' +
      'caps -c CAP_SYS_ADMIN -u 5:5 c8 cat /proc/self/status; caps -c sys_admin c8 cat /proc/self/status; ' +
      'runc --log /tmp/log --log-format json exec -c foo -c CAP_NO c8 true; cut -d, -f1,2 /tmp/log; ' +
      'runc delete --force c8',
  );
  const [own, more] = ['0000000020000420', '0000000020200420'];
  expect(ran.stdout).toBe(
    `${more}\n${more}\n${more}\n${'0'.repeat(16)}\n${'0'.repeat(16)}\n${more}\n${own}\n${own}\n${own}\n` +
      '{"level":"warning","msg":"ignoring unknown or unavailable capabilities: [CAP_NO foo]"\n',
  );
  expect(ran.stderr).toMatch(
    /^time="[^"]*" level=warning msg="ignoring unknown or unavailable capabilities: \[sys_admin\]"\n$/,
  );
});

test.each([
  ['A', "missing '='"],
  ['=A', 'name cannot be empty'],
])('a bundle with the environment line %s is refused by runc init', (line, words) => {
  const edit = `sed 's/"terminal": true/"terminal": false/; s/"TERM=xterm"/"${line}"/' example.json > config.json`;

  expect(host.run(`cd /b; ${edit}; runc run c8`).stderr).toContain(
    'msg="runc run failed: unable to start container process: ' +
      `error during container init: invalid environment variable: ${words}"`,
  );
});

test('a process whose pid cannot be written down is ended', () => {
  const ran = host.run(
    `cd /b; sed 's/"terminal": true/"terminal": false/; s/"sh"/"sleep", "9999"/' example.json > config.json; ` +
      'runc run -d c9; runc exec --pid-file /nosuch/p c9 sleep 8888; echo $?; runc ps c9 | grep -c sleep; ' +
      'runc delete --force c9',
  );

  expect(ran.stderr).toContain('level=error msg="exec failed: open /nosuch/.p: no such file or directory"\n');
  expect(ran.stdout).toBe('255\n1\n');
});

test('a terminal of its own shows what is typed, and what is on it', () => {
  host.run('cp /b/example.json /b/config.json');
  host.type(0, 'cd /b && runc run c3\r');
  expect(host.type(0, 'tty; exit 6\r')).toContain('/dev/pts/0\r\n');
  expect(host.type(0, 'echo code $?\r')).toContain('code 6\r\n');
});

const withoutTerminal = 's/"terminal": true/"terminal": false/';
const sleeper = `cd /b; sed '${withoutTerminal}; s/"sh"/"sleep", "1000"/' example.json > config.json; `;

test('a start that waits at the fifo for a process that has died gives up', () => {
  const fifo = '/run/runc/c4/exec.fifo';
  const ran = host.run(
    `${sleeper} runc create c4; rm ${fifo}; mkfifo ${fifo}; runc start c4 & sleep 1; ` +
      'kill -9 $(runc state c4 | jq .pid); wait $!; echo $?; runc delete c4',
  );

  expect(ran.stdout).toBe('1\n');
  expect(ran.stderr).toContain('msg="container process is already dead"');
});

test('a create that is killed, at whatever moment, leaves nothing that a forced delete does not remove', () => {
  const ran = host.run(
    `${sleeper} for t in 10 30 50 52 54 56 58 60 62 64 66; do runc create c5 & sleep 0.0$t; pkill -9 -x runc; wait; ` +
      "runc delete -f c5; sleep 1; done; pgrep -fc 'runc[ ]init'; runc list -q",
  );

  expect(ran).toEqual({ exitCode: 0, stdout: '0\n', stderr: '' });
});

test('without its cgroup a container cannot be paused', () => {
  const ran = host.run(
    `${sleeper} runc run -d c6; pid=$(runc state c6 | jq .pid); group=$(cut -d: -f3 /proc/$pid/cgroup); ` +
      'echo $pid > /sys/fs/cgroup/cgroup.procs; rmdir /sys/fs/cgroup$group; runc pause c6; runc delete -f c6',
  );

  expect(ran.stderr).toMatch(/freezer not supported: openat2 \S+c6\/cgroup.freeze: no such file or directory/);
});

test("a refused mount names the descriptor of its target: a terminal's socket takes the one before", () => {
  const told = (flags: string) =>
    /via \S+\)/.exec(host.run(`docker run --network none ${flags} --tmpfs /x:size=z busybox true`).stderr)?.[0];
  expect([told(''), told('-t')]).toEqual(['via /proc/self/fd/6)', 'via /proc/self/fd/7)']);
});

test('a state.json that was cut short is told of, and the other containers are listed', () => {
  const cut = 'mkdir -p /run/runc/cut; echo "{" > /run/runc/cut/state.json';
  expect(host.run(`${cut}; runc state cut`).stderr).toContain('level=error msg="unexpected EOF"');
  expect(host.run('runc list')).toMatchObject({ exitCode: 0, stderr: 'load container cut: unexpected EOF\n' });
  expect(host.run('rm -r /run/runc/cut; runc list').stderr).toBe('');
});
