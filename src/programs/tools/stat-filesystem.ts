/** stat -f: about the file system that a path lies in. coreutils: src/stat.c, human_fstype(). */
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';
import type { Flavour } from './options.ts';

/** What statfs(2) calls a type by, and how stat does. */
const types: Readonly<Record<string, readonly [number: string, name: string]>> = {
  cgroup2: ['63677270', 'cgroup2fs'],
  devpts: ['1cd1', 'devpts'],
  devtmpfs: ['1021994', 'tmpfs'],
  ext4: ['ef53', 'ext2/ext3'],
  mqueue: ['19800202', 'mqueue'],
  nsfs: ['6e736673', 'nsfs'],
  overlay: ['794c7630', 'overlayfs'],
  proc: ['9fa0', 'proc'],
  sysfs: ['62656572', 'sysfs'],
  tmpfs: ['1021994', 'tmpfs'],
};

/** `stat -f [-c FORMAT] PATH…` */
export function* statFileSystems(
  paths: readonly string[],
  format: string | undefined,
  flavour: Flavour,
): Running<number> {
  let status = 0;
  for (const path of paths) {
    try {
      const fields = yield* fieldsOf(path);
      yield* print(
        format === undefined
          ? longText(fields, flavour)
          : `${format.replaceAll(/%([a-zA-Z%])/g, (whole, letter: string) => fields[letter] ?? whole)}\n`,
      );
    } catch (error) {
      if (!isErrno(error)) throw error;
      const cannot = flavour === 'gnu' ? 'cannot' : "can't";
      yield* complain('stat', `${cannot} read file system information for '${path}': ${strerror(error.errno)}`);
      status = 1;
    }
  }
  return status;
}

/** What %LETTER of -c stands for. */
function* fieldsOf(path: string): Running<Readonly<Record<string, string>>> {
  const { fstype, blockBytes, blocks, free, available, files, filesFree } = yield* sys.statfs(path);
  const [number, name] = types[fstype] ?? ['0', `UNKNOWN (0x0)`];
  return {
    n: path,
    // Linux: the device, where a file system has no number of its own.
    i: `${(yield* sys.stat(path)).device.toString(16)}00000000`,
    l: '255',
    t: number,
    T: name,
    s: String(blockBytes),
    S: String(blockBytes),
    b: String(blocks),
    f: String(free),
    a: String(available),
    c: String(files),
    d: String(filesFree),
    '%': '%',
  };
}

function longText(fields: Readonly<Record<string, string>>, flavour: Flavour): string {
  const get = (letter: string, width = 0): string => (fields[letter] ?? '').padEnd(width);
  const fundamental = flavour === 'gnu' ? ` Fundamental block size: ${get('S')}` : '';
  return (
    `  File: "${get('n')}"\n    ID: ${get('i', 8)} Namelen: ${get('l', 7)} Type: ${get('T')}\n` +
    `Block size: ${get('s', 10)}${fundamental}\n` +
    `Blocks: Total: ${get('b', 10)} Free: ${get('f', 10)} Available: ${get('a')}\n` +
    `Inodes: Total: ${get('c', 10)} Free: ${get('d')}\n`
  );
}
