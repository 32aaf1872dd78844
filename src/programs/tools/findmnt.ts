/** findmnt(8) of util-linux: the caller's mounts, as a tree. What they are is read from /proc/self/mountinfo. */
import type { Program, Running } from '../../kernel/abi.ts';
import { utf8 } from '../../kernel/bytes.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, linesOf, print, readFile, statIfAny } from '../io.ts';
import { plain } from './mount.ts';
import { parseOptions, refuseOptions, type Options } from './options.ts';

interface Mount {
  readonly id: string;
  readonly parent: string;
  readonly columns: Readonly<Record<string, string>>;
}

const header = ['TARGET', 'SOURCE', 'FSTYPE', 'OPTIONS'] as const;
const letters = 'aDJlnPrRikt:o:O:S:T:M:h';
const long: Readonly<Record<string, string>> = {
  types: 't',
  output: 'o',
  options: 'O',
  source: 'S',
  target: 'T',
  mountpoint: 'M',
  noheadings: 'n',
  list: 'l',
  raw: 'r',
  pairs: 'P',
  json: 'J',
  submounts: 'R',
  invert: 'i',
  kernel: 'k',
};

/** The program. */
export const findmnt: Program = function* findmntMain(argv): Running {
  const options = parseOptions(argv.slice(1), letters, long);
  if (typeof options === 'string') return yield* refuseOptions('findmnt', options, 'gnu');
  const unmodelled = ['a', 'D', 'O', 'h'].find((letter) => options.has(letter));
  if (unmodelled !== undefined) {
    yield* complain('glassdock', `findmnt -${unmodelled} is not modelled yet: -l -r -P -J -n -o -t -i -R -S -T -M are`);
    return 2;
  }
  const mounts = linesOf(yield* readFile('/proc/self/mountinfo')).map(mountOf);
  const names = (options.values.get('o') ?? header.join(',')).toUpperCase().split(',');
  const bad = names.find((name) => mounts[0]?.columns[name] === undefined);
  if (bad !== undefined) {
    yield* complain('findmnt', `unknown column: ${bad.toLowerCase()}`);
    return 1;
  }
  const found = yield* wanted(mounts, options);
  if (found.length === 0) return 1;
  yield* print(shown(found, names, options));
  return 0;
};

/** A line of /proc/self/mountinfo. Man page: proc_pid_mountinfo(5). */
function mountOf(line: string): Mount {
  const [front = '', back = ''] = line.split(' - ');
  const [id = '', parent = '', device = '', root = '', target = '', vfs = '', ...tags] = front.split(' ');
  const [fstype = '', source = '', fs = ''] = back.split(' ').map(plain);
  const options = [...new Set([...vfs.split(','), ...fs.split(',').filter((word) => !/^r[ow]$/.test(word))])];
  const tag = tags.find((word) => /^(?:shared|master)/.test(word)) ?? 'private';
  return {
    id,
    parent,
    columns: {
      TARGET: plain(target),
      SOURCE: plain(root) === '/' ? source : `${source}[${plain(root)}]`,
      FSTYPE: fstype,
      OPTIONS: options.join(','),
      'VFS-OPTIONS': vfs,
      'FS-OPTIONS': fs,
      FSROOT: plain(root),
      PROPAGATION: tag.replace(/^shared.*/, 'shared').replace(/^master.*/, 'private,slave'),
      ID: id,
      PARENT: parent,
      'MAJ:MIN': device,
    },
  };
}

/** Those that the options and operands choose. Of several at one place the last one is there to be seen. */
function* wanted(mounts: readonly Mount[], options: Options): Running<readonly Mount[]> {
  const { values, operands } = options;
  const types = values.get('t')?.split(',');
  const ofType = ({ columns }: Mount): boolean =>
    types === undefined || types.includes(columns['FSTYPE'] ?? '') !== options.has('i');
  const [first, second] = operands;
  const source = values.get('S') ?? (second === undefined ? undefined : first);
  const place = values.get('M') ?? second;
  // One operand alone is either.
  const either = source === undefined && place === undefined ? first : undefined;
  const inside = values.get('T');
  if (inside !== undefined) return yield* mountsAround(mounts.filter(ofType), inside);
  const found = mounts
    .filter(ofType)
    .filter((mount) => source === undefined || sourceOf(mount) === source)
    .filter(({ columns }) => place === undefined || columns['TARGET'] === place)
    .filter((mount) => either === undefined || [mount.columns['TARGET'], sourceOf(mount)].includes(either));
  if (options.has('R')) return withBelow(mounts, found);
  return (place ?? either) === undefined ? found : found.slice(-1);
}

