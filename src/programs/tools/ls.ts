/** ls(1). */
import type { Program, Running, Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { readAccounts, type Accounts } from './accounts.ts';
import { formatDate } from './calendar.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: Stat;
  readonly target: string | null;
}

interface Listing {
  readonly options: Options;
  readonly flavour: Flavour;
  readonly accounts: Accounts;
  /** Unix time of the boot in seconds. */
  readonly bootSeconds: number;
  /** Columns of the terminal; 0 for one name a line. */
  readonly columns: number;
}

export const ls = (flavour: Flavour): Program =>
  function* lsMain(argv): Running {
    const options = parseOptions(
      argv.slice(1).filter((word) => !word.startsWith('--color')),
      'aAdfFghilLnopqrRsStTxXcuC1',
      { all: 'a', 'almost-all': 'A', directory: 'd', 'human-readable': 'h', inode: 'i', recursive: 'R' },
    );
    if (typeof options === 'string') return yield* refuseOptions('ls', options, flavour, 2);
    const now = yield* sys.realtime();
    const listing: Listing = {
      options,
      flavour,
      accounts: yield* readAccounts(),
      bootSeconds: now.seconds - Math.floor((yield* sys.monotonic()) / 1e9),
      columns: options.has('1') ? 0 : yield* terminalWidth(),
    };
    const files: Entry[] = [];
    const directories: Entry[] = [];
    let status = 0;
    for (const path of options.operands.length === 0 ? ['.'] : options.operands) {
      try {
        const stat = yield* statOperand(path, options);
        const isListed = stat.type === 'directory' && !options.has('d');
        (isListed ? directories : files).push(yield* entryOf(path, path, stat, flavour));
      } catch (error) {
        if (!isErrno(error)) throw error;
        yield* complain(
          'ls',
          flavour === 'gnu' ? `cannot access '${path}': ${errnoWords(error)}` : `${path}: ${errnoWords(error)}`,
        );
        status = flavour === 'gnu' ? 2 : 1;
      }
    }
    yield* print(format(sortEntries(files, options), listing));
    const withTitles = options.operands.length > 1 || options.has('R');
    let isFirst = files.length === 0;
    for (const { path } of sortEntries(directories, options)) {
      const failed = yield* listDirectory(path, listing, withTitles, isFirst);
      if (failed) status = flavour === 'gnu' ? 2 : 1;
      isFirst = false;
    }
    return status;
  };

function* terminalWidth(): Running<number> {
  return (yield* sys.isatty(1)) ? Math.max(20, (yield* sys.getWindowSize(1)).columns || 80) : 0;
}

/** A symlink named on the command line is followed, but not with -l. */
function* statOperand(path: string, options: Options): Running<Stat> {
  const link = yield* sys.lstat(path);
  if (link.type !== 'symlink' || ((options.has('l') || options.has('d')) && !options.has('L') && !path.endsWith('/')))
    return link;
  try {
    return yield* sys.stat(path);
  } catch (error) {
    if (isErrno(error)) return link;
    throw error;
  }
}

/** A link that cannot be read is complained of, and listed without its target. */
function* entryOf(name: string, path: string, stat: Stat, flavour: Flavour): Running<Entry> {
  let target: string | null = null;
  if (stat.type === 'symlink') {
    try {
      target = yield* sys.readlink(path);
    } catch (error) {
      if (!isErrno(error)) throw error;
      const what = flavour === 'gnu' ? `cannot read symbolic link '${path}'` : path;
      yield* complain('ls', `${what}: ${errnoWords(error)}`);
    }
  }
  return { name, path, stat, target };
}

