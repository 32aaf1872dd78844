/** du(1): what files take on the disk, summed up by directories. coreutils: src/du.c. */
import type { Running, Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, statIfAny } from '../io.ts';
import { blocksOf, humanSize } from './ls.ts';
import { parseOptions, quoted, refuseOptions, type Options } from './options.ts';

interface Count {
  readonly options: Options;
  readonly mostDepth: number;
  /** Files of several names are counted once. */
  readonly seen: Set<string>;
  /** -x: the device that is not left. */
  device: number;
  hasFailed: boolean;
}

/** `du [-abchsx] [-d DEPTH] [FILE…]` */
export function* duMain(argv: readonly string[]): Running {
  const options = parseOptions(argv.slice(1), 'abcd:hkmsx', {
    all: 'a',
    bytes: 'b',
    total: 'c',
    'max-depth': 'd',
    'human-readable': 'h',
    summarize: 's',
    'one-file-system': 'x',
  });
  if (typeof options === 'string') return yield* refuseOptions('du', options, 'gnu');
  const depth = options.values.get('d');
  if (depth !== undefined && !/^\d+$/.test(depth))
    return yield* refuseOptions('du', `invalid maximum depth ${quoted(depth)}`, 'gnu');
  if (options.has('s') && options.has('a'))
    return yield* refuseOptions('du', 'cannot both summarize and show all entries', 'gnu');
  if (options.has('s') && depth !== undefined) {
    const isSame = Number(depth) === 0;
    const words = isSame ? 'is the same as using' : 'conflicts with';
    const warning = `warning: summarizing ${words} --max-depth=${Number(depth)}`;
    if (!isSame) return yield* refuseOptions('du', warning, 'gnu');
    yield* complain('du', warning);
  }
  const mostDepth = options.has('s') ? 0 : Number(depth ?? Number.POSITIVE_INFINITY);
  const count: Count = { options, mostDepth, seen: new Set(), device: 0, hasFailed: false };
  let total = 0;
  for (const path of options.operands.length === 0 ? ['.'] : options.operands) {
    try {
      const stat = yield* sys.lstat(path);
      count.device = stat.device;
      total += yield* measure(path, stat, 0, count);
    } catch (error) {
      yield* complain('du', `cannot access '${path}': ${errnoWords(error)}`);
      count.hasFailed = true;
    }
  }
  if (options.has('c')) yield* tell(total, 'total', count);
  return count.hasFailed ? 1 : 0;
}

/** The size of a file, or of a directory with all that is below, which is told after it. */
function* measure(path: string, stat: Stat, depth: number, count: Count): Running<number> {
  const key = `${stat.device}:${stat.inode}`;
  if (count.seen.has(key) || (count.options.has('x') && stat.device !== count.device)) return 0;
  if (stat.links > 1 || stat.type === 'directory') count.seen.add(key);
  let size = count.options.has('b') ? stat.size : blocksOf(stat) * 1024;
  if (stat.type === 'directory') size += yield* measureBelow(path, depth, count);
  const isTold = depth === 0 || stat.type === 'directory' || count.options.has('a');
  if (isTold && depth <= count.mostDepth) yield* tell(size, path, count);
  return size;
}

function* measureBelow(path: string, depth: number, count: Count): Running<number> {
  let size = 0;
  try {
    for (const { name } of yield* sys.readdir(path)) {
      const below = `${path.replace(/\/$/, '')}/${name}`;
      const stat = yield* statIfAny(below, false);
      if (stat) size += yield* measure(below, stat, depth + 1, count);
    }
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'ENOENT')) throw error;
    yield* complain('du', `cannot read directory '${path}': ${errnoWords(error)}`);
    count.hasFailed = true;
  }
  return size;
}

function* tell(bytes: number, path: string, { options }: Count): Running<void> {
  const scale = options.has('b') ? 1 : options.has('m') ? 1024 * 1024 : 1024;
  yield* print(`${options.has('h') ? humanSize(bytes) : Math.ceil(bytes / scale)}\t${path}\n`);
}
