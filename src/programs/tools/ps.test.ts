import { expect, test } from 'vitest';
import { fromUtf8 } from '../../kernel/bytes.ts';
import { stage } from '../programs.fixture.ts';

/** Lines of a tool that looks at a shell with two children. */
function look(command: string): readonly string[] {
  const { out } = stage().sh(`sleep 100 & (sleep 100; :) & ${command}; kill $!; kill %1 2>/dev/null; true`);
  return fromUtf8(out).split('\n');
}

test('ps -ef has the columns of procps', () => {
  const lines = look('ps -ef');
  expect(lines[0]).toBe('UID          PID    PPID  C STIME TTY          TIME CMD');
  expect(lines[1]).toMatch(/^root {11}1 {7}0 {1,2}\d+ \d\d:\d\d \? {8}\d\d:\d\d:\d\d \/sbin\/init$/);
  expect(lines.find((line) => line.endsWith('ps -ef'))).toMatch(/^root +\d+ +\d+ +\d+ \d\d:\d\d \? +00:00:00 ps -ef$/);
});

test('ps aux has the columns of procps', () => {
  const lines = look('ps aux');
  expect(lines[0]).toBe('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND');
  expect(lines[1]).toMatch(/^root {11}1 +\d+\.\d +\d+\.\d +\d+ +\d+ \? {8}S\S* +\d\d:\d\d +\d:\d\d \/sbin\/init$/);
});

test("ps -o takes headers of one's own, and none", () => {
  expect(look('ps -e -o pid=,comm= | head -1')[0]).toBe('      1 init');
  expect(look('ps -p 1 -o pid,ppid=PARENT -o comm')).toContain('    PID  PARENT COMMAND');
  expect(look('ps -o nosuch')[0]).toBe('');
});

test('ps --forest hangs children below their parent', () => {
  const lines = look('ps -e -o args --forest');
  const shell = lines.findIndex((line) => line.startsWith(' \\_ /bin/sh -c'));
  expect(lines.slice(shell + 1, shell + 5).map((line) => line.slice(0, 30))).toEqual([
    '     \\_ sleep 100',
    expect.stringMatching(/^ {5}\\_ \/bin\/sh -c/),
    '     |   \\_ sleep 100',
    '     \\_ ps -e -o args --forest',
  ]);
});

// Asked of procps.
test.each([
  ['ps -l -p 1', 'F S   UID     PID    PPID  C PRI  NI ADDR SZ WCHAN  TTY          TIME CMD'],
  [
    'ps -lyZ -p 1',
    'LABEL                           S   UID     PID    PPID  C PRI  NI   RSS    SZ WCHAN  TTY          TIME CMD',
  ],
  ['ps -F -p 1', 'UID          PID    PPID  C    SZ   RSS PSR STIME TTY          TIME CMD'],
  ['ps -c -p 1', '    PID CLS PRI TTY          TIME CMD'],
  ['ps -fT -p 1', 'UID          PID    SPID    PPID  C STIME TTY          TIME CMD'],
  ['ps -O user -p 1', '    PID USER     S TTY          TIME COMMAND'],
  ['ps -o pri,priority,opri,lwp -p 1', 'PRI PRI PRI     LWP'],
  ['ps -aux', 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND'],
  ['ps --version', 'ps from procps-ng 4.0.4'],
  ['ps u', 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND'],
  ['ps -o "" 2>&1', 'error: format specification must follow -o'],
  ['ps -q 1 -p 1 2>&1', 'q/-q/--quick-pid cannot be combined with other selection options.'],
  ['ps -q 1 -H 2>&1', 'q/-q/--quick-pid cannot be used together with forest type listings.'],
  ['ps -u nobodyatall 2>&1', 'error: user name does not exist'],
  ['ps -V -e 2>&1', 'error: the option is exclusive: -V'],
])('%s begins with its header, or with what is wrong', (command, first) => {
  expect(look(command)[0]).toBe(first);
});

test('ps without headers has rows alone, -H indents children, and BSD options find nobody without a terminal', () => {
  expect(look('ps h -p 1')[0]).toMatch(/^ {6}1 \? {8}S/);
  expect(look('ps -p 1 -o pid --no-headers')[0]).toBe('      1');
  expect(look('ps -e -o comm -H').slice(1, 4)).toEqual(['init', '  sh', '    sleep']);
  expect(look('ps u | wc -l')[0]).toBe('1');
});

test('pstree draws branches and counts what looks the same', () => {
  const { out } = stage().sh('sleep 9 & sleep 9 & pstree; kill %1 %2 2>/dev/null; true');
  expect(fromUtf8(out)).toBe('init───sh─┬─pstree\n          └─2*[sleep]\n');
});

test('pstree -p names every process', () => {
  const { out } = stage().sh('sleep 9 & sleep 9 & pstree -p; true');
  expect(fromUtf8(out)).toMatch(/^init\(1\)───sh\((\d+)\)─┬─pstree\(\d+\)\n +├─sleep\(\d+\)\n +└─sleep\(\d+\)\n$/);
});