function* listDirectory(path: string, listing: Listing, withTitle: boolean, isFirst: boolean): Running<boolean> {
  const { options, flavour } = listing;
  let names: string[];
  try {
    names = (yield* sys.readdir(path)).map(({ name }) => name);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain(
      'ls',
      flavour === 'gnu'
        ? `cannot open directory '${path}': ${errnoWords(error)}`
        : `can't open '${path}': ${errnoWords(error)}`,
    );
    return true;
  }
  const shown = names.filter((name) => options.has('a') || options.has('A') || !name.startsWith('.'));
  const entries: Entry[] = [];
  for (const name of [...(options.has('a') ? ['.', '..'] : []), ...shown]) {
    const full = path.endsWith('/') ? path + name : `${path}/${name}`;
    try {
      entries.push(
        yield* entryOf(name, full, options.has('L') ? yield* sys.stat(full) : yield* sys.lstat(full), flavour),
      );
    } catch (error) {
      // It may have gone meanwhile, as a process's directory does.
      if (!isErrno(error)) throw error;
    }
  }
  const sorted = sortEntries(entries, options);
  if (withTitle) yield* print(`${isFirst ? '' : '\n'}${path}:\n`);
  if (options.has('l') || options.has('s')) {
    const blocks = sorted.reduce((sum, { stat }) => sum + blocksOf(stat), 0);
    yield* print(`total ${options.has('h') ? humanSize(blocks * 1024) : blocks}\n`);
  }
  yield* print(format(sorted, listing));
  if (!options.has('R')) return false;
  let failed = false;
  for (const { name, path: full, stat } of sorted) {
    if (stat.type !== 'directory' || name === '.' || name === '..') continue;
    const below = yield* listDirectory(full, listing, true, false);
    failed ||= below;
  }
  return failed;
}

function sortEntries(entries: readonly Entry[], options: Options): Entry[] {
  const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const compare = options.has('t')
    ? (a: Entry, b: Entry): number => b.stat.modifiedNs - a.stat.modifiedNs || byName(a, b)
    : options.has('S')
      ? (a: Entry, b: Entry): number => b.stat.size - a.stat.size || byName(a, b)
      : byName;
  const sorted = options.has('f') ? [...entries] : entries.toSorted(compare);
  return options.has('r') ? sorted.toReversed() : sorted;
}

/** What a file takes on the disk, in KiB: whole blocks. */
export function blocksOf({ type, size }: Stat): number {
  return type === 'file' || type === 'directory' ? Math.ceil(size / 4096) * 4 : 0;
}

function format(entries: readonly Entry[], listing: Listing): string {
  if (entries.length === 0) return '';
  const { options } = listing;
  if (options.has('l') || options.has('n') || options.has('g') || options.has('o')) return formatLong(entries, listing);
  const names = entries.map(
    (entry) =>
      `${options.has('i') ? `${entry.stat.inode} ` : ''}${options.has('s') ? `${blocksOf(entry.stat)} ` : ''}${entry.name}${suffix(entry, options)}`,
  );
  return listing.columns === 0 ? names.map((name) => `${name}\n`).join('') : inColumns(names, listing.columns);
}

function suffix({ stat }: Entry, options: Options): string {
  if (stat.type === 'directory' && (options.has('p') || options.has('F'))) return '/';
  if (!options.has('F')) return '';
  return {
    symlink: '@',
    fifo: '|',
    socket: '=',
    file: (stat.mode & 0o111) === 0 ? '' : '*',
    directory: '/',
    character: '',
    block: '',
  }[stat.type];
}

/** Down, then across; as few lines as fit. */
function inColumns(names: readonly string[], width: number): string {
  for (let lines = 1; ; lines += 1) {
    const columns: (readonly string[])[] = [];
    for (let at = 0; at < names.length; at += lines) columns.push(names.slice(at, at + lines));
    const widths = columns.map((column) => Math.max(...column.map((name) => name.length)) + 2);
    if (lines < names.length && widths.reduce((sum, one) => sum + one, 0) - 2 > width) continue;
    return Array.from({ length: lines }, (_, line) =>
      columns
        .map((column, index) => (column[line] ?? '').padEnd(index === columns.length - 1 ? 0 : (widths[index] ?? 0)))
        .join('')
        .trimEnd(),
    )
      .map((line) => `${line}\n`)
      .join('');
  }
}

