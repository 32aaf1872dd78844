/** grep(1): basic and extended regular expressions by way of JavaScript's. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, type Errno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, linesOf, print, readAll, OutputError } from '../io.ts';
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
};

export const grep = (flavour: Flavour): Program =>
  function* grepMain(argv): Running {
    const words = argv.slice(1).filter((word) => !/^--colou?r(=.*)?$/.test(word));
    const options = parseOptions(words, 'EFGHPLZA:B:C:ce:hilm:noqrRsvwxz', longOptions);
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
      const text = yield* textOf(path);
      const hit = yield* search(path === '-' ? '(standard input)' : path, text, options, expression, withNames);
      found ||= hit;
      if (hit && options.has('q')) return 0;
    } catch (error) {
      if (!isErrno(error) || error instanceof OutputError) throw error;
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

/** Throws EISDIR for a directory, as read(2) does. */
function* textOf(path: string): Running<string> {
  if (path === '-') return yield* readAll(0);
  const fd = yield* sys.open(path, 0);
  try {
    return yield* readAll(fd);
  } finally {
    yield* sys.close(fd);
  }
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

/** Prints the matching lines of one text; true if there is one. */
function* search(
  name: string,
  text: string,
  options: Options,
  expression: RegExp,
  withNames: boolean,
): Running<boolean> {
  const lines = linesOf(text);
  const matching = new Set<number>();
  const most = Number(options.values.get('m') ?? Number.POSITIVE_INFINITY);
  for (const [index, line] of lines.entries()) {
    expression.lastIndex = 0;
    if (expression.test(line) !== options.has('v')) matching.add(index);
    if (matching.size >= most) break;
  }
  if (options.has('q')) return matching.size > 0;
  if (options.has('l') || options.has('L')) {
    if (matching.size > 0 === options.has('l')) yield* print(`${name}\n`);
    return matching.size > 0;
  }
  const prefix = withNames ? `${name}:` : '';
  if (options.has('c')) {
    yield* print(`${prefix}${matching.size}\n`);
    return matching.size > 0;
  }
  const after = Number(options.values.get('A') ?? options.values.get('C') ?? 0);
  const before = Number(options.values.get('B') ?? options.values.get('C') ?? 0);
  let last = -1;
  let output = '';
  for (const index of matching) {
    const from = Math.max(last + 1, index - before);
    if (last !== -1 && from > last + 1 && after + before > 0) output += '--\n';
    for (let at = from; at <= Math.min(lines.length - 1, index + after); at += 1) {
      if (at <= last) continue;
      const isMatch = matching.has(at);
      const mark = isMatch ? ':' : '-';
      const start = `${withNames ? name + mark : ''}${options.has('n') ? `${at + 1}${mark}` : ''}`;
      output += options.has('o') && isMatch ? only(lines[at] ?? '', expression, start) : `${start}${lines[at] ?? ''}\n`;
      last = at;
    }
  }
  yield* print(output);
  return matching.size > 0;
}

function only(line: string, expression: RegExp, start: string): string {
  expression.lastIndex = 0;
  return [...line.matchAll(expression)]
    .filter(([match]) => match !== '')
    .map(([match]) => `${start}${match}\n`)
    .join('');
}
