/** cmp(1): the first byte that differs. diffutils: src/cmp.c; busybox: editors/cmp.c. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print, readAll } from '../io.ts';
import { parseOptions, type Flavour } from './options.ts';

const long = { bytes: 'n', 'ignore-initial': 'i', 'print-bytes': 'b', quiet: 's', silent: 's', verbose: 'l' };

/** `cmp [-bls] [-n COUNT] [-i SKIP] FILE1 [FILE2]` */
export const cmp = (flavour: Flavour): Program =>
  function* cmpMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'bi:ln:s', long);
    if (typeof options === 'string') return yield* refuse(flavour, options);
    const [one, other = '-', third] = options.operands;
    if (one === undefined) return yield* refuse(flavour, "missing operand after 'cmp'");
    if (third !== undefined) return yield* refuse(flavour, `extra operand '${third}'`);
    for (const [letter, what] of [
      ['n', 'bytes'],
      ['i', 'ignore-initial'],
    ] as const)
      if (!/^\d*$/.test(options.values.get(letter) ?? ''))
        return yield* refuse(flavour, `invalid --${what} value '${options.values.get(letter)}'`);
    const skip = Number(options.values.get('i') ?? '0');
    const most = Number(options.values.get('n') ?? Number.POSITIVE_INFINITY);
    const texts: string[] = [];
    for (const path of [one, other]) {
      const text = yield* contentOf(path);
      if (text === null) return 2;
      texts.push(text.slice(skip, skip + most));
    }
    const [text = '', otherText = ''] = texts;
    const common = Math.min(text.length, otherText.length);
    const places = differences(text.slice(0, common), otherText.slice(0, common), options.has('l'));
    if (options.has('s')) return places.length > 0 || text.length !== otherText.length ? 1 : 0;
    const width = String(common).length;
    for (const at of places) {
      const [byte, otherByte] = [text, otherText].map((each) => each.charCodeAt(at));
      const pair = [byte, otherByte].map((each = 0) => each.toString(8).padStart(3));
      const shown = [byte, otherByte].map((each = 0, index) => `${pair[index]} ${visible(each)}`);
      const bytes = options.has('b')
        ? shown.map((each, index) => (index === 0 && options.has('l') ? each.padEnd(8) : each))
        : pair;
      if (options.has('l')) yield* print(`${String(at + 1).padStart(width)} ${bytes.join(' ')}\n`);
      else {
        const about = options.has('b') ? ` is ${shown.join(' ')}` : '';
        const unit = flavour === 'gnu' ? 'byte' : 'char';
        yield* print(`${one} ${other} differ: ${unit} ${at + 1}, line ${lineAt(text, at)}${about}\n`);
      }
    }
    if (text.length !== otherText.length && (options.has('l') || places.length === 0)) {
      const [shorter, path] = text.length < otherText.length ? [text, one] : [otherText, other];
      yield* complain('cmp', `EOF on ${path}${flavour === 'gnu' ? endOf(shorter, options.has('l')) : ''}`);
      return 1;
    }
    return places.length > 0 ? 1 : 0;
  };

function* refuse(flavour: Flavour, message: string): Running {
  yield* complain('cmp', message);
  if (flavour === 'gnu') yield* complain('cmp', "Try 'cmp --help' for more information.");
  return flavour === 'gnu' ? 2 : 1;
}

function* contentOf(path: string): Running<string | null> {
  try {
    const fd = path === '-' ? 0 : yield* sys.open(path, O.RDONLY);
    const text = yield* readAll(fd);
    if (fd !== 0) yield* sys.close(fd);
    return text;
  } catch (error) {
    yield* complain('cmp', `${path}: ${errnoWords(error)}`);
    return null;
  }
}

/** The places of all bytes that differ, or of the first. */
function differences(text: string, other: string, all: boolean): number[] {
  const places: number[] = [];
  if (text === other) return places;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) === other.charCodeAt(at)) continue;
    places.push(at);
    if (!all) break;
  }
  return places;
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** As `cat -v` shows it. */
function visible(byte: number): string {
  const low = byte & 0x7f;
  const shown = low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? '^?' : String.fromCharCode(low);
  return byte > 127 ? `M-${shown}` : shown;
}

/** Where the shorter one ends. */
function endOf(text: string, countsBytesOnly: boolean): string {
  if (text === '') return ' which is empty';
  if (countsBytesOnly) return ` after byte ${text.length}`;
  const isWhole = text.endsWith('\n');
  return ` after byte ${text.length}, ${isWhole ? 'line' : 'in line'} ${lineAt(text, text.length) - (isWhole ? 1 : 0)}`;
}
