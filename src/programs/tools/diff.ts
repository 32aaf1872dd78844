/** diff(1): what is different in two files, or in two directories. diffutils: src/diff.c; busybox: editors/diff.c. */
import type { Program, Running, Stat } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, readAll, readFile } from '../io.ts';
import { formOf, normalForm, unifiedForm, type DiffForm } from './diff-forms.ts';
import { modifiedText, typeText } from './path-tools.ts';
import { parseOptions, type Flavour, type Options } from './options.ts';

interface Comparison {
  readonly options: Options;
  readonly flavour: Flavour;
  readonly form: DiffForm;
  /** The options as they were given, for the heading of each pair. */
  readonly words: string;
}

/** One of the two; `stat` is null for a file that is absent and counts as empty. */
interface Side {
  readonly path: string;
  readonly stat: Stat | null;
}

const long = {
  brief: 'q',
  'ignore-all-space': 'w',
  'ignore-case': 'i',
  'ignore-space-change': 'b',
  label: 'L',
  'new-file': 'N',
  recursive: 'r',
  'report-identical-files': 's',
  text: 'a',
  unified: 'u',
};

/** 0 for what is the same, 1 for what differs, 2 for trouble; of several pairs the worst. */
type Verdict = 0 | 1 | 2;

const worse = (one: Verdict, other: Verdict): Verdict => (one > other ? one : other);

/** `diff [-abiNqrsw] [-u|-U LINES] [-L LABEL] FILE1 FILE2` */
export const diff = (flavour: Flavour): Program =>
  function* diffMain(argv): Running {
    const words = argv.slice(1);
    const options = parseOptions(words, flavour === 'gnu' ? 'abcdiL:NqrsuU:wy' : 'abdiL:NqrsuU:w', long);
    if (typeof options === 'string') return yield* refuse(flavour, options);
    if (options.has('c') || options.has('y')) {
      yield* print(`glassdock: diff -${options.has('c') ? 'c' : 'y'} is not modelled yet: -u is\n`, 2);
      return 2;
    }
    const { operands, values } = options;
    const [one, other, third] = operands;
    if (one === undefined || other === undefined)
      return yield* refuse(flavour, `missing operand after '${one ?? 'diff'}'`);
    if (third !== undefined) return yield* refuse(flavour, `extra operand '${third}'`);
    const context = values.get('U') ?? '3';
    if (!/^\d+$/.test(context)) return yield* refuse(flavour, `invalid context length '${context}'`);
    const isUnified = options.has('u') || options.has('U') || flavour === 'busybox';
    const comparison: Comparison = {
      options,
      flavour,
      form: isUnified ? unifiedForm(Number(context)) : normalForm,
      words: ['diff', ...words.filter((word) => !operands.includes(word))].join(' '),
    };
    return yield* compareOperands(one, other, comparison);
  };

function* refuse(flavour: Flavour, message: string): Running {
  yield* complain('diff', message);
  if (flavour === 'gnu') yield* complain('diff', "Try 'diff --help' for more information.");
  return flavour === 'gnu' ? 2 : 1;
}

/** A directory beside a file stands for its file of that name. */
function* compareOperands(one: string, other: string, comparison: Comparison): Running<Verdict> {
  const isAbsent = comparison.options.has('N');
  const sides: Side[] = [];
  for (const path of [one, other]) {
    const side = yield* sideOf(path, isAbsent, comparison.flavour);
    if (side !== null) sides.push(side);
  }
  const [first, second] = sides;
  if (first === undefined || second === undefined) return 2;
  const [isFolder, isOtherFolder] = [isDirectory(first), isDirectory(second)];
  if (isFolder === isOtherFolder || areFolders(first, second))
    return yield* compareSides(first, second, true, comparison);
  const inside = (folder: string, file: string): Running<Side | null> =>
    sideOf(below(folder, file.split('/').at(-1) ?? ''), isAbsent, comparison.flavour);
  const found = isFolder ? yield* inside(one, other) : yield* inside(other, one);
  if (found === null) return 2;
  return yield* isFolder ? compareSides(found, second, true, comparison) : compareSides(first, found, true, comparison);
}

/** Complains and gives null for what cannot be looked at. */
function* sideOf(path: string, isAbsentEmpty: boolean, flavour: Flavour): Running<Side | null> {
  try {
    return { path, stat: path === '-' ? yield* sys.fstat(0) : yield* sys.stat(path) };
  } catch (error) {
    if (isErrno(error, 'ENOENT') && isAbsentEmpty) return { path, stat: null };
    const said = flavour === 'gnu' ? path : `can't stat '${path}'`;
    yield* complain('diff', `${said}: ${errnoWords(error)}`);
    return null;
  }
}

