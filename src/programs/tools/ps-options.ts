/** ps's command line: UNIX options with a dash, BSD's without, GNU's with two. */
import { terminalName, type Process } from './processes.ts';

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
  readonly forest: boolean;
  readonly sort: readonly string[];
}

const formats: Readonly<Record<string, string>> = {
  plain: 'pid,tty8,time,ucmd',
  full: 'user8,pid7,ppid7,c,stime,tty8,time,cmd',
  bsdPlain: 'pid,tty8,stat,bsdtime,command',
  bsdUser: 'user8u,pid7,pcpu,pmem,vsz,rss,tty8,stat4,start5,bsdtime,command',
  bsdLong: 'f,uid,pid7,ppid7,pri,ni,vsz,rss,wchan,stat,tty8,bsdtime,command',
  jobs: 'pid,pgid,sid,tty8,time,ucmd',
  bsdJobs: 'ppid,pid,pgid,sid,tty8,tpgid,stat,uid,bsdtime,command',
  long: 'f,s,uid,pid7,ppid7,c,pri,ni,vsz,wchan,tty8,time,ucmd',
};

interface Draft {
  quick: ReadonlySet<number> | null;
  all: boolean;
  withTerminal: boolean;
  others: boolean;
  notLeaders: boolean;
  tests: ((process: Process) => boolean)[];
  format: string;
  custom: { name: string; header: string | null }[];
  forest: boolean;
  sort: string[];
  bsd: boolean;
}

/** Reads argv (without the name). A string is the complaint. */
export function parsePs(words: readonly string[]): PsRequest | string {
  const draft: Draft = {
    quick: null,
    all: false,
    withTerminal: false,
    others: false,
    notLeaders: false,
    tests: [],
    format: '',
    custom: [],
    forest: false,
    sort: [],
    bsd: false,
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
  if (draft.quick !== null && draft.forest) return 'q/-q/--quick-pid cannot be used together with forest type listings';
  const columns =
    draft.custom.length > 0
      ? draft.custom
      : columnsOf(formats[draft.format === '' ? (draft.bsd ? 'bsdPlain' : 'plain') : draft.format] ?? '');
  return { selection: selectionOf(draft), quick: draft.quick, columns, forest: draft.forest, sort: draft.sort };
}

function selectionOf(draft: Draft): PsRequest['selection'] {
  if (draft.all || (draft.withTerminal && draft.others)) return 'all';
  if (draft.tests.length > 0) return draft.tests;
  if (draft.notLeaders) return 'no session leaders';
  if (draft.withTerminal) return 'with terminal';
  return draft.others ? [() => true] : 'terminal';
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
    u: ({ uid }) => names.has(String(uid)) || (uid === 0 && names.has('root')),
  };
  const test = tests[kind];
  if (test) draft.tests.push(test);
  return null;
}

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
        draft.format = 'full';
        break;
      case 'F':
        draft.format = 'full';
        break;
      case 'l':
        draft.format = 'long';
        break;
      case 'j':
        draft.format = 'jobs';
        break;
      case 'a':
        draft.notLeaders = true;
        break;
      case 'd':
        draft.tests.push(({ pid, sid }) => pid !== sid);
        break;
      case 'H':
        draft.forest = true;
        break;
      case 'w':
      case 'y':
      case 'L':
      case 'T':
        break;
      case 'x':
        return readBsd(letters, queue, draft);
      case 'o':
      case 'O': {
        const value = rest === '' ? queue.shift() : rest;
        if (value === undefined) return 'format specification must follow -o';
        draft.custom.push(...columnsOf(value));
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
        if (value === undefined)
          return letter === 'u'
            ? readBsd(letters, queue, draft)
            : `list of ${letter === 'p' ? 'process IDs' : 'names'} must follow -${letter}`;
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
        draft.format = 'bsdUser';
        break;
      case 'l':
        draft.format = 'bsdLong';
        break;
      case 'j':
        draft.format = 'bsdJobs';
        break;
      case 'f':
        draft.forest = true;
        break;
      case 'e':
      case 'w':
      case 'c':
        break;
      case 'o':
      case 'p': {
        const value = rest === '' ? queue.shift() : rest;
        if (value === undefined) return 'format specification must follow o';
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

function readLong(text: string, queue: string[], draft: Draft): string | null {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (name === 'forest') draft.forest = true;
  else if (name === 'no-headers' || name === 'no-heading')
    draft.custom = draft.custom.map((column) => ({ ...column, header: '' }));
  else if (['pid', 'ppid', 'sort', 'format', 'sid', 'user', 'tty'].includes(name)) {
    const value = at === -1 ? queue.shift() : text.slice(at + 1);
    if (value === undefined) return `option '--${name}' requires an argument`;
    if (name === 'sort') draft.sort.push(...value.split(','));
    else if (name === 'format') draft.custom.push(...columnsOf(value));
    else return addTest(draft, { pid: 'p', ppid: 'ppid', sid: 's', user: 'u', tty: 't' }[name] ?? 'p', value);
  } else return 'unknown gnu long option';
  return null;
}
