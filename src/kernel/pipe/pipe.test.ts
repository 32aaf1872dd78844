import { expect, test } from 'vitest';
import { O } from '../abi.ts';
import { isErrno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('k18: a pipe takes 64 KiB, then its writer sleeps until somebody reads', () => {
  const log: string[] = [];
  boot().run(function* () {
    const [reader, writer] = yield* sys.pipe2();
    const child = yield* sys.fork(function* () {
      log.push(String(yield* sys.write(writer, 'x'.repeat(70000))));
      log.push(String(yield* sys.write(writer, 'y')));
      return 0;
    });
    yield* sys.nanosleep(1e6);
    log.push('reading');
    yield* sys.read(reader, 100);
    yield* sys.wait4(child);
    return 0;
  });
  expect(log).toEqual(['65536', 'reading', '1']);
});

test('F_SETPIPE_SZ changes how much goes in: a power of two of pages, and never less than waits there', () => {
  const seen: unknown[] = [];
  boot().run(function* () {
    const [, writer] = yield* sys.pipe2(O.NONBLOCK);
    seen.push(yield* sys.getPipeSize(writer), yield* sys.setPipeSize(writer, 5000));
    seen.push(yield* sys.write(writer, 'x'.repeat(70000)));
    try {
      yield* sys.setPipeSize(writer, 4096);
    } catch (error) {
      seen.push(isErrno(error) && error.errno);
    }
    seen.push(yield* sys.setPipeSize(writer, 65536), yield* sys.write(writer, 'x'.repeat(70000)));
    return 0;
  });
  expect(seen).toEqual([65536, 8192, 8192, 'EBUSY', 65536, 57344]);
});

test('a reader sees the end when the last writer has closed, after all that was written', () => {
  const log: string[] = [];
  boot().run(function* () {
    const [reader, writer] = yield* sys.pipe2();
    yield* sys.fork(function* () {
      yield* sys.write(writer, 'last words');
      return 0;
    });
    yield* sys.close(writer);
    log.push(yield* sys.read(reader), yield* sys.read(reader));
    yield* sys.wait4(-1);
    return 0;
  });
  expect(log).toEqual(['last words', '']);
});

test('k18: SIGPIPE kills who writes when the last reader has closed; who ignores it gets EPIPE', () => {
  const bench = boot();
  const status = bench.run(function* () {
    const [reader, writer] = yield* sys.pipe2();
    yield* sys.close(reader);
    yield* sys.sigaction('SIGPIPE', 'ignore');
    try {
      yield* sys.write(writer, 'x');
    } catch (error) {
      if (!isErrno(error, 'EPIPE')) throw error;
    }
    yield* sys.sigaction('SIGPIPE', 'default');
    yield* sys.write(writer, 'x');
    return 0;
  });
  expect(status).toEqual({ signal: 'SIGPIPE' });
});

test('k18: SIGPIPE kills who sleeps in a write, too, when the last reader goes, before the program sees EPIPE', () => {
  const seen: unknown[] = [];
  boot().run(function* () {
    const [reader, writer] = yield* sys.pipe2();
    const child = yield* sys.fork(function* () {
      yield* sys.close(reader);
      try {
        for (;;) yield* sys.write(writer, 'x'.repeat(65536));
      } catch (error) {
        seen.push(isErrno(error));
        return 1;
      }
    });
    yield* sys.nanosleep(1e6);
    yield* sys.close(reader);
    seen.push((yield* sys.wait4(child))?.status);
    return 0;
  });
  expect(seen).toEqual([{ signal: 'SIGPIPE' }]);
});

test('k17: opening a fifo to write waits for a reader, as runc init waits at exec.fifo', () => {
  const log: string[] = [];
  const bench = boot();
  bench.run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mkfifo('/tmp/exec.fifo');
    const child = yield* sys.fork(function* () {
      const path = yield* sys.open('/tmp/exec.fifo', O.PATH | O.CLOEXEC);
      const fd = yield* sys.open(`/proc/self/fd/${path}`, O.WRONLY | O.CLOEXEC);
      log.push('writer is open');
      yield* sys.write(fd, '0');
      return 0;
    });
    yield* sys.nanosleep(1e6);
    log.push(bench.task(child).threads[0]?.call?.call ?? 'awake');
    const fd = yield* sys.open('/tmp/exec.fifo', O.RDONLY);
    log.push(yield* sys.read(fd), yield* sys.read(fd));
    yield* sys.wait4(child);
    return 0;
  });
  expect(log).toEqual(['open', 'writer is open', '0', '']);
});

test('k17: O_NONBLOCK on a fifo: a reader opens at once and finds the end, a writer without reader gets ENXIO', () => {
  const log: string[] = [];
  boot().run(function* () {
    yield* sys.mkfifo('/tmp/f');
    const fd = yield* sys.open('/tmp/f', O.RDONLY | O.NONBLOCK);
    log.push(yield* sys.read(fd));
    yield* sys.close(fd);
    try {
      yield* sys.open('/tmp/f', O.WRONLY | O.NONBLOCK);
    } catch (error) {
      if (isErrno(error)) log.push(error.errno);
    }
    const both = yield* sys.open('/tmp/f', O.RDWR);
    yield* sys.write(both, 'kept');
    log.push(yield* sys.read(both));
    return 0;
  });
  expect(log).toEqual(['', 'ENXIO', 'kept']);
});

