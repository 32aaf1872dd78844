/** cp and mv. coreutils: cp.c, mv.c; busybox: coreutils/cp.c, mv.c. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, print } from '../io.ts';
import { cannot, copyTree, failed, mayReplace, statAt } from './copy-tree.ts';
import type { Copy } from './copy-tree.ts';
import { parseOptions, refuseOptions, type Flavour, type Options } from './options.ts';
import { remove } from './remove.ts';

const longNames = {
  archive: 'a',
  force: 'f',
  interactive: 'i',
  'no-clobber': 'n',
  'no-target-directory': 'T',
  preserve: 'p',
  recursive: 'r',
  'target-directory': 't',
  verbose: 'v',
};

export const cp = (flavour: Flavour): Program =>
  function* cpMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'adfHilLnpPrRt:TuvxZ', longNames);
    if (typeof options === 'string') return yield* refuseOptions('cp', options, flavour);
    const copy = manner('cp', flavour, options);
    return yield* eachOperand(copy, options, (from, to) => copyTree(from, to, copy));
  };

export const mv = (flavour: Flavour): Program =>
  function* mvMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'finTt:uvZ', longNames);
    if (typeof options === 'string') return yield* refuseOptions('mv', options, flavour);
    const copy = manner('mv', flavour, options);
    return yield* eachOperand(copy, options, (from, to) => move(from, to, copy));
  };

function manner(name: Copy['name'], flavour: Flavour, { has }: Options): Copy {
  const isRecursive = name === 'mv' || has('r') || has('R') || has('a');
  return {
    name,
    flavour,
    isRecursive,
    keepsLinks: isRecursive && !has('L') && !has('H'),
    isVerbose: has('v'),
    keepsOld: has('n'),
    asks: has('i') && !has('f'),
    isForced: has('f'),
  };
}

/** Where each operand goes: to the last one, or into it when that is a directory. Returns the exit code. */
function* eachOperand(
  { name, flavour }: Copy,
  { has, values, operands }: Options,
  act: (from: string, to: string) => Running<boolean>,
): Running {
  const into = values.get('t');
  const target = into ?? operands.at(-1);
  const sources = into === undefined ? operands.slice(0, -1) : operands;
  if (target === undefined || sources.length === 0) {
    const lacks = operands[0] === undefined ? 'missing file operand' : 'missing destination file operand after';
    return yield* refuseOptions(name, operands[0] === undefined ? lacks : `${lacks} '${operands[0]}'`, flavour);
  }
  const isDirectory = !has('T') && (yield* directoryAt(target));
  const mustBe = into !== undefined || sources.length > 1;
  if (mustBe && isDirectory !== true && flavour === 'gnu') {
    const why = isDirectory === false ? 'Not a directory' : isDirectory;
    yield* complain(name, `target ${into === undefined ? '' : 'directory '}'${target}': ${why}`);
    return 1;
  }
  let status = 0;
  for (const source of sources) {
    const last = source.replace(/\/+$/, '').split('/').at(-1) ?? '';
    const to = mustBe || isDirectory === true ? `${target.replace(/\/+$/, '')}/${last}` : target;
    if (!(yield* act(source, to))) status = 1;
  }
  return status;
}

/** Whether it is one; or the words for what is not there. */
function* directoryAt(path: string): Running<boolean | string> {
  try {
    return (yield* sys.stat(path)).type === 'directory';
  } catch (error) {
    return errnoWords(error);
  }
}

/** A new name; on another file system a copy, after which the old one goes. */
function* move(from: string, to: string, copy: Copy): Running<boolean> {
  const { name, flavour } = copy;
  try {
    const stat = yield* sys.lstat(from);
    const old = yield* statAt(to, true);
    if (old !== null && (flavour === 'gnu' || old.inode !== stat.inode || old.device !== stat.device)) {
      const goesOn = yield* mayReplace({ from, to, stat, old }, copy);
      if (goesOn !== 'replace') return goesOn === 'kept';
    }
  } catch (error) {
    return yield* failed(name, cannot(flavour, flavour === 'gnu' ? `stat '${from}'` : `rename '${from}'`), error);
  }
  try {
    yield* sys.rename(from, to);
  } catch (error) {
    if (!isErrno(error, 'EXDEV')) return yield* cannotMove(from, to, flavour, error);
    if (!(yield* copyTree(from, to, { ...copy, isVerbose: false }))) return false;
    if (!(yield* remove(from, { name: 'mv', isRecursive: true, isForced: false, flavour }))) return false;
  }
  if (copy.isVerbose) yield* print(`${flavour === 'gnu' ? 'renamed ' : ''}'${from}' -> '${to}'\n`);
  return true;
}

function* cannotMove(from: string, to: string, flavour: Flavour, error: unknown): Running<false> {
  if (flavour === 'busybox') return yield* failed('mv', `can't rename '${from}'`, error);
  if (!isErrno(error, 'EINVAL')) return yield* failed('mv', `cannot move '${from}' to '${to}'`, error);
  yield* complain('mv', `cannot move '${from}' to a subdirectory of itself, '${to}'`);
  return false;
}
