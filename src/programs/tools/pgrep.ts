/** Processes by name: pgrep(1), pkill(1), killall(1), pidof(1). */
import { signalName, signalNumbers, type Program, type Running, type SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { readAccounts } from './accounts.ts';
import { parseSignal } from './kill.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';
import { compilePattern, PatternError } from './regular-expression.ts';
import { commandLine, readProcesses, type Process } from './processes.ts';

const letters = 'acfilnovxd:s:P:u:U:g:t:';
const long: Readonly<Record<string, string>> = {
  'list-name': 'l',
  'list-full': 'a',
  full: 'f',
  exact: 'x',
  newest: 'n',
  oldest: 'o',
  parent: 'P',
  count: 'c',
  inverse: 'v',
  delimiter: 'd',
  euid: 'u',
};

export const pgrep = (flavour: Flavour): Program =>
  function* pgrepMain(argv): Running {
    const options = parseOptions(argv.slice(1), letters, long);
    if (typeof options === 'string') return yield* refuseOptions('pgrep', options, flavour, 2);
    const found = yield* matching('pgrep', options, flavour);
    if (typeof found === 'number') return found;
    if (options.has('c')) yield* print(`${found.length}\n`);
    else if (options.has('d')) yield* print(`${found.map(({ pid }) => pid).join(options.values.get('d'))}\n`);
    else for (const process of found) yield* print(`${describe(process, options)}\n`);
    return found.length > 0 ? 0 : 1;
  };

function describe(process: Process, options: Options): string {
  if (options.has('a')) return `${process.pid} ${commandLine(process)}`;
  return options.has('l') ? `${process.pid} ${process.comm}` : String(process.pid);
}

export const pkill = (flavour: Flavour): Program =>
  function* pkillMain(argv): Running {
    const { signal, rest } = takeSignal(argv.slice(1));
    if (signal === undefined) return yield* refuseOptions('pkill', `unknown signal`, flavour, 2);
    const options = parseOptions(rest, `${letters}e`, { ...long, echo: 'e' });
    if (typeof options === 'string') return yield* refuseOptions('pkill', options, flavour, 2);
    const found = yield* matching('pkill', options, flavour);
    if (typeof found === 'number') return found;
    let hit = 0;
    for (const { pid, comm } of found) {
      if (!(yield* send('pkill', pid, signal, (words) => `killing pid ${pid} failed: ${words}`))) continue;
      hit += 1;
      if (options.has('e')) yield* print(`${comm} killed (pid ${pid})\n`);
    }
    return hit > 0 ? 0 : 1;
  };

/**
 * Takes `-9`, `-TERM`, `-SIGTERM`, `--signal TERM`, `-s TERM` (with `short`) out of the words. Undefined for a name
 * that is no signal's.
 */
function takeSignal(
  words: readonly string[],
  short = false,
): { readonly signal: SignalName | 0 | undefined; readonly rest: readonly string[] } {
  const at = words.findIndex(
    (word) =>
      /^-([0-9]+|[A-Z][A-Z0-9]+)$/.test(word) ||
      word === '--signal' ||
      (short && word === '-s') ||
      word.startsWith('--signal='),
  );
  if (at === -1) return { signal: 'SIGTERM', rest: words };
  const word = words[at] ?? '';
  const isApart = word === '--signal' || word === '-s';
  const name = isApart ? (words[at + 1] ?? '') : word.replace(/^--signal=|^-/, '');
  return { signal: parseSignal(name), rest: [...words.slice(0, at), ...words.slice(at + (isApart ? 2 : 1))] };
}

/** The processes that fit the criteria, without the caller; a number when there are none or the pattern is bad. */
function* matching(name: string, options: Options, flavour: Flavour): Running<readonly Process[] | number> {
  const [pattern] = options.operands;
  const hasCriterion = ['P', 'u', 'U', 'g', 's', 't'].some((letter) => options.has(letter));
  if (pattern === undefined && !hasCriterion) {
    yield* complain(name, 'no matching criteria specified');
    if (flavour === 'gnu') yield* print(`Try \`${name} --help' for more information.\n`, 2);
    return 2;
  }
  const own = yield* sys.getpid();
  const { users } = yield* readAccounts();
  let fitsName: (process: Process) => boolean;
  try {
    fitsName = nameTest(pattern, options);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    yield* complain(name, `regex error: ${error.message}`);
    return 2;
  }
  const among = (letter: string, values: readonly string[]): boolean =>
    !options.has(letter) || (options.values.get(letter) ?? '').split(',').some((each) => values.includes(each));
  const found = (yield* readProcesses()).filter((process) => {
    const { pid, ppid, pgid, sid, uid } = process;
    const fits =
      fitsName(process) &&
      among('P', [String(ppid)]) &&
      among('g', [String(pgid)]) &&
      among('s', [String(sid)]) &&
      among('u', [String(uid), users.get(uid) ?? '']);
    return pid !== own && fits !== options.has('v');
  });
  if (options.has('n')) return found.slice(-1);
  return options.has('o') ? found.slice(0, 1) : found;
}

function nameTest(pattern: string | undefined, options: Options): (process: Process) => boolean {
  if (pattern === undefined) return () => true;
  const regular = compilePattern(pattern, 'extended', options.has('i') ? 'i' : '', (source) =>
    options.has('x') ? `^(?:${source})$` : source,
  );
  return (process) => regular.test(options.has('f') ? process.argv.join(' ') : process.comm);
}

function* send(name: string, pid: number, signal: SignalName | 0, say: (words: string) => string): Running<boolean> {
  try {
    yield* sys.kill(pid, signal);
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain(name, say(errnoWords(error)));
    return false;
  }
}

const killallUsage =
  'Usage: killall [OPTION]... [--] NAME...\n       killall -l, --list\n       killall -V, --version\n';

export const killall = (flavour: Flavour): Program =>
  function* killallMain(argv): Running {
    const { signal, rest } = takeSignal(argv.slice(1), true);
    if (rest[0] === '-l' || rest[0] === '--list') {
      const names = Array.from(
        { length: Object.keys(signalNumbers).length },
        (_, index) => signalName(index + 1)?.slice(3) ?? '',
      );
      yield* print(`${names.join(' ')}\n`);
      return 0;
    }
    const names = rest.filter((word) => !word.startsWith('-'));
    const isQuiet = rest.includes('-q');
    if (signal === undefined || names.length === 0) {
      yield* print(signal === undefined ? 'killall: unknown signal\n' : killallUsage, 2);
      return 1;
    }
    const own = yield* sys.getpid();
    let status = 0;
    for (const name of names) {
      const wanted = name.split('/').at(-1) ?? name;
      const found = (yield* readProcesses()).filter(({ pid, comm }) => pid !== own && comm === wanted.slice(0, 15));
      let hit = 0;
      for (const { pid, comm } of found)
        if (yield* send('killall', pid, signal, (words) => `${comm}(${pid}): ${words}`)) hit += 1;
      if (hit > 0) continue;
      status = 1;
      if (found.length === 0 && !isQuiet)
        yield* print(flavour === 'gnu' ? `${name}: no process found\n` : `killall: ${name}: no process killed\n`, 2);
    }
    return status;
  };

export const pidof = (flavour: Flavour): Program =>
  function* pidofMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'sxno:', { 'single-shot': 's' });
    if (typeof options === 'string') return yield* refuseOptions('pidof', options, flavour);
    const own = yield* sys.getpid();
    const found = (yield* readProcesses())
      .filter(
        ({ pid, comm, argv: words }) =>
          pid !== own &&
          options.operands.some(
            (name) => comm === name.slice(0, 15) || words[0] === name || words[0]?.split('/').at(-1) === name,
          ),
      )
      .map(({ pid }) => pid)
      .toReversed();
    if (found.length === 0) return 1;
    yield* print(`${(options.has('s') ? found.slice(0, 1) : found).join(' ')}\n`);
    return 0;
  };
