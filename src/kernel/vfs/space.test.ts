import { expect, test } from 'vitest';
import { isErrno } from '../errno.ts';
import { O, type Running } from '../abi.ts';
import { bootWithTrees, cat, nap, outcome, put } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';
import { makeFile } from './host-files.ts';

const mib = 1024 * 1024;
const lab = '/sys/fs/cgroup/lab';
const piece = 'x'.repeat(65536);

/** Writes until the call fails: how many bytes went in, and with what it ended. */
function* fill(path: string): Running<readonly [number, string]> {
  const fd = yield* sys.open(path, O.WRONLY | O.CREAT);
  let bytes = 0;
  for (;;) {
    const failure = yield* outcome(
      (function* () {
        bytes += yield* sys.write(fd, piece);
      })(),
    );
    if (failure !== 'ok') return [bytes, failure];
  }
}

test('a full disk says ENOSPC, and has room again when the file has neither name nor reader', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const before = yield* sys.statfs('/');
    const fd = yield* sys.open('/big', O.WRONLY | O.CREAT);
    seen.push(yield* outcome(sys.fallocate(fd, (before.free + 1) * 4096)));
    yield* sys.fallocate(fd, (before.free - 2) * 4096);
    seen.push(yield* fill('/more'), (yield* sys.statfs('/')).free);
    seen.push(yield* outcome(sys.open('/empty', O.WRONLY | O.CREAT)));
    yield* sys.unlink('/big');
    seen.push((yield* sys.statfs('/')).free);
    yield* sys.close(fd);
    seen.push((yield* sys.statfs('/')).free === before.free - 2);
    return 0;
  });
  expect(seen).toEqual(['ENOSPC', [8192, 'ENOSPC'], 0, 'ok', 0, true]);
});

test('a tmpfs is as large as its mount says', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mount('shm', '/dev/shm', 'tmpfs', [], 'size=1m');
    seen.push(yield* fill('/dev/shm/f'), (yield* sys.statfs('/dev/shm')).blocks);
    yield* sys.mount('tmpfs', '/dev/shm', 'tmpfs', ['MS_NOSUID'], 'mode=0755,mode=755,size=65536k');
    // Recorded: vm-24.
    seen.push(/^\S+ \S+ tmpfs .*size.*$/gm.exec(yield* cat('/proc/mounts'))?.[0]);
    seen.push((yield* cat('/proc/mounts')).split('\n').at(-2));
    return 0;
  });
  expect(seen).toEqual([
    [mib, 'ENOSPC'],
    256,
    'shm /dev/shm tmpfs rw,relatime,size=1024k,inode64 0 0',
    'tmpfs /dev/shm tmpfs rw,nosuid,relatime,size=65536k,mode=755,inode64 0 0',
  ]);
});

test.each([
  ['size=1t,nr_inodes=1k', 2 ** 28],
  ['size=1M,huge=never,inode64,mpol=default', 256],
  ['size=1x', 'EINVAL'],
  ['nosuch=1', 'EINVAL'],
  ['constructor', 'EINVAL'],
  ['mode=9', 'EINVAL'],
])('a tmpfs with %s has this many pages, or there is none: %s', (data, wanted) => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    try {
      yield* sys.mount('none', '/dev/shm', 'tmpfs', [], data);
      seen.push((yield* sys.statfs('/dev/shm')).blocks);
    } catch (error) {
      if (!isErrno(error)) throw error;
      seen.push(error.errno);
    }
    return 0;
  });
  expect(seen).toEqual([wanted]);
});

test('what lies in tmpfs is memory of the writer’s cgroup, until it is removed or unmounted', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* sys.mount('shm', '/dev/shm', 'tmpfs', [], 'size=8m');
    const shmem = function* () {
      return /\nshmem (\d+)/.exec(yield* cat(`${lab}/memory.stat`))?.[1];
    };
    const writer = (path: string) =>
      function* (): Running {
        yield* put(`${lab}/cgroup.procs`, '0');
        const fd = yield* sys.open(path, O.WRONLY | O.CREAT);
        for (let count = 0; count < 16; count++) yield* sys.write(fd, piece);
        return 0;
      };
    yield* sys.wait4(yield* sys.fork(writer('/dev/shm/a')));
    yield* sys.wait4(yield* sys.fork(writer('/dev/shm/b')));
    seen.push(yield* shmem());
    yield* sys.unlink('/dev/shm/a');
    seen.push(yield* shmem());
    yield* sys.truncate('/dev/shm/b', 4096);
    seen.push(yield* shmem());
    yield* sys.umount2('/dev/shm');
    seen.push(yield* shmem());
    return 0;
  });
  expect(seen).toEqual([String(2 * mib), String(mib), '4096', '0']);
});

