/** sed(1): a stream is edited line by line, as it comes. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, readAll, statIfAny } from '../io.ts';
import { cannotOpen } from './inputs.ts';
import { linesOfInputs, type InputLines } from './lines.ts';
import { parseOptions, type Flavour, type Options } from './options.ts';
import { edit } from './sed-edit.ts';
import { busyboxUsage, sedUsage } from './sed-help.ts';
import { SedError, type SedSource } from './sed-reader.ts';
import { parseScript, type SedCommand } from './sed-script.ts';

const long = {
  quiet: 'n',
  silent: 'n',
  'regexp-extended': 'E',
  expression: 'e',
  file: 'f',
  'in-place': 'i',
  separate: 's',
  unbuffered: 'u',
  'null-data': 'z',
};

export const sed = (flavour: Flavour): Program =>
  function* sedMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'nEre:f:i::suz', long);
    const operands = typeof options === 'string' ? [] : [...options.operands];
    const hasScript = typeof options !== 'string' && (options.has('e') || options.has('f'));
    const script = hasScript ? undefined : operands.shift();
    if (typeof options === 'string') yield* complain('sed', options);
    if (typeof options === 'string' || (!hasScript && script === undefined)) {
      yield* print(flavour === 'gnu' ? sedUsage : busyboxUsage, 2);
      return 1;
    }
    try {
      const sources = script === undefined ? yield* sourcesOf(options) : [{ file: null, text: script }];
      return yield* editAll(sources, options, operands, flavour);
    } catch (error) {
      if (!(error instanceof SedError)) throw error;
      yield* complain('sed', error.message);
      return flavour === 'gnu' ? error.status : 1;
    }
  };

function* sourcesOf(options: Options): Running<SedSource[]> {
  const sources: SedSource[] = [];
  for (const [letter, value] of options.all) {
    if (letter === 'e') sources.push({ file: null, text: value });
    if (letter === 'f') sources.push({ file: value, text: (yield* contentOf(value)).replace(/\n$/, '') });
  }
  return sources;
}

function* contentOf(path: string): Running<string> {
  const fd = path === '-' ? 0 : yield* openFile(path, O.RDONLY);
  const text = yield* readAll(fd);
  if (fd !== 0) yield* sys.close(fd);
  return text;
}

function* openFile(path: string, flags: number): Running<number> {
  try {
    return yield* sys.open(path, flags);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new SedError(`couldn't open file ${path}: ${errnoWords(error)}`, 4);
  }
}

function* editAll(
  sources: readonly SedSource[],
  options: Options,
  operands: readonly string[],
  flavour: Flavour,
): Running<number> {
  const read = (): SedCommand[] => parseScript(sources, options.has('E') || options.has('r') ? 'extended' : 'basic');
  const files = yield* openOutputs(read());
  const say = (path: string, words: string): string => {
    if (flavour === 'busybox') return cannotOpen(flavour, (name) => name, path, words);
    // GNU sed reads what it could open, and goes no further.
    if (words === 'Is a directory') throw new SedError(`read error on ${path}: ${words}`, 4);
    return `can't read ${path}: ${words}`;
  };
  const isQuiet = options.has('n') || /^#n(?:\n|$)/.test(sources[0]?.text ?? '');
  const separator = options.has('z') ? '\0' : '\n';
  const suffix = options.values.get('i');
  if (suffix !== undefined && operands.length === 0) throw new SedError('no input files', 4);
  const isSeparate = suffix !== undefined || (options.has('s') && operands.length > 0);
  let failed = false;
  for (const paths of isSeparate ? operands.map((path) => [path]) : [operands]) {
    const lines = linesOfInputs('sed', paths, say, separator);
    const [path = ''] = paths;
    const exitCode =
      suffix === undefined
        ? yield* edit({ commands: read(), lines, isQuiet, output: 1, files, separator })
        : yield* replaceFile(path, suffix, lines, (output) =>
            edit({ commands: read(), lines, isQuiet, output, files, separator }),
          );
    if (exitCode !== null) return exitCode;
    failed ||= lines.hasFailed();
  }
  return failed ? 2 : 0;
}

/** The files that w writes are made, or emptied, before the first line is read. */
function* openOutputs(commands: readonly SedCommand[]): Running<ReadonlyMap<string, number>> {
  const files = new Map([
    ['/dev/stdout', 1],
    ['/dev/stderr', 2],
  ]);
  for (const { name, text } of commands) {
    if ((name === 'w' || name === 's') && text !== null && !files.has(text))
      files.set(text, yield* openFile(text, O.WRONLY | O.CREAT | O.TRUNC));
  }
  return files;
}

/**
 * As sed -i does: a new file beside the old one, which takes its name; the old one is kept under that with the suffix.
 */
function* replaceFile(
  path: string,
  suffix: string,
  lines: InputLines,
  body: (output: number) => Running<number | null>,
): Running<number | null> {
  const stat = yield* statIfAny(path, true);
  if (stat && stat.type !== 'file') throw new SedError(`couldn't edit ${path}: not a regular file`, 4);
  if (!(yield* lines.open()) || !stat) return null;
  const at = path.lastIndexOf('/') + 1;
  const random = Array.from(yield* sys.getrandom(6), (char) => letters.charAt(char.charCodeAt(0) % letters.length));
  const temporary = `${path.slice(0, at)}sed${random.join('')}`;
  const fd = yield* sys.open(temporary, O.WRONLY | O.CREAT | O.EXCL, stat.mode & 0o777);
  const exitCode = yield* body(fd);
  yield* sys.close(fd);
  if (suffix !== '') {
    const name = path.slice(at);
    const kept = suffix.includes('*') ? suffix.replaceAll('*', name) : name + suffix;
    try {
      yield* sys.rename(path, kept.includes('/') ? kept : path.slice(0, at) + kept);
    } catch (error) {
      if (!isErrno(error)) throw error;
      yield* sys.unlink(temporary);
      throw new SedError(`cannot rename ${path}: ${errnoWords(error)}`, 4);
    }
  }
  yield* sys.rename(temporary, path);
  return exitCode;
}
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
