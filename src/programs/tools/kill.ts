/** kill(1): its arguments, and the sending. Shared by the shell's builtin, procps' and busybox's. */
import { signalName, signalNumbers, type Running, type SignalName } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';

type Flavour = 'dash' | 'ash' | 'procps';

export type KillRequest =
  | { readonly type: 'send'; readonly signal: SignalName | 0; readonly targets: readonly string[] }
  | { readonly type: 'list'; readonly numbers: readonly string[] }
  | KillMistake;

export interface KillMistake {
  readonly type: 'error';
  readonly reason: 'no target' | 'no signal' | 'no such signal' | 'no such status';
  /** The word that is wrong: `BOGUS`, or `-BOGUS` as it was written. */
  readonly word: string;
}

/** `TERM`, `SIGTERM`, `15`, `0` → the signal; undefined for none. */
export function parseSignal(text: string): SignalName | 0 | undefined {
  if (/^[0-9]+$/.test(text)) return text === '0' ? 0 : signalName(Number(text));
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  return name in signalNumbers ? (name as SignalName) : undefined;
}

/** Reads `kill`'s words (without its name). `SIGTERM` is taken for `TERM` by all, though not by dash. */
export function parseKill(words: readonly string[], flavour: Flavour): KillRequest {
  const [first = '', ...rest] = words;
  if (first === '-l' || first === '-L') return parseList(rest, flavour);
  let name = 'TERM';
  let word = name;
  let targets = words;
  if (first === '-s' && rest[0] === undefined) return { type: 'error', reason: 'no signal', word: first };
  if (first === '-s') {
    [name = '', ...targets] = rest;
    word = name;
  } else if (/^-[A-Za-z0-9]/.test(first)) {
    name = first.slice(1);
    word = first;
    targets = rest;
  }
  if (targets[0] === '--') targets = targets.slice(1);
  const signal = parseSignal(name);
  if (signal === undefined) return { type: 'error', reason: 'no such signal', word };
  if (targets.length === 0) return { type: 'error', reason: 'no target', word: '' };
  return { type: 'send', signal, targets };
}

/** `kill -l` and its words. dash looks at the first alone. */
function parseList(words: readonly string[], flavour: Flavour): KillRequest {
  const isKnown = (word: string): boolean => {
    if (flavour === 'dash') return !/^\d+$/.test(word) || nameOfStatus(Number(word)) !== undefined;
    const isNumber = flavour === 'ash' && /^\d+$/.test(word);
    return isNumber || (parseSignal(word) ?? 0) !== 0;
  };
  const numbers = flavour === 'dash' ? words.slice(0, 1) : words;
  const wrong = numbers.find((word) => !isKnown(word));
  return wrong === undefined ? { type: 'list', numbers } : { type: 'error', reason: 'no such status', word: wrong };
}

/** The signal by which a status came about, in dash's names; undefined for none. */
function nameOfStatus(status: number): string | undefined {
  const number = status > 128 ? status - 128 : status;
  if (number < 1 || number > signalNumbers.SIGRTMAX) return undefined;
  return number === signalNumbers.SIGSTKFLT ? String(number) : (signalName(number)?.slice(3) ?? String(number));
}

export const usage = 'Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or kill -l [exitstatus]';

/** procps 4. */
const procpsUsage = `
Usage:
 kill [options] <pid> [...]

Options:
 <pid> [...]            send signal to every <pid> listed
 -<signal>, -s, --signal <signal>
                        specify the <signal> to be sent
 -q, --queue <value>    integer value to be sent with the signal
 -l, --list=[<signal>]  list all signal names, or convert one to a name
 -L, --table            list all signal names in a nice table

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see kill(1).
`;

export function busyboxWords({ reason, word }: KillMistake): string {
  if (reason === 'no target') return 'you need to specify whom to kill';
  return reason === 'no such status' ? `unknown signal '${word}'` : `bad signal name '${word.replace(/^-/, '')}'`;
}

/** What `kill -l` prints. */
export function listSignals(numbers: readonly string[], flavour: Flavour): string {
  if (numbers.length === 0) return listAll(flavour);
  return numbers.map((text) => `${translated(text, flavour)}\n`).join('');
}

function translated(text: string, flavour: Flavour): string {
  if (!/^\d+$/.test(text)) return String(signalNumbers[parseSignal(text) as SignalName]);
  if (flavour === 'dash') return nameOfStatus(Number(text)) ?? text;
  const number = Number(text) & 0x7f;
  if (number === 0) return 'EXIT';
  const name = signalName(number)?.slice(3);
  return name === undefined || name.startsWith('RTM') ? String(number) : name;
}

/** dash counts from 0 to 64 and has no name for 16, 32 and 33; busybox tells of the real-time ones the ends alone. */
function listAll(flavour: Flavour): string {
  const names = Object.entries(signalNumbers).map(([name, number]) => ({ name: name.slice(3), number }));
  if (flavour === 'procps') return `${names.map(({ name }) => name).join(' ')}\n`;
  if (flavour === 'ash') {
    return names
      .filter(({ name }) => !/^RTM(?:IN|AX)[-+]/.test(name))
      .map(({ name, number }) => `${String(number).padStart(2)}) ${name}\n`)
      .join('');
  }
  return Array.from({ length: 65 }, (_, number) => `${nameOfStatus(number) ?? number}\n`).join('');
}

/** Sends to each target; complains as the given flavour does. Returns the exit code. */
export function* killAll(
  name: string,
  targets: readonly string[],
  signal: SignalName | 0,
  flavour: Flavour,
): Running<number> {
  let status = 0;
  for (const target of targets) {
    if (!/^-?[0-9]+$/.test(target)) {
      yield* complain(
        name,
        flavour === 'dash'
          ? `Illegal number: ${target}`
          : flavour === 'ash'
            ? `invalid number '${target}'`
            : `failed to parse argument: '${target}'`,
      );
      status = flavour === 'dash' ? 2 : 1;
      continue;
    }
    try {
      yield* sys.kill(Number(target), signal);
    } catch (error) {
      if (!isErrno(error)) throw error;
      const words = strerror(error.errno);
      // The empty line is dash's.
      const texts = { dash: `${words}\n`, ash: `can't kill pid ${target}: ${words}`, procps: `(${target}): ${words}` };
      yield* complain(name, texts[flavour]);
      status = 1;
    }
  }
  return status;
}

/** procps' /bin/kill. */
export function* killMain(argv: readonly string[]): Running {
  return yield* runKill(argv, 'procps');
}

/** busybox's applet. */
export function* busyboxKillMain(argv: readonly string[]): Running {
  return yield* runKill(argv, 'ash');
}

function* runKill(argv: readonly string[], flavour: 'ash' | 'procps'): Running {
  const request = parseKill(argv.slice(1), flavour);
  if (request.type === 'list') {
    yield* print(listSignals(request.numbers, flavour));
    return 0;
  }
  if (request.type === 'error') {
    if (flavour === 'ash') yield* complain('kill', busyboxWords(request));
    else if (['no target', 'no signal'].includes(request.reason)) yield* print(procpsUsage, 2);
    else if (request.reason === 'no such status') yield* complain('kill', `unknown signal name ${request.word}`);
    else yield* complain('kill', `invalid signal number or name: ${request.word.replace(/^-/, '')}`);
    return 1;
  }
  return yield* killAll('kill', request.targets, request.signal, flavour);
}
