/** mount(8) and umount(8): util-linux' words on the host, busybox's in images. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, strerror, type ErrnoName } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, print, readFileIfAny } from '../io.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';

/** Words of -o that are no option of the file system: mount(8) says them. */
const forMount =
  'defaults auto noauto suid dev exec async atime diratime norelatime nostrictatime ' +
  'nofail _netdev user nouser users owner noowner group';
const saidNothing = new Set(forMount.split(' '));

/** Words of -o that are flags of mount(2); the others go to the file system as they are. */
const flagWords: Readonly<Record<string, readonly string[]>> = {
  ro: ['MS_RDONLY'],
  rw: [],
  nosuid: ['MS_NOSUID'],
  nodev: ['MS_NODEV'],
  noexec: ['MS_NOEXEC'],
  relatime: ['MS_RELATIME'],
  noatime: ['MS_NOATIME'],
  nodiratime: ['MS_NODIRATIME'],
  strictatime: ['MS_STRICTATIME'],
  sync: ['MS_SYNCHRONOUS'],
  remount: ['MS_REMOUNT'],
  bind: ['MS_BIND'],
  rbind: ['MS_BIND', 'MS_REC'],
  move: ['MS_MOVE'],
  shared: ['MS_SHARED'],
  rshared: ['MS_SHARED', 'MS_REC'],
  slave: ['MS_SLAVE'],
  rslave: ['MS_SLAVE', 'MS_REC'],
  private: ['MS_PRIVATE'],
  rprivate: ['MS_PRIVATE', 'MS_REC'],
  unbindable: ['MS_UNBINDABLE'],
  runbindable: ['MS_UNBINDABLE', 'MS_REC'],
};
const withoutSource = ['MS_REMOUNT', 'MS_SHARED', 'MS_SLAVE', 'MS_PRIVATE', 'MS_UNBINDABLE'];

export const mount = (flavour: Flavour): Program =>
  function* mountMain(argv): Running {
    const { words, flags } = takeLongFlags(argv.slice(1));
    const options = parseOptions(words, 't:o:rwvnaBRMl', { types: 't', options: 'o', 'read-only': 'r', verbose: 'v' });
    if (typeof options === 'string') return yield* refuseOptions('mount', options, flavour);
    const data: string[] = [];
    for (const [letter, value] of options.all) {
      if (letter === 'r') flags.push('MS_RDONLY');
      if (letter === 'B') flags.push('MS_BIND');
      if (letter === 'R') flags.push('MS_BIND', 'MS_REC');
      if (letter === 'M') flags.push('MS_MOVE');
      if (letter !== 'o') continue;
      for (const word of value.split(',')) {
        const known = flagWords[word];
        if (known !== undefined) flags.push(...known);
        else if (!saidNothing.has(word) && !/^x-/i.test(word)) data.push(word);
      }
    }
    const fstype = options.values.get('t') ?? '';
    if (options.operands.length === 0) return yield* list(fstype);
    const [first = '', second] = options.operands;
    const target = second ?? first;
    const source = second === undefined ? 'none' : first;
    if (second === undefined && !flags.some((flag) => withoutSource.includes(flag))) {
      yield* print(
        flavour === 'gnu'
          ? `mount: ${first}: can't find in /etc/fstab.\n`
          : `mount: can't find ${first} in /etc/fstab\n`,
        2,
      );
      return 1;
    }
    try {
      yield* sys.mount(source, target, fstype, [...new Set(flags)], data.join(','));
      return 0;
    } catch (error) {
      if (!isErrno(error)) throw error;
      yield* print(
        flavour === 'gnu'
          ? yield* gnuRefusal(error.errno, source, target, fstype)
          : busyboxRefusal(error.errno, source, target),
        2,
      );
      return flavour === 'gnu' ? 32 : 1;
    }
  };

