/** The shell against what Debian's dash 0.5.12 printed for the same text. */
import { expect, test } from 'vitest';
import { utf8 } from '../../kernel/bytes.ts';
import { stage } from '../programs.fixture.ts';
import snippets from './dash-snippets.json' with { type: 'json' };

/** Where ours is to differ from dash, and why. */
const accepted: Readonly<Record<string, string>> = {
  "sh -c 'kill -SEGV $$'; echo $?": 'the recorded machine writes core dumps: "(core dumped)"',
  'case x in': 'dash expects the ")" of a pattern, ours says what is missing: esac',
  "(sleep 0.1; kill -USR1 $$) & trap 'echo usr1' USR1; wait; echo $?; wait; echo $?":
    'a race in dash between the signal and the end of its sender',
  'jobs; sleep 0.1 & jobs; wait; jobs': 'dash without a terminal forgets the text of its jobs',
};

type Snippet = (typeof snippets)[number];
const title = ({ script }: Snippet): readonly [string, Snippet] => [
  script.replaceAll('\n', '\\n'),
  snippets.find((one) => one.script === script) as Snippet,
];

function compare({ script, out, err, code }: Snippet) {
  const ran = stage().sh(script);
  return {
    seen: { out: ran.out, err: ran.err.replaceAll('/bin/sh:', 'sh:'), status: ran.status },
    recorded: { out: utf8(out), err: utf8(err), status: { code } },
  };
}

test.each(snippets.filter(({ script }) => !(script in accepted)).map(title))(
  '%s: prints what dash prints',
  (_, snippet) => {
    const { seen, recorded } = compare(snippet);
    expect(seen).toEqual(recorded);
  },
);

test.each(snippets.filter(({ script }) => script in accepted).map(title))(
  '%s: differs from dash on purpose',
  (_, snippet) => {
    const { seen, recorded } = compare(snippet);
    expect(seen).not.toEqual(recorded);
  },
);

test('each accepted difference is about a snippet', () => {
  expect(Object.keys(accepted).filter((script) => !snippets.some((one) => one.script === script))).toEqual([]);
});

/** As dash and ash of Debian 12 show it. */
test.each([
  ['-c', ['/bin/sh', '-c', 'grep SigCgt /proc/$$/status; :'], '', '10002'],
  ['standard input', ['/bin/sh'], 'grep SigCgt /proc/$$/status\n:\n', '10000'],
  ["trap '' CHLD", ['/bin/sh', '-c', "trap '' CHLD; grep SigCgt /proc/$$/status; :"], '', '10002'],
])('what a shell with %s catches', (_how, argv, input, mask) => {
  expect(stage().run(argv, input).out).toBe(`SigCgt:\t${mask.padStart(16, '0')}\n`);
});

test('what was ignored when a shell began cannot be trapped', () => {
  const { out } = stage().sh(
    `trap '' USR1; sh -c 'trap "echo no" USR1; kill -USR1 $$; trap - USR1; kill -USR1 $$; echo lives'`,
  );
  expect(out).toBe('lives\n');
});

test('kill with a signal and nobody to send it to tells its usage, and signals no group', () => {
  const usage = 'kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]\n';
  for (const line of ['kill -9', 'kill -STOP', 'kill -s TERM', 'kill'])
    expect(stage().sh(line)).toEqual({ out: '', err: `/bin/sh: 1: ${usage}`, status: { code: 2 } });
});

/** Of dash 0.5.12 this is what most runs show: the child has the signal before it has let go of its parent's traps. */
test.each(['TERM', 'USR1', 'INT'])('SIG%s for a fresh child is not a trap of its parent', (signal) => {
  const { out, status } = stage().sh(
    `trap 'echo ran; exit 9' ${signal}; for i in 1 2 3; do sleep 0.1 & kill -${signal} $!; wait $!; echo $?; done`,
  );
  expect(out).toMatch(/^(?:(?:0|138|143)\n){3}$/);
  expect(status).toEqual({ code: 0 });
});

test("SIGINT that hits a fresh child is not the parent's, which would end its script", () => {
  expect(stage().sh('(sleep 0.1) & kill -INT $!; wait $!; echo next')).toMatchObject({ out: 'next\n', err: '' });
});

test('trap lists by number and knows no options; kill of a job without job control finds no group', () => {
  const { out, err } = stage().sh(
    "trap 'echo a' INT; trap 'echo b' EXIT; trap 'echo c' HUP; trap; sleep 0.1 & kill %1; echo $?; trap -l; echo no",
  );
  expect({ out, err }).toEqual({
    out: "trap -- 'echo b' EXIT\ntrap -- 'echo c' HUP\ntrap -- 'echo a' INT\n1\nb\n",
    err: '/bin/sh: 1: kill: No such process\n\n/bin/sh: 1: trap: Illegal option -l\n',
  });
});

// Asked of dash 0.5.12.
test.each([
  ['kill -s', 'kill: No arg for -s option\n'],
  ['kill -n 9 1', 'kill: Illegal option -n\n'],
  ['kill -99 1', 'kill: Illegal option -9\n'],
  ['kill -s 99 1', 'kill: invalid signal number or name: 99\n'],
  ['kill -l 128', 'kill: invalid signal number or exit status: 128\n'],
  ['kill -9 999999', 'kill: No such process\n\n'],
  ['export() { echo; }', 'Syntax error: Bad function name\n'],
  [':() { echo; }', 'Syntax error: Bad function name\n'],
])('%s: %s', (script, words) => {
  expect(stage().sh(script)).toMatchObject({ out: '', err: `/bin/sh: 1: ${words}` });
});

test('a text that the simulator cannot hold is one for which dash has no memory', () => {
  const doubled = 'x=aaaaaaaaaaaaaaaa; while [ ${#x} -lt 100000000 ]; do x=$x$x; done';
  for (const line of ['y=$x$x$x', ': "$x$x$x"'])
    expect(stage().sh(`${doubled}; ${line}; echo no`)).toEqual({
      out: '',
      err: '/bin/sh: 1: Out of space\n',
      status: { code: 2 },
    });
});
