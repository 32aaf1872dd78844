import { expect, test } from 'vitest';
import { isErrno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('an orphan goes to the nearest living subreaper, not to init', () => {
  const bench = boot();
  let parentAfter = 0;
  let subreaper = 0;
  bench.run(function* () {
    subreaper = yield* sys.getpid();
    yield* sys.setChildSubreaper(true);
    const middle = yield* sys.fork(function* () {
      yield* sys.fork(function* () {
        yield* sys.nanosleep(1000_000);
        parentAfter = yield* sys.getppid();
        return 0;
      });
      return 0;
    });
    yield* sys.wait4(middle);
    yield* sys.wait4(-1);
    return 0;
  });
  expect(parentAfter).toBe(subreaper);
});

test('without a subreaper an orphan goes to the init of its namespace', () => {
  const bench = boot();
  let parentAfter = 0;
  bench.run(function* () {
    yield* sys.fork(function* () {
      yield* sys.nanosleep(1000_000);
      parentAfter = yield* sys.getppid();
      return 0;
    });
    return 0;
  });
  expect(parentAfter).toBe(1);
});

test('a child stays a zombie until its parent waits for it', () => {
  const bench = boot();
  const states: string[] = [];
  const status = bench.run(function* () {
    const child = yield* sys.fork(function* () {
      return yield* sys.exit(7);
    });
    yield* sys.nanosleep(1000_000);
    states.push(bench.task(child).state);
    const waited = yield* sys.wait4(child);
    states.push(bench.kernel.tasks.has(child) ? 'still there' : 'gone');
    return waited && 'code' in waited.status ? waited.status.code : 99;
  });
  expect(states).toEqual(['zombie', 'gone']);
  expect(status).toEqual({ code: 7 });
});

test('the death of a pid namespace’s init kills all its members', () => {
  const bench = boot();
  let members = -1;
  bench.run(function* () {
    yield* sys.unshare('CLONE_NEWPID');
    const init = yield* sys.fork(function* () {
      yield* sys.fork(function* () {
        yield* sys.nanosleep(3600e9);
        return 0;
      });
      yield* sys.nanosleep(3600e9);
      return 0;
    });
    yield* sys.nanosleep(1000_000);
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    members = [...bench.kernel.tasks.values()].filter((task) => task.nsPids.length > 1).length;
    return 0;
  });
  expect(members).toBe(0);
});

test('an init does not hear a signal that it has no handler for, unless it is SIGKILL from outside', () => {
  const bench = boot();
  bench.run(function* () {
    yield* sys.unshare('CLONE_NEWPID');
    const init = yield* sys.fork(function* () {
      yield* sys.kill(1, 'SIGKILL');
      yield* sys.nanosleep(3600e9);
      return 0;
    });
    yield* sys.kill(init, 'SIGTERM');
    yield* sys.nanosleep(1000_000);
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    return 0;
  });
  const fates = bench.events.flatMap((event) =>
    event.type === 'signal.send' ? [`${event.signal} ${event.fate}`] : [],
  );
  expect(fates).toEqual(['SIGTERM discarded', 'SIGKILL discarded', 'SIGKILL queued']);
});

test('a handler runs between two calls, and an interrupted wait goes on after it', () => {
  const bench = boot();
  const heard: string[] = [];
  const status = bench.run(function* () {
    yield* sys.sigaction('SIGUSR1', function* (signal) {
      heard.push(signal);
      yield* sys.getpid();
    });
    const me = yield* sys.getpid();
    yield* sys.fork(function* () {
      yield* sys.nanosleep(1000_000);
      yield* sys.kill(me, 'SIGUSR1');
      yield* sys.nanosleep(1000_000);
      return 5;
    });
    const waited = yield* sys.wait4(-1);
    return waited && 'code' in waited.status ? waited.status.code : 99;
  });
  expect(heard).toEqual(['SIGUSR1']);
  expect(status).toEqual({ code: 5 });
});

test('execve under the same pid keeps the subreaper mark and ignored signals, and forgets handlers', () => {
  const seen: string[] = [];
  const bench = boot({
    programs: {
      *other(argv) {
        seen.push(argv.join(' '), String(yield* sys.getpid()), String(yield* sys.sigaction('SIGHUP', 'default')));
        return 3;
      },
    },
  });
  let pid = 0;
  const status = bench.run(function* () {
    pid = yield* sys.getpid();
    yield* sys.setChildSubreaper(true);
    yield* sys.sigaction('SIGHUP', 'ignore');
    return yield* sys.execve('/bin/other', ['other', 'x'], {});
  });
  expect(seen).toEqual(['other x', String(pid), 'ignore']);
  expect(status).toEqual({ code: 3 });
});

test('a call’s result waits below a handler that runs before the program goes on', () => {
  const bench = boot();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.sigaction('SIGUSR1', function* () {
      seen.push(yield* sys.umask(0o22));
    });
    const self = yield* sys.getpid();
    yield* sys.fork(function* () {
      for (let count = 0; count < 50; count++) yield* sys.kill(self, 'SIGUSR1');
      return 0;
    });
    for (let count = 0; count < 300; count++) {
      const pid = yield* sys.getpid();
      if (pid !== self) seen.push(pid);
      try {
        yield* sys.stat('/no/such');
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) seen.push(error);
      }
    }
    return 0;
  });
  expect(new Set(seen)).toEqual(new Set([0o22]));
});
