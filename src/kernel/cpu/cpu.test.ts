import { expect, test } from 'vitest';
import type { Running } from '../abi.ts';
import { bootWithTrees, cat, outcome, put, sleeper } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';
import { runUntil } from '../scheduler.ts';

const root = '/sys/fs/cgroup';
const secondNs = 1e9;

/** A busy loop in a cgroup, in pieces of so much; 0 for one of system calls alone. */
const loop = (cgroup: string, pieceNs: number) =>
  function* (): Running {
    yield* put(`${cgroup}/cgroup.procs`, '0');
    for (;;) {
      if (pieceNs > 0) yield* sys.compute(pieceNs);
      else yield* sys.getpid();
    }
  };

function* figure(cgroup: string, name: string): Running<number> {
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(yield* cat(`${cgroup}/cpu.stat`))?.[1]);
}

/** Tenths of a second of processor time. */
function* usage(cgroup: string): Running<number> {
  return Math.round((yield* figure(cgroup, 'usage_usec')) / 100_000);
}

for (const pieceNs of [0, 1e6, 60 * secondNs]) {
  test(`cpu.max gives a loop of ${pieceNs} ns pieces half a processor, and tells how it was throttled`, () => {
    const bench = bootWithTrees();
    const seen: unknown[] = [];
    bench.run(function* () {
      const lab = `${root}/lab`;
      yield* sys.mkdir(lab);
      yield* put(`${lab}/cpu.max`, '50000 100000');
      const child = yield* sys.fork(loop(lab, pieceNs));
      yield* sys.nanosleep(10 * secondNs);
      seen.push(Math.round((yield* usage(lab)) / 10), yield* cat(`${lab}/cpu.max`));
      for (const name of ['nr_periods', 'nr_throttled']) seen.push(Math.abs((yield* figure(lab, name)) - 100) <= 2);
      seen.push(Math.round((yield* figure(lab, 'throttled_usec')) / 1e6));
      yield* put(`${lab}/cpu.max`, 'max');
      const before = yield* usage(lab);
      yield* sys.nanosleep(4 * secondNs);
      seen.push(Math.abs((yield* usage(lab)) - before - 40) <= 2);
      yield* sys.kill(child, 'SIGKILL');
      return 0;
    });
    expect(seen).toEqual([5, '50000 100000\n', true, true, 5, true]);
  });
}

test('two loops whose weights are 1 to 2 share one processor 1 to 2', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const cgroups = [`${root}/a`, `${root}/b`];
    const children: number[] = [];
    for (const [index, cgroup] of cgroups.entries()) {
      yield* sys.mkdir(cgroup);
      yield* put(`${cgroup}/cpu.weight`, String(100 * (index + 1)));
      yield* put(`${cgroup}/cpuset.cpus`, '1');
      children.push(yield* sys.fork(loop(cgroup, index * secondNs)));
    }
    seen.push(yield* cat(`${root}/a/cpuset.cpus.effective`));
    yield* sys.nanosleep(30 * secondNs);
    for (const cgroup of cgroups) seen.push(Math.round((yield* usage(cgroup)) / 10));
    for (const child of children) yield* sys.kill(child, 'SIGKILL');
    return 0;
  });
  expect(seen).toEqual(['1\n', 10, 20]);
});

test('three loops share two processors, and one that is stopped leaves its part to the others', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const children: number[] = [];
    for (const name of ['a', 'b', 'c']) {
      yield* sys.mkdir(`${root}/${name}`);
      children.push(yield* sys.fork(loop(`${root}/${name}`, 100 * secondNs)));
    }
    yield* sys.nanosleep(30 * secondNs);
    for (const name of ['a', 'b', 'c']) seen.push(Math.round((yield* usage(`${root}/${name}`)) / 10));
    yield* sys.kill(children[0] ?? 0, 'SIGSTOP');
    yield* sys.nanosleep(10 * secondNs);
    for (const name of ['a', 'b', 'c']) seen.push(Math.round((yield* usage(`${root}/${name}`)) / 10));
    for (const child of children) yield* sys.kill(child, 'SIGKILL');
    return 0;
  });
  expect(seen).toEqual([20, 20, 20, 20, 30, 30]);
});

test('processor time stays with the cgroup when whoever used it is gone, and goes up when that is removed', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const lab = `${root}/lab`;
    yield* sys.mkdir(lab);
    yield* sys.mkdir(`${lab}/a`);
    const child = yield* sys.fork(function* () {
      yield* sys.compute(secondNs);
      yield* put(`${lab}/a/cgroup.procs`, '0');
      yield* sys.compute(2 * secondNs);
      yield* put(`${lab}/cgroup.procs`, '0');
      yield* sys.compute(secondNs);
      return 0;
    });
    yield* sys.wait4(child);
    seen.push(yield* usage(`${lab}/a`), yield* usage(lab));
    yield* sys.rmdir(`${lab}/a`);
    seen.push(yield* usage(lab));
    return 0;
  });
  expect(seen).toEqual([20, 30, 30]);
});

