import { expect, test } from 'vitest';
import { inotifyEvents, O, type Running } from '../abi.ts';
import { bootWithTrees, cat, nap, outcome, put, sleeper } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';

const lab = '/sys/fs/cgroup/lab';
const mib = 1024 * 1024;

/** A process in the lab that takes so much memory and then sleeps. */
function* eater(bytes: number, adjustment = 0): Running {
  yield* put(`${lab}/cgroup.procs`, '0');
  yield* put('/proc/self/oom_score_adj', String(adjustment));
  yield* sys.mmap(bytes);
  return yield* sleeper();
}

function* tell(file: string): Running<string> {
  return (yield* cat(`${lab}/${file}`)).trim().replaceAll('\n', ', ');
}

test('who takes more than memory.max is killed, and the counters say so as recorded (vm-09b)', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.max`, '16777216');
    const child = yield* sys.fork(() => eater(32 * mib));
    seen.push((yield* sys.wait4(child))?.status);
    seen.push(yield* tell('memory.events'), yield* tell('memory.events.local'), yield* tell('memory.peak'));
    seen.push(Number(yield* tell('memory.current')) < mib, bench.kernel.log.records.at(-1)?.text);
    return 0;
  });
  expect(seen).toEqual([
    { signal: 'SIGKILL' },
    'low 0, high 0, max 20, oom 1, oom_kill 1, oom_group_kill 0',
    'low 0, high 0, max 20, oom 1, oom_kill 1, oom_group_kill 0',
    '16777216',
    true,
    expect.stringMatching(
      /^Memory cgroup out of memory: Killed process \d+ \(init\) total-vm:\d+kB, anon-rss:\d+kB, file-rss:1600kB, /,
    ),
  ]);
  expect(bench.events.filter(({ type }) => type === 'oom.kill')).toHaveLength(1);
});

test('a limit below what is used is told before the kill that follows from it', () => {
  const bench = bootWithTrees();
  bench.run(function* () {
    yield* sys.mkdir(lab);
    const child = yield* sys.fork(() => eater(8 * mib));
    yield* nap();
    yield* put(`${lab}/memory.max`, '4M');
    yield* sys.wait4(child);
    return 0;
  });
  const told = bench.events.flatMap((event) => {
    if (event.type === 'cgroup.write' && event.file === 'memory.max') return [event.value];
    return event.type === 'oom.kill' ? ['kill'] : [];
  });
  expect(told).toEqual(['4M', 'kill']);
});

test('the killer chooses the most memory, weighed by oom_score_adj; -1000 is never chosen', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.max`, '20M');
    const big = yield* sys.fork(() => eater(12 * mib, -1000));
    const middle = yield* sys.fork(() => eater(4 * mib));
    const small = yield* sys.fork(() => eater(mib, 500));
    yield* nap();
    const asking = yield* sys.fork(() => eater(4 * mib));
    yield* nap();
    for (const pid of [big, middle, small, asking]) seen.push(bench.task(pid).state);
    return 0;
  });
  expect(seen).toEqual(['alive', 'alive', 'zombie', 'alive']);
});

test('without anybody to kill the allocation fails with ENOMEM', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.max`, '4M');
    yield* sys.wait4(
      yield* sys.fork(function* () {
        yield* put(`${lab}/cgroup.procs`, '0');
        yield* put('/proc/self/oom_score_adj', '-1000');
        seen.push(yield* outcome(sys.mmap(8 * mib)));
        return 0;
      }),
    );
    return 0;
  });
  expect(seen).toEqual(['ENOMEM']);
});

test('memory.oom.group kills all of the cgroup', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.max`, '16M');
    yield* put(`${lab}/memory.oom.group`, '1');
    const bystander = yield* sys.fork(() => eater(mib));
    yield* nap();
    const greedy = yield* sys.fork(() => eater(32 * mib));
    seen.push((yield* sys.wait4(greedy))?.status, (yield* sys.wait4(bystander))?.status, yield* tell('memory.events'));
    return 0;
  });
  expect(seen).toEqual([
    { signal: 'SIGKILL' },
    { signal: 'SIGKILL' },
    'low 0, high 0, max 20, oom 1, oom_kill 2, oom_group_kill 1',
  ]);
});

