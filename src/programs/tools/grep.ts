/** grep(1): basic and extended regular expressions by way of JavaScript's. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, type Errno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, OutputError } from '../io.ts';
import { searchFile } from './grep-search.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';
import { compilePattern, PatternError, toRegExp } from './regular-expression.ts';

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
};

export const grep = (flavour: Flavour): Program =>
  function* grepMain(argv): Running {
    const words = argv
      .slice(1)
      .filter((word) => !/^--colou?r(=.*)?$/.test(word))
      .map((word) => (/^-\d+$/.test(word) ? `-C${word.slice(1)}` : word));
    const options = parseOptions(words, 'aEFGHPLZA:B:C:ce:hiIlm:noqrRsvwxz', longOptions);
    if (typeof options === 'string') return yield* refuseOptions('grep', options, flavour, 2);
    const patterns = options.all.filter(([letter]) => letter === 'e').flatMap(([, value]) => value.split('\n'));
    const operands = [...options.operands];
    if (patterns.length === 0) {
      const pattern = operands.shift();
      if (pattern === undefined) {
        yield* print("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n", 2);
        return 2;
      }
      patterns.push(...pattern.split('\n'));
    }
    let expression: RegExp;
    try {
      expression = compile(patterns, options, argv[0]?.endsWith('egrep') === true);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      yield* complain('grep', error.message);
      return 2;
    }
    return yield* searchAll(operands, options, expression, flavour);
  };

function compile(patterns: readonly string[], options: Options, isExtended: boolean): RegExp {
  const kind = options.has('F') ? 'fixed' : options.has('E') || options.has('P') || isExtended ? 'extended' : 'basic';
  const sources = patterns.map((pattern) =>
    kind === 'fixed' ? toRegExp(pattern, kind) : compilePattern(pattern, kind).source,
  );
  let source = sources.map((one) => `(?:${one})`).join('|');
  if (options.has('w')) source = `(?<![\\w])(?:${source})(?![\\w])`;
  if (options.has('x')) source = `^(?:${source})$`;
  return new RegExp(source, options.has('i') ? 'gi' : 'g');
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
    if (isRecursive) targets.push(...(yield* filesBelow(root, flavour)));
    else targets.push({ path: root, failure: null });
  }
  // -r names what it found below a folder; the one file that was asked for needs no name.
  const isOneFile = targets.length === 1 && targets[0]?.path === roots[0];
  const withNames = options.has('H') || (!options.has('h') && (roots.length > 1 || (isRecursive && !isOneFile)));
  let found = false;
  let failed = false;
  for (const { path, failure } of targets) {
    try {
      if (failure !== null) throw failure;
      const hit = yield* searchFile(path, { options, expression, withNames, flavour });
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

/** A file to search, or what a walk could not look into. */
interface Target {
  readonly path: string;
  readonly failure: Errno | null;
}

/** The files of a tree, in the order of a walk. Of links below busybox reads those to files; GNU reads none. */
function* filesBelow(path: string, flavour: Flavour): Running<Target[]> {
  try {
    if ((yield* sys.lstat(path)).type !== 'directory') return [{ path, failure: null }];
    const files: Target[] = [];
    for (const { name, type } of yield* sys.readdir(path)) {
      const below = `${path}/${name}`;
      if (type === 'directory') files.push(...(yield* filesBelow(below, flavour)));
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