test('an opener that a handler calls away does not count as the partner it was about to be', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mkfifo('/tmp/fifo');
    const writer = yield* sys.fork(function* () {
      yield* sys.sigaction('SIGUSR1', function* () {}, false);
      try {
        yield* sys.open('/tmp/fifo', O.WRONLY);
      } catch (error) {
        if (isErrno(error)) seen.push(error.errno);
      }
      yield* sys.nanosleep(1e9);
      return 0;
    });
    yield* sys.nanosleep(1e6);
    yield* sys.kill(writer, 'SIGUSR1');
    const fd = yield* sys.open('/tmp/fifo', O.RDONLY | O.NONBLOCK);
    yield* sys.nanosleep(1e6);
    seen.push(yield* sys.read(fd));
    return 0;
  });
  expect(seen).toEqual(['EINTR', '']);
});

test('the journal tells of a writer that sleeps, of its waking, and of what nobody has read', () => {
  const kernel = boot();
  kernel.run(function* () {
    const [reader, writer] = yield* sys.pipe2();
    yield* sys.write(writer, 'x'.repeat(65536));
    const child = yield* sys.fork(function* () {
      yield* sys.write(writer, 'last words');
      return 0;
    });
    yield* sys.nanosleep(1e6);
    yield* sys.read(reader, 65536);
    yield* sys.wait4(child);
    yield* sys.close(writer);
    yield* sys.close(reader);
    return 0;
  });

  const told = kernel.events.flatMap((event) => {
    if (event.type === 'call' && event.call === 'write') return [`${event.phase} ${event.result ?? ''}`.trim()];
    return event.type === 'note' && event.topic === 'pipe' ? [event.text.replace(/\d+$/, 'N')] : [];
  });
  expect(told).toEqual(['enter', 'return 10', '10 bytes that nobody read go with pipe N']);
});

test('what fits into a page goes in as a whole or not at all, more than that as far as there is room', () => {
  const seen: unknown[] = [];
  boot().run(function* () {
    const [, writer] = yield* sys.pipe2(O.NONBLOCK);
    yield* sys.write(writer, 'x'.repeat(65536 - 3000));
    for (const size of [4096, 3001]) {
      try {
        seen.push(yield* sys.write(writer, 'y'.repeat(size)));
      } catch (error) {
        seen.push(isErrno(error) && error.errno);
      }
    }
    seen.push(yield* sys.write(writer, 'y'.repeat(4097)));
    return 0;
  });
  expect(seen).toEqual(['EAGAIN', 'EAGAIN', 3000]);
});

test('the journal has the beginning of a long write, and its length', () => {
  const bench = boot();
  bench.run(function* () {
    const [, writer] = yield* sys.pipe2();
    yield* sys.write(writer, 'x'.repeat(60_000));
    yield* sys.write(writer, 'short');
    return 0;
  });
  const told = bench.events.flatMap((event) =>
    event.type === 'stream.write' ? [[event.data.length, event.bytes]] : [],
  );
  expect(told).toEqual([
    [1024, 60_000],
    [5, undefined],
  ]);
});

test('who waits for the other end of a pipe for a moment only is as busy as who never sleeps', () => {
  const bench = boot();
  const streaks: (number | undefined)[] = [];
  bench.run(function* () {
    const [reader, writer] = yield* sys.pipe2();
    yield* sys.fork(function* () {
      while (yield* sys.read(reader, 65536));
      return 0;
    });
    for (let calls = 0; calls < 100; calls += 1) yield* sys.write(writer, 'x'.repeat(65536));
    streaks.push(bench.kernel.current?.streak);
    yield* sys.nanosleep(1e6);
    yield* sys.write(writer, 'x');
    streaks.push(bench.kernel.current?.streak);
    return 0;
  });
  expect(streaks[0]).toBeGreaterThan(90);
  expect(streaks[1]).toBeLessThan(5);
});

test('a sleep that a signal ends is one too', () => {
  const bench = boot();
  const streaks: (number | undefined)[] = [];
  bench.run(function* () {
    yield* sys.sigaction('SIGALRM', function* () {});
    const me = yield* sys.getpid();
    for (let calls = 0; calls < 100; calls += 1) yield* sys.getpid();
    streaks.push(bench.kernel.current?.streak);
    yield* sys.fork(function* () {
      yield* sys.nanosleep(1e9);
      yield* sys.kill(me, 'SIGALRM');
      return 0;
    });
    try {
      yield* sys.nanosleep(60e9);
    } catch {
      streaks.push(bench.kernel.current?.streak);
    }
    return 0;
  });
  expect(streaks[0]).toBeGreaterThan(90);
  expect(streaks[1]).toBeLessThan(10);
});