function formatLong(entries: readonly Entry[], listing: Listing): string {
  const { options, flavour, accounts } = listing;
  const devices = flavour === 'busybox' ? { major: 4, minor: 3 } : deviceWidths(entries);
  const rows = entries.map((entry) => ({
    entry,
    links: String(entry.stat.links),
    user: options.has('n') ? String(entry.stat.uid) : (accounts.users.get(entry.stat.uid) ?? String(entry.stat.uid)),
    group: options.has('n') ? String(entry.stat.gid) : (accounts.groups.get(entry.stat.gid) ?? String(entry.stat.gid)),
    size: sizeText(entry.stat, options, devices),
    blocks: String(blocksOf(entry.stat)),
    inode: String(entry.stat.inode),
  }));
  const widest = (column: 'links' | 'user' | 'group' | 'size' | 'inode' | 'blocks'): number =>
    Math.max(...rows.map((row) => row[column].length));
  // busybox's columns are fixed; coreutils' are as wide as they must be.
  const widths =
    flavour === 'busybox'
      ? { links: 5, user: 8, group: 8, size: 9, inode: 7, blocks: 6 }
      : {
          links: widest('links'),
          user: widest('user'),
          group: widest('group'),
          size: widest('size'),
          inode: widest('inode'),
          blocks: widest('blocks'),
        };
  return rows
    .map(({ entry, links, user, group, size, inode, blocks }) => {
      const parts = [
        modeText(entry.stat),
        links.padStart(widths.links),
        user.padEnd(widths.user),
        group.padEnd(widths.group),
        size.padStart(widths.size),
        dateText(entry.stat, listing),
        `${entry.name}${suffix(entry, options)}${entry.target === null ? '' : ` -> ${entry.target}`}`,
      ];
      if (flavour === 'busybox') parts.splice(0, 2, `${modeText(entry.stat)}${links.padStart(5)}`);
      const before = [
        ...(options.has('i') ? [`${inode.padStart(widths.inode)} `] : []),
        ...(options.has('s') ? [`${blocks.padStart(widths.blocks)} `] : []),
      ];
      return `${before.join('')}${parts.join(' ')}\n`;
    })
    .join('');
}

interface DeviceWidths {
  readonly major: number;
  readonly minor: number;
}

/** As wide as the widest; where there are files, too, the sizes' column may be wider. */
function deviceWidths(entries: readonly Entry[]): DeviceWidths {
  const widest = (numbers: readonly number[]): number => Math.max(0, ...numbers.map((number) => String(number).length));
  const devices = entries.filter(({ stat }) => isDevice(stat)).map(({ stat }) => stat.rdev);
  return { major: widest(devices.map(({ major }) => major)), minor: widest(devices.map(({ minor }) => minor)) };
}

function isDevice({ type }: Stat): boolean {
  return type === 'character' || type === 'block';
}

function sizeText(stat: Stat, options: Options, widths: DeviceWidths): string {
  const { major, minor } = stat.rdev;
  if (isDevice(stat)) return `${String(major).padStart(widths.major)}, ${String(minor).padStart(widths.minor)}`;
  return options.has('h') ? humanSize(stat.size) : String(stat.size);
}

/** 4.0K, 12M */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit += 1;
  }
  const rounded = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value);
  return `${rounded < 10 ? rounded.toFixed(1) : rounded}${'KMGTP'.charAt(unit)}`;
}

export function modeText({ mode, type }: Pick<Stat, 'mode' | 'type'>): string {
  const kind = { file: '-', directory: 'd', symlink: 'l', fifo: 'p', socket: 's', character: 'c', block: 'b' }[type];
  const letters = ['r', 'w', 'x'];
  let text = kind;
  for (const shift of [6, 3, 0]) {
    for (const [index, letter] of letters.entries()) text += (mode >> shift) & (4 >> index) ? letter : '-';
  }
  const special = (at: number, bit: number, lower: string): void => {
    if ((mode & bit) === 0) return;
    text = text.slice(0, at) + (text.charAt(at) === 'x' ? lower : lower.toUpperCase()) + text.slice(at + 1);
  };
  special(3, 0o4000, 's');
  special(6, 0o2000, 's');
  special(9, 0o1000, 't');
  return text;
}

function dateText({ modifiedNs }: Stat, { bootSeconds }: Listing): string {
  return formatDate('%b %e %H:%M', bootSeconds + Math.floor(modifiedNs / 1e9), 0);
}
