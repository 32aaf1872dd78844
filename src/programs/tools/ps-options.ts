/** ps's command line: UNIX options with a dash, BSD's without, GNU's with two. */
import { terminalName, type Process } from './processes.ts';
import { columnOf } from './ps-columns.ts';

export interface PsRequest {
  readonly selection:
    | 'all'
    | 'terminal'
    | 'with terminal'
    | 'no session leaders'
    | readonly ((process: Process) => boolean)[];
  /** `-q`: nobody else is looked at, whatever is selected. */
  readonly quick: ReadonlySet<number> | null;
  readonly columns: readonly { readonly name: string; readonly header: string | null }[];
  /** `-H` indents what `--forest` draws branches to. */
  readonly forest: 'none' | 'indents' | 'branches';
  readonly sort: readonly string[];
  readonly hasHeader: boolean;
  /** It tells of itself, and of no process. */
  readonly tells: 'processes' | 'version' | 'usage';
}

const bsdFormats: Readonly<Record<string, string>> = {
  '': 'pid,tty8,stat,bsdtime,command',
  user: 'user8u,pid7,pcpu,pmem,vsz,rss,tty8,stat4,start5,bsdtime,command',
  long: 'f,uid,pid7,ppid7,priority,ni,vsz,rss,wchan,stat,tty8,bsdtime,command',
  jobs: 'ppid,pid,pgid,sid,tty8,tpgid,stat,uid,bsdtime,command',
};

/** What the options with one dash make of the columns together. procps: sortformat.c, generate_sysv_list(). */
function unixFormat(letters: ReadonlySet<string>): string {
  const has = (letter: string): boolean => letters.has(letter);
  const [isFull, isLong, isExtra] = [has('f') || has('F'), has('l'), has('F')];
  const parts: readonly (string | false)[] = [
    isLong && !has('y') && 'f',
    isLong && 's',
    isFull ? 'user8' : isLong && 'uid',
    'pid',
    has('T') && 'spid',
    (isFull || isLong) && 'ppid',
    has('j') && 'pgid,sid',
    has('L') && 'lwp',
    has('c') ? 'cls,pri' : (isFull || isLong) && 'c',
    has('L') && isFull && 'nlwp',
    isLong && !has('c') && 'opri,ni',
    isLong && (has('y') ? 'rss' : 'addr_1'),
    (isLong || isExtra) && 'sz',
    isLong && 'wchan',
    isExtra && !(isLong && has('y')) && 'rss',
    isExtra && 'psr',
    isFull && 'stime',
    `tty8,time,${isFull ? 'cmd' : 'ucmd'}`,
  ];
  return parts.filter((part) => part !== false).join(',');
}

interface Draft {
  readonly users: ReadonlyMap<string, number>;
  quick: ReadonlySet<number> | null;
  all: boolean;
  withTerminal: boolean;
  others: boolean;
  notLeaders: boolean;
  tests: ((process: Process) => boolean)[];
  /** Of the options with one dash, those that shape the columns. */
  readonly letters: Set<string>;
  bsdFormat: string;
  custom: { name: string; header: string | null }[];
  forest: PsRequest['forest'];
  sort: string[];
  bsd: boolean;
  label: boolean;
  /** BSD's c: a command by its name alone. */
  names: boolean;
  hasHeader: boolean;
  tells: PsRequest['tells'];
}

/**
 * Reads argv (without the name). A string is the complaint. What makes no sense with its dashes is read once more as
 * BSD's. procps: parser.c, arg_parse().
 */
export function parsePs(words: readonly string[], users: ReadonlyMap<string, number>): PsRequest | string {
  const request = parseWords(words, users);
  if (typeof request !== 'string' || !words.some((word) => /^-[^-]/.test(word))) return request;
  const second = parseWords(
    words.map((word) => word.replace(/^-(?=[^-])/, '')),
    users,
  );
  return typeof second === 'string' ? request : second;
}

function parseWords(words: readonly string[], users: ReadonlyMap<string, number>): PsRequest | string {
  const draft: Draft = {
    users,
    quick: null,
    all: false,
    withTerminal: false,
    others: false,
    notLeaders: false,
    tests: [],
    letters: new Set(),
    bsdFormat: '',
    custom: [],
    forest: 'none',
    sort: [],
    bsd: false,
    label: false,
    names: false,
    hasHeader: true,
    tells: 'processes',
  };
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const complaint = word.startsWith('--')
      ? readLong(word.slice(2), queue, draft)
      : word.startsWith('-')
        ? readUnix(word.slice(1), queue, draft)
        : readBsd(word, queue, draft);
    if (complaint !== null) return complaint;
  }
  const complaint = contradiction(draft, words);
  if (complaint !== null) return complaint;
  const { quick, forest, sort, hasHeader, tells } = draft;
  return { selection: selectionOf(draft), quick, columns: columnsFor(draft), forest, sort, hasHeader, tells };
}

