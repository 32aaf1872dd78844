/**
 * Small tools without much to say: true, false, sleep, seq, env, printf, echo, test, pwd, yes, clear, basename,
 * dirname, which …
 */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { lookPath } from '../spawn.ts';
import { echo } from './echo.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';
import { printf } from './printf.ts';
import { evaluateTest } from './test.ts';

export function* trueMain(): Running {
  return 0;
}

export function* falseMain(): Running {
  return 1;
}

export function* echoMain(argv: readonly string[]): Running {
  return yield* echo(argv.slice(1), 'gnu');
}

export function* printfMain(argv: readonly string[]): Running {
  return yield* printf(argv.slice(1), (message) => complain('printf', message));
}

export function* testMain(argv: readonly string[]): Running {
  const name = argv[0]?.endsWith('[') === true ? '[' : 'test';
  return yield* evaluateTest([name, ...argv.slice(1)], (message) => complain(name, message), 'gnu');
}

export function* clearMain(): Running {
  yield* print('\x1b[H\x1b[2J\x1b[3J');
  return 0;
}

export function* resetMain(): Running {
  yield* print('\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>');
  return 0;
}

export function* pwdMain(): Running {
  yield* print(`${yield* sys.getcwd()}\n`);
  return 0;
}

/** A few lines at a time, so that a reader which leaves early is noticed soon. */
export const yes = (flavour: Flavour): Program =>
  function* yesMain(argv): Running {
    const line = `${argv.length > 1 ? argv.slice(1).join(' ') : 'y'}\n`;
    const block = line.repeat(Math.max(1, Math.floor(8192 / line.length)));
    try {
      for (;;) yield* print(block);
    } catch (error) {
      if (flavour === 'busybox') throw error;
      yield* complain('yes', `standard output: ${errnoWords(error)}`);
      return 1;
    }
  };

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `1.5`, `2m`, `inf` → seconds, as far as the clock goes; undefined for what is no duration. */
export function secondsOf(word: string): number | undefined {
  const [, digits, unit = ''] = /^([0-9]*\.?[0-9]+|[0-9]+\.|infinity|inf)([smhd]?)$/.exec(word) ?? [];
  if (digits === undefined) return undefined;
  return Math.min((digits.startsWith('inf') ? 1e6 : Number(digits)) * (unitSeconds[unit] ?? 1), 9e6);
}

export const sleep = (flavour: Flavour): Program =>
  function* sleepMain(argv): Running {
    const words = argv.slice(1).filter((word) => word !== '--');
    if (words.length === 0) return yield* refuseOptions('sleep', 'missing operand', flavour);
    const option = flavour === 'gnu' ? words.find((word) => /^-[^-]/.test(word)) : undefined;
    if (option !== undefined) return yield* refuseOptions('sleep', `invalid option -- '${option.charAt(1)}'`, flavour);
    let seconds = 0;
    for (const word of words) {
      const added = secondsOf(word);
      if (added === undefined) {
        const message = flavour === 'gnu' ? `invalid time interval ${quoted(word)}` : `invalid number '${word}'`;
        return yield* refuseOptions('sleep', message, flavour);
      }
      seconds += added;
    }
    yield* sys.nanosleep(Math.round(Math.min(seconds, 9e6) * 1e9));
    return 0;
  };

/** A number takes 10 ns, or busybox's printf() 240: measured. */
export const seq = (flavour: Flavour): Program =>
  function* seqMain(argv): Running {
    let separator = '\n';
    let padded = false;
    const words = argv.slice(1);
    for (; /^-[a-zA-Z]/.test(words[0] ?? ''); words.shift()) {
      if (words[0] === '-w') padded = true;
      else if (words[0] === '-s') {
        words.shift();
        separator = words[0] ?? '\n';
      } else if (words[0]?.startsWith('-s')) separator = words[0].slice(2);
      else return yield* refuseOptions('seq', `invalid option -- '${words[0]?.charAt(1)}'`, flavour);
    }
    const numbers = words.map(Number);
    if (words.length === 0) return yield* refuseOptions('seq', 'missing operand', flavour);
    const bad = words.find((_, index) => Number.isNaN(numbers[index]));
    if (bad !== undefined)
      return yield* refuseOptions(
        'seq',
        flavour === 'gnu' ? `invalid floating point argument: ${quoted(bad)}` : `invalid number '${bad}'`,
        flavour,
      );
    const [first = 1, step = 1, last = 1] =
      numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
    const decimals = Math.max(0, ...words.map((word) => (word.split('.')[1] ?? '').length));
    const width = padded ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length) : 0;
    if (step === 0)
      return yield* refuseOptions('seq', `invalid Zero increment value: ${quoted(words[1] ?? '')}`, flavour);
    const count = Math.floor((last - first) / step + 1e-9) + 1;
    let block: string[] = [];
    for (let index = 0; index < count; index += 1) {
      block.push((first + index * step).toFixed(decimals).padStart(width, '0'));
      if (block.length === 1000) {
        yield* sys.compute(block.length * (flavour === 'gnu' ? 10 : 240));
        yield* print(`${block.join(separator)}${index + 1 < count ? separator : '\n'}`);
        block = [];
      }
    }
    if (block.length > 0) yield* print(`${block.join(separator)}\n`);
    return 0;
  };

