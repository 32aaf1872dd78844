/** grep(1): basic and extended regular expressions by way of JavaScript's. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, type Errno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, OutputError, readAll } from '../io.ts';
import { globPattern } from './find.ts';
import { searchFile } from './grep-search.ts';
import { parseOptions, type Flavour, type Options } from './options.ts';
import { compilePattern, PatternError, toRegExp } from './regular-expression.ts';

/** Long options without a letter have one here that is no letter. */
const longOptions = {
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'ignore-case': 'i',
  'invert-match': 'v',
  count: 'c',
  'line-number': 'n',
  quiet: 'q',
  silent: 'q',
  'only-matching': 'o',
  recursive: 'r',
  'word-regexp': 'w',
  'line-regexp': 'x',
  'files-with-matches': 'l',
  'files-without-match': 'L',
  'no-messages': 's',
  'no-filename': 'h',
  'with-filename': 'H',
  regexp: 'e',
  'max-count': 'm',
  'after-context': 'A',
  'before-context': 'B',
  context: 'C',
  color: 'G',
  text: 'a',
  'byte-offset': 'b',
  file: 'f',
  include: '1',
  exclude: '2',
  'exclude-dir': '3',
  label: '4',
  null: 'Z',
  'null-data': 'z',
};

export const grep = (flavour: Flavour): Program =>
  function* grepMain(argv): Running {
    const words = argv
      .slice(1)
      .filter((word) => !/^--colou?r(=.*)?$/.test(word))
      .map((word, at, all) =>
        /^-\d+$/.test(word) && !/^-[a-zA-Z]*[ABCefm]$/.test(all[at - 1] ?? '') ? `-C${word.slice(1)}` : word,
      );
    const options = parseOptions(words, 'aEFGHPLZA:B:bC:ce:f:hiIlm:noqrRsvwxyz1:2:3:4:', longOptions);
    if (typeof options === 'string') {
      yield* complain('grep', options);
      if (flavour === 'gnu') yield* print(usage, 2);
      return 2;
    }
    const wrong = wrongNumber(options, flavour);
    if (wrong !== null) {
      yield* complain('grep', wrong);
      return 2;
    }
    const patterns: string[] = [];
    for (const [letter, value] of options.all) {
      if (letter === 'e') patterns.push(...value.split('\n'));
      if (letter !== 'f') continue;
      const text = yield* textOf(value);
      if (text === null) return 2;
      if (text !== '') patterns.push(...text.replace(/\n$/, '').split('\n'));
    }
    const operands = [...options.operands];
    if (!options.has('e') && !options.has('f')) {
      const pattern = operands.shift();
      if (pattern === undefined) {
        yield* print(usage, 2);
        return 2;
      }
      patterns.push(...pattern.split('\n'));
    }
    let expression: RegExp;
    try {
      expression = compile(patterns, options, argv[0] ?? '');
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      const bad = `bad regex '${patterns.join('\n')}'`;
      yield* complain('grep', flavour === 'gnu' ? error.message : bad);
      return 2;
    }
    return yield* searchAll(operands, options, expression, flavour);
  };

const usage = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";

/** The complaint about a number that is none. */
function wrongNumber({ all }: Options, flavour: Flavour): string | null {
  for (const [letter, value] of all) {
    if (!'ABCm'.includes(letter) || /^\d+$/.test(value) || (letter === 'm' && /^-\d+$/.test(value))) continue;
    if (flavour === 'busybox') return `invalid number '${value}'`;
    return letter === 'm' ? 'invalid max count' : `${value}: invalid context length argument`;
  }
  return null;
}

/** The patterns of a file; null when it cannot be read, which is said. */
function* textOf(path: string): Running<string | null> {
  try {
    const fd = path === '-' ? 0 : yield* sys.open(path, 0);
    const text = yield* readAll(fd);
    if (fd !== 0) yield* sys.close(fd);
    return text;
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('grep', `${path}: ${errnoWords(error)}`);
    return null;
  }
}