function contradiction(draft: Draft, words: readonly string[]): string | null {
  if (draft.tells !== 'processes' && words.length > 1) return `the option is exclusive: ${words[0] ?? ''}`;
  if (draft.letters.has('y') && !draft.letters.has('l')) return 'modifier -y without format -l makes no sense';
  const unknown = draft.custom.find(({ name }) => columnOf(name).column === undefined);
  if (unknown !== undefined) return `unknown user-defined format specifier "${unknown.name}"`;
  if (draft.quick === null) return null;
  const quick = 'q/-q/--quick-pid cannot be';
  if (draft.tests.length > 0) return `${quick} combined with other selection options.`;
  if (draft.forest !== 'none') return `${quick} used together with forest type listings.`;
  return draft.sort.length > 0 ? 'q/-q,--quick-pid cannot be used together with sort options.' : null;
}

function columnsFor({ custom, bsd, bsdFormat, letters, label, names }: Draft): PsRequest['columns'] {
  if (custom.length > 0) return custom;
  const format = bsd ? (bsdFormats[bsdFormat] ?? '') : unixFormat(letters);
  const columns = columnsOf(label ? `label,${format}` : format);
  return names ? columns.map((column) => (column.name === 'command' ? { ...column, name: 'comm' } : column)) : columns;
}

function selectionOf(draft: Draft): PsRequest['selection'] {
  if (draft.all || (draft.withTerminal && draft.others)) return 'all';
  if (draft.tests.length > 0) return draft.tests;
  if (draft.notLeaders) return 'no session leaders';
  if (draft.withTerminal) return 'with terminal';
  if (draft.others) return [() => true];
  return draft.bsd ? [() => false] : 'terminal';
}

/** `pid,ppid=PARENT,args=` */
function columnsOf(text: string): { name: string; header: string | null }[] {
  const columns: { name: string; header: string | null }[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole = rest, name = ''] = /^[\s,]*([^\s,=]*)/.exec(rest) ?? [];
    rest = rest.slice(whole.length);
    let header: string | null = null;
    if (rest.startsWith('=')) {
      // A header of one's own goes on to the end of the argument, commas included; `name=,` is an empty one.
      const own = rest.startsWith('=,') || rest === '=' ? '' : rest.slice(1);
      header = own;
      rest = own === '' ? rest.slice(1) : '';
    }
    if (name === '') break;
    columns.push({ name, header });
  }
  return columns;
}

function numbers(text: string): ReadonlySet<number> {
  return new Set(text.split(/[\s,]+/).map(Number));
}

function addTest(draft: Draft, kind: string, text: string): string | null {
  const names = new Set(text.split(','));
  if ('p g s G'.split(' ').includes(kind) || kind === 'ppid') {
    if (!/^[0-9\s,]+$/.test(text)) return 'process ID list syntax error';
  }
  const tests: Readonly<Record<string, (process: Process) => boolean>> = {
    p: ({ pid }) => numbers(text).has(pid),
    ppid: ({ ppid }) => numbers(text).has(ppid),
    g: ({ sid }) => numbers(text).has(sid),
    s: ({ sid }) => numbers(text).has(sid),
    C: ({ comm }) => names.has(comm) || [...names].some((name) => name.slice(0, 15) === comm),
    t: ({ tty }) => names.has(terminalName(tty)),
    u: ({ uid }) => users.includes(uid),
  };
  const users =
    kind === 'u' ? [...names].map((name) => (/^\d+$/.test(name) ? Number(name) : draft.users.get(name))) : [];
  if (users.includes(undefined)) return 'user name does not exist';
  const test = tests[kind];
  if (test) draft.tests.push(test);
  return null;
}

/** `-O user`: among the usual columns. */
function amongUsual(text: string, usual: string): Draft['custom'] {
  const [first = '', ...others] = usual.split(',');
  return columnsOf([first, text, ...others].join(','));
}

const lists: Readonly<Record<string, string>> = { p: 'process IDs', u: 'users', U: 'users' };