export const env = (flavour: Flavour): Program =>
  function* envMain(argv, environment): Running {
    const options = parseOptions(argv.slice(1), '+iu:0C:', { 'ignore-environment': 'i', unset: 'u' });
    if (typeof options === 'string') return yield* refuseOptions('env', options, flavour, 125);
    const result: Record<string, string> = options.has('i') ? {} : { ...environment };
    for (const [letter, value] of options.all) if (letter === 'u') delete result[value];
    const words = options.operands[0] === '-' ? options.operands.slice(1) : options.operands;
    let at = 0;
    for (; /^[^=]+=/.test(words[at] ?? ''); at += 1) {
      const [name = ''] = (words[at] ?? '').split('=');
      result[name] = (words[at] ?? '').slice(name.length + 1);
    }
    const command = words.slice(at);
    if (command[0] === undefined) {
      for (const [name, value] of Object.entries(result)) yield* print(`${name}=${value}\n`);
      return 0;
    }
    return yield* become('env', command, result, flavour);
  };

/** coreutils' words for a command that cannot be run; util-linux has others. */
const wordsOfFailure: Readonly<Record<string, (command: string) => string>> = {
  env: quoted,
  nice: quoted,
  chroot: (command) => `failed to run command ${quoted(command)}`,
  timeout: (command) => `failed to run command ${quoted(command)}`,
  nohup: (command) => `failed to run command '${command}'`,
};

/**
 * Executes a command for a tool that only changes its surroundings: env, nsenter, timeout. Returns 127 or 126 when it
 * cannot.
 */
export function* become(
  name: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  flavour: Flavour,
): Running<number> {
  const [first = ''] = command;
  try {
    return yield* sys.execve(yield* lookPath(first, environment), command, environment);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const what =
      flavour === 'busybox'
        ? `can't execute '${first}'`
        : (wordsOfFailure[name] ?? (() => `failed to execute ${first}`))(first);
    yield* complain(name, `${what}: ${strerror(error.errno)}`);
    return error.errno === 'ENOENT' ? 127 : 126;
  }
}

export function* basenameMain(argv: readonly string[]): Running {
  const [path, suffix] = argv.slice(1).filter((word) => word !== '--');
  if (path === undefined) return yield* refuseOptions('basename', 'missing operand', 'gnu');
  const name =
    path
      .replace(/(?!^)\/+$/, '')
      .split('/')
      .at(-1) || '/';
  yield* print(
    `${suffix !== undefined && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
  );
  return 0;
}

export function* dirnameMain(argv: readonly string[]): Running {
  const paths = argv.slice(1);
  if (paths.length === 0) return yield* refuseOptions('dirname', 'missing operand', 'gnu');
  for (const path of paths) {
    const trimmed = path.replace(/(?!^)\/+$/, '');
    const at = trimmed.lastIndexOf('/');
    yield* print(`${at === -1 ? '.' : at === 0 ? '/' : trimmed.slice(0, at).replace(/\/+$/, '')}\n`);
  }
  return 0;
}

export function* whichMain(argv: readonly string[], environment: Readonly<Record<string, string>>): Running {
  let status = 0;
  for (const name of argv.slice(1)) {
    if (name.startsWith('-')) continue;
    try {
      const path = yield* lookPath(name, environment);
      yield* sys.access(path, 'x');
      yield* print(`${path}\n`);
    } catch (error) {
      if (!isErrno(error)) throw error;
      status = 1;
    }
  }
  return status;
}

export function* ttyMain(): Running {
  if (!(yield* sys.isatty(0))) {
    yield* print('not a tty\n');
    return 1;
  }
  yield* print(`${yield* sys.readlink('/proc/self/fd/0')}\n`);
  return 0;
}
