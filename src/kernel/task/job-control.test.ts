import { expect, test } from 'vitest';
import { nap, outcome, sleeper, state } from '../experiments.fixture.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('a stop and a continue are told to a parent that asks, and a stopped process does not run', () => {
  const bench = boot();
  const seen: unknown[] = [];
  let steps = 0;
  bench.run(function* () {
    const child = yield* sys.fork(function* () {
      for (;;) {
        yield* sys.nanosleep(1e6);
        steps++;
      }
    });
    yield* sys.kill(child, 'SIGSTOP');
    seen.push((yield* sys.wait4(child, { untraced: true }))?.status);
    const before = steps;
    yield* nap();
    seen.push(state(bench, child), steps - before);
    yield* sys.kill(child, 'SIGCONT');
    seen.push((yield* sys.wait4(child, { untraced: true }))?.status);
    yield* nap();
    seen.push(steps > before);
    yield* sys.kill(child, 'SIGKILL');
    seen.push((yield* sys.wait4(child))?.status);
    return 0;
  });
  expect(seen).toEqual([{ stopped: 'SIGSTOP' }, 'T', 0, { continued: true }, true, { signal: 'SIGKILL' }]);
});

test('SIGTERM waits until a stopped process goes on, SIGKILL does not', () => {
  const bench = boot();
  const seen: unknown[] = [];
  bench.run(function* () {
    for (const last of ['SIGCONT', 'SIGKILL'] as const) {
      const child = yield* sys.fork(sleeper);
      yield* sys.kill(child, 'SIGSTOP');
      yield* nap();
      yield* sys.kill(child, 'SIGTERM');
      yield* nap();
      seen.push(state(bench, child));
      yield* sys.kill(child, last);
      seen.push((yield* sys.wait4(child))?.status);
    }
    return 0;
  });
  expect(seen).toEqual(['T', { signal: 'SIGTERM' }, 'T', { signal: 'SIGKILL' }]);
});

test('a stopped group whose last link to its session ends is hung up, then continued', () => {
  const bench = boot();
  const heard: string[] = [];
  bench.run(function* () {
    yield* sys.setsid();
    let job = 0;
    const shell = yield* sys.fork(function* () {
      job = yield* sys.fork(function* () {
        yield* sys.setpgid(0, 0);
        yield* sys.sigaction('SIGHUP', function* (signal) {
          heard.push(signal);
        });
        yield* outcome(sleeper());
        return yield* sleeper();
      });
      yield* nap();
      yield* sys.kill(job, 'SIGSTOP');
      yield* nap();
      return 0;
    });
    yield* sys.wait4(shell);
    yield* nap();
    heard.push(state(bench, job));
    yield* sys.kill(job, 'SIGKILL');
    return 0;
  });
  expect(heard).toEqual(['SIGHUP', 'S']);
});

test('nobody could continue an orphaned group, so SIGTSTP does not stop it; SIGSTOP does', () => {
  const bench = boot();
  const seen: string[] = [];
  bench.run(function* () {
    const child = yield* sys.fork(function* () {
      yield* sys.setsid();
      return yield* sleeper();
    });
    yield* nap();
    for (const signal of ['SIGTSTP', 'SIGSTOP'] as const) {
      yield* sys.kill(child, signal);
      yield* nap();
      seen.push(state(bench, child));
    }
    yield* sys.kill(child, 'SIGKILL');
    yield* sys.wait4(child);
    return 0;
  });
  expect(seen).toEqual(['S', 'T']);
});

test('a group is joined before execve, by a member of the session, and not by its leader', () => {
  const bench = boot({ programs: { sleeper } });
  const seen: string[] = [];
  bench.run(function* () {
    const child = yield* sys.fork(function* () {
      return yield* sys.execve('/bin/sleeper', ['sleeper'], {});
    });
    seen.push(yield* outcome(sys.setpgid(child, child)));
    yield* nap();
    seen.push(yield* outcome(sys.setpgid(child, child)));
    seen.push(yield* outcome(sys.setsid()), yield* outcome(sys.setpgid(0, 0)), yield* outcome(sys.setsid()));
    yield* sys.kill(child, 'SIGKILL');
    yield* sys.wait4(child);
    return 0;
  });
  expect(seen).toEqual(['ok', 'EACCES', 'ok', 'EPERM', 'EPERM']);
});

test('in a pid namespace a group keeps its number when its leader is gone', () => {
  const bench = boot();
  const seen: unknown[] = [];
  bench.run(function* () {
    const init = yield* sys.clone(function* () {
      yield* sys.fork(() => sys.exit(0));
      const leader = yield* sys.fork(function* () {
        yield* nap();
        return 0;
      });
      yield* sys.setpgid(leader, leader);
      const member = yield* sys.fork(sleeper);
      yield* sys.setpgid(member, leader);
      yield* sys.wait4(-1);
      yield* sys.wait4(leader);
      seen.push(yield* outcome(sys.kill(leader, 0)), (yield* sys.getpgid(member)) === leader);
      yield* sys.kill(-leader, 'SIGTERM');
      seen.push((yield* sys.wait4(-leader))?.status);
      return 0;
    }, 'CLONE_NEWPID');
    yield* sys.wait4(init);
    return 0;
  });
  expect(seen).toEqual(['ESRCH', true, { signal: 'SIGTERM' }]);
});

test('a computation that is stopped for a while takes so much longer, a sleep does not', () => {
  const bench = boot();
  const ends: Record<string, number> = {};
  bench.run(function* () {
    const measured = (name: string, call: () => ReturnType<typeof sys.compute>) =>
      function* () {
        const from = yield* sys.monotonic();
        yield* call();
        ends[name] = Math.round(((yield* sys.monotonic()) - from) / 1e6);
        return 0;
      };
    const pids = [
      yield* sys.fork(measured('work', () => sys.compute(50e6))),
      yield* sys.fork(measured('rest', () => sys.nanosleep(50e6))),
    ];
    yield* sys.nanosleep(10e6);
    for (const pid of pids) yield* sys.kill(pid, 'SIGSTOP');
    yield* sys.nanosleep(100e6);
    for (const pid of pids) yield* sys.kill(pid, 'SIGCONT');
    yield* sys.wait4(-1);
    yield* sys.wait4(-1);
    return 0;
  });
  expect(ends).toEqual({ work: 150, rest: 110 });
});