function readUnix(letters: string, queue: string[], draft: Draft): string | null {
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters.charAt(at);
    const rest = letters.slice(at + 1);
    switch (letter) {
      case 'e':
      case 'A':
        draft.all = true;
        break;
      case 'f':
      case 'F':
      case 'l':
      case 'j':
      case 'y':
      case 'L':
      case 'T':
      case 'c':
        draft.letters.add(letter);
        break;
      case 'Z':
      case 'M':
        draft.label = true;
        break;
      case 'a':
        draft.notLeaders = true;
        break;
      case 'd':
        draft.notLeaders = true;
        break;
      case 'H':
        draft.forest = 'indents';
        break;
      case 'w':
        break;
      case 'V':
        draft.tells = 'version';
        break;
      case 'o':
      case 'O': {
        const value = rest === '' ? queue.shift() : rest;
        if (value === undefined || value === '')
          return `format ${letter === 'o' ? '' : 'or sort '}specification must follow -${letter}`;
        draft.custom.push(...(letter === 'o' ? columnsOf(value) : amongUsual(value, 'pid,s,tty8,time,command')));
        return null;
      }
      case 'q':
        return readQuick(rest === '' ? queue.shift() : rest, draft);
      case 'p':
      case 'g':
      case 's':
      case 'C':
      case 't':
      case 'u':
      case 'U': {
        const value = rest === '' ? queue.shift() : rest;
        if (value === undefined) return `list of ${lists[letter] ?? 'names'} must follow -${letter}`;
        return addTest(draft, letter.toLowerCase() === 'u' ? 'u' : letter, value);
      }
      default:
        return 'unsupported SysV option';
    }
  }
  return null;
}

function readQuick(value: string | undefined, draft: Draft): string | null {
  if (value === undefined || !/^[0-9\s,]+$/.test(value)) return 'process ID list syntax error';
  if (draft.quick !== null) return 'q/-q/--quick-pid can only be used once.';
  draft.quick = numbers(value);
  return null;
}

function readBsd(letters: string, queue: string[], draft: Draft): string | null {
  draft.bsd = true;
  if (/^[0-9,]+$/.test(letters)) return addTest(draft, 'p', letters);
  for (let at = 0; at < letters.length; at += 1) {
    const rest = letters.slice(at + 1);
    switch (letters.charAt(at)) {
      case 'a':
        draft.withTerminal = true;
        break;
      case 'x':
        draft.others = true;
        break;
      case 'u':
        draft.bsdFormat = 'user';
        break;
      case 'l':
        draft.bsdFormat = 'long';
        break;
      case 'j':
        draft.bsdFormat = 'jobs';
        break;
      case 'f':
        draft.forest = 'branches';
        break;
      case 'c':
        draft.names = true;
        break;
      case 'h':
        draft.hasHeader = false;
        break;
      case 'Z':
      case 'M':
        draft.label = true;
        break;
      case 'V':
        draft.tells = 'version';
        break;
      case 'e':
      case 'w':
      case 'n':
      case 'g':
      case 'S':
        break;
      case 'q':
        return readQuick(rest === '' ? queue.shift() : rest, draft);
      case 'k': {
        const value = rest === '' ? queue.shift() : rest;
        if (value === undefined) return 'long sort specification must follow k';
        draft.sort.push(...value.split(','));
        return null;
      }
      case 'o':
      case 'p': {
        const value = rest === '' ? queue.shift() : rest;
        if (value === undefined || value === '') return 'format specification must follow o';
        if (letters.charAt(at) === 'p') return addTest(draft, 'p', value);
        draft.custom.push(...columnsOf(value));
        return null;
      }
      default:
        return 'unsupported option (BSD syntax)';
    }
  }
  return null;
}

const valued: Readonly<Record<string, string>> = { pid: 'p', ppid: 'ppid', sid: 's', user: 'u', tty: 't' };

function readLong(text: string, queue: string[], draft: Draft): string | null {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (name === 'forest') draft.forest = 'branches';
  else if (/^no-?head(?:er|ers|ing|ings)$/.test(name)) draft.hasHeader = false;
  else if (name === 'version') draft.tells = 'version';
  else if (name === 'help') draft.tells = 'usage';
  else if (name === 'context') draft.label = true;
  else if (['sort', 'format', 'quick-pid', 'cols', 'columns', 'width', ...Object.keys(valued)].includes(name)) {
    const value = at === -1 ? queue.shift() : text.slice(at + 1);
    if (value === undefined) return `option '--${name}' requires an argument`;
    if (name === 'sort') draft.sort.push(...value.split(','));
    else if (name === 'format') draft.custom.push(...columnsOf(value));
    else if (name === 'quick-pid') return readQuick(value, draft);
    else if (valued[name] !== undefined) return addTest(draft, valued[name], value);
  } else return 'unknown gnu long option';
  return null;
}