function isDirectory({ stat }: Side): boolean {
  return stat?.type === 'directory';
}

/** What is absent beside a directory counts as an empty one. */
function areFolders(one: Side, other: Side): boolean {
  return [one, other].some(isDirectory) && [one, other].every((side) => side.stat === null || isDirectory(side));
}

function below(folder: string, name: string): string {
  return `${folder.replace(/\/$/, '')}/${name}`;
}

function* compareSides(one: Side, other: Side, isOperand: boolean, comparison: Comparison): Running<Verdict> {
  if (areFolders(one, other)) {
    if (isOperand || comparison.options.has('r')) return yield* compareDirectories(one, other, comparison);
    yield* print(`Common subdirectories: ${one.path} and ${other.path}\n`);
    return 0;
  }
  if (!isOperand && (isOdd(one) || isOdd(other))) {
    const [word, otherWord] = [one, other].map(({ stat }) => (stat === null ? '' : typeText(stat)));
    yield* print(`File ${one.path} is a ${word} while file ${other.path} is a ${otherWord}\n`);
    return 1;
  }
  return yield* compareFiles(one, other, isOperand, comparison);
}

/** Neither a file nor absent. */
function isOdd({ stat }: Side): boolean {
  return stat !== null && stat.type !== 'file';
}

function* compareDirectories(one: Side, other: Side, comparison: Comparison): Running<Verdict> {
  const names = yield* namesIn(one);
  const otherNames = yield* namesIn(other);
  let verdict: Verdict = 0;
  for (const name of [...new Set([...names, ...otherNames])].toSorted()) {
    const isAlone = !names.has(name) || !otherNames.has(name);
    if (isAlone && !comparison.options.has('N')) {
      yield* print(`Only in ${names.has(name) ? one.path : other.path}: ${name}\n`);
      verdict = worse(verdict, 1);
      continue;
    }
    const side = yield* sideOf(below(one.path, name), true, comparison.flavour);
    const otherSide = yield* sideOf(below(other.path, name), true, comparison.flavour);
    const compared = side === null || otherSide === null ? 2 : yield* compareSides(side, otherSide, false, comparison);
    verdict = worse(verdict, compared);
  }
  return verdict;
}

function* namesIn({ path, stat }: Side): Running<ReadonlySet<string>> {
  return new Set(stat === null ? [] : (yield* sys.readdir(path)).map(({ name }) => name));
}

function* compareFiles(one: Side, other: Side, isOperand: boolean, comparison: Comparison): Running<Verdict> {
  const { options, flavour, form } = comparison;
  const texts: string[] = [];
  for (const { path, stat } of [one, other]) {
    try {
      texts.push(stat === null ? '' : path === '-' ? yield* readAll(0) : yield* readFile(path));
    } catch (error) {
      yield* complain('diff', `${path}: ${errnoWords(error)}`);
      return 2;
    }
  }
  const [text = '', otherText = ''] = texts;
  const body = text === otherText ? '' : form(text, otherText, formOf(options));
  if (body === '') {
    if (options.has('s')) yield* print(`Files ${one.path} and ${other.path} are identical\n`);
    return 0;
  }
  if (options.has('q')) {
    yield* print(`Files ${one.path} and ${other.path} differ\n`);
    return 1;
  }
  if (!options.has('a') && texts.some((each) => each.includes('\0'))) {
    yield* print(`${flavour === 'gnu' ? 'Binary files' : 'Files'} ${one.path} and ${other.path} differ\n`);
    return 1;
  }
  const heading = isOperand || flavour === 'busybox' ? '' : `${comparison.words} ${one.path} ${other.path}\n`;
  const isUnified = form !== normalForm;
  yield* print(`${heading}${isUnified ? yield* titles([one, other], comparison) : ''}${body}`);
  return 1;
}

/** The two lines before the hunks: the labels, else the paths, and in GNU's with their times. */
function* titles(sides: readonly Side[], { options, flavour }: Comparison): Running<string> {
  const labels = options.all.filter(([letter]) => letter === 'L').map(([, label]) => label);
  let text = '';
  for (const [at, { path, stat }] of sides.entries()) {
    const time = stat === null ? '1970-01-01 00:00:00.000000000 +0000' : yield* modifiedText(stat);
    text += `${at === 0 ? '---' : '+++'} ${labels[at] ?? (flavour === 'gnu' ? `${path}\t${time}` : path)}\n`;
  }
  return text;
}
