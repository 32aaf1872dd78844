/** awk against what mawk 1.3.4 and busybox's awk (of Debian, without its mathematics) printed for the same text. */
import { describe, expect, test } from 'vitest';
import { makeFile } from '../../kernel/vfs/host-files.ts';
import { stage } from '../programs.fixture.ts';
import { awk } from './awk.ts';
import snippets from './awk-snippets.json' with { type: 'json' };

/** Where ours is to differ from mawk, and why. */
const mawkAccepted: Readonly<Record<string, string>> = {
  'BEGIN { print "3x"+4, "0x10"+0, "1e2"+0, ".5."+0 }': 'hexadecimal numbers are an accident of strtod(3)',
  '{ if (x': 'mawk goes on after its first mistake, ours says one',
  '{ print $1 ]': 'the same',
  '}': 'the same',
  'BEGIN{printf "%d %s\\n", 1}': 'mawk has written half of the line by then',
  'BEGIN { print 5 @ 3 }': 'mawk forgets the word "line" there',
};

/** Likewise from busybox. */
const busyboxAccepted: Readonly<Record<string, string>> = {
  'BEGIN { s="abc"; gsub(/b*/,"-",s); print s }': 'busybox finds nothing once more where a match ended',
  'BEGIN { print int(3.9), int(-3.9), int("12abc"), sqrt(16), exp(0), log(1), sin(0), cos(0), atan2(0,-1) }':
    'the image busybox has its mathematics',
  'BEGIN { print 2^10, 2^0.5, -2^2, 2^3^2, 2^-1 }': 'the same',
  'BEGIN { x=5; x+=2; print x; x-=1; print x; x*=3; print x; x/=2; print x; x%=5; print x; x^=2; print x }': 'the same',
  'BEGIN { print 100000000000000000000, 1e18, 2^53, 2^53+1, 2^31 }': 'the same',
  'BEGIN { printf "%*d|%-*d|%.*f\\n", 5, 42, 5, 42, 2, 3.14159 }': 'a star is what mawk and POSIX have',
  'BEGIN { printf "%d %d\\n", 2147483648, -2147483649 }': 'a cast beyond C that each machine makes its own way',
  'BEGIN { print 1&&0, 1||0, !(1&&0), 1&&1||0 }': 'busybox mistakes it',
  'BEGIN { for(i=1;i<=30;i++) a["key" i]=i; for(k in a) printf "%s ", k; print "" }':
    'an order that grows with the table',
  'BEGIN { print "a\\tb\\\\n\\"q\\"\\/" }': 'an escape that awk does not know keeps its backslash, as mawk has it',
  'BEGIN { print "\\101\\x" }': 'the same',
  'BEGIN { print substr("x", 1, 1e10), 1e3 "" }': 'a length beyond C',
  'BEGIN { print 010, 1.50, .5, 1e3 }': 'octal numbers are an accident of strtoul(3)',
  'BEGIN { print "3x"+4, "0x10"+0, "1e2"+0, ".5."+0 }': 'likewise hexadecimal ones',
  'BEGIN { print "a]b" ~ /[]]/, "a-b" ~ /[a\\-z]-/, "x/y" ~ /[/]/, "tab\\t" ~ /[\\t]/, "A1" ~ /^[[:alpha:]][[:digit:]]$/ }':
    'a backslash in brackets is read as mawk does',
  'BEGIN{return 1}': 'busybox minds no return where there is nothing to return from',
  'BEGIN{next}': 'nor a next where there is no record',
};

const records = '3 apple red 1.5\n10 banana yellow 0.25\n7 apple green 2\n1 kiwi brown 0.5\n';

type Snippet = (typeof snippets)[number];

function compare({ words, input = records, mawk, busybox = mawk }: Snippet, isBusybox: boolean) {
  const { bench, run } = stage({ busyboxAwk: awk('busybox') });
  makeFile(bench.kernel, '/tmp/awkp', '{ print $2 }\n# c\nEND { print "e" }\n');
  const { code, ...texts } = isBusybox ? busybox : mawk;
  return {
    seen: run([isBusybox ? '/bin/busyboxAwk' : 'awk', ...words], input),
    recorded: { ...texts, status: { code } },
  };
}

describe.each([
  ['mawk', mawkAccepted],
  ['busybox awk', busyboxAccepted],
] as const)('%s', (name, accepted) => {
  const titled = snippets.map((snippet) => [snippet.words.join(' '), snippet] as const);

  test.each(titled.filter(([title]) => !(title in accepted)))('%s: prints what it prints', (_title, snippet) => {
    const { seen, recorded } = compare(snippet, name !== 'mawk');
    expect(seen).toEqual(recorded);
  });

  test.each(titled.filter(([title]) => title in accepted))('%s: differs on purpose', (_title, snippet) => {
    const { seen, recorded } = compare(snippet, name !== 'mawk');
    expect(seen).not.toEqual(recorded);
  });
});

test('each accepted difference is about a snippet', () => {
  const titles = new Set(snippets.map(({ words }) => words.join(' ')));
  const accepted = [...Object.keys(mawkAccepted), ...Object.keys(busyboxAccepted)];
  expect(accepted.filter((title) => !titles.has(title))).toEqual([]);
});

test.each([
  ['what has had enough ends, and so does who writes to it', "yes | awk 'NR==3{print; exit}'", 'y\n'],
  ['a loop without an end can be ended', "timeout 1 awk 'BEGIN{while(1);}'; echo $?", '124\n'],
  ['so can one of calls', "timeout 1 awk 'function f() { return 1 } BEGIN{for(;f(););}'; echo $?", '124\n'],
  ['a pipe that nobody reads ends it', 'awk \'BEGIN{for(;;) print "y"}\' | head -n 1', 'y\n'],
  ['a file named for output has it', 'awk \'BEGIN{print 1 > "/tmp/o"}\'; cat /tmp/o', '1\n'],
])('%s', (_name, script, out) => {
  expect(stage().sh(script)).toEqual({ out, err: '', status: { code: 0 } });
});

test.each([
  ['function f() { return f() } BEGIN { f() }', 'functions that call each other more than 500 deep'],
  ['BEGIN { print strftime() }', 'strftime()'],
])('%s: is said not to be modelled', (program, what) => {
  expect(stage().run(['awk', program])).toEqual({
    out: '',
    err: `glassdock: not modelled: awk with ${what}\n`,
    status: { code: 2 },
  });
});
