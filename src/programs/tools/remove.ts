/** Taking files and trees away, for rm and for mv to another file system. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords } from '../io.ts';
import type { Flavour } from './options.ts';

interface Removal {
  /** Who says what cannot go. */
  readonly name: string;
  readonly isRecursive: boolean;
  readonly isForced: boolean;
  readonly flavour: Flavour;
}

/** What cannot go is complained of, and the rest goes; a directory that keeps something is let be. False then. */
export function* remove(path: string, removal: Removal): Running<boolean> {
  const { name, isRecursive, isForced, flavour } = removal;
  try {
    const { type } = yield* sys.lstat(path);
    if (type === 'directory' && isRecursive) {
      let isEmpty = true;
      for (const entry of yield* sys.readdir(path))
        if (!(yield* remove(`${path.replace(/\/+$/, '')}/${entry.name}`, removal))) isEmpty = false;
      if (!isEmpty) return false;
      yield* sys.rmdir(path);
    } else yield* sys.unlink(path);
    return true;
  } catch (error) {
    if (isForced && isErrno(error, 'ENOENT', 'ENOTDIR')) return true;
    const words = errnoWords(error);
    const complaint =
      words === 'Is a directory' && flavour === 'busybox'
        ? `'${path}' is a directory`
        : `${flavour === 'gnu' ? 'cannot' : "can't"} remove '${path}': ${words}`;
    yield* complain(name, complaint);
    return false;
  }
}
