import { expect, test } from 'vitest';
import type { Program } from '../../kernel/abi.ts';
import { ashMain } from './main.ts';
import { typeTo } from '../terminal.fixture.ts';

/** The screen as lines, without carriage returns. */
function screen(...keys: readonly string[]): readonly string[] {
  return typeTo(['-sh'], keys).screen.replaceAll('\r\n', '\n').split('\n');
}

test('Ctrl-C ends the foreground command and not the shell, and $? tells of it', () => {
  expect(screen('sleep 100\r', '\x03', 'echo $?\r', 'exit\r')).toEqual([
    '# sleep 100',
    '^C',
    '# echo $?',
    '130',
    '# exit',
    '',
  ]);
});

test('the exit code of the shell is what exit says', () => {
  expect(typeTo(['-sh'], ['exit 3\r']).status).toEqual({ code: 3 });
});

test('Ctrl-Z stops a job, bg and fg let it go on', () => {
  expect(screen('sleep 100\r', '\x1a', 'jobs\r', 'bg\r', 'jobs\r', 'fg\r', '\x03', 'exit\r')).toEqual([
    '# sleep 100',
    '^Z[1] + Stopped                    sleep 100',
    '# jobs',
    '[1] + Stopped                    sleep 100',
    '# bg',
    '[1] sleep 100',
    '# jobs',
    '[1] + Running                    sleep 100',
    '# fg',
    'sleep 100',
    '^C',
    '# exit',
    '',
  ]);
});

test('a background job is not announced, but its end is, before the next prompt', () => {
  const lines = screen('sleep 2 &\r', 'sleep 3.5\r', '', '', '', 'exit\r');
  expect(lines.slice(1)).toEqual(['# sleep 3.5', '[1] + Done                       sleep 2', '# exit', '']);
});

test('an unfinished command is asked for with PS2', () => {
  expect(screen('for i in 1 2\r', 'do echo "$i\r', '"; done\r', 'exit\r')).toEqual([
    '# for i in 1 2',
    '> do echo "$i',
    '> "; done',
    '1',
    '',
    '2',
    '',
    '# exit',
    '',
  ]);
});

test('Ctrl-C at the prompt drops the line, and a mistake only costs the line', () => {
  expect(screen('echo no\x03', 'nosuch\r', 'if x; fi\r', 'exit\r')).toEqual([
    '# echo no^C',
    '# nosuch',
    '-sh: 2: nosuch: not found',
    '# if x; fi',
    '-sh: 3: Syntax error: "fi" unexpected (expecting "then")',
    '# exit',
    '',
  ]);
});

test('Ctrl-C ends a loop of builtins', () => {
  expect(screen('while :; do :; done\r', '\x03', 'exit\r')).toEqual(['# while :; do :; done', '^C', '# exit', '']);
});

test('Ctrl-D ends the input of a program, then the shell', () => {
  const { screen: shown, status } = typeTo(['-sh'], ['cat\r', 'abc\r', '\x04', '\x04']);
  expect(shown.replaceAll('\r\n', '\n')).toBe('# cat\nabc\nabc\n# \n');
  expect(status).toEqual({ code: 0 });
});

test('exit warns once of stopped jobs', () => {
  expect(screen('sleep 100 | cat\r', '\x1a', 'exit\r', 'exit\r')).toEqual([
    '# sleep 100 | cat',
    '^Z[1] + Stopped                    sleep 100 | cat',
    '# exit',
    'You have stopped jobs.',
    '# exit',
    '',
  ]);
});

test('the INT trap runs when Ctrl-C has ended the foreground job, and what follows goes on', () => {
  expect(
    screen("trap 'echo got' INT\r", 'sleep 100; echo after\r', '\x03', 'sleep 100 | cat\r', '\x03', 'exit\r'),
  ).toEqual([
    "# trap 'echo got' INT",
    '# sleep 100; echo after',
    '^Cgot',
    'after',
    '# sleep 100 | cat',
    '^Cgot',
    '# exit',
    '',
  ]);
});

