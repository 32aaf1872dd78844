/** Finding the command inside the container, with the words that runc has for not finding it. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { goQuote } from '../go-text.ts';
import { RuncError } from './error.ts';

/**
 * The executable's path. Throws a RuncError as Go's os/exec.LookPath words it (`executable file not found in $PATH`).
 */
export function* lookCommand(name: string, env: Environment): Running<string> {
  if (name.includes('/')) {
    const complaint = yield* complaintAbout(name);
    if (complaint !== null) throw new RuncError(`exec: ${goQuote(name)}: ${complaint}`);
    return name;
  }
  for (const directory of (env['PATH'] ?? '').split(':')) {
    const path = `${directory === '' ? '.' : directory}/${name}`;
    if ((yield* complaintAbout(path)) === null) return path;
  }
  throw new RuncError(`exec: ${goQuote(name)}: executable file not found in $PATH`);
}

/** Why a path cannot be executed; null when it can. Go: os/exec/lp_unix.go, findExecutable(). */
function* complaintAbout(path: string): Running<string | null> {
  try {
    const stat = yield* sys.stat(path);
    if (stat.type === 'directory') return 'is a directory';
    return (stat.mode & 0o111) === 0 ? 'permission denied' : null;
  } catch (error) {
    if (isErrno(error)) return `stat ${path}: ${strerror(error.errno).toLowerCase()}`;
    throw error;
  }
}
