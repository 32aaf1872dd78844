/** What the command touches of the real machine: files, standard output and standard error. Bytes, as Node has them. */
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

export interface Outside {
  readonly readFile: (path: string) => Buffer;
  readonly writeFile: (path: string, text: string) => void;
  /** Throws unless the file can be written; one that is not there is made, one that is there stays as it is. */
  readonly claimFile: (path: string) => void;
  readonly write: (fd: 1 | 2, bytes: Buffer) => void;
}

export const realOutside: Outside = {
  readFile: (path) => readFileSync(path),
  writeFile: (path, text) => writeFileSync(path, text),
  claimFile: (path) => appendFileSync(path, ''),
  write: writeWhole,
};

/** A reader that has gone (`glassdock … | head`) ends the writing, not the run. */
function writeWhole(fd: 1 | 2, bytes: Buffer): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
