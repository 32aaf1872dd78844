/** watch(1): a command again and again, each time on a clear screen. procps: src/watch.c. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { fromUtf8, utf8 } from '../../kernel/bytes.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, linesOf, print, readAll } from '../io.ts';
import { lookPath, spawn, waitFor } from '../spawn.ts';
import { formatDate } from './calendar.ts';
import { parseOptions } from './options.ts';

const usage = `
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -c, --color            interpret ANSI color and style sequences
  -d, --differences[=<permanent>]
                         highlight changes between updates
  -e, --errexit          exit if command has a non-zero exit
  -g, --chgexit          exit when output from command changes
  -q, --equexit <cycles>
                         exit when output from command does not change
  -n, --interval <secs>  seconds to wait between updates
  -p, --precise          attempt run command in precise intervals
  -t, --no-title         turn off header
  -w, --no-wrap          turn off line wrapping
  -x, --exec             pass command to exec instead of "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).
`;

const homeAndClear = '\x1b[H\x1b[2J';

/** `watch [-t] [-n SECONDS] COMMAND…`, until Ctrl-C. */
export function* watchMain(argv: readonly string[], environment: Environment): Running {
  const long = { interval: 'n', 'no-title': 't', differences: 'd', exec: 'x' };
  const options = parseOptions(argv.slice(1), '+dn:tx', long);
  if (typeof options === 'string') yield* complain('watch', options);
  if (typeof options === 'string' || options.operands.length === 0) {
    yield* print(usage, 2);
    return 1;
  }
  const text = options.values.get('n') ?? '2';
  const seconds = Math.max(0.1, Number(text.replace(',', '.')));
  if (text === '' || Number.isNaN(seconds)) {
    yield* complain('watch', `failed to parse argument: '${text}': Invalid argument`);
    return 1;
  }
  const command = options.operands.join(' ');
  let isStale = false;
  yield* sys.sigaction('SIGWINCH', function* () {
    isStale = true;
  });
  for (;;) {
    isStale = false;
    const lines = linesOf(yield* outputOf(options.has('x') ? options.operands : ['sh', '-c', command], environment));
    yield* show(options.has('t') ? null : `Every ${seconds.toFixed(1)}s: ${command}`, lines);
    if (!isStale) yield* pause(seconds);
  }
}

/** Ends early by a signal: the next screen has the window's new size. */
function* pause(seconds: number): Running<void> {
  try {
    yield* sys.nanosleep(Math.round(Math.min(seconds, 9e6) * 1e9));
  } catch (error) {
    if (!isErrno(error, 'EINTR')) throw error;
  }
}

/** What a command writes, its complaints among it. */
function* outputOf(argv: readonly string[], env: Environment): Running<string> {
  const [reader, writer] = yield* sys.pipe2();
  let pid: number | null = null;
  let output = '';
  try {
    pid = yield* spawn({ path: yield* lookPath(argv[0] ?? '', env), argv, env, fds: { 1: writer, 2: writer } });
  } catch (error) {
    output = `watch: unable to execute '${argv[0]}': ${errnoWords(error)}\n`;
  }
  yield* sys.close(writer);
  output += yield* readAll(reader);
  yield* sys.close(reader);
  if (pid !== null) yield* waitFor(pid);
  return output;
}

/** As much as there is room for. A line that is too long goes on in the next. */
function* show(title: string | null, lines: readonly string[]): Running<void> {
  const size = (yield* sys.isatty(1)) ? yield* sys.getWindowSize(1) : { rows: 0, columns: 0 };
  const [rows, columns] = [size.rows || 24, size.columns || 80];
  const { seconds } = yield* sys.realtime();
  const place = `${(yield* sys.uname()).nodename}: ${formatDate('%a %b %e %H:%M:%S %Y', seconds, 0)}`;
  const room = Math.max(0, columns - place.length - 1);
  const head = title === null ? [] : [`${title.slice(0, room).padEnd(room)} ${place}`, ''];
  const wrapped = lines
    .map((line) => Array.from(fromUtf8(line)))
    .flatMap((line) =>
      Array.from({ length: Math.max(1, Math.ceil(line.length / columns)) }, (_, part) =>
        utf8(line.slice(part * columns, (part + 1) * columns).join('')),
      ),
    );
  yield* print(`${homeAndClear}${[...head, ...wrapped].slice(0, rows).join('\n')}`);
}
