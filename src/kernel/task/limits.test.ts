import { expect, test } from 'vitest';
import { O, type Running } from '../abi.ts';
import { bootWithTrees, cat, outcome, sleeper } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';

test('a limit is inherited by fork and kept over execve, and /proc/PID/limits shows it', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.prlimit(0, 'RLIMIT_NOFILE', { soft: 20, hard: 30 });
    yield* sys.wait4(
      yield* sys.fork(function* () {
        seen.push(yield* sys.prlimit(0, 'RLIMIT_NOFILE'));
        seen.push((yield* cat('/proc/self/limits')).match(/^Max (?:open|nice).*$/gm));
        return 0;
      }),
    );
    return 0;
  });
  expect(seen).toEqual([
    { soft: 20, hard: 30 },
    [
      'Max open files            20                   30                   files     ',
      'Max nice priority         0                    0                    ',
    ],
  ]);
});

test('RLIMIT_NOFILE ends with EMFILE', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* sys.prlimit(0, 'RLIMIT_NOFILE', { soft: 4, hard: 4 });
    for (let count = 0; count < 5; count++) seen.push(yield* outcome(sys.open('/tmp/f', O.CREAT)));
    return 0;
  });
  expect(seen).toEqual(['ok', 'ok', 'ok', 'ok', 'EMFILE']);
});

test('EMFILE leaves nothing behind: no name, no pipe end, no file that keeps its mount busy', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* sys.mkdir('/m');
    yield* sys.mount('tmpfs', '/m', 'tmpfs', []);
    yield* sys.close(yield* sys.open('/m/f', O.CREAT | O.WRONLY));
    yield* sys.mkfifo('/m/fifo');
    const reader = yield* sys.open('/m/fifo', O.RDONLY | O.NONBLOCK);
    const { hard } = yield* sys.prlimit(0, 'RLIMIT_NOFILE');
    yield* sys.prlimit(0, 'RLIMIT_NOFILE', { soft: reader + 1, hard });
    seen.push(yield* outcome(sys.open('/m/f', O.RDONLY)), yield* outcome(sys.open('/m/new', O.CREAT | O.WRONLY)));
    seen.push(yield* outcome(sys.open('/m/fifo', O.WRONLY)), yield* outcome(sys.pipe2()));
    yield* sys.prlimit(0, 'RLIMIT_NOFILE', { soft: reader + 2, hard });
    seen.push(yield* outcome(sys.pipe2()), yield* outcome(sys.stat('/m/new')), yield* sys.read(reader));
    yield* sys.close(reader);
    seen.push(yield* outcome(sys.umount2('/m', [])));
    return 0;
  });
  expect(seen).toEqual(['EMFILE', 'EMFILE', 'EMFILE', 'EMFILE', 'EMFILE', 'ENOENT', '', 'ok']);
});

test('RLIMIT_NPROC counts a user’s processes, and not user 0’s', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* sys.prlimit(0, 'RLIMIT_NPROC', { soft: 2, hard: 2 });
    for (let count = 0; count < 3; count++) seen.push(yield* outcome(sys.fork(sleeper)));
    yield* sys.wait4(
      yield* sys.fork(function* () {
        yield* sys.setuid(1000, 1000);
        seen.push(yield* outcome(sys.fork(sleeper)), yield* outcome(sys.fork(sleeper)));
        return 0;
      }),
    );
    return 0;
  });
  expect(seen).toEqual(['ok', 'ok', 'ok', 'ok', 'EAGAIN']);
});

test('RLIMIT_FSIZE takes what fits, then SIGXFSZ, or EFBIG for who ignores it', () => {
  const seen: unknown[] = [];
  const writer = (ignores: boolean) =>
    function* (): Running {
      yield* sys.prlimit(0, 'RLIMIT_FSIZE', { soft: 10, hard: 10 });
      if (ignores) yield* sys.sigaction('SIGXFSZ', 'ignore');
      const fd = yield* sys.open('/tmp/f', O.CREAT | O.WRONLY | O.TRUNC);
      seen.push(yield* sys.write(fd, 'x'.repeat(16)));
      seen.push(yield* outcome(sys.write(fd, 'x')));
      return 0;
    };
  bootWithTrees().run(function* () {
    for (const ignores of [false, true]) seen.push((yield* sys.wait4(yield* sys.fork(writer(ignores))))?.status);
    return 0;
  });
  expect(seen).toEqual([10, { signal: 'SIGXFSZ', core: true }, 10, 'EFBIG', { code: 0 }]);
});

test('RLIMIT_AS ends with ENOMEM, RLIMIT_CORE 0 without a core', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    const child = yield* sys.fork(function* () {
      yield* sys.prlimit(0, 'RLIMIT_AS', { soft: 16e6, hard: 16e6 });
      seen.push(yield* outcome(sys.mmap(8e6)), yield* outcome(sys.mmap(8e6)));
      yield* sys.prlimit(0, 'RLIMIT_CORE', { soft: 0, hard: 0 });
      yield* sys.kill(yield* sys.getpid(), 'SIGSEGV');
      return 0;
    });
    seen.push((yield* sys.wait4(child))?.status);
    return 0;
  });
  expect(seen).toEqual(['ok', 'ENOMEM', { signal: 'SIGSEGV' }]);
});

test('who is not user 0 lowers a hard limit and never raises it', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* sys.setuid(1000, 1000);
    seen.push(yield* outcome(sys.prlimit(0, 'RLIMIT_NOFILE', { soft: 5, hard: 10 })));
    seen.push(yield* outcome(sys.prlimit(0, 'RLIMIT_NOFILE', { soft: 5, hard: 11 })));
    seen.push(yield* outcome(sys.prlimit(0, 'RLIMIT_NOFILE', { soft: 11, hard: 10 })));
    seen.push(yield* outcome(sys.prlimit(1, 'RLIMIT_NOFILE')));
    return 0;
  });
  expect(seen).toEqual(['ok', 'EPERM', 'EINVAL', 'EPERM']);
});
