/** A bare machine with the host's programs, for tests of what programs print. */
import { boot, type Bench } from '../kernel/kernel.fixture.ts';
import { O, type Program } from '../kernel/abi.ts';
import type { ExitStatus } from '../journal/event.ts';
import * as sys from '../kernel/sys.ts';
import { existsAt, makeDevice, makeFile, makeSymlink, mountAt, readFileAt } from '../kernel/vfs/host-files.ts';
import { hostFiles, hostPrograms } from './programs.ts';

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly status: ExitStatus;
}

export interface Stage {
  readonly bench: Bench;
  /** Runs a program with `input` as its standard input. */
  readonly run: (argv: readonly string[], input?: string) => Ran;
  /** Runs `sh -c TEXT ARG…`. */
  readonly sh: (text: string, ...words: readonly string[]) => Ran;
}

/** Boots; `programs` come in addition to the host's. */
export function stage(programs: Readonly<Record<string, Program>> = {}): Stage {
  const bench = boot({ programs: { ...Object.fromEntries(hostPrograms), ...programs } });
  for (const { path, content, mode } of hostFiles) {
    makeFile(bench.kernel, path, content, mode);
    const short = path.replace(/^\/usr/, '');
    if (!existsAt(bench.kernel, short)) makeSymlink(bench.kernel, short, path);
  }
  mountAt(bench.kernel, '/proc', 'proc');
  mountAt(bench.kernel, '/dev/pts', 'devpts');
  makeDevice(bench.kernel, '/dev/tty', 5, 0);
  makeFile(bench.kernel, '/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  makeFile(bench.kernel, '/etc/group', 'root:x:0:\n');
  const run = (argv: readonly string[], input = ''): Ran => {
    makeFile(bench.kernel, '/tmp/.in', input);
    makeFile(bench.kernel, '/tmp/.out', '');
    makeFile(bench.kernel, '/tmp/.err', '');
    const status = bench.run(function* () {
      for (const [fd, path] of ['/tmp/.in', '/tmp/.out', '/tmp/.err'].entries()) {
        const opened = yield* sys.open(path, fd === 0 ? O.RDONLY : O.WRONLY | O.APPEND);
        yield* sys.dup(opened, 20 + fd);
        yield* sys.close(opened);
      }
      for (const fd of [0, 1, 2]) {
        yield* sys.dup(20 + fd, fd);
        yield* sys.close(20 + fd);
      }
      const path = argv[0]?.includes('/') ? argv[0] : `/usr/bin/${argv[0] ?? ''}`;
      return yield* sys.execve(path, argv, { PATH: '/usr/bin:/bin', HOME: '/root' });
    });
    return { out: readFileAt(bench.kernel, '/tmp/.out'), err: readFileAt(bench.kernel, '/tmp/.err'), status };
  };
  return { bench, run, sh: (text, ...words) => run(['/bin/sh', '-c', text, ...words]) };
}
