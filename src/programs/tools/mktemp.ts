/** mktemp(1): a new file or directory of a name that nobody has. coreutils: src/mktemp.c. */
import { O, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, statIfAny } from '../io.ts';
import { parseOptions, quoted, refuseOptions, type Flavour } from './options.ts';

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** `mktemp [-dqtu] [-p DIRECTORY] [--suffix=SUFFIX] [TEMPLATE]` */
export const mktemp = (flavour: Flavour): Program =>
  function* mktempMain(argv, environment): Running {
    // The only option here whose value may be missing.
    const words = argv.slice(1).map((word) => (word === '--tmpdir' ? '--tmpdir=' : word));
    const long = { directory: 'd', 'dry-run': 'u', quiet: 'q', suffix: 'S', tmpdir: 'p' };
    const options = parseOptions(words, flavour === 'gnu' ? 'dp:qS:tuV' : 'dp:qtu', long);
    if (typeof options === 'string') return yield* refuseOptions('mktemp', options, flavour);
    const [operand, extra] = options.operands;
    if (extra !== undefined) return yield* refuseOptions('mktemp', 'too many templates', flavour);
    const usual = environment['TMPDIR'] || '/tmp';
    const isElsewhere = operand === undefined || options.has('t') || options.has('p');
    const folder = isElsewhere ? (options.has('t') ? usual : options.values.get('p') || usual) : null;
    const template = operand ?? (flavour === 'gnu' ? 'tmp.XXXXXXXXXX' : 'tmp.XXXXXX');
    const kind = options.has('d') ? 'directory' : 'file';
    const parts = partsOf(template, options.values.get('S') ?? null, flavour);
    const fault = typeof parts === 'string' ? parts : faultOf(template, options.has('t'), options.has('p'));
    const say = function* (message: string): Running {
      if (!options.has('q')) yield* complain('mktemp', message);
      return 1;
    };
    if (typeof parts === 'string' || fault !== null) return yield* say(fault ?? '');
    const start = `${folder === null ? '' : `${folder.replace(/\/$/, '')}/`}${parts.start}`;
    for (;;) {
      const path = `${start}${yield* someLetters(parts.count)}${parts.end}`;
      if ((yield* statIfAny(path, false)) !== null) continue;
      try {
        if (options.has('u')) yield* print(`${path}\n`);
        else {
          if (kind === 'directory') yield* sys.mkdir(path, 0o700);
          else yield* sys.close(yield* sys.open(path, O.RDWR | O.CREAT | O.EXCL, 0o600));
          yield* print(`${path}\n`);
        }
        return 0;
      } catch (error) {
        if (!isErrno(error)) throw error;
        const whole = `${start}${'X'.repeat(parts.count)}${parts.end}`;
        const what = flavour === 'gnu' ? `failed to create ${kind} via template ${quoted(whole)}` : '';
        return yield* say(`${what}: ${strerror(error.errno)}`);
      }
    }
  };

interface Parts {
  readonly start: string;
  readonly count: number;
  readonly end: string;
}

/** What stands before and behind the X's, or the complaint. */
function partsOf(template: string, suffix: string | null, flavour: Flavour): Parts | string {
  if (flavour === 'busybox') {
    if (!template.endsWith('XXXXXX')) return ': Invalid argument';
    return { start: template.slice(0, -6), count: 6, end: '' };
  }
  if (suffix !== null && !template.endsWith('X')) return `with --suffix, template ${quoted(template)} must end in X`;
  const [, start = '', marks = '', end = ''] = /^(.*?)(X*)([^X]*)$/s.exec(template) ?? [];
  if ((suffix ?? end).includes('/')) return `invalid suffix ${quoted(suffix ?? end)}, contains directory separator`;
  if (marks.length < 3) return `too few X's in template ${quoted(template)}`;
  return { start, count: marks.length, end: suffix ?? end };
}

function faultOf(template: string, isNameOnly: boolean, isBelow: boolean): string | null {
  if (isNameOnly && template.includes('/'))
    return `invalid template, ${quoted(template)}, contains directory separator`;
  if (isBelow && template.startsWith('/'))
    return `invalid template, ${quoted(template)}; with --tmpdir, it may not be absolute`;
  return null;
}

function* someLetters(count: number): Running<string> {
  return Array.from(yield* sys.getrandom(count), (byte) => letters.charAt(byte.charCodeAt(0) % letters.length)).join(
    '',
  );
}
