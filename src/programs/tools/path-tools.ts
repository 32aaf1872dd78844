/** Tools about paths: readlink, realpath, stat, mkfifo, mknod; and the two one-liners printenv and usleep. */
import type { Program, Running, Stat } from '../../kernel/abi.ts';
import { Errno, isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { bootSeconds } from '../clock.ts';
import { complain, errnoWords, print } from '../io.ts';
import { readAccounts } from './accounts.ts';
import { formatDate } from './calendar.ts';
import { modeText } from './ls.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';
import { statFileSystems } from './stat-filesystem.ts';

export const readlink = (flavour: Flavour): Program =>
  function* readlinkMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'femnqsv', { canonicalize: 'f', 'no-newline': 'n' });
    if (typeof options === 'string') return yield* refuseOptions('readlink', options, flavour);
    if (options.operands.length === 0) return yield* refuseOptions('readlink', 'missing operand', flavour);
    let status = 0;
    for (const path of options.operands) {
      try {
        const target =
          options.has('f') || options.has('e') || options.has('m')
            ? yield* resolvePath(path, !options.has('e'))
            : yield* sys.readlink(path);
        yield* print(`${target}${options.has('n') ? '' : '\n'}`);
      } catch (error) {
        if (!isErrno(error)) throw error;
        if (options.has('v')) yield* complain('readlink', `${path}: ${errnoWords(error)}`);
        status = 1;
      }
    }
    return status;
  };

export const realpath = (flavour: Flavour): Program =>
  function* realpathMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'ems', {});
    if (typeof options === 'string') return yield* refuseOptions('realpath', options, flavour);
    if (options.operands.length === 0) return yield* refuseOptions('realpath', 'missing operand', flavour);
    let status = 0;
    for (const path of options.operands) {
      try {
        yield* print(`${yield* resolvePath(path, !options.has('e'))}\n`);
      } catch (error) {
        if (!isErrno(error)) throw error;
        yield* complain('realpath', `${path}: ${errnoWords(error)}`);
        status = 1;
      }
    }
    return status;
  };

/** realpath(3); with `lastMayMiss` the last part need not exist. ELOOP after 40 links. */
function* resolvePath(path: string, lastMayMiss: boolean): Running<string> {
  const start = path.startsWith('/') ? '' : yield* sys.getcwd();
  const rest = `${start}/${path}`.split('/').filter((part) => part !== '' && part !== '.');
  let done: string[] = [];
  let links = 0;
  while (rest.length > 0) {
    const part = rest.shift() ?? '';
    if (part === '..') {
      done.pop();
      continue;
    }
    const at = `/${[...done, part].join('/')}`;
    try {
      if ((yield* sys.lstat(at)).type !== 'symlink') {
        done.push(part);
        continue;
      }
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || rest.length > 0 || !lastMayMiss) throw error;
      return at;
    }
    if ((links += 1) > 40) throw new Errno('ELOOP');
    const target = yield* sys.readlink(at);
    if (target.startsWith('/')) done = [];
    rest.unshift(...target.split('/').filter((each) => each !== '' && each !== '.'));
  }
  return `/${done.join('/')}`;
}

const typeNames: Readonly<Record<Stat['type'], string>> = {
  file: 'regular file',
  directory: 'directory',
  symlink: 'symbolic link',
  fifo: 'fifo',
  socket: 'socket',
  character: 'character special file',
  block: 'block special file',
};

/** What a file is, in the words of stat(1) and diff(1). */
export function typeText({ type, size }: Stat): string {
  return type === 'file' && size === 0 ? 'regular empty file' : typeNames[type];
}

/** When it was changed last, as Unix time. */
export function* modifiedAt(about: Stat): Running<{ readonly seconds: number; readonly ns: number }> {
  return {
    seconds: (yield* bootSeconds()) + Math.floor(about.modifiedNs / 1e9),
    ns: Math.floor(about.modifiedNs % 1e9),
  };
}

/** `2026-11-27 21:48:32.173691833 +0000` */
export function* modifiedText(about: Stat): Running<string> {
  const { seconds, ns } = yield* modifiedAt(about);
  return `${formatDate('%F %T', seconds, 0)}.${String(ns).padStart(9, '0')} +0000`;
}

