import { expect, test } from 'vitest';
import type { SignalName, Waited } from '../abi.ts';
import { bootWithTrees, cat, nap, outcome, sleeper, state } from '../experiments.fixture.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('k14: a zombie stays until it is waited for, whatever it is sent; WNOWAIT only looks', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const child = yield* sys.fork(() => sys.exit(3));
    yield* nap();
    seen.push(state(bench, child));
    yield* sys.kill(child, 'SIGKILL');
    seen.push(state(bench, child), (yield* sys.wait4(child, { peek: true }))?.status, state(bench, child));
    seen.push(yield* cat(`/proc/${child}/cmdline`), (yield* sys.wait4(child))?.status, state(bench, child));
    seen.push(yield* outcome(sys.wait4(child)));
    return 0;
  });
  expect(seen).toEqual(['Z', 'Z', { code: 3 }, 'Z', '', { code: 3 }, 'gone', 'ECHILD']);
});

test('k14: a parent that ignores SIGCHLD sees no zombie, and its wait ends with ECHILD when the last child has', () => {
  const bench = boot();
  const seen: string[] = [];
  bench.run(function* () {
    yield* sys.sigaction('SIGCHLD', 'ignore');
    const child = yield* sys.fork(() => sys.exit(0));
    yield* nap();
    seen.push(state(bench, child), yield* outcome(sys.wait4(child)));
    yield* sys.fork(function* () {
      yield* nap();
      return 0;
    });
    seen.push(yield* outcome(sys.wait4(-1)));
    return 0;
  });
  expect(seen).toEqual(['gone', 'ECHILD', 'ECHILD']);
});

test('k15: an exit code keeps eight bits, a signal its name and whether it left a core', () => {
  const bench = boot();
  const ends: Waited['status'][] = [];
  const raise = (signal: SignalName) =>
    function* () {
      yield* sys.kill(yield* sys.getpid(), signal);
      return yield* sleeper();
    };
  bench.run(function* () {
    for (const body of [
      () => sys.exit(3),
      () => sys.exit(259),
      () => sys.exit(137),
      raise('SIGKILL'),
      raise('SIGTERM'),
      raise('SIGSEGV'),
    ]) {
      yield* sys.fork(body);
      const waited = yield* sys.wait4(-1);
      if (waited) ends.push(waited.status);
    }
    return 0;
  });
  expect(ends).toEqual([
    { code: 3 },
    { code: 3 },
    { code: 137 },
    { signal: 'SIGKILL' },
    { signal: 'SIGTERM' },
    { signal: 'SIGSEGV', core: true },
  ]);
});

test('a futex’s deadline is told from a wake-up', () => {
  const bench = boot();
  const seen: boolean[] = [];
  bench.run(function* () {
    const key = {};
    seen.push(yield* sys.futexWait(key, 1000));
    yield* sys.go(function* () {
      yield* sys.nanosleep(1000);
      yield* sys.futexWake(key);
    });
    seen.push(yield* sys.futexWait(key, 1e9));
    return 0;
  });
  expect(seen).toEqual([false, true]);
});

test('a computation is not ended by a handler that does not restart calls', () => {
  const bench = boot();
  const times: number[] = [];
  bench.run(function* () {
    yield* sys.sigaction(
      'SIGUSR1',
      function* () {
        times.push(yield* sys.monotonic());
      },
      false,
    );
    const self = yield* sys.getpid();
    yield* sys.fork(function* () {
      yield* sys.kill(self, 'SIGUSR1');
      return 0;
    });
    yield* sys.compute(10e6);
    times.push(yield* sys.monotonic());
    return 0;
  });
  expect(times).toHaveLength(2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(9e6);
});
