import { expect, test } from 'vitest';
import {
  bootWithTrees,
  cat,
  enter,
  nap,
  newNamespace,
  openNamespace,
  outcome,
  parentOf,
  sleeper,
  state,
} from '../experiments.fixture.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('k05: an init’s end kills every process of its namespace; a later fork into it fails with ENOMEM', () => {
  const bench = bootWithTrees();
  const seen: string[] = [];
  bench.run(function* () {
    const members: number[] = [];
    const init = yield* newNamespace(function* () {
      for (let count = 0; count < 3; count++) {
        yield* sys.fork(function* () {
          yield* sys.sigaction('SIGTERM', 'ignore');
          return yield* sleeper();
        });
      }
      return yield* sleeper();
    });
    yield* nap();
    members.push(...[...bench.task(init).children].map(({ pid }) => pid));
    const fd = yield* openNamespace(init);
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    seen.push(...members.map((pid) => state(bench, pid)));
    seen.push(yield* outcome(sys.setns(fd, 'pid')), yield* outcome(sys.fork(sleeper)));
    return 0;
  });
  expect(seen).toEqual(['gone', 'gone', 'gone', 'ok', 'ENOMEM']);
});

test('k06: an init’s own end is seen after those of all members, and whoever unshared sees its status', () => {
  const bench = boot();
  let status: unknown;
  const from = bench.events.length;
  bench.run(function* () {
    const init = yield* newNamespace(function* () {
      yield* sys.fork(sleeper);
      yield* sys.fork(sleeper);
      yield* nap();
      return 4;
    });
    status = (yield* sys.wait4(init))?.status;
    return 0;
  });
  const ends = bench.events
    .slice(from)
    .flatMap((event) => (event.type === 'task.exit' ? [JSON.stringify(event.status)] : []));
  expect(status).toEqual({ code: 4 });
  expect(ends).toEqual(['{"signal":"SIGKILL"}', '{"signal":"SIGKILL"}', '{"code":4}', '{"code":0}']);
});

test('k12: unshare and setns of a pid namespace change only where children are born', () => {
  const bench = bootWithTrees();
  const seen: Record<string, unknown> = {};
  bench.run(function* () {
    const self = yield* sys.getpid();
    const before = yield* sys.readlink('/proc/self/ns/pid');
    seen['same before'] = before === (yield* sys.readlink('/proc/self/ns/pid_for_children'));
    yield* sys.unshare('CLONE_NEWPID');
    seen['own pid unchanged'] = (yield* sys.getpid()) === self;
    seen['ns/pid unchanged'] = (yield* sys.readlink('/proc/self/ns/pid')) === before;
    seen['pid_for_children'] = yield* outcome(sys.readlink('/proc/self/ns/pid_for_children'));
    yield* sys.fork(function* () {
      seen['first child'] = yield* sys.getpid();
      return 0;
    });
    yield* sys.wait4(-1);
    seen['second fork'] = yield* outcome(sys.fork(sleeper));
    seen['unshare again'] = yield* outcome(sys.unshare('CLONE_NEWPID'));
    seen['clone further'] = yield* outcome(sys.clone(sleeper, 'CLONE_NEWPID'));
    return 0;
  });
  expect(seen).toEqual({
    'same before': true,
    'own pid unchanged': true,
    'ns/pid unchanged': true,
    pid_for_children: 'ENOENT',
    'first child': 1,
    'second fork': 'ENOMEM',
    'unshare again': 'EINVAL',
    'clone further': 'EINVAL',
  });
});

test('k22: a task has a number at each level, and the outer init’s end is the inner one’s', () => {
  const bench = boot();
  const numbers: unknown[] = [];
  bench.run(function* () {
    const outer = yield* newNamespace(function* () {
      yield* newNamespace(sleeper);
      return yield* sleeper();
    });
    yield* nap();
    const inner = [...bench.task(outer).children][0]?.pid ?? 0;
    numbers.push(bench.task(outer).nsPids.length, bench.task(inner).nsPids.slice(1));
    yield* sys.kill(outer, 'SIGKILL');
    yield* sys.wait4(outer);
    numbers.push(state(bench, inner));
    return 0;
  });
  expect(numbers).toEqual([2, [2, 1], 'gone']);
});

test('an init’s end waits for a member whose parent is outside; its files are closed meanwhile', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const [read, write] = yield* sys.pipe2();
    const init = yield* newNamespace(sleeper);
    yield* sys.close(write);
    const outside = yield* sys.fork(function* () {
      yield* sys.close(read);
      yield* sys.setns(yield* openNamespace(init), 'pid');
      yield* sys.fork(sleeper);
      yield* nap();
      yield* nap();
      return 0;
    });
    yield* nap();
    yield* sys.kill(init, 'SIGKILL');
    seen.push(yield* sys.read(read), yield* sys.wait4(init, { nohang: true }));
    yield* sys.wait4(outside);
    seen.push((yield* sys.wait4(init))?.status);
    return 0;
  });
  expect(seen).toEqual(['', null, { signal: 'SIGKILL' }]);
});

