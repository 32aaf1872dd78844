import { expect, test } from 'vitest';
import { nap, parentOf, sleeper, state } from '../experiments.fixture.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('k07: an orphan goes to the nearest living subreaper above, at last to init; zombies too', () => {
  const bench = boot();
  const seen: unknown[] = [];
  bench.run(function* () {
    const pids: number[] = [];
    /** Forks the rest of the chain, then sleeps; never waits. */
    const link = (depth: number) =>
      function* () {
        pids.push(yield* sys.getpid());
        if (depth < 2) yield* sys.setChildSubreaper(true);
        if (depth < 4) yield* sys.fork(link(depth + 1));
        return yield* sleeper();
      };
    yield* sys.fork(link(0));
    yield* nap();
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = pids;
    const names = new Map([
      [a, 'A'],
      [b, 'B'],
      [1, 'init'],
    ]);
    const parent = (pid: number) => names.get(parentOf(bench, pid));
    yield* sys.kill(d, 'SIGKILL');
    yield* nap();
    seen.push(parent(e), state(bench, d));
    yield* sys.kill(c, 'SIGKILL');
    yield* nap();
    seen.push(parent(d), state(bench, c));
    yield* sys.kill(b, 'SIGKILL');
    yield* nap();
    seen.push(parent(e));
    yield* sys.kill(a, 'SIGKILL');
    yield* sys.wait4(a);
    yield* nap();
    seen.push(parent(e));
    yield* sys.kill(e, 'SIGKILL');
    return 0;
  });
  expect(seen).toEqual(['B', 'Z', 'B', 'Z', 'A', 'init']);
});

test('k08: the subreaper mark is not inherited by fork and kept over execve', () => {
  const marks: boolean[] = [];
  const bench = boot({
    programs: {
      *other() {
        marks.push(bench.task(yield* sys.getpid()).isSubreaper);
        return 0;
      },
    },
  });
  bench.run(function* () {
    yield* sys.setChildSubreaper(true);
    marks.push(bench.task(yield* sys.getpid()).isSubreaper);
    const child = yield* sys.fork(function* () {
      marks.push(bench.task(yield* sys.getpid()).isSubreaper);
      return 0;
    });
    yield* sys.wait4(child);
    return yield* sys.execve('/bin/other', ['other'], {});
  });
  expect(marks).toEqual([true, false, true]);
});

test('k16: a parent-death signal fires when the parent ends', () => {
  const bench = boot();
  const seen: string[] = [];
  bench.run(function* () {
    let child = 0;
    const parent = yield* sys.fork(function* () {
      child = yield* sys.fork(function* () {
        yield* sys.setParentDeathSignal('SIGKILL');
        return yield* sleeper();
      });
      yield* nap();
      yield* nap();
      return 0;
    });
    yield* nap();
    seen.push(state(bench, child));
    yield* sys.wait4(parent);
    yield* nap();
    seen.push(state(bench, child));
    return 0;
  });
  expect(seen).toEqual(['S', 'gone']);
});

test('a parent-death signal is not inherited by fork', () => {
  const bench = boot();
  let alive = '';
  bench.run(function* () {
    let grandchild = 0;
    yield* sys.fork(function* () {
      yield* sys.setParentDeathSignal('SIGKILL');
      grandchild = yield* sys.fork(sleeper);
      return 0;
    });
    yield* sys.wait4(-1);
    yield* nap();
    alive = state(bench, grandchild);
    yield* sys.kill(grandchild, 'SIGKILL');
    return 0;
  });
  expect(alive).toBe('S');
});

test('an init cannot have a sibling', () => {
  const bench = boot();
  let refused: unknown;
  bench.run(function* () {
    const init = yield* sys.clone(function* () {
      try {
        yield* sys.clone(sleeper, 'CLONE_PARENT');
      } catch (error) {
        refused = error;
      }
      return 0;
    }, 'CLONE_NEWPID');
    yield* sys.wait4(init);
    return 0;
  });
  expect(refused).toMatchObject({ errno: 'EINVAL' });
});