function sourceOf({ columns }: Mount): string {
  return (columns['SOURCE'] ?? '').replace(/\[.*$/, '');
}

/** -T: the mount that a file is on. */
function* mountsAround(mounts: readonly Mount[], path: string): Running<readonly Mount[]> {
  if ((yield* statIfAny(path)) === null) return [];
  const whole = path.startsWith('/') ? path : `${yield* sys.getcwd()}/${path}`;
  const around = mounts.filter(({ columns }) => `${whole}/`.startsWith(`${columns['TARGET']}/`.replace('//', '/')));
  const longest = Math.max(...around.map(({ columns }) => columns['TARGET']?.length ?? 0));
  return around.filter(({ columns }) => columns['TARGET']?.length === longest).slice(-1);
}

/** -R: those that are mounted below, too. */
function withBelow(mounts: readonly Mount[], found: readonly Mount[]): readonly Mount[] {
  const ids = new Set(found.map(({ id }) => id));
  return mounts.filter(({ id, parent }) => {
    if (ids.has(parent)) ids.add(id);
    return ids.has(id);
  });
}

interface Line {
  readonly mount: Mount;
  /** What is drawn before its first column: `│ └─`. */
  readonly branch: string;
}

function shown(mounts: readonly Mount[], names: readonly string[], options: Options): string {
  const cell = (mount: Mount, name: string): string => mount.columns[name] ?? '';
  if (options.has('J')) return json(mounts, names, !options.has('l'));
  if (options.has('P'))
    return mounts.map((mount) => `${names.map((name) => `${name}="${cell(mount, name)}"`).join(' ')}\n`).join('');
  const isList = options.has('l') || options.has('r');
  const lines: readonly Line[] = isList ? mounts.map((mount) => ({ mount, branch: '' })) : tree(mounts);
  const body = lines.map(({ mount, branch }) =>
    names.map((name) => `${name === 'TARGET' ? branch : ''}${cell(mount, name)}`),
  );
  const rows = options.has('n') ? body : [[...names], ...body];
  const widths = names.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => {
      const cells = row.map((text, column) =>
        options.has('r') || column === row.length - 1 ? text : text.padEnd(widths[column] ?? 0),
      );
      return `${cells.join(' ')}\n`;
    })
    .join('')
    .replaceAll(/[│├└─]/g, utf8);
}

/** A mount stands below the one that it is mounted on, where that is shown. */
function childrenOf(mounts: readonly Mount[], above: Mount | null): readonly Mount[] {
  const ids = new Set(mounts.map(({ id }) => id));
  return mounts.filter((one) =>
    above === null ? !ids.has(one.parent) || one.parent === one.id : one.parent === above.id,
  );
}

function tree(mounts: readonly Mount[], above: Mount | null = null, indent = ''): readonly Line[] {
  const children = childrenOf(mounts, above);
  return children.flatMap((mount, at) => {
    const isLast = at === children.length - 1;
    const branch = above === null ? '' : `${indent}${isLast ? '└─' : '├─'}`;
    const below = above === null ? '' : `${indent}${isLast ? '  ' : '│ '}`;
    return [{ mount, branch }, ...tree(mounts, mount, below)];
  });
}

/** libsmartcols: three spaces a level; of a tree what is mounted on a mount is among its children. */
function json(mounts: readonly Mount[], names: readonly string[], isTree: boolean): string {
  const object = (mount: Mount, depth: number): string => {
    const indent = ' '.repeat(3 * depth);
    const children = isTree ? childrenOf(mounts, mount) : [];
    const fields = names.map((name) => `"${name.toLowerCase()}": ${JSON.stringify(mount.columns[name] ?? '')}`);
    const below = children.map((child) => object(child, depth + 2)).join(',');
    const all = below === '' ? fields : [...fields, `"children": [\n${indent}      ${below}\n${indent}   ]`];
    return `{\n${all.map((field) => `${indent}   ${field}`).join(',\n')}\n${indent}}`;
  };
  const roots = isTree ? childrenOf(mounts, null) : mounts;
  return `{\n   "filesystems": [\n      ${roots.map((mount) => object(mount, 2)).join(',')}\n   ]\n}\n`;
}
