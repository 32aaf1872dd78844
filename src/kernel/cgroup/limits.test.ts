import { expect, test } from 'vitest';
import { bootWithTrees, cat, nap, outcome, put, sleeper, state } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';

const root = '/sys/fs/cgroup';

test('a limit that no machine could reach is refused', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* sys.mkdir(`${root}/lab`);
    for (const value of ['4194304', '4194305']) seen.push(yield* outcome(put(`${root}/lab/pids.max`, value)));
    for (const value of [2 ** 44 - 1, 2 ** 44])
      seen.push(yield* outcome(put(`${root}/lab/cpu.max`, `${value} 100000`)));
    return 0;
  });
  expect(seen).toEqual(['ok', 'EINVAL', 'ok', 'EINVAL']);
});

test('k19: pids.max makes fork fail with EAGAIN and is counted; who runs already is left alone', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(`${root}/lab`);
    yield* put(`${root}/lab/pids.max`, '3');
    const member = yield* sys.fork(function* () {
      yield* put(`${root}/lab/cgroup.procs`, '0');
      for (let count = 0; count < 4; count++) seen.push(yield* outcome(sys.fork(sleeper)));
      yield* put(`${root}/lab/pids.max`, '1');
      seen.push(yield* cat(`${root}/lab/pids.current`), yield* cat(`${root}/lab/pids.events`));
      for (const child of bench.task(yield* sys.getpid()).children) yield* sys.kill(child.pid, 'SIGKILL');
      yield* sys.wait4(-1);
      yield* sys.wait4(-1);
      return 0;
    });
    yield* sys.wait4(member);
    seen.push(yield* outcome(sys.rmdir(`${root}/lab`)));
    return 0;
  });
  expect(seen).toEqual(['ok', 'ok', 'EAGAIN', 'EAGAIN', '3\n', 'max 2\n', 'ok']);
});

test('k20: a frozen task looks asleep; an unhandled SIGTERM kills it at once', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(`${root}/lab`);
    const child = yield* sys.fork(sleeper);
    yield* put(`${root}/lab/cgroup.procs`, String(child));
    yield* put(`${root}/lab/cgroup.freeze`, '1');
    const status = function* (line: RegExp) {
      return line.exec(yield* cat(`/proc/${child}/status`))?.[1];
    };
    seen.push(
      yield* cat(`${root}/lab/cgroup.freeze`),
      yield* status(/State:\t(.)/),
      yield* cat(`/proc/${child}/wchan`),
    );
    yield* sys.kill(child, 'SIGTERM');
    yield* nap();
    seen.push(yield* status(/State:\t(.)/), yield* status(/ShdPnd:\t(.*)/));
    yield* sys.kill(child, 'SIGKILL');
    seen.push((yield* sys.wait4(child, { nohang: true }))?.status);
    yield* put(`${root}/lab/cgroup.freeze`, '0');
    seen.push(yield* outcome(sys.rmdir(`${root}/lab`)));
    return 0;
  });
  expect(seen).toEqual(['1\n', 'S', 'get_signal', 'Z', '0000000000004000', { signal: 'SIGTERM' }, 'ok']);
});

test('a frozen task runs nothing, no handler either; freezing a cgroup freezes those below', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  let steps = 0;
  let handled = 0;
  bench.run(function* () {
    yield* sys.mkdir(`${root}/lab`);
    yield* sys.mkdir(`${root}/lab/below`);
    const child = yield* sys.fork(function* () {
      yield* sys.sigaction('SIGTERM', function* () {
        handled++;
      });
      for (;;) {
        yield* outcome(sys.nanosleep(1e6));
        steps++;
      }
    });
    yield* nap();
    yield* put(`${root}/lab/below/cgroup.procs`, String(child));
    yield* put(`${root}/lab/cgroup.freeze`, '1');
    yield* nap();
    const before = steps;
    yield* sys.kill(child, 'SIGTERM');
    yield* nap();
    seen.push(
      steps - before,
      handled,
      yield* cat(`${root}/lab/below/cgroup.events`),
      yield* cat(`${root}/lab/below/cgroup.freeze`),
    );
    yield* put(`${root}/lab/cgroup.freeze`, '0');
    yield* nap();
    seen.push(steps > before, handled);
    yield* put(`${root}/lab/cgroup.freeze`, '1');
    yield* sys.kill(child, 'SIGKILL');
    seen.push((yield* sys.wait4(child))?.status);
    return 0;
  });
  expect(seen).toEqual([0, 0, 'populated 1\nfrozen 1\n', '0\n', true, 1, { signal: 'SIGKILL' }]);
});

test('a frozen task that is moved out of the frozen cgroup goes on', () => {
  const bench = bootWithTrees();
  let ended: unknown;
  bench.run(function* () {
    yield* sys.mkdir(`${root}/lab`);
    yield* put(`${root}/lab/cgroup.freeze`, '1');
    const child = yield* sys.fork(function* () {
      yield* nap();
      return 6;
    });
    yield* put(`${root}/lab/cgroup.procs`, String(child));
    yield* sys.nanosleep(1e9);
    yield* put(`${root}/cgroup.procs`, String(child));
    ended = (yield* sys.wait4(child))?.status;
    return 0;
  });
  expect(ended).toEqual({ code: 6 });
});

test('k21: a cgroup with a living member cannot be removed, with only a zombie it can', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(`${root}/labrm`);
    const child = yield* sys.fork(sleeper);
    yield* put(`${root}/labrm/cgroup.procs`, String(child));
    seen.push(yield* outcome(sys.rmdir(`${root}/labrm`)));
    yield* sys.kill(child, 'SIGKILL');
    yield* nap();
    seen.push(state(bench, child), yield* cat(`${root}/labrm/cgroup.procs`), yield* cat(`/proc/${child}/cgroup`));
    seen.push(yield* outcome(sys.rmdir(`${root}/labrm`)));
    yield* sys.wait4(child);
    return 0;
  });
  expect(seen).toEqual(['EBUSY', 'Z', '', '0::/labrm\n', 'ok']);
});

test('a controller is enabled from above, and disabled from below', () => {
  const bench = bootWithTrees();
  const seen: string[] = [];
  bench.run(function* () {
    yield* sys.mkdir(`${root}/a`);
    yield* sys.mkdir(`${root}/a/b`);
    for (const [path, value] of [
      ['a/b', '+pids'],
      ['a', '+pids'],
      ['a/b', '+pids'],
      ['a', '-pids'],
      ['a/b', '-pids'],
      ['a', '-pids'],
      ['a', '+nosuch'],
    ]) {
      seen.push(yield* outcome(put(`${root}/${path}/cgroup.subtree_control`, value ?? '')));
    }
    return 0;
  });
  expect(seen).toEqual(['ENOENT', 'ok', 'ok', 'EBUSY', 'ok', 'ok', 'EINVAL']);
});
