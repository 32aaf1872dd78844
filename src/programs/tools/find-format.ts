/** What find's -printf makes of a file. findutils: find/print.c. */
import type { Running, Stat } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readAccounts, type Accounts } from './accounts.ts';
import { formatDate } from './calendar.ts';
import { blocksOf, modeText } from './ls.ts';
import { modifiedAt } from './path-tools.ts';

export interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly stat: Stat;
  /** What the search began with, and how far below it this is. */
  readonly root: string;
  readonly depth: number;
}

interface About extends FoundFile {
  readonly accounts: Accounts;
  readonly modified: { readonly seconds: number; readonly ns: number };
  /** Where a symbolic link leads to. */
  readonly target: string;
}

const typeLetters: Readonly<Record<Stat['type'], string>> = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  character: 'c',
  block: 'b',
};

const directives: Readonly<Record<string, (about: About) => string | number>> = {
  b: ({ stat }) => 2 * blocksOf(stat),
  d: ({ depth }) => depth,
  D: ({ stat }) => stat.device,
  f: ({ name }) => name,
  g: ({ stat, accounts }) => accounts.groups.get(stat.gid) ?? stat.gid,
  G: ({ stat }) => stat.gid,
  h: ({ path }) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'),
  H: ({ root }) => root,
  i: ({ stat }) => stat.inode,
  k: ({ stat }) => blocksOf(stat),
  l: ({ target }) => target,
  m: ({ stat }) => (stat.mode & 0o7777).toString(8),
  M: ({ stat }) => modeText(stat),
  n: ({ stat }) => stat.links,
  p: ({ path }) => path,
  P: ({ path, root }) => path.slice(root.length).replace(/^\//, ''),
  s: ({ stat }) => stat.size,
  t: (about) =>
    `${timeOf('a', about)} ${timeOf('b', about)} ${timeOf('e', about)} ${timeOf('T', about)} ${timeOf('Y', about)}`,
  u: ({ stat, accounts }) => accounts.users.get(stat.uid) ?? stat.uid,
  U: ({ stat }) => stat.uid,
  y: ({ stat }) => typeLetters[stat.type],
};

/** A letter behind %T: those of strftime, @ for Unix time, + for date and time. Seconds have ten decimals. */
function timeOf(letter: string, { modified: { seconds, ns } }: About): string {
  const decimals = `.${String(ns).padStart(9, '0')}0`;
  if (letter === '@') return `${seconds}${decimals}`;
  const [form, ending] = letter === '+' ? ['%F+%T', decimals] : [`%${letter}`, 'STX'.includes(letter) ? decimals : ''];
  return `${formatDate(form, seconds, ns)}${ending}`;
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** An escape, or a directive with its width: `%-10s`, `%TY`. */
const parts = /\\([\s\S])|%(-?\d*)([ACT](?=.))?([\s\S])/g;

/** The directives that find does not know, which it warns of and prints as they are. */
export function unknownDirectives(format: string): string[] {
  return Array.from(format.matchAll(parts)).flatMap(([, escaped, , time, letter = '']) =>
    escaped !== undefined || time !== undefined || letter === '%' || letter in directives ? [] : [`%${letter}`],
  );
}

/** The text for one file. */
export function* formatted(format: string, file: FoundFile): Running<string> {
  const target = file.stat.type === 'symlink' ? yield* sys.readlink(file.path) : '';
  const about: About = { ...file, accounts: yield* readAccounts(), modified: yield* modifiedAt(file.stat), target };
  return format.replaceAll(
    parts,
    (whole, escaped: string | undefined, width: string | undefined, time: string | undefined, letter: string) => {
      if (escaped !== undefined) return escapes[escaped] ?? whole;
      if (letter === '%') return '%';
      const directive = directives[letter];
      if (time === undefined && directive === undefined) return whole;
      const text = time === undefined ? String(directive?.(about)) : timeOf(letter, about);
      const columns = Math.abs(Number(width));
      return width?.startsWith('-') === true ? text.padEnd(columns) : text.padStart(columns);
    },
  );
}
