import { expect, test } from 'vitest';
import type { SignalName } from '../abi.ts';
import { boot } from '../kernel.fixture.ts';
import {
  bootWithTrees,
  enter,
  nap,
  newNamespace,
  outcome,
  sleeper,
  state,
  terminating,
} from '../experiments.fixture.ts';
import * as sys from '../sys.ts';

test('k01: an init without handlers survives all signals from its parent namespace but SIGKILL', () => {
  const bench = boot();
  const seen: Record<string, string> = {};
  bench.run(function* () {
    const init = yield* newNamespace(sleeper);
    for (const signal of [...terminating, 'SIGSTOP', 'SIGCONT'] as const) {
      yield* sys.kill(init, signal);
      yield* nap();
      seen[signal] = state(bench, init);
    }
    yield* sys.kill(init, 'SIGKILL');
    seen['waited'] = JSON.stringify((yield* sys.wait4(init))?.status);
    return 0;
  });
  expect(seen).toEqual({
    SIGTERM: 'S',
    SIGINT: 'S',
    SIGHUP: 'S',
    SIGQUIT: 'S',
    SIGUSR1: 'S',
    SIGSEGV: 'S',
    SIGABRT: 'S',
    SIGSTOP: 'T',
    SIGCONT: 'S',
    waited: '{"signal":"SIGKILL"}',
  });
});

test('k02: from inside its own namespace not even SIGKILL and SIGSTOP reach an init', () => {
  const bench = bootWithTrees();
  const seen: string[] = [];
  bench.run(function* () {
    const init = yield* newNamespace(sleeper);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGSTOP', 'SIGSEGV'] as const) {
      yield* enter(bench, init, function* () {
        yield* sys.kill(1, signal);
        return 0;
      });
      yield* nap();
      seen.push(state(bench, init));
    }
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    return 0;
  });
  expect(seen).toEqual(['S', 'S', 'S', 'S', 'S']);
});

test('k03: a signal that an init handles is delivered from inside and from outside', () => {
  const bench = bootWithTrees();
  const heard: SignalName[] = [];
  bench.run(function* () {
    const init = yield* newNamespace(function* () {
      yield* sys.sigaction('SIGTERM', function* (signal) {
        heard.push(signal);
      });
      for (;;) yield* outcome(sys.nanosleep(1e6));
    });
    yield* nap();
    yield* sys.kill(init, 'SIGTERM');
    yield* nap();
    yield* enter(bench, init, function* () {
      yield* sys.kill(1, 'SIGTERM');
      return 0;
    });
    yield* nap();
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    return 0;
  });
  expect(heard).toEqual(['SIGTERM', 'SIGTERM']);
});

test('k04: a real fault ends an init, abort(3) too, and by SIGSEGV; a signal that it sends to itself does not', () => {
  const bench = boot();
  const endOf = (body: () => ReturnType<typeof sleeper>): unknown => {
    let status: unknown;
    try {
      bench.run(function* () {
        const init = yield* newNamespace(body);
        status = (yield* sys.wait4(init))?.status;
        return 0;
      });
    } catch {
      // The bench tells of every fault; this one is meant.
    }
    return status;
  };
  const wildPointer = function* () {
    yield* sys.getpid();
    throw new TypeError('a wild pointer');
  };
  const unhandled = function* () {
    yield* sys.stat('/no/such');
    return 0;
  };
  const raises = (signal: SignalName) =>
    function* () {
      yield* sys.kill(yield* sys.getpid(), signal);
      yield* nap();
      return 0;
    };
  expect([wildPointer, unhandled, raises('SIGTERM'), raises('SIGKILL')].map(endOf)).toEqual([
    { signal: 'SIGSEGV', core: true },
    { signal: 'SIGSEGV', core: true },
    { code: 0 },
    { code: 0 },
  ]);
});

test('what an init no longer handles when it is unblocked is dropped', () => {
  const bench = boot();
  let status: unknown;
  bench.run(function* () {
    const init = yield* newNamespace(function* () {
      yield* sys.sigprocmask('block', ['SIGTERM']);
      yield* sys.kill(1, 'SIGTERM');
      yield* sys.sigprocmask('unblock', ['SIGTERM']);
      return 4;
    });
    status = (yield* sys.wait4(init))?.status;
    return 0;
  });
  expect(status).toEqual({ code: 4 });
});
