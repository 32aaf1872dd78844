/** A person at a terminal: types lines to a shell and reads the screen. */
import { O, type Program } from '../kernel/abi.ts';
import type { ExitStatus } from '../journal/event.ts';
import * as sys from '../kernel/sys.ts';
import { resizeTerminal } from '../kernel/tty/terminal-calls.ts';
import { createConsole, writeToMaster } from '../kernel/tty/terminal.ts';
import { waitFor } from './spawn.ts';
import { stage } from './programs.fixture.ts';

const consoleNumber = 0;

export interface Session {
  /** Everything that the terminal showed. */
  readonly screen: string;
  readonly status: ExitStatus;
}

interface WindowSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Starts `argv` as the session leader of a terminal and types the keys, or changes its window, a second of virtual time
 * before each.
 */
export function typeTo(
  argv: readonly string[],
  keys: readonly (string | WindowSize)[],
  programs: Readonly<Record<string, Program>> = {},
): Session {
  const { bench } = stage(programs);
  const terminal = createConsole(bench.kernel, consoleNumber);
  bench.kernel.terminals.set(consoleNumber, terminal);
  const before = bench.events.length;
  const status = bench.run(function* () {
    const pid = yield* sys.fork(function* () {
      yield* sys.setsid();
      const fd = yield* sys.open(`/dev/pts/${consoleNumber}`, O.RDWR);
      for (const to of [0, 1, 2]) if (to !== fd) yield* sys.dup(fd, to);
      if (fd > 2) yield* sys.close(fd);
      return yield* sys.execve(argv[0]?.replace(/^-/, '/bin/') ?? '', argv, {
        PATH: '/usr/bin:/bin',
        HOME: '/root',
        TERM: 'xterm',
        PS1: '# ',
      });
    });
    for (const key of keys) {
      yield* sys.nanosleep(1e9);
      if (typeof key === 'string') writeToMaster(bench.kernel, terminal, key);
      else resizeTerminal(bench.kernel, terminal, key.rows, key.columns);
    }
    const end = yield* waitFor(pid);
    return 'code' in end ? end.code : 128;
  });
  const screen = bench.events
    .slice(before)
    .map((event) => (event.type === 'terminal.output' ? event.data : ''))
    .join('');
  return { screen, status };
}
