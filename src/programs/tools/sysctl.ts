/** sysctl(8): the files of /proc/sys, by names with dots. procps and busybox differ in their words. */
import { O } from '../../kernel/abi.ts';
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords, linesOf, print, readFile } from '../io.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';

interface Manner {
  readonly flavour: Flavour;
  /** `-n`: only values; `-N`: only names. */
  readonly shows: 'both' | 'values' | 'names';
  readonly isQuiet: boolean;
  readonly ignoresUnknown: boolean;
}

export const sysctl = (flavour: Flavour): Program =>
  function* sysctlMain(argv): Running {
    const options = parseOptions(argv.slice(1), flavour === 'gnu' ? 'aAXenNqwpf' : 'aenqwp', {
      all: 'a',
      ignore: 'e',
      values: 'n',
      names: 'N',
      quiet: 'q',
      write: 'w',
      load: 'p',
    });
    if (typeof options === 'string') return yield* refuseOptions('sysctl', options, flavour);
    const { has, operands } = options;
    const manner: Manner = {
      flavour,
      shows: has('n') ? 'values' : has('N') ? 'names' : 'both',
      isQuiet: has('q'),
      ignoresUnknown: has('e'),
    };
    if (has('a') || has('A') || has('X')) return yield* showBelow('', manner);
    if (has('p') || has('f')) return yield* load(operands[0] ?? '/etc/sysctl.conf', manner);
    let status = 0;
    for (const word of operands) {
      if (!(yield* one(word, has('w'), manner))) status = 1;
    }
    if (operands.length > 0 || flavour === 'busybox') return status;
    yield* print(usage, 2);
    return 1;
  };

function* one(word: string, mustSet: boolean, manner: Manner): Running<boolean> {
  const [name = '', value] = word.split(/=(.*)/s);
  if (value !== undefined) return yield* set(name, value, manner);
  if (!mustSet) return (yield* showBelow(name, manner)) === 0;
  if (manner.flavour === 'busybox') yield* complain('sysctl', `error: '${name}' must be of the form name=value`);
  else yield* complain('sysctl', 'command line(0): invalid syntax, continuing...');
  return false;
}

const pathOf = (name: string): string => `/proc/sys/${name.includes('/') ? name : name.replaceAll('.', '/')}`;

/** A file's line, or those of all files below a directory. */
function* showBelow(name: string, manner: Manner): Running {
  const path = pathOf(name).replace(/\/$/, '');
  try {
    if ((yield* sys.stat(path)).type !== 'directory') {
      yield* show(name.replaceAll('/', '.'), (yield* readFile(path)).trimEnd(), manner);
      return 0;
    }
  } catch (error) {
    if (!isErrno(error)) throw error;
    return (yield* unknown(name, path, manner)) ? 0 : 1;
  }
  const below = name === '' ? '' : `${name.replaceAll('/', '.')}.`;
  for (const entry of yield* sys.readdir(path)) yield* showBelow(`${below}${entry.name}`, manner);
  return 0;
}

/** Whether it does not matter. */
function* unknown(name: string, path: string, { flavour, ignoresUnknown }: Manner): Running<boolean> {
  if (ignoresUnknown) return true;
  const words =
    flavour === 'busybox'
      ? `error: '${name.replaceAll('.', '/')}' is an unknown key`
      : `cannot stat ${path}: No such file or directory`;
  yield* complain('sysctl', words);
  return false;
}

function* show(name: string, value: string, { shows }: Manner): Running<void> {
  yield* print(shows === 'values' ? `${value}\n` : shows === 'names' ? `${name}\n` : `${name} = ${value}\n`);
}

function* set(name: string, value: string, manner: Manner): Running<boolean> {
  const path = pathOf(name);
  const dotted = name.replaceAll('/', '.');
  const isBusybox = manner.flavour === 'busybox';
  let doing = isBusybox ? `error setting key '${dotted}'` : `setting key "${dotted}"`;
  try {
    // procps looks before it opens, complains with the errno that was left from before, and does not mind.
    if (!isBusybox && ((yield* sys.stat(path)).mode & 0o200) === 0) {
      yield* complain('sysctl', `${doing}: ${strerror('EINVAL')}`);
      return true;
    }
    const fd = yield* sys.open(path, O.WRONLY);
    if (isBusybox) doing = 'write error';
    yield* sys.write(fd, value);
    yield* sys.close(fd);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (isErrno(error, 'ENOENT')) return yield* unknown(name, path, manner);
    yield* complain('sysctl', `${doing}: ${errnoWords(error)}`);
    return false;
  }
  if (!manner.isQuiet) yield* show(dotted, value, manner);
  return true;
}

/** `name = value` in each line; comments begin with # or ;. */
function* load(file: string, manner: Manner): Running {
  let text: string;
  try {
    text = yield* readFile(file);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('sysctl', `cannot open "${file}": ${errnoWords(error)}`);
    return 1;
  }
  let status = 0;
  for (const line of linesOf(text).map((each) => each.trim())) {
    const [name = '', value] = line.split(/\s*=\s*(.*)/s);
    if (line === '' || /^[#;]/.test(line) || value === undefined) continue;
    if (!(yield* set(name, value, manner))) status = 1;
  }
  return status;
}

const usage = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
`;
