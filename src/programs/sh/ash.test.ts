/** busybox's shell against what the recorded containers printed. */
import { expect, test } from 'vitest';
import type { Environment, Running } from '../../kernel/abi.ts';
import { stage } from '../programs.fixture.ts';
import { typeTo } from '../terminal.fixture.ts';
import { busyboxCatMain } from '../tools/cat.ts';
import { head } from '../tools/head-tail.ts';
import { sleep, trueMain } from '../tools/everyday-tools.ts';
import { ashMain } from './main.ts';
import type { Applet, Applets } from './shell.ts';

const table: Readonly<Record<string, Applet>> = {
  cat: { main: busyboxCatMain, kind: 'exec' },
  head: { main: head('busybox'), kind: 'noexec' },
  sleep: { main: sleep('busybox'), kind: 'exec' },
  true: { main: trueMain, kind: 'nofork' },
};
const applets: Applets = { find: (name) => table[name] };

function* busybox(argv: readonly string[], environment: Environment): Running {
  const name = argv[0]?.split('/').at(-1) ?? '';
  return yield* table[name]?.main(argv, environment) ?? ashMain(applets, argv, environment);
}

function ash(text: string) {
  return stage({ busybox }).run(['/bin/busybox', '-c', text, 'sh']);
}

test.each([
  [
    'ulimit -n 64; ulimit -a | head -n 8; ulimit -n',
    'core file size (blocks)         (-c) unlimited\ndata seg size (kb)              (-d) unlimited\n' +
      'scheduling priority             (-e) 0\nfile size (blocks)              (-f) unlimited\n' +
      'pending signals                 (-i) 31502\nmax locked memory (kb)          (-l) 8192\n' +
      'max memory size (kb)            (-m) unlimited\nopen files                      (-n) 64\n64\n',
    '',
    0,
  ],
  [
    "set -x; true ''; x= y='1 2' true a=b if; true 2>/dev/null",
    '',
    "+ true \n+ x= y='1 2' true 'a=b' 'if'\n+ true\n",
    0,
  ],
  [
    "cat /proc/self/environ | tr '\\0' '\\n'; SHLVL=4 /bin/busybox -c 'cd /tmp; cat /proc/self/environ' | tr '\\0' '\\n'",
    'SHLVL=1\nHOME=/root\nPATH=/usr/bin:/bin\nPWD=/\n' +
      'SHLVL=5\nHOME=/root\nOLDPWD=/\nPATH=/usr/bin:/bin\nPWD=/tmp\n',
    '',
    0,
  ],
  ['unset 1a', '', 'sh: unset: line 0: 1a: bad variable name\n', 2],
  ['echo | read 1a', '', "sh: read: '1a': bad variable name\n", 1],
  [
    'test a b; test a b c d; [ 1 -eq a ]; test -f a b',
    '',
    'sh: b: unknown operand\nsh: b: unknown operand\nsh: a: bad number\nsh: b: unknown operand\n',
    2,
  ],
  ['exec /nosuch', '', 'sh: exec: line 0: /nosuch: not found\n', 127],
  ['echo $((2**3)) $((1,2))', '8 2\n', '', 0],
  ['echo $((a b))', '', 'sh: arithmetic syntax error\n', 2],
  ['echo $((1/0))', '', 'sh: divide by zero\n', 2],
  ['jobs %3', '', 'sh: jobs: line 0: %3: no such job\n', 2],
  ['kill', '', 'sh: you need to specify whom to kill\n', 1],
  ['kill -BOGUS 1', '', "sh: bad signal name 'BOGUS'\n", 1],
  ['echo $((1+', '', "sh: syntax error: missing '))'\n", 2],
  ['echo `x', '', 'sh: syntax error: EOF in backquote substitution\n', 2],
  ['function f { echo hi; }; f', 'hi\n', '', 0],
  // Asked of busybox 1.37.0.
  [
    ':() { echo $1; }; : hi; a-b() { echo ab; }; a-b; export() { echo own; }; export; type export',
    'hi\nab\nown\nexport is a function\n',
    '',
    0,
  ],
  ['ulimit -p', '', "ulimit: invalid option -- 'p'\n", 1],
  ['kill -s', '', "sh: bad signal name 's'\n", 1],
  ['kill -n 9 1', '', "sh: bad signal name 'n'\n", 1],
  ['kill -l 0 137 200 64; kill -l x', 'EXIT\nKILL\n72\n64\n', "sh: unknown signal 'x'\n", 1],
  ['printf %q x', '', 'sh: %q: invalid format\n', 1],
  ['for', '', 'sh: syntax error: bad for loop variable\n', 2],
  ['case x in a) echo', '', 'sh: syntax error: unexpected end of file (expecting ";;")\n', 2],
  ["printf '%d\\n' abc", '0\n', "sh: invalid number 'abc'\n", 1],
  ['exit -1', '', 'sh: exit: line 0: Illegal number: -1\n', 2],
  ['nosuch', '', 'sh: nosuch: not found\n', 127],
  ['exit 300', '', '', 44],
  [
    'echo h >> /nosuch/hosts; echo hosts rc=$?',
    'hosts rc=1\n',
    "sh: can't create /nosuch/hosts: nonexistent directory\n",
    0,
  ],
  ['sh -c "kill -SEGV \\$\\$"; echo "child rc=$?"; exit 5', 'child rc=139\n', 'Segmentation fault (core dumped)\n', 5],
  ['cat nosuch', '', "cat: can't open 'nosuch': No such file or directory\n", 1],
  ['cd /nosuch', '', "sh: cd: line 0: can't cd to /nosuch: No such file or directory\n", 1],
  ["echo 'a\\tb'; echo -e 'a\\tb'", 'a\\tb\na\tb\n', '', 0],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo tick $i; done; exit 4', 'tick 1\ntick 2\ntick 3\n', '', 4],
  ['if x; fi', '', 'sh: syntax error: unexpected "fi" (expecting "then")\n', 2],
])('sh -c %j prints %j and %j and exits with %i', (text, out, err, code) => {
  expect(ash(text)).toEqual({ out, err, status: { code } });
});