function compile(patterns: readonly string[], options: Options, name: string): RegExp {
  const isExtended = options.has('E') || name.endsWith('egrep');
  const kind =
    options.has('F') || name.endsWith('fgrep')
      ? 'fixed'
      : options.has('P')
        ? 'perl'
        : isExtended
          ? 'extended'
          : 'basic';
  // No pattern at all, as an empty file has it, is one that nothing matches.
  if (patterns.length === 0) return /(?!)/g;
  if (kind !== 'fixed' && patterns.some((pattern) => /^\[:\w+:\]$/.test(pattern)))
    throw new PatternError('character class syntax is [[:space:]], not [:space:]');
  const sources = patterns.map((pattern) =>
    kind === 'fixed'
      ? toRegExp(pattern, kind)
      : compilePattern(pattern.replace(/^(.*?)\\K/, kind === 'perl' ? '(?<=$1)' : '$&'), kind).source,
  );
  let source = sources.map((one) => `(?:${one})`).join('|');
  if (options.has('w')) source = `(?<![\\w])(?:${source})(?![\\w])`;
  if (options.has('x')) source = `^(?:${source})$`;
  return new RegExp(source, options.has('i') || options.has('y') ? 'gi' : 'g');
}

function* searchAll(
  operands: readonly string[],
  options: Options,
  expression: RegExp,
  flavour: Flavour,
): Running<number> {
  const isRecursive = options.has('r') || options.has('R');
  const roots = operands.length === 0 ? [isRecursive ? '.' : '-'] : operands;
  const targets: Target[] = [];
  for (const root of roots) {
    if (isRecursive) targets.push(...(yield* filesBelow(root, flavour, globs(options, '3'))));
    else targets.push({ path: root, failure: null });
  }
  // -r names what it found below a folder; the one file that was asked for needs no name.
  const isOneFile = targets.length === 1 && targets[0]?.path === roots[0];
  const withNames = options.has('H') || (!options.has('h') && (roots.length > 1 || (isRecursive && !isOneFile)));
  const [only, never] = [globs(options, '1'), globs(options, '2')];
  const isNamed = (patterns: readonly RegExp[], path: string): boolean => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return patterns.some((pattern) => pattern.test(name) || pattern.test(path));
  };
  const shown = { any: false };
  let found = false;
  let failed = false;
  for (const { path, failure } of targets) {
    if (failure === null && path !== '-' && (isNamed(never, path) || (only.length > 0 && !isNamed(only, path))))
      continue;
    try {
      if (failure !== null) throw failure;
      const hit = yield* searchFile(path, { options, expression, withNames, flavour, shown });
      found ||= hit;
      if (hit && options.has('q')) return 0;
    } catch (error) {
      if (!isErrno(error) || error instanceof OutputError) throw error;
      if (error.errno === 'ENOMEM') {
        yield* complain('grep', flavour === 'gnu' ? 'memory exhausted' : 'out of memory');
        return flavour === 'gnu' ? 2 : 1;
      }
      // busybox reads a directory as an empty file, and does not count what its walk could not enter.
      const isBusybox = flavour === 'busybox';
      if (isBusybox && isErrno(error, 'EISDIR')) continue;
      failed ||= !isBusybox || failure === null;
      if (!options.has('s') || (isBusybox && failure !== null))
        yield* complain('grep', `${path}: ${errnoWords(error)}`);
    }
  }
  return failed ? 2 : found ? 0 : 1;
}

function globs({ all }: Options, option: string): readonly RegExp[] {
  return all.filter(([letter]) => letter === option).map(([, value]) => globPattern(value, false));
}

/** A file to search, or what a walk could not look into. */
interface Target {
  readonly path: string;
  readonly failure: Errno | null;
}

/** The files of a tree, in the order of a walk. Of links below busybox reads those to files; GNU reads none. */
function* filesBelow(path: string, flavour: Flavour, never: readonly RegExp[]): Running<Target[]> {
  try {
    if ((yield* sys.lstat(path)).type !== 'directory') return [{ path, failure: null }];
    const files: Target[] = [];
    for (const { name, type } of yield* sys.readdir(path)) {
      const below = `${path}/${name}`;
      if (type === 'directory' && never.some((pattern) => pattern.test(name))) continue;
      if (type === 'directory') files.push(...(yield* filesBelow(below, flavour, never)));
      else if (type === 'file') files.push({ path: below, failure: null });
      else if (type === 'symlink' && flavour === 'busybox') files.push(...(yield* fileBehind(below)));
    }
    return files;
  } catch (error) {
    if (isErrno(error)) return [{ path, failure: error }];
    throw error;
  }
}

function* fileBehind(path: string): Running<Target[]> {
  try {
    return (yield* sys.stat(path)).type === 'directory' ? [] : [{ path, failure: null }];
  } catch (error) {
    if (isErrno(error)) return [{ path, failure: error }];
    throw error;
  }
}
