/** The file that keeps a second dockerd from starting. moby: pkg/pidfile. */
import { exists } from '../directories.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { writeFile } from './disk.ts';

export const pidFile = '/var/run/docker.pid';

/** Writes the file. Returns why not: it cannot be written, or the process lives that wrote it last. */
export function* takePidFile(): Running<string | undefined> {
  const pid = Number(((yield* readFileIfAny(pidFile)) ?? '').trim());
  const advice = `ensure docker is not running or delete ${pidFile}`;
  if (pid > 0 && (yield* exists(`/proc/${pid}`))) return `${advice}: process with PID ${pid} is still running`;
  try {
    yield* writeFile(pidFile, String(yield* sys.getpid()));
    return undefined;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return `${advice}: ${error.message}`;
  }
}