/** What was forked and executed while a text ran, as "fork" and "exec ARGV". */
function births(text: string): readonly string[] {
  const { bench, run } = stage({ busybox });
  const from = bench.events.length;
  run(['/bin/busybox', '-c', text, 'sh']);
  return bench.events
    .slice(from)
    .flatMap((event) =>
      event.type === 'task.fork' ? ['fork'] : event.type === 'task.exec' ? [`exec ${event.argv.join(' ')}`] : [],
    );
}

test('an applet that may last is busybox executed once more', () => {
  expect(births('sleep 1; true; exit 0').slice(2)).toEqual(['fork', 'exec sleep 1']);
});

test('an applet is looked for in $PATH where there is no /proc/self/exe', () => {
  expect(births('umount /proc; sleep 1; exit 0').slice(2)).toEqual([
    'fork',
    'exec umount /proc',
    'fork',
    'exec sleep 1',
  ]);
  expect(ash('umount /proc; PATH=/nowhere; sleep 1; echo $?')).toMatchObject({
    out: '127\n',
    err: 'sh: sleep: not found\n',
  });
});

test('the last command of -c takes the place of the shell', () => {
  expect(births('true; sleep 1').slice(2)).toEqual(['exec sleep 1']);
});

test('a subshell and a background command are one process each', () => {
  expect(births('(sleep 2 & exec true); exit 0').slice(2)).toEqual(['fork', 'fork', 'exec sleep 2']);
});

test('an interactive shell introduces itself, asks for the cursor after each prompt, and echoes by itself', () => {
  const { screen, status } = typeTo(['/bin/busybox'], ['echo $$\r', 'exit 5\r'], { busybox });
  expect(screen.replace(/\r\n\d+\r\n/, '\r\nPID\r\n')).toBe(
    "\r\n\r\nBusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) built-in shell (ash)\r\nEnter 'help' for a list of built-in commands.\r\n\r\n" +
      '# \x1b[6necho $$\r\nPID\r\n# \x1b[6nexit 5\r\n',
  );
  expect(status).toEqual({ code: 5 });
});

test('Ctrl-C ends a foreground command of an interactive shell', () => {
  const { screen } = typeTo(['/bin/busybox'], ['sleep 500\r', '\x03', 'echo rc=$?\r', 'exit\r'], { busybox });
  expect(screen).toContain('# \x1b[6nsleep 500\r\n^C\r\n# \x1b[6necho rc=$?\r\nrc=130\r\n');
});

test('the line editor has a history and moves within the line', () => {
  const { screen } = typeTo(
    ['/bin/busybox'],
    ['echo one\r', '\x1b[A\x7f\x7f\x7ftwo\r', 'ech x\x1b[D\x1b[D\x1b[Co\x02\x02\x1b[D\r', 'exit\r'],
    { busybox },
  );
  expect(screen).toContain('\r\ntwo\r\n');
});

// Asked of busybox 1.35.
test('a line of the history is drawn anew; the bell rings at both ends of it', () => {
  const [up, down] = ['\x1b[A', '\x1b[B'];
  const keys = ['echo a\r', 'echo b\r', 'xy', up, up, up, down, down, down, '\x03', 'exit\r'];
  const { screen } = typeTo(['/bin/busybox'], keys, { busybox });
  const drawn = (text: string): string => `\r# ${text}\x1b[J`;
  const rest = `${drawn('echo b')}${drawn('xy')}\x07^C\r\n`;
  expect(screen).toContain(`xy${drawn('echo b')}${drawn('echo a')}\x07\x07${rest}`);
});
