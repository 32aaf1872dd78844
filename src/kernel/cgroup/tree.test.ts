import { expect, test } from 'vitest';
import { O, type Running } from '../abi.ts';
import { bootWithTrees, cat, nap, outcome, put, sleeper } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';

const root = '/sys/fs/cgroup';
const lab = `${root}/lab`;

test('a limit above counts those below; the refusal is told on each level, and as local on the limit’s own', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/cgroup.subtree_control`, '+pids');
    yield* sys.mkdir(`${lab}/a`);
    yield* put(`${lab}/pids.max`, '2');
    const member = yield* sys.fork(function* () {
      yield* put(`${lab}/a/cgroup.procs`, '0');
      seen.push(yield* outcome(sys.setThreads(4)), yield* cat(`${lab}/a/pids.current`));
      return 0;
    });
    yield* sys.wait4(member);
    for (const file of ['pids.events', 'pids.events.local', 'pids.peak', 'a/pids.events', 'a/pids.peak'])
      seen.push(yield* cat(`${lab}/${file}`));
    return 0;
  });
  expect(seen).toEqual(['EAGAIN', '2\n', 'max 1\n', 'max 1\n', '2\n', 'max 0\n', '2\n']);
});

test('a zombie counts as a pid until it is reaped, and not as a process (vm-15)', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    const child = yield* sys.fork(sleeper);
    yield* put(`${lab}/cgroup.procs`, String(child));
    yield* sys.kill(child, 'SIGKILL');
    yield* nap();
    seen.push(yield* cat(`${lab}/pids.current`), yield* cat(`${lab}/cgroup.procs`));
    seen.push(yield* cat(`${lab}/cgroup.events`));
    yield* sys.wait4(child);
    seen.push(yield* cat(`${lab}/pids.current`));
    return 0;
  });
  expect(seen).toEqual(['1\n', '', 'populated 0\nfrozen 0\n', '0\n']);
});

test('whoever watches cgroup.events hears of the first member, the last one, and the freezer', () => {
  const bench = bootWithTrees();
  const seen: string[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* sys.mkdir(`${lab}/a`);
    const fd = yield* sys.inotifyInit(O.NONBLOCK);
    yield* sys.inotifyAddWatch(fd, `${lab}/cgroup.events`, ['IN_MODIFY']);
    const heard = function* (): Running<void> {
      const told = yield* outcome(sys.read(fd));
      seen.push(told === 'ok' ? (yield* cat(`${lab}/cgroup.events`)).replaceAll('\n', ' ') : told);
    };
    yield* heard();
    const child = yield* sys.fork(sleeper);
    yield* put(`${lab}/a/cgroup.procs`, String(child));
    yield* heard();
    yield* put(`${lab}/cgroup.freeze`, '1');
    yield* heard();
    yield* put(`${lab}/cgroup.kill`, '1');
    yield* nap();
    yield* heard();
    return 0;
  });
  expect(seen).toEqual(['EAGAIN', 'populated 1 frozen 0 ', 'populated 1 frozen 1 ', 'populated 0 frozen 1 ']);
});

test('a write to cgroup.freeze and cgroup.kill is told before what it does, and not at all when it is refused', () => {
  const bench = bootWithTrees();
  bench.run(function* () {
    yield* sys.mkdir(lab);
    const child = yield* sys.fork(sleeper);
    yield* put(`${lab}/cgroup.procs`, String(child));
    yield* put(`${lab}/cgroup.freeze`, '1');
    yield* sys.kill(child, 'SIGTERM');
    yield* put(`${lab}/cgroup.freeze`, '0');
    yield* outcome(put(`${lab}/cgroup.kill`, '0'));
    const other = yield* sys.fork(sleeper);
    yield* put(`${lab}/cgroup.procs`, String(other));
    yield* put(`${lab}/cgroup.kill`, '1');
    return 0;
  });
  const told = bench.events.flatMap((event) => {
    if (event.type === 'cgroup.write') return [`${event.file} ${event.value}`];
    return event.type === 'signal.send' && event.signal !== 'SIGCHLD' ? [event.signal] : [];
  });
  expect(told).toEqual(['cgroup.freeze 1', 'SIGTERM', 'cgroup.freeze 0', 'cgroup.kill 1', 'SIGKILL']);
});

test('no internal processes: a cgroup has members, or controllers for those below, not both', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* sys.mkdir(`${lab}/a`);
    const child = yield* sys.fork(sleeper);
    yield* put(`${lab}/cgroup.procs`, String(child));
    seen.push(yield* outcome(put(`${lab}/cgroup.subtree_control`, '+memory')));
    yield* put(`${lab}/a/cgroup.procs`, String(child));
    seen.push(yield* outcome(sys.stat(`${lab}/a/memory.max`)));
    seen.push(yield* outcome(put(`${lab}/cgroup.subtree_control`, '+memory')));
    seen.push(yield* outcome(sys.stat(`${lab}/a/memory.max`)));
    seen.push(yield* outcome(put(`${lab}/cgroup.procs`, String(child))));
    return 0;
  });
  expect(seen).toEqual(['EBUSY', 'ENOENT', 'ok', 'ok', 'EBUSY']);
});

test('below a threaded cgroup there is none for processes', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* sys.mkdir(`${lab}/threads`);
    yield* sys.mkdir(`${lab}/threads/below`);
    yield* put(`${lab}/threads/cgroup.type`, 'threaded');
    for (const path of [lab, `${lab}/threads`, `${lab}/threads/below`]) seen.push(yield* cat(`${path}/cgroup.type`));
    seen.push(yield* outcome(put(`${lab}/threads/below/cgroup.procs`, '0')));
    return 0;
  });
  expect(seen).toEqual(['domain threaded\n', 'threaded\n', 'domain invalid\n', 'EOPNOTSUPP']);
});

test('a tree is no deeper and no larger than cgroup.max.depth and cgroup.max.descendants say', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/cgroup.max.descendants`, '2');
    yield* put(`${lab}/cgroup.max.depth`, '1');
    yield* sys.mkdir(`${lab}/a`);
    seen.push(yield* outcome(sys.mkdir(`${lab}/a/deeper`)));
    yield* sys.mkdir(`${lab}/b`);
    seen.push(yield* outcome(sys.mkdir(`${lab}/c`)), yield* cat(`${lab}/cgroup.stat`));
    return 0;
  });
  expect(seen).toEqual(['EAGAIN', 'EAGAIN', 'nr_descendants 2\nnr_dying_descendants 0\n']);
});

test('from inside a cgroup namespace its own cgroup is the root, from outside a path', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* sys.mkdir('/mnt');
    const child = yield* sys.fork(function* () {
      yield* put(`${lab}/cgroup.procs`, '0');
      yield* sys.unshare('CLONE_NEWCGROUP', 'CLONE_NEWNS');
      yield* sys.mount('cgroup', '/mnt', 'cgroup2', []);
      const mounted = /\S+ (\S+) \/mnt /.exec(yield* cat('/proc/self/mountinfo'))?.[1];
      seen.push(yield* cat('/proc/self/cgroup'), yield* cat('/proc/1/cgroup'), mounted);
      return yield* sleeper();
    });
    yield* nap();
    const mounted = /\S+ (\S+) \/mnt /.exec(yield* cat(`/proc/${child}/mountinfo`))?.[1];
    seen.push(yield* cat(`/proc/${child}/cgroup`), mounted);
    return 0;
  });
  expect(seen).toEqual(['0::/\n', '0::/..\n', '/', '0::/lab\n', '/lab']);
});