/** --bind, --make-rprivate and their like have no letter that getopt would take. */
function takeLongFlags(all: readonly string[]): { readonly words: readonly string[]; readonly flags: string[] } {
  const flags: string[] = [];
  const words = all.filter((word) => {
    const known = word.startsWith('--') ? flagWords[word.slice(2).replace(/^make-/, '')] : undefined;
    if (known !== undefined) flags.push(...known);
    return known === undefined;
  });
  return { words, flags };
}

/** Without operands: every mount that the caller can see, of the types asked for. */
function* list(fstype: string): Running<number> {
  for (const line of linesOf((yield* readFileIfAny('/proc/self/mounts')) ?? '')) {
    const [source = '', target = '', type = '', options = ''] = line.split(' ');
    if (fstype === '' || fstype.split(',').includes(type))
      yield* print(`${plain(source)} on ${plain(target)} type ${type} (${options})\n`);
  }
  return 0;
}

/** \040 and its like back to what they stand for. */
export function plain(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function* gnuRefusal(errno: ErrnoName, source: string, target: string, fstype: string): Running<string> {
  const why = yield* gnuReason(errno, source, target, fstype);
  return `mount: ${target}: ${why}.\n       dmesg(1) may have more information after failed mount system call.\n`;
}

function* gnuReason(errno: ErrnoName, source: string, target: string, fstype: string): Running<string> {
  switch (errno) {
    case 'EPERM':
      return (yield* sys.getuid()) === 0 ? 'permission denied' : 'must be superuser to use mount';
    case 'ENOENT':
      return (yield* exists(target)) ? `special device ${source} does not exist` : 'mount point does not exist';
    case 'ENOTDIR':
      return 'mount point is not a directory';
    case 'ENODEV':
      return fstype === '' ? `${source} is not a block device` : `unknown filesystem type '${fstype}'`;
    case 'EBUSY':
      return `${source} already mounted or mount point busy`;
    case 'EINVAL':
      return (
        `wrong fs type, bad option, bad superblock on ${source}, ` +
        'missing codepage or helper program, or other error'
      );
    default:
      return `mount(2) system call failed: ${strerror(errno)}`;
  }
}

function busyboxRefusal(errno: ErrnoName, source: string, target: string): string {
  return errno === 'EPERM'
    ? 'mount: permission denied (are you root?)\n'
    : `mount: mounting ${source} on ${target} failed: ${strerror(errno)}\n`;
}

function* exists(path: string): Running<boolean> {
  try {
    yield* sys.lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}

export const umount = (flavour: Flavour): Program =>
  function* umountMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'flnrRvt:a', { lazy: 'l', force: 'f', recursive: 'R' });
    if (typeof options === 'string') return yield* refuseOptions('umount', options, flavour);
    let status = 0;
    for (const path of options.operands) {
      const targets = options.has('R') ? yield* mountsBelow(path) : [path];
      for (const target of targets) {
        try {
          yield* sys.umount2(target, options.has('l') ? ['MNT_DETACH'] : options.has('f') ? ['MNT_FORCE'] : []);
        } catch (error) {
          if (!isErrno(error)) throw error;
          yield* print(
            flavour === 'gnu'
              ? `umount: ${target}: ${unmountReason(error.errno)}.\n`
              : `umount: can't unmount ${target}: ${strerror(error.errno)}\n`,
            2,
          );
          status = flavour === 'gnu' ? 32 : 1;
        }
      }
    }
    return status;
  };

function unmountReason(errno: ErrnoName): string {
  const words: Partial<Record<ErrnoName, string>> = {
    ENOENT: 'no mount point specified',
    EINVAL: 'not mounted',
    EBUSY: 'target is busy',
    EPERM: 'must be superuser to unmount',
  };
  return words[errno] ?? `umount(2) failed: ${strerror(errno)}`;
}

/** The mount on a path and those below it, the last first. */
function* mountsBelow(path: string): Running<readonly string[]> {
  const targets = linesOf((yield* readFileIfAny('/proc/self/mounts')) ?? '').map((line) =>
    plain(line.split(' ')[1] ?? ''),
  );
  return targets.filter((target) => target === path || target.startsWith(`${path}/`)).toReversed();
}
