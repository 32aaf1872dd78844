import { expect, test } from 'vitest';
import { isErrno } from '../errno.ts';
import { bootWithTrees } from '../experiments.fixture.ts';
import { O, type Running } from '../abi.ts';
import * as sys from '../sys.ts';
import { meantBy, numberIn, shownIn, type IdMap } from './user-namespace.ts';

const map: IdMap = [
  { inside: 0, outside: 100_000, count: 1000 },
  { inside: 5000, outside: 7, count: 1 },
];

test.each([
  [100_000, 0],
  [100_999, 999],
  [7, 5000],
  [101_000, null],
  [0, null],
])('the kernel’s %i is %o inside, and back', (outside, inside) => {
  expect(numberIn(map, outside)).toBe(inside);
  expect(shownIn(map, outside)).toBe(inside ?? 65_534);
  expect(inside === null || meantBy(map, inside) === outside).toBe(true);
});

/** The error that a call ends with, or null. */
function* errorOf(call: Running<unknown>): Running<string | null> {
  try {
    yield* call;
    return null;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return error.errno;
  }
}

/** Runs it in a child and waits for that. */
function* inChild(body: () => Running<void>): Running<void> {
  yield* sys.fork(function* () {
    yield* body();
    return 0;
  });
  yield* sys.wait4(-1);
}

function* write(path: string, text: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY);
  yield* sys.write(fd, text);
  yield* sys.close(fd);
}

test('who makes a user namespace has all in it and nothing outside', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* inChild(function* () {
      yield* sys.unshare('CLONE_NEWUSER');
      seen.push(yield* errorOf(sys.sethostname('x')), yield* errorOf(sys.mount('none', '/tmp', 'tmpfs', [])));
      yield* sys.unshare('CLONE_NEWUTS', 'CLONE_NEWNS');
      seen.push(yield* errorOf(sys.sethostname('x')), yield* errorOf(sys.mount('none', '/tmp', 'tmpfs', [])));
      // The pid namespace that a proc would show is not its own.
      seen.push(yield* errorOf(sys.mount('proc', '/tmp', 'proc', [])));
    });
    return 0;
  });
  expect(seen).toEqual(['EPERM', 'EPERM', null, null, 'EPERM']);
});

test('what was mounted outside stays, and what is mounted there or here is told to one side only', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* sys.mount('none', '/var', 'tmpfs', ['MS_RDONLY']);
    yield* sys.fork(function* () {
      yield* sys.unshare('CLONE_NEWUSER', 'CLONE_NEWNS');
      seen.push(
        yield* errorOf(sys.umount2('/var')),
        yield* errorOf(sys.mount('', '/var', '', ['MS_REMOUNT', 'MS_BIND'])),
      );
      yield* sys.mount('none', '/tmp', 'tmpfs', []);
      yield* sys.nanosleep(2e9);
      seen.push((yield* sys.statfs('/root')).fstype, (yield* sys.statfs('/tmp')).fstype);
      return 0;
    });
    yield* sys.nanosleep(1e9);
    yield* sys.mount('none', '/root', 'tmpfs', []);
    seen.push((yield* sys.statfs('/tmp')).fstype);
    yield* sys.wait4(-1);
    return 0;
  });
  expect(seen).toEqual(['EINVAL', 'EPERM', 'ext4', 'tmpfs', 'tmpfs']);
});

test('33 of them nest, and one needs a number in its own to have another', () => {
  const ends: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* inChild(function* () {
      for (let level = 1; level <= 33; level += 1) {
        yield* sys.unshare('CLONE_NEWUSER');
        if (level === 1) ends.push(yield* errorOf(sys.unshare('CLONE_NEWUSER')));
        yield* write('/proc/self/setgroups', 'deny');
        yield* write('/proc/self/uid_map', '0 0 1');
        yield* write('/proc/self/gid_map', '0 0 1');
      }
      ends.push(yield* errorOf(sys.unshare('CLONE_NEWUSER')));
    });
    return 0;
  });
  expect(ends).toEqual(['EPERM', 'ENOSPC']);
});
