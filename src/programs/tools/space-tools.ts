/** Room on disks: df(1), fallocate(1). coreutils: src/df.c; util-linux: sys-utils/fallocate.c; busybox: df.c. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, linesOf, print, readFileIfAny } from '../io.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';

interface Row {
  readonly source: string;
  readonly fstype: string;
  readonly target: string;
  readonly sizeKb: number;
  readonly usedKb: number;
  readonly availableKb: number;
}

export const df = (flavour: Flavour): Program =>
  function* dfMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'hkTHPam', { 'human-readable': 'h', 'print-type': 'T', all: 'a' });
    if (typeof options === 'string') return yield* refuseOptions('df', options, flavour);
    const mounts = linesOf((yield* readFileIfAny('/proc/self/mounts')) ?? '').map((line) => line.split(' '));
    let status = 0;
    const rows: Row[] = [];
    const seen = new Set<number>();
    for (const path of options.operands) {
      try {
        const { device } = yield* sys.stat(path);
        let found: Row | null = null;
        for (const [source = '', target = '', fstype = ''] of mounts) {
          const row = yield* rowOf(source, target, fstype);
          if (row?.device === device && isAbove(target, path)) found = row.row;
        }
        if (found) rows.push(found);
      } catch (error) {
        if (!isErrno(error)) throw error;
        yield* complain('df', `${path}: ${strerror(error.errno)}`);
        status = 1;
      }
    }
    for (const [source = '', target = '', fstype = ''] of options.operands.length === 0 ? mounts : []) {
      const found = yield* rowOf(source, target, fstype);
      const isAgain = flavour === 'gnu' && found !== null && seen.has(found.device);
      if (!found || isAgain || (found.row.sizeKb === 0 && !options.has('a'))) continue;
      seen.add(found.device);
      rows.push(found.row);
    }
    const human = options.has('h') || options.has('H');
    if (rows.length > 0)
      yield* print(flavour === 'gnu' ? gnuTable(rows, human, options.has('T')) : busyboxTable(rows, human));
    return status;
  };

function isAbove(target: string, path: string): boolean {
  return !path.startsWith('/') || target === '/' || path === target || path.startsWith(`${target}/`);
}

/** Null for what cannot be reached. */
function* rowOf(
  source: string,
  target: string,
  fstype: string,
): Running<{ readonly row: Row; readonly device: number } | null> {
  try {
    const { blockBytes, blocks, free, available } = yield* sys.statfs(target);
    const { device } = yield* sys.stat(target);
    const kb = (count: number): number => (count * blockBytes) / 1024;
    const row = { source, fstype, target, sizeKb: kb(blocks), usedKb: kb(blocks - free), availableKb: kb(available) };
    return { row, device };
  } catch (error) {
    if (!isErrno(error)) throw error;
    return null;
  }
}

function gnuTable(rows: readonly Row[], human: boolean, withType: boolean): string {
  const size = (kb: number): string => (human ? ceiling(kb) : String(kb));
  const cells = [
    ['Filesystem', 'Type', human ? 'Size' : '1K-blocks', 'Used', human ? 'Avail' : 'Available', 'Use%', 'Mounted on'],
    ...rows.map(({ source, fstype, target, sizeKb, usedKb, availableKb }) => [
      source,
      fstype,
      size(sizeKb),
      size(usedKb),
      size(availableKb),
      usedKb + availableKb === 0 ? '-' : `${Math.ceil((100 * usedKb) / (usedKb + availableKb))}%`,
      target,
    ]),
  ];
  const least = [14, 4, 5, 5, 5, 4, 0];
  const widths = least.map((width, column) => Math.max(width, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        if (column === 6) return cell;
        return column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
      })
      .filter((_, column) => column !== 1 || withType)
      .join(' ');
  return cells.map((row) => `${line(row)}\n`).join('');
}

function busyboxTable(rows: readonly Row[], human: boolean): string {
  const size = (kb: number): string => (human ? oneDecimal(kb) : String(kb));
  const head = human
    ? 'Filesystem                Size      Used Available Use% Mounted on\n'
    : 'Filesystem           1K-blocks      Used Available Use% Mounted on\n';
  const lines = rows.map(({ source, target, sizeKb, usedKb, availableKb }) => {
    const total = usedKb + availableKb;
    const percent = total === 0 ? 0 : Math.floor((usedKb * 100 + total / 2) / total);
    const name = source.length > 20 ? `${source}\n${' '.repeat(20)}` : source.padEnd(20);
    const sizes = [size(sizeKb).padStart(9), size(usedKb).padStart(9), size(availableKb).padStart(9)];
    return `${name} ${sizes.join(' ')} ${String(percent).padStart(3)}% ${target}\n`;
  });
  return head + lines.join('');
}

/** coreutils -h: rounded up; one decimal below ten. */
function ceiling(kb: number): string {
  let rest = kb;
  let unit = 0;
  while (rest >= 1024) {
    rest /= 1024;
    unit += 1;
  }
  if (kb === 0) return '0';
  const tenths = Math.ceil(rest * 10) / 10;
  return `${tenths < 10 ? tenths.toFixed(1) : Math.ceil(rest)}${'KMGT'.charAt(unit)}`;
}

function oneDecimal(kb: number): string {
  if (kb === 0) return '0';
  let rest = kb;
  let unit = 0;
  while (rest >= 1024) {
    rest /= 1024;
    unit += 1;
  }
  return `${rest.toFixed(1)}${'KMGT'.charAt(unit)}`;
}

const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `fallocate -l SIZE FILE`: takes room without writing. */
export const fallocateMain: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'l:nv', { length: 'l' });
  if (typeof options === 'string') return yield* refuseOptions('fallocate', options, 'gnu');
  const length = options.values.get('l');
  const [path] = options.operands;
  if (length === undefined) return yield* fail('no length argument specified');
  const [, digits, unit = ''] = /^(\d+)([KMGT]?)(?:iB)?$/i.exec(length) ?? [];
  if (digits === undefined) return yield* fail('invalid length value specified');
  if (path === undefined) return yield* fail('no filename specified');
  try {
    const fd = yield* sys.open(path, O.RDWR | O.CREAT);
    yield* sys.fallocate(fd, Number(digits) * (units[unit.toUpperCase()] ?? 1));
    return 0;
  } catch (error) {
    return yield* fail(
      isErrno(error, 'ENOSPC') ? `fallocate failed: ${errnoWords(error)}` : `cannot open ${path}: ${errnoWords(error)}`,
    );
  }
};

function* fail(message: string): Running {
  yield* complain('fallocate', message);
  return 1;
}
