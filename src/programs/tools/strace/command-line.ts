/** strace's options. strace: src/strace.c, init(). */
import { parseOptions } from '../options.ts';
import { callFilter, type CallFilter } from './call-sets.ts';

export interface Wish {
  readonly command: readonly string[];
  readonly pids: readonly number[];
  readonly followForks: boolean;
  readonly output: string | null;
  /** -ff: each process has a file of its own. */
  readonly separates: boolean;
  readonly isSummary: boolean;
  /** 0 to 3: none, seconds, microseconds, Unix time. */
  readonly clock: number;
  readonly isRelative: boolean;
  readonly showsDurations: boolean;
  readonly stringLimit: number;
  readonly column: number;
  readonly isQuiet: boolean;
  readonly traces: CallFilter;
  readonly signals: CallFilter;
  readonly outcome: 'all' | 'successful' | 'failed';
}

/** What is wrong with a command line; `seesHelp` when it ends with "Try 'strace -h'". */
export interface Refusal {
  readonly text: string;
  readonly seesHelp: boolean;
}

const letters = '+a:b:cCdDe:E:fFhiI:ko:O:p:P:qrs:S:tTu:U:vVwxX:yYzZ';
const long: Readonly<Record<string, string>> = {
  attach: 'p',
  columns: 'a',
  'decode-fds': 'y',
  'failed-only': 'Z',
  'follow-forks': 'f',
  help: 'h',
  output: 'o',
  'string-limit': 's',
  'successful-only': 'z',
  'summary-only': 'c',
  version: 'V',
};
const notModelled = ['b', 'C', 'd', 'D', 'E', 'I', 'k', 'O', 'P', 'S', 'u', 'U', 'w', 'X'];
const defaultStringLimit = 32;
const defaultColumn = 40;

export type Parsed = { readonly wish: Wish } | { readonly refusal: Refusal } | { readonly says: 'help' | 'version' };

export function parseCommandLine(argv: readonly string[]): Parsed {
  const words = argv.map((word) => word.replace(/^--(trace|signal)=/, '-e$1=').replace(/^--(decode-fds)=.*/, '--$1'));
  const options = parseOptions(words, letters, long);
  if (typeof options === 'string') return refuse(options);
  if (options.has('h')) return { says: 'help' };
  if (options.has('V')) return { says: 'version' };
  const times = (letter: string): number => options.all.filter(([one]) => one === letter).length;
  const filters = filtersOf(options.all.filter(([letter]) => letter === 'e').map(([, value]) => value));
  if ('text' in filters) return { refusal: filters };
  const numbers = numbersOf(options.values);
  if ('text' in numbers) return { refusal: numbers };
  const unknown = notModelled.find((letter) => options.has(letter));
  if (unknown !== undefined) return { refusal: { text: `-${unknown} is not modelled here`, seesHelp: false } };
  if (options.has('c') && times('f') > 1) {
    const both = '(-c/--summary-only or -C/--summary) and -ff/--output-separately';
    return refuse(`${both} are mutually exclusive`);
  }
  const pids = options.all.filter(([letter]) => letter === 'p').flatMap(([, value]) => value.split(/[\s,]+/));
  const wrong = pids.find((pid) => !/^[1-9]\d*$/.test(pid));
  if (wrong !== undefined) return { refusal: { text: `Invalid process id: '${wrong}'`, seesHelp: false } };
  if (pids.length === 0 && options.operands.length === 0) return refuse('must have PROG [ARGS] or -p PID');
  return {
    wish: {
      ...filters,
      ...numbers,
      command: options.operands,
      pids: pids.map(Number),
      followForks: options.has('f') || options.has('F'),
      output: options.values.get('o') ?? null,
      separates: options.has('o') && times('f') > 1,
      isSummary: options.has('c'),
      clock: Math.min(3, times('t')),
      isRelative: options.has('r'),
      showsDurations: options.has('T'),
      isQuiet: options.has('q') || (options.has('o') && options.operands.length > 0),
      outcome: options.has('z') ? 'successful' : options.has('Z') ? 'failed' : 'all',
    },
  };
}

function refuse(text: string): { readonly refusal: Refusal } {
  return { refusal: { text, seesHelp: true } };
}

function numbersOf(values: ReadonlyMap<string, string>): Pick<Wish, 'stringLimit' | 'column'> | Refusal {
  const [limit, column] = [values.get('s') ?? String(defaultStringLimit), values.get('a') ?? String(defaultColumn)];
  if (!/^\d+$/.test(limit)) return { text: `invalid -s argument: '${limit}'`, seesHelp: true };
  if (!/^\d+$/.test(column)) return { text: `invalid -a argument: '${column}'`, seesHelp: true };
  return { stringLimit: Number(limit), column: Number(column) };
}

/** Each `-e`: `trace=SET`, `signal=SET`, what only changes how much is decoded, or a SET alone. */
function filtersOf(expressions: readonly string[]): Pick<Wish, 'traces' | 'signals'> | Refusal {
  let traces: CallFilter = () => true;
  let signals: CallFilter = () => true;
  for (const expression of expressions) {
    const found = /^(t|trace|s|signals?|q|quiet|a|abbrev|v|verbose|x|raw|decode-fds?|status)=(.*)$/.exec(expression);
    const [, kind = 'trace', set = ''] = found ?? ['', 'trace', expression];
    if (kind.startsWith('t')) {
      const filter = callFilter(set);
      if ('invalid' in filter) return { text: `invalid system call '${filter.invalid}'`, seesHelp: false };
      traces = filter;
    } else if (/^(s|signals?)$/.test(kind)) signals = signalFilter(set);
  }
  return { traces, signals };
}

function signalFilter(set: string): CallFilter {
  const inverts = set.startsWith('!');
  const names = set.replace(/^!/, '').split(',');
  const isNamed = (signal: string): boolean =>
    names.some((name) => name === 'all' || name === signal || `SIG${name}` === signal);
  return (signal) => isNamed(signal) !== inverts;
}
