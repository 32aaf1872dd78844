/** nice(1) of coreutils and renice(1) of util-linux: how much of the processors a process leaves to others. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { become } from './everyday-tools.ts';
import { parseOptions, quoted, refuseOptions } from './options.ts';

const usualAdjustment = '10';

/** `nice [-n ADJUSTMENT] [COMMAND…]` */
export function* niceMain(argv: readonly string[], environment: Environment): Running {
  const options = parseOptions(argv.slice(1).map(adjustment), '+n:', { adjustment: 'n' });
  if (typeof options === 'string') return yield* refuseOptions('nice', options, 'gnu', 125);
  const asked = options.values.get('n');
  if (options.operands.length === 0) {
    if (asked !== undefined)
      return yield* refuseOptions('nice', 'a command must be given with an adjustment', 'gnu', 125);
    yield* print(`${yield* sys.getPriority(0)}\n`);
    return 0;
  }
  if (asked !== undefined && !/^[-+]?\d+$/.test(asked)) {
    yield* complain('nice', `invalid adjustment ${quoted(asked)}`);
    return 125;
  }
  try {
    yield* sys.setPriority(0, (yield* sys.getPriority(0)) + Number(asked ?? usualAdjustment));
  } catch (error) {
    yield* complain('nice', `cannot set niceness: ${errnoWords(error)}`);
  }
  return yield* become('nice', options.operands, environment, 'gnu');
}

/** The old form: -5 is -n 5, --5 is -n -5. */
function adjustment(word: string, at: number, words: readonly string[]): string {
  return /^-[-+]?\d+$/.test(word) && words.slice(0, at).every((each) => each.startsWith('-')) && words[at - 1] !== '-n'
    ? `-n${word.slice(1)}`
    : word;
}

/** `renice [-n] PRIORITY [-p] PID…` */
export function* reniceMain(argv: readonly string[]): Running {
  const words = argv.slice(1).filter((word) => !['-n', '-p', '--pid', '--priority'].includes(word));
  const [priority, ...pids] = words;
  if (priority === undefined || pids.length === 0) return yield* refuseOptions('renice', 'not enough arguments', 'gnu');
  if (!/^[-+]?\d+$/.test(priority)) return yield* refuseOptions('renice', `invalid priority '${priority}'`, 'gnu');
  let status = 0;
  for (const word of pids) {
    const pid = Number(word);
    let what = 'get';
    try {
      if (!/^\d+$/.test(word)) {
        yield* complain('renice', `bad process ID value: ${word}`);
        status = 1;
        continue;
      }
      const old = yield* sys.getPriority(pid);
      what = 'set';
      yield* sys.setPriority(pid, Number(priority));
      yield* print(`${pid} (process ID) old priority ${old}, new priority ${yield* sys.getPriority(pid)}\n`);
    } catch (error) {
      if (!isErrno(error)) throw error;
      yield* complain('renice', `failed to ${what} priority for ${pid} (process ID): ${strerror(error.errno)}`);
      status = 1;
    }
  }
  return status;
}