test('an init that waits for its namespace to empty is killed once, also when it stood still', () => {
  const bench = bootWithTrees();
  let init = 0;
  bench.run(function* () {
    init = yield* newNamespace(sleeper);
    const outside = yield* sys.fork(function* () {
      yield* sys.setns(yield* openNamespace(init), 'pid');
      yield* sys.fork(sleeper);
      yield* nap();
      return 0;
    });
    yield* sys.nanosleep(1e6);
    for (const signal of ['SIGSTOP', 'SIGKILL', 'SIGKILL'] as const) yield* sys.kill(init, signal);
    yield* sys.wait4(outside);
    yield* sys.wait4(init);
    return 0;
  });
  const deaths = bench.events.filter((event) => event.type === 'signal.deliver' && event.action === 'terminate');
  expect(deaths.filter((event) => 'pid' in event && event.pid === init)).toHaveLength(1);
});

test('an outer init that waits for a namespace inside its own ends when that one’s last member is reaped', () => {
  const bench = bootWithTrees();
  let status: unknown;
  bench.run(function* () {
    let inner = 0;
    const outer = yield* newNamespace(function* () {
      yield* newNamespace(sleeper);
      return yield* sleeper();
    });
    yield* nap();
    inner = [...bench.task(outer).children][0]?.pid ?? 0;
    const helper = yield* sys.fork(function* () {
      yield* sys.setns(yield* openNamespace(inner), 'pid');
      yield* sys.fork(sleeper);
      yield* nap();
      return 0;
    });
    yield* sys.nanosleep(1e6);
    yield* sys.kill(outer, 'SIGKILL');
    yield* sys.wait4(helper);
    status = (yield* sys.wait4(outer))?.status;
    return 0;
  });
  expect(status).toEqual({ signal: 'SIGKILL' });
});

test('k09: an orphan goes to the namespace’s init, whoever is a subreaper outside; one inside comes first', () => {
  const bench = bootWithTrees();
  const parents: number[] = [];
  bench.run(function* () {
    yield* sys.setChildSubreaper(true);
    const init = yield* newNamespace(sleeper);
    const orphan = function* () {
      yield* nap();
      parents.push(yield* sys.getppid());
      return 0;
    };
    yield* enter(bench, init, function* () {
      yield* sys.fork(function* () {
        yield* sys.fork(orphan);
        return 0;
      });
      yield* sys.wait4(-1);
      yield* nap();
      yield* nap();
      return 0;
    });
    yield* enter(bench, init, function* () {
      yield* sys.setChildSubreaper(true);
      parents.push(yield* sys.getpid());
      yield* sys.fork(function* () {
        yield* sys.fork(orphan);
        return 0;
      });
      yield* sys.wait4(-1);
      yield* sys.wait4(-1);
      return 0;
    });
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    return 0;
  });
  expect(parents[0]).toBe(1);
  expect(parents[2]).toBe(parents[1]);
});

test('k10: who entered from outside goes to the outer subreaper, and its own children to the inner init', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const init = yield* newNamespace(sleeper);
    yield* sys.setChildSubreaper(true);
    const subreaper = yield* sys.getpid();
    let entered = 0;
    const middle = yield* sys.fork(function* () {
      yield* sys.setns(yield* openNamespace(init), 'pid');
      entered = yield* sys.fork(function* () {
        seen.push([yield* sys.getpid(), yield* sys.getppid()]);
        yield* sys.fork(sleeper);
        return yield* sleeper();
      });
      yield* nap();
      return 0;
    });
    yield* sys.wait4(middle);
    const child = [...bench.task(entered).children][0]?.pid ?? 0;
    seen.push(parentOf(bench, entered) === subreaper);
    yield* sys.kill(entered, 'SIGKILL');
    yield* sys.wait4(entered);
    seen.push(parentOf(bench, child) === init);
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    return 0;
  });
  expect(seen).toEqual([[2, 0], true, true]);
});

test('k11: without an outer subreaper it goes to the host’s init, and dies with the namespace', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const init = yield* newNamespace(sleeper);
    let entered = 0;
    const middle = yield* sys.fork(function* () {
      yield* sys.setns(yield* openNamespace(init), 'pid');
      entered = yield* sys.fork(sleeper);
      return 0;
    });
    yield* sys.wait4(middle);
    seen.push(parentOf(bench, entered));
    yield* sys.kill(init, 'SIGKILL');
    yield* sys.wait4(init);
    yield* nap();
    seen.push(state(bench, entered));
    return 0;
  });
  expect(seen).toEqual([1, 'gone']);
});

test('k23: a tiny init forwards signals, reaps orphans and ends with its child’s status', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const tini = yield* newNamespace(function* () {
      const main = yield* sys.fork(function* () {
        yield* sys.fork(function* () {
          yield* sys.fork(function* () {
            yield* sys.nanosleep(10e6);
            return 0;
          });
          return 0;
        });
        return yield* sleeper();
      });
      yield* sys.sigaction('SIGTERM', function* (signal) {
        yield* sys.kill(main, signal);
      });
      for (;;) {
        const waited = yield* sys.wait4(-1);
        if (waited?.pid !== main) continue;
        return 'signal' in waited.status ? 128 + 15 : 0;
      }
    });
    yield* nap();
    const children = (yield* cat(`/proc/${tini}/task/${tini}/children`)).trim().split(' ');
    seen.push(children.length);
    yield* sys.kill(tini, 'SIGTERM');
    seen.push((yield* sys.wait4(tini))?.status);
    return 0;
  });
  expect(seen).toEqual([1, { code: 143 }]);
});
