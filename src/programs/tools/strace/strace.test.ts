import { expect, test } from 'vitest';
import { stage } from '../../programs.fixture.ts';
import { typeTo } from '../../terminal.fixture.ts';

const run = (text: string): { readonly out: string; readonly err: string } => {
  const { out, err } = stage().sh(text);
  return { out, err };
};

test.each([
  [
    'a command or a process is needed',
    'strace',
    "must have PROG [ARGS] or -p PID\nTry 'strace -h' for more information.",
  ],
  ['a process that is not there', 'strace -p 9999', 'attach: ptrace(PTRACE_SEIZE, 9999): No such process'],
  ['what is no process id', 'strace -p abc', "Invalid process id: 'abc'"],
  ['a command that is not there', 'strace nosuchcmd', "Can't stat 'nosuchcmd': No such file or directory"],
  ['what is no call', 'strace -e trace=foo true', "invalid system call 'foo'"],
  ['what is no group of calls', 'strace -e %foo true', "invalid system call '%foo'"],
  ['what is no number', 'strace -s x true', "invalid -s argument: 'x'\nTry 'strace -h' for more information."],
  ['an option that there is not', 'strace -9 true', "invalid option -- '9'\nTry 'strace -h' for more information."],
  ['a file that cannot be written', 'strace -o /no/x true', "Can't fopen '/no/x': No such file or directory"],
])('refuses %s as the real one does', (_says, text, err) => {
  expect(run(`${text}; echo $?`)).toEqual({ out: '1\n', err: `strace: ${err}\n` });
});

test('prints calls with their arguments and results, aligned, and ends as the command does', () => {
  expect(
    run(
      "strace -s 3 sh -c 'echo hello; exit 3' 2>&1 | grep -v rt_sig | grep -v get; strace -q true 2>/dev/null; echo $?",
    ).out,
  ).toBe(
    'execve("/usr/bin/sh", ["sh", "-c", "ech"...], 0x7ffdc0a81000 /* 3 vars */) = 0\nhello\n' +
      'write(1, "hel"..., 6)                   = 6\n' +
      'exit_group(3)                           = ?\n' +
      '+++ exited with 3 +++\n' +
      '0\n',
  );
});

test('follows forks, and names whose line it is while there are several', () => {
  const { err } = run("strace -f -e trace=process,signal sh -c '(exit 9); kill -9 $$'");
  expect(err.split('\n').filter((line) => !line.includes('rt_sig'))).toEqual([
    'execve("/usr/bin/sh", ["sh", "-c", "(exit 9); kill -9 $$"], 0x7ffdc0a81000 /* 3 vars */) = 0',
    'strace: Process 5 attached',
    '[pid     4] clone(child_stack=NULL, flags=SIGCHLD) = 5',
    '[pid     4] wait4(-1,  <unfinished ...>',
    '[pid     5] exit_group(9)               = ?',
    '[pid     5] +++ exited with 9 +++',
    '<... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 9}], 0, NULL) = 5',
    '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=5, si_uid=0, si_status=9, si_utime=0, si_stime=0} ---',
    'kill(4, SIGKILL)                        = 0',
    '+++ killed by SIGKILL +++',
    'Killed',
    '',
  ]);
});

test('a failed call has its errno, and the summary counts it', () => {
  const { out } = run(
    'strace -Z cat /nosuch 2>&1 | grep openat; strace -c -e openat -o /tmp/o cat /nosuch; tail -n 2 /tmp/o',
  );
  expect(out).toBe(
    'openat(AT_FDCWD, "/nosuch", O_RDONLY)   = -1 ENOENT (No such file or directory)\n' +
      '------ ----------- ----------- --------- --------- ----------------\n' +
      '100.00    0.000001           1         1         1 total\n',
  );
});

test('a file takes the lines, each with its process when forks are followed', () => {
  const { out, err } = run(
    "strace -f -e trace=execve -o /tmp/o sh -c '/usr/bin/true; /usr/bin/true'; cut -c7-28 /tmp/o",
  );
  expect(err).toBe('');
  expect(out).toBe(
    'execve("/usr/bin/sh", \n' +
      'execve("/usr/bin/true"\n+++ exited with 0 +++\n--- SIGCHLD {si_signo=\n'.repeat(2) +
      '+++ exited with 0 +++\n',
  );
});

test('Ctrl-C lets go of a process that was attached to, which lives on', () => {
  const { screen } = typeTo(
    ['-sh'],
    ['sleep 30 &\n', 'strace -p $!\n', '\u0003', 'grep TracerPid /proc/$!/status; kill $!\n', 'exit\n'],
  );
  expect(screen).toContain(
    'strace: Process 4 attached\r\n' +
      'clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=30, tv_nsec=0}, ^Cstrace: Process 4 detached\r\n' +
      ' <detached ...>\r\n',
  );
  expect(screen).toContain('TracerPid:\t0');
});