test('cpu.max keeps its period, and cpu.stat its counts, when the limit is lifted', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const lab = `${root}/lab`;
    yield* sys.mkdir(lab);
    const busy = yield* sys.fork(function* () {
      yield* put(`${lab}/cgroup.procs`, '0');
      for (;;) yield* sys.compute(1e9);
    });
    yield* put(`${lab}/cpu.max`, '10000 50000');
    yield* sys.nanosleep(1e9);
    yield* put(`${lab}/cpu.max`, 'max');
    const counts = function* () {
      return /nr_periods \d+\nnr_throttled \d+/.exec(yield* cat(`${lab}/cpu.stat`))?.[0];
    };
    const before = yield* counts();
    yield* sys.nanosleep(1e9);
    seen.push(yield* cat(`${lab}/cpu.max`), (yield* counts()) === before, before === 'nr_periods 0\nnr_throttled 0');
    yield* put(`${lab}/cpu.max`, 'max 20000');
    seen.push(yield* cat(`${lab}/cpu.max`));
    yield* sys.kill(busy, 'SIGKILL');
    return 0;
  });
  expect(seen).toEqual(['max 50000\n', true, false, 'max 20000\n']);
});

test('values that the files do not take are refused', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const lab = `${root}/lab`;
    yield* sys.mkdir(lab);
    seen.push(yield* outcome(put(`${lab}/cpu.max`, '10')), yield* outcome(put(`${lab}/cpu.max`, 'no')));
    seen.push(yield* outcome(put(`${lab}/cpu.weight`, '0')), yield* outcome(put(`${lab}/cpuset.cpus`, '1-0')));
    yield* put(`${lab}/cpuset.cpus`, '0-1');
    seen.push(yield* outcome(put(`${lab}/cpuset.cpus`, '1-2')), yield* cat(`${lab}/cpuset.cpus`));
    return 0;
  });
  expect(seen).toEqual(['EINVAL', 'EINVAL', 'ERANGE', 'EINVAL', 'ERANGE', '0-1\n']);
});

test('RLIMIT_CPU: SIGXCPU each second from the soft limit on, SIGKILL at the hard one', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    const child = yield* sys.fork(function* () {
      yield* sys.prlimit(0, 'RLIMIT_CPU', { soft: 1, hard: 3 });
      yield* sys.sigaction('SIGXCPU', function* () {
        seen.push(Math.round((yield* sys.monotonic()) / secondNs));
      });
      yield* sys.compute(10 * secondNs);
      return 0;
    });
    seen.push((yield* sys.wait4(child))?.status);
    return 0;
  });
  expect(seen).toEqual([1, 2, { signal: 'SIGKILL' }]);
});

test('however time is cut up, whoever shares gets the same', () => {
  const journalOf = (stepNs: number): string => {
    const bench = bootWithTrees();
    bench.run(function* () {
      for (const name of ['a', 'b', 'c']) {
        yield* sys.mkdir(`${root}/${name}`);
        yield* put(`${root}/${name}/cpu.max`, '30000 100000');
        yield* sys.fork(function* () {
          yield* put(`${root}/${name}/cgroup.procs`, '0');
          yield* sys.compute(secondNs);
          return 0;
        });
        yield* sys.fork(function* () {
          yield* put(`${root}/${name}/cgroup.procs`, '0');
          for (let count = 0; count < 1000; count++) yield* sys.compute(500_000);
          return 0;
        });
      }
      return 0;
    });
    const from = bench.kernel.nowNs;
    for (let untilNs = from; untilNs < from + 20 * secondNs; untilNs += stepNs) runUntil(bench.kernel, untilNs);
    return bench.events.map(({ timeNs, type }) => `${timeNs} ${type}`).join('\n');
  };
  expect(journalOf(777_777)).toBe(journalOf(20 * secondNs));
});

test('who computes only now and then finds a processor at once, however many others compute', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const children: number[] = [];
    for (let count = 0; count < 4; count++) children.push(yield* sys.fork(loop(root, 1e6)));
    yield* sys.fork(sleeper);
    yield* sys.nanosleep(secondNs);
    const before = yield* sys.monotonic();
    yield* sys.compute(5e6);
    seen.push(Math.round(((yield* sys.monotonic()) - before) / 1e6));
    for (const child of children) yield* sys.kill(child, 'SIGKILL');
    return 0;
  });
  expect(seen).toEqual([5]);
});