test('a limit set below what is used kills at once, until the rest fits', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    const children: number[] = [];
    for (const size of [8, 6, 2]) children.push(yield* sys.fork(() => eater(size * mib)));
    yield* nap();
    yield* put(`${lab}/memory.max`, '4M');
    yield* nap();
    for (const pid of children) seen.push(bench.task(pid).state);
    seen.push(Number(yield* tell('memory.current')) <= 4 * mib);
    return 0;
  });
  expect(seen).toEqual(['zombie', 'zombie', 'alive', true]);
});

test('a limit above counts those below: the event is told on each level, local is the limit’s own', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/cgroup.subtree_control`, '+memory');
    yield* sys.mkdir(`${lab}/a`);
    yield* put(`${lab}/memory.max`, '8M');
    const child = yield* sys.fork(function* () {
      yield* put(`${lab}/a/cgroup.procs`, '0');
      yield* sys.mmap(9 * mib);
      return 0;
    });
    seen.push((yield* sys.wait4(child))?.status);
    seen.push(yield* tell('memory.events'), yield* tell('memory.events.local'));
    seen.push(yield* tell('a/memory.events'), yield* tell('a/memory.events.local'));
    return 0;
  });
  expect(seen).toEqual([
    { signal: 'SIGKILL' },
    'low 0, high 0, max 20, oom 1, oom_kill 1, oom_group_kill 0',
    'low 0, high 0, max 20, oom 1, oom_kill 0, oom_group_kill 0',
    'low 0, high 0, max 0, oom 0, oom_kill 1, oom_group_kill 0',
    'low 0, high 0, max 0, oom 0, oom_kill 1, oom_group_kill 0',
  ]);
});

test('with swap, what does not fit goes there as far as memory.swap.max allows', () => {
  const bench = bootWithTrees();
  bench.kernel.memory.swapTotalBytes = 64 * mib;
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.max`, '16M');
    yield* put(`${lab}/memory.swap.max`, '16M');
    const fits = yield* sys.fork(() => eater(24 * mib));
    yield* nap();
    seen.push(bench.task(fits).state, Number(yield* tell('memory.swap.current')) === 8 * mib);
    const tooMuch = yield* sys.fork(() => eater(12 * mib));
    yield* nap();
    seen.push(bench.task(fits).state, bench.task(tooMuch).state, yield* tell('memory.swap.current'));
    return 0;
  });
  expect(seen).toEqual(['alive', true, 'zombie', 'alive', '0']);
});

test('memory.high kills nobody: it slows down', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.high`, '8M');
    yield* sys.wait4(
      yield* sys.fork(function* () {
        yield* put(`${lab}/cgroup.procs`, '0');
        const before = yield* sys.monotonic();
        yield* sys.mmap(6 * mib);
        const between = yield* sys.monotonic();
        yield* sys.mmap(6 * mib);
        const after = yield* sys.monotonic();
        seen.push(between - before < 10e6, after - between > 1e9);
        return 0;
      }),
    );
    seen.push(yield* tell('memory.events'));
    return 0;
  });
  expect(seen).toEqual([true, true, 'low 0, high 1, max 0, oom 0, oom_kill 0, oom_group_kill 0']);
});

test('no address is given twice, and what is given back is no mapping any more', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    const first = yield* sys.mmap(mib);
    const second = yield* sys.mmap(mib);
    yield* sys.munmap(first, mib);
    const third = yield* sys.mmap(mib);
    seen.push(new Set([first, second, third]).size, yield* outcome(sys.munmap(first, mib)));
    seen.push(yield* outcome(sys.munmap(second, mib)), yield* outcome(sys.munmap(third, mib)));
    return 0;
  });
  expect(seen).toEqual([3, 'EINVAL', 'ok', 'ok']);
});

test('memory stays with the cgroup that paid for it when its owner moves on', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/cgroup.subtree_control`, '+memory');
    yield* sys.mkdir(`${lab}/a`);
    yield* sys.mkdir(`${lab}/b`);
    const child = yield* sys.fork(function* () {
      yield* put(`${lab}/a/cgroup.procs`, '0');
      const address = yield* sys.mmap(2 * mib);
      yield* put(`${lab}/b/cgroup.procs`, '0');
      seen.push(yield* tell('a/memory.current'), yield* tell('b/memory.current'));
      yield* sys.munmap(address, mib);
      seen.push(yield* tell('a/memory.current'), yield* tell('memory.current'));
      return 0;
    });
    yield* sys.wait4(child);
    seen.push(yield* tell('memory.current'));
    return 0;
  });
  expect(seen).toEqual([String(2 * mib), '0', String(mib), String(mib), '0']);
});

