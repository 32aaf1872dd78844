/** tput(1): what xterm-256color does by which bytes, and how large the window is. ncurses: progs/tput.c. */
import type { Environment, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, writeError } from '../io.ts';

const capabilities: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bel: '\x07',
    blink: '\x1b[5m',
    bold: '\x1b[1m',
    civis: '\x1b[?25l',
    clear: '\x1b[H\x1b[2J\x1b[3J',
    cnorm: '\x1b[?12h\x1b[?25h',
    colors: '256\n',
    cuu1: '\x1b[A',
    dim: '\x1b[2m',
    ed: '\x1b[J',
    el: '\x1b[K',
    el1: '\x1b[1K',
    home: '\x1b[H',
    longname: 'xterm with 256 colors',
    op: '\x1b[39;49m',
    rc: '\x1b8',
    rev: '\x1b[7m',
    rmcup: '\x1b[?1049l\x1b[23;0;0t',
    rmso: '\x1b[27m',
    rmul: '\x1b[24m',
    sc: '\x1b7',
    sgr0: '\x1b(B\x1b[m',
    smcup: '\x1b[?1049h\x1b[22;0;0t',
    smso: '\x1b[7m',
    smul: '\x1b[4m',
  }),
);

/** Those that take numbers. */
const withNumbers: ReadonlyMap<string, (one: number, other: number) => string> = new Map(
  Object.entries({
    cup: (row: number, column: number) => `\x1b[${row + 1};${column + 1}H`,
    setab: (colour: number) => coloured(colour, 4),
    setaf: (colour: number) => coloured(colour, 3),
  }),
);

function coloured(colour: number, plane: 3 | 4): string {
  if (colour < 8) return `\x1b[${plane}${colour}m`;
  return colour < 16 ? `\x1b[${plane + 6}${colour - 8}m` : `\x1b[${plane}8;5;${colour}m`;
}

/** `tput CAPABILITY [NUMBER…]` */
export function* tputMain(argv: readonly string[], environment: Environment): Running {
  const [, name, one = '', other = ''] = argv;
  if ((environment['TERM'] ?? '') === '') {
    yield* writeError('tput: No value for $TERM and no -T specified\n');
    return 2;
  }
  if (name === undefined) {
    yield* writeError(usage);
    return 2;
  }
  const text =
    name === 'cols' || name === 'lines' ? `${yield* windowSide(name, environment)}\n` : capabilities.get(name);
  const known = text ?? withNumbers.get(name)?.(Number(one), Number(other));
  if (known === undefined) {
    yield* complain('tput', `unknown terminfo capability '${name}'`);
    return 4;
  }
  yield* print(known);
  return 0;
}

/** What the environment says, else a window behind one of the standard files, else what terminfo says: 80 by 24. */
function* windowSide(name: 'cols' | 'lines', environment: Environment): Running<number> {
  const said = Number(environment[name === 'cols' ? 'COLUMNS' : 'LINES']);
  if (said > 0) return said;
  for (const fd of [1, 2, 0]) {
    if (!(yield* sys.isatty(fd))) continue;
    const { rows, columns } = yield* sys.getWindowSize(fd);
    return name === 'cols' ? columns || 80 : rows || 24;
  }
  return name === 'cols' ? 80 : 24;
}

const usage = `Usage: tput [options] [command]

Options:
  -S <<       read commands from standard input
  -T TERM     use this instead of $TERM
  -V          print curses-version
  -x          do not try to clear scrollback

Commands:
  clear       clear the screen
  init        initialize the terminal
  reset       reinitialize the terminal
  capname     unlike clear/init/reset, print value for capability "capname"
`;
