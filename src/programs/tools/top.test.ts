/** Layout, words and keys of procps 4.0.2 (Debian 12) and busybox 1.37, compared with theirs. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';
import { typeTo } from '../terminal.fixture.ts';

const heads = '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND';

test('top -b tells of the machine and of its processes, and a frame later what has run meanwhile', () => {
  const busy = 'sh -c "while :; do :; done" & sleep 1; top -b -c -n2 -w 100; kill $!';
  const frame = (clock: string, time: string): string =>
    `top - 22:13:${clock} up 0 min,  0 user,  load average: 0.00, 0.00, 0.00\n` +
    'Tasks:   4 total,   2 running,   2 sleeping,   0 stopped,   0 zombie\n' +
    '%Cpu(s): 50.0 us,  0.0 sy,  0.0 ni, 50.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st \n' +
    'MiB Mem :   3921.9 total,   2859.1 free,    573.4 used,    612.0 buff/cache     \n' +
    'MiB Swap:      0.0 total,      0.0 free,      0.0 used.   3348.5 avail Mem \n\n' +
    `${heads}\n` +
    `      3 root      20   0    3060   1704   1600 R 100.0   0.0   ${time} sh -c while :; do :; done\n` +
    '      1 root      20   0    3060   1704   1600 S   0.0   0.0   0:00.00 /sbin/init\n' +
    '      2 root      20   0    3060   1704   1600 S   0.0   0.0   0:00.00 /bin/sh -c sh -c "while :; +\n' +
    '      5 root      20   0    3060   1704   1600 R   0.0   0.0   0:00.00 top -b -c -n2 -w 100\n';

  const { out } = stage().sh(busy);

  expect(out.replaceAll(/(?: 99|100)\.\d/g, '100.0').replaceAll(/\.\d\d sh/g, '.00 sh')).toBe(
    `${frame('21', '0:01.00')}\n${frame('24', '0:04.00')}`,
  );
});

test('top shows what it is asked for, in the order that is asked for', () => {
  const rows = (command: string): string[] =>
    stage()
      .sh(command)
      .out.split('\n')
      .slice(7)
      .map((line) => line.replace(/^ +(\d+) .* /, '$1 '));
  expect(rows('top -b -n1 -p 1,2,99')).toEqual(['1 init', '2 sh', '']);
  expect(rows('top -b -n1 -o PID -u root')).toEqual(['3 top', '2 sh', '1 init', '']);
  expect(rows('top -bn1 -u 33')).toEqual(['']);
});

test.each([
  ['-z', "invalid option -- 'z'"],
  ['-n', "option requires an argument -- 'n'"],
  ['-n 0', "bad iterations argument '0'"],
  ['-d x', "bad delay interval 'x'"],
  ['-d -1', '-d requires positive argument'],
  ['-p x', "bad pid 'x'"],
  ['-o foo', "unrecognized field name 'foo'"],
  ['-u foo', 'Invalid user'],
  ['foo', "unknown option 'foo'"],
  ['-n1', 'failed tty get'],
])('top %s is refused', (words, complaint) => {
  expect(stage().sh(`top ${words}`)).toEqual({ out: '', err: `top: ${complaint}\n`, status: { code: 1 } });
});

/** What the person sees: each frame as its lines. */
function framesOf(screen: string): string[][] {
  return screen
    .split('\x1b[H')
    .slice(1)
    .map((frame) => frame.replaceAll(/\x1b\[[?\d;]*[a-zA-Z]|\x1b[=>]/g, '').split('\r\n'));
}

test('on a terminal top draws again at each key, and ends by q and by Ctrl-C', () => {
  const { screen } = typeTo(
    ['-sh'],
    ['top\n', 'c', 'x', 'N', 'q', 'echo $?\n', 'top\n', '\x03', 'echo $?\n', 'exit\n'],
  );

  const [, first, withCommandLines, unknownKey, byPid, , again] = framesOf(screen);
  const commands = (frame: string[] = []): string[] => frame.slice(7, 11).map((line) => line.slice(71));
  expect(first?.[6]).toBe(heads.padEnd(80));
  expect(commands(first)).toEqual(['init', 'init', 'sh', 'top']);
  expect(commands(withCommandLines)).toEqual(['/sbin/i+', '/sbin/i+', '-sh', 'top']);
  expect(unknownKey?.[5]).toBe(" Unknown command - try 'h' for help ");
  expect(commands(byPid)).toEqual(['top', '-sh', '/sbin/i+', '/sbin/i+\r']);
  expect(byPid?.slice(11)).toEqual(['# echo $?', '0', '# top', '']);
  expect(again?.slice(10)).toEqual([
    '      5 root      20   0    3060   1704   1600 R   0.0   0.0   0:00.00 top\r',
    '# echo $?',
    '0',
    '# exit',
    '',
  ]);
  expect(screen).toContain('\x1b[?25l');
  expect(screen.lastIndexOf('\x1b[?25h')).toBeGreaterThan(screen.lastIndexOf('\x1b[?25l'));
});

test('busybox’s top has a table of its own', () => {
  const { out } = stage().sh('busybox sleep 9 & busybox top -b -n1; busybox top -n x; busybox top -z');
  expect(out).toBe(
    'Mem: 1088370K used, 2927676K free, 0K shrd, 41200K buff, 501236K cached\n' +
      'CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\n' +
      'Load average: 0.00 0.00 0.00 1/4 4\n' +
      '  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND\n' +
      '    1     0 root     S     3060   0%   0% /sbin/init\n' +
      '    2     1 root     S     3060   0%   0% /bin/sh -c busybox sleep 9 & busybox top -b -n1; busybox top -n x; busybox top -z\n' +
      '    3     2 root     S     3060   0%   0% {sleep} busybox sleep 9\n' +
      '    4     2 root     R     3060   0%   0% {top} busybox top -b -n1\n',
  );
});

test('busybox’s top sorts by a key, and ends by q and by Ctrl-C', () => {
  const { screen } = typeTo(['-sh'], ['busybox top\n', 'n', 'q', 'busybox top\n', '\x03', 'echo $?\n', 'exit\n']);
  const [first, byPid, again] = framesOf(screen);
  const pids = (frame: string[] = []): string[] => frame.slice(4, 8).map((line) => line.slice(0, 5).trim());
  expect(pids(first)).toEqual(['1', '2', '3', '4']);
  expect(pids(byPid)).toEqual(['4', '3', '2', '1']);
  expect(again?.slice(8)).toEqual(['# echo $?', '0', '# exit', '']);
});