test('whoever watches memory.events hears of the kill, and what it then reads has it', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.max`, '4M');
    const fd = yield* sys.inotifyInit(O.CLOEXEC);
    const watch = yield* sys.inotifyAddWatch(fd, `${lab}/memory.events`, ['IN_MODIFY']);
    const child = yield* sys.fork(() => eater(5 * mib));
    seen.push(inotifyEvents(yield* sys.read(fd)).every((event) => event.watch === watch && event.mask === 2));
    seen.push(/oom_kill (\d)/.exec(yield* cat(`${lab}/memory.events`))?.[1]);
    yield* sys.wait4(child);
    return 0;
  });
  expect(seen).toEqual([true, '1']);
});

test('the machine’s own memory runs out too: the worst of all is killed, pid 1 never', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const child = yield* sys.fork(function* () {
      for (;;) yield* sys.mmap(256 * mib);
    });
    seen.push((yield* sys.wait4(child))?.status, bench.task(1).state);
    return 0;
  });
  const [killed] = bench.events.filter((event) => event.type === 'oom.kill');
  seen.push(killed?.type === 'oom.kill' && killed.cgroup, /^Out of memory: Killed process/m.test(text(bench)));
  expect(seen).toEqual([{ signal: 'SIGKILL' }, 'alive', '/', true]);
});

function text(bench: ReturnType<typeof bootWithTrees>): string {
  return bench.kernel.log.records.map((record) => record.text).join('\n');
}

test('/dev/kmsg gives the kernel’s log record by record', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mknod('/dev/kmsg', 'character', 0o644, 1, 11);
    const fd = yield* sys.open('/dev/kmsg', O.RDWR | O.NONBLOCK);
    yield* sys.write(fd, '<4>hello\n');
    seen.push(yield* sys.read(fd), yield* sys.read(fd), yield* sys.read(fd), yield* outcome(sys.read(fd)));
    return 0;
  });
  expect(seen).toEqual([
    expect.stringMatching(/^5,0,0,-;Linux version 6/),
    '6,1,0,-;Run /sbin/init as init process\n',
    expect.stringMatching(/^4,2,\d+,-;hello\n$/),
    'EAGAIN',
  ]);
});

test('memory.high slows down for two seconds at most, by that level which is exceeded the most', () => {
  const seconds: number[] = [];
  bootWithTrees().run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/cgroup.subtree_control`, '+memory');
    yield* sys.mkdir(`${lab}/below`);
    yield* put(`${lab}/below/cgroup.procs`, '0');
    yield* sys.mmap(31.5 * mib);
    const take = function* (): Running<void> {
      const before = yield* sys.monotonic();
      yield* sys.mmap(4096);
      seconds.push(Math.round(((yield* sys.monotonic()) - before) / 1e9));
    };
    yield* put(`${lab}/memory.high`, '31M');
    yield* take();
    yield* put(`${lab}/below/memory.high`, '8M');
    yield* take();
    return 0;
  });
  expect(seconds).toEqual([0, 2]);
});

test('oom_score tells thousandths of the memory, of which oom_score_adj adds or takes so many', () => {
  const seen: string[] = [];
  bootWithTrees().run(function* () {
    for (const adjustment of ['0', '300', '-500', '-1000']) {
      const child = yield* sys.fork(sleeper);
      yield* put(`/proc/${child}/oom_score_adj`, adjustment);
      seen.push((yield* cat(`/proc/${child}/oom_score`)).trim());
    }
    return 0;
  });
  expect(seen).toEqual(['666', '866', '334', '0']);
});