/** dash 0.5.12 and ash 1.35, on a terminal. */
test('a trap of INT at the prompt: dash runs it when a line has come, ash at once', () => {
  expect(screen("trap 'echo got' INT\r", '\x03', 'echo a\r', 'exit\r')).toEqual([
    "# trap 'echo got' INT",
    '# ^Cecho a',
    'got',
    'a',
    '# exit',
    '',
  ]);
  const keys = ["trap 'echo got' INT\r", 'abc\x03', "trap '' INT\r", 'abc\x03', 'echo $?\r', 'exit\r'];
  const busybox: Program = (argv, environment) => ashMain({ find: () => undefined }, argv, environment);
  const { screen: shown } = typeTo(['/bin/busybox'], keys, { busybox });
  expect(shown.replaceAll('\x1b[6n', '').replaceAll('\r\n', '\n').split('\n').slice(5)).toEqual([
    "# trap 'echo got' INT",
    '# abc^Cgot',
    "# trap '' INT",
    '# abc^C# echo $?',
    '0',
    '# exit',
    '',
  ]);
});

test('Ctrl-C drops what was to follow the foreground job', () => {
  expect(
    screen('sleep 100; echo after\r', '\x03', 'for i in 1 2; do sleep 5; echo $i; done\r', '\x03', 'exit\r'),
  ).toEqual(['# sleep 100; echo after', '^C', '# for i in 1 2; do sleep 5; echo $i; done', '^C', '# exit', '']);
});

test('an interactive shell catches INT and CHLD, and ignores QUIT, TERM, TSTP and TTOU', () => {
  const lines = screen("grep -E 'SigIgn|SigCgt' /proc/$$/status\r", 'exit\r');
  expect(lines.slice(1, 3)).toEqual(['SigIgn:\t0000000000284004', 'SigCgt:\t0000000000010002']);
});

/** dash and ash, measured: 2.0 s and 0.5 s where the job was to last 2 s and SIGINT came after 0.5 s. */
test('SIGINT ends a shell of -c after its foreground job, one that reads standard input at once', () => {
  const lasts = (start: string): number => {
    const now = 'cut -d. -f1 /proc/uptime';
    const lines = screen(
      `${start} & sleep 1; kill -INT $!; ${now}; wait $!; echo $?; ${now}; exit\r`,
      ...Array<string>(9).fill(''),
    );
    const [, begun, status, ended] = lines;
    expect(status).toBe('130');
    return Number(ended) - Number(begun);
  };
  expect(lasts("sh -c 'sleep 5; echo no'")).toBe(4);
  expect(lasts("echo 'sleep 5; echo no' | sh")).toBe(0);
});

test('jobs lists the stopped ones first, then the newest, and with -l each process of a pipeline', () => {
  const lines = screen(
    'sleep 50 | sleep 60\r',
    '\x1a',
    'sleep 70 &\r',
    'sleep 80 &\r',
    'jobs\r',
    'jobs -l %1\r',
    'exit\r',
    'exit\r',
  );
  expect(lines).toEqual([
    '# sleep 50 | sleep 60',
    '^Z[1] + Stopped                    sleep 50 | sleep 60',
    '# sleep 70 &',
    '# sleep 80 &',
    '# jobs',
    '[1] + Stopped                    sleep 50 | sleep 60',
    '[3] - Running                    sleep 80',
    '[2]   Running                    sleep 70',
    '# jobs -l %1',
    '[1] + 4 Stopped                  sleep 50 |',
    '      5                          sleep 60',
    '# exit',
    'You have stopped jobs.',
    '# exit',
    '',
  ]);
});

/** dash 0.5.12. */
test('a for or a case without its word is wrong at the end of its line', () => {
  expect(screen('for\r', 'case\r', 'if true\r', 'then echo t; fi\r', 'exit\r')).toEqual([
    '# for',
    '-sh: 2: Syntax error: Bad for loop variable',
    '# case',
    '-sh: 3: Syntax error: newline unexpected (expecting word)',
    '# if true',
    '> then echo t; fi',
    't',
    '# exit',
    '',
  ]);
});

test('without PATH no program is found', () => {
  expect(screen('unset PATH; ls; echo $?\r', 'exit\r')).toEqual([
    '# unset PATH; ls; echo $?',
    '-sh: 1: ls: not found',
    '127',
    '# exit',
    '',
  ]);
});