test('who fills a tmpfs beyond memory.max is killed, and the files stay charged', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/memory.max`, '4M');
    yield* sys.mount('shm', '/dev/shm', 'tmpfs', [], 'size=64m');
    const child = yield* sys.fork(function* () {
      yield* put(`${lab}/cgroup.procs`, '0');
      yield* fill('/dev/shm/f');
      return 0;
    });
    seen.push((yield* sys.wait4(child))?.status);
    yield* nap();
    seen.push(Number(yield* cat(`${lab}/memory.current`)) > 3 * mib);
    return 0;
  });
  expect(seen).toEqual([{ signal: 'SIGKILL' }, true]);
});

test('io.stat counts what goes to the disk: writes, and the first read of what nobody has read', () => {
  const bench = bootWithTrees();
  makeFile(bench.kernel, '/data', 'x'.repeat(10_000));
  const seen: unknown[] = [];
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/cgroup.procs`, '0');
    seen.push(yield* cat(`${lab}/io.stat`));
    for (let count = 0; count < 2; count++) yield* cat('/data');
    const fd = yield* sys.open('/tmp/out', O.CREAT | O.WRONLY);
    for (let count = 0; count < 3; count++) yield* sys.write(fd, piece);
    seen.push(yield* cat(`${lab}/io.stat`));
    return 0;
  });
  expect(seen).toEqual(['', '254:0 rbytes=12288 wbytes=196608 rios=1 wios=3 dbytes=0 dios=0\n']);
});

test('the disk is written in pages: a log that grows by a line costs one each time it needs another', () => {
  const bench = bootWithTrees();
  let seen = '';
  bench.run(function* () {
    yield* sys.mkdir(lab);
    yield* put(`${lab}/cgroup.procs`, '0');
    const fd = yield* sys.open('/tmp/log', O.CREAT | O.WRONLY);
    for (let line = 0; line < 50; line++) yield* sys.write(fd, 'x'.repeat(100));
    yield* sys.seek(fd, 0, 'set');
    yield* sys.write(fd, 'y');
    seen = yield* cat(`${lab}/io.stat`);
    return 0;
  });
  expect(seen).toBe('254:0 rbytes=0 wbytes=12288 rios=0 wios=3 dbytes=0 dios=0\n');
});

test('a file of gigabytes that nobody wrote costs nothing to make, and reads as zero bytes', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const fd = yield* sys.open('/sparse', O.RDWR | O.CREAT);
    const before = (yield* sys.statfs('/')).free;
    yield* sys.truncate('/sparse', 10e9);
    yield* sys.seek(fd, 9e9, 'set');
    yield* sys.write(fd, 'here');
    yield* sys.seek(fd, 9e9 - 2, 'set');
    seen.push(yield* sys.read(fd, 8), before - (yield* sys.statfs('/')).free);
    return 0;
  });
  expect(seen).toEqual(['\0\0here\0\0', 1]);
});

test('files that fill the simulator before the disk end with ENOSPC and a note, and leave room again', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  const block = Array.from({ length: 2 ** 20 }, (_, index) => String(index)).join(' ');
  bench.run(function* () {
    const pour = function* (): Running<void> {
      const fd = yield* sys.open('/big', O.WRONLY | O.CREAT);
      for (let written = 0; written < 2 ** 30; written += block.length) yield* sys.write(fd, block);
    };
    seen.push(yield* outcome(pour()), (yield* sys.statfs('/')).free > 2 ** 20);
    yield* sys.unlink('/big');
    return 0;
  });
  const notes = bench.events.filter((fact) => fact.type === 'note' && fact.topic === 'not modelled');
  expect([seen, notes.length]).toEqual([['ENOSPC', true], 1]);
  expect(bench.kernel.vfs.heldBytes).toBeLessThan(2 ** 20);
});

test('a tmpfs whose last mount is gone is there as long as a file in it is open, and given back once', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  const shared = (): number => bench.kernel.rootCgroup.memory.bytes.shmem;
  bench.run(function* () {
    const [before, held] = [shared(), bench.kernel.vfs.heldBytes];
    yield* sys.mount('shm', '/dev/shm', 'tmpfs', [], 'size=1m');
    const fd = yield* sys.open('/dev/shm/f', O.WRONLY | O.CREAT);
    yield* sys.write(fd, piece);
    yield* sys.umount2('/dev/shm', ['MNT_DETACH']);
    seen.push(shared() - before);
    yield* sys.write(fd, piece);
    seen.push(shared() - before);
    yield* sys.close(fd);
    seen.push(shared() - before, bench.kernel.vfs.heldBytes - held);
    return 0;
  });
  expect(seen).toEqual([65536, 131072, 0, 0]);
});