export const stat = (flavour: Flavour): Program =>
  function* statMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'Lc:ft', { dereference: 'L', 'file-system': 'f', format: 'c' });
    if (typeof options === 'string') return yield* refuseOptions('stat', options, flavour);
    if (options.operands.length === 0) return yield* refuseOptions('stat', 'missing operand', flavour);
    if (options.has('f')) return yield* statFileSystems(options.operands, options.values.get('c'), flavour);
    let status = 0;
    for (const path of options.operands) {
      try {
        const about = options.has('L') ? yield* sys.stat(path) : yield* sys.lstat(path);
        const target = about.type === 'symlink' ? yield* sys.readlink(path) : null;
        const fields = yield* statFields(path, about, target);
        const format = options.values.get('c');
        yield* print(
          format === undefined
            ? longStat(fields, about)
            : `${format.replaceAll(/%([a-zA-Z%])/g, (whole, letter: string) => fields[letter] ?? whole)}\n`,
        );
      } catch (error) {
        if (!isErrno(error)) throw error;
        yield* complain('stat', `${flavour === 'gnu' ? 'cannot statx' : "can't stat"} '${path}': ${errnoWords(error)}`);
        status = 1;
      }
    }
    return status;
  };

/** What %LETTER of -c stands for. */
function* statFields(path: string, about: Stat, target: string | null): Running<Readonly<Record<string, string>>> {
  const accounts = yield* readAccounts();
  const { seconds: at } = yield* modifiedAt(about);
  const time = yield* modifiedText(about);
  return {
    n: path,
    N: target === null ? `'${path}'` : `'${path}' -> '${target}'`,
    s: String(about.size),
    b: String(Math.ceil(about.size / 4096) * 8),
    B: '512',
    o: '4096',
    F: typeText(about),
    d: String(about.device),
    i: String(about.inode),
    h: String(about.links),
    a: (about.mode & 0o7777).toString(8),
    A: modeText(about),
    f: about.mode.toString(16),
    t: about.rdev.major.toString(16),
    T: about.rdev.minor.toString(16),
    u: String(about.uid),
    U: accounts.users.get(about.uid) ?? 'UNKNOWN',
    g: String(about.gid),
    G: accounts.groups.get(about.gid) ?? 'UNKNOWN',
    x: time,
    y: time,
    z: time,
    w: '-',
    X: String(at),
    Y: String(at),
    Z: String(at),
    W: '0',
    '%': '%',
  };
}

function longStat(fields: Readonly<Record<string, string>>, about: Stat): string {
  const get = (letter: string): string => fields[letter] ?? '';
  const device = `${about.device >> 8},${about.device & 0xff}`;
  const owner = (number: string, name: string): string => `(${number.padStart(5)}/${name.padStart(8)})`;
  return (
    `  File: ${about.type === 'symlink' ? get('N').replaceAll("'", '') : get('n')}\n` +
    `  Size: ${get('s').padEnd(10)}\tBlocks: ${get('b').padEnd(10)} IO Block: ${get('o').padEnd(6)} ${get('F')}\n` +
    `Device: ${device.padEnd(9)}\tInode: ${get('i').padEnd(11)} Links: ${get('h')}\n` +
    `Access: (${get('a').padStart(4, '0')}/${get('A')})` +
    `  Uid: ${owner(get('u'), get('U'))}   Gid: ${owner(get('g'), get('G'))}\n` +
    `Access: ${get('x')}\nModify: ${get('y')}\nChange: ${get('z')}\n Birth: -\n`
  );
}

export function* mkfifoMain(argv: readonly string[]): Running {
  let status = 0;
  for (const path of argv.slice(1)) {
    try {
      yield* sys.mkfifo(path);
    } catch (error) {
      yield* complain('mkfifo', `cannot create fifo '${path}': ${errnoWords(error)}`);
      status = 1;
    }
  }
  return status;
}

export const mknod = (flavour: Flavour): Program =>
  function* mknodMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'm:', { mode: 'm' });
    if (typeof options === 'string') return yield* refuseOptions('mknod', options, flavour);
    const [path, type, major = '0', minor = '0'] = options.operands;
    if (path === undefined || type === undefined) return yield* refuseOptions('mknod', 'missing operand', flavour);
    const mode = Number.parseInt(options.values.get('m') ?? '666', 8);
    try {
      if (type === 'p') yield* sys.mkfifo(path, mode);
      else yield* sys.mknod(path, type === 'b' ? 'block' : 'character', mode, Number(major), Number(minor));
      return 0;
    } catch (error) {
      yield* complain('mknod', `${path}: ${errnoWords(error)}`);
      return 1;
    }
  };

export function* printenvMain(argv: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const names = argv.slice(1);
  if (names.length === 0) {
    for (const [name, value] of Object.entries(environment)) yield* print(`${name}=${value}\n`);
    return 0;
  }
  let status = 0;
  for (const name of names) {
    const value = environment[name];
    if (value === undefined) status = 1;
    else yield* print(`${value}\n`);
  }
  return status;
}

/** busybox: sleeps that many microseconds. */
export function* usleepMain(argv: readonly string[]): Running {
  yield* sys.nanosleep(Number(argv[1] ?? '0') * 1000);
  return 0;
}
