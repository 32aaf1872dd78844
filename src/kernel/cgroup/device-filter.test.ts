import { expect, test } from 'vitest';
import { O } from '../abi.ts';
import { bootWithTrees, outcome, put } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';

const root = '/sys/fs/cgroup';

test('a device is opened when the filter of its cgroup and those of all above allow it', () => {
  const seen: unknown[] = [];
  const all = { allow: true, access: 'rwm' };
  bootWithTrees().run(function* () {
    yield* sys.mknod('/node', 'character', 0o666, 1, 3);
    yield* sys.mkdir(`${root}/lab`);
    yield* sys.mkdir(`${root}/lab/below`);
    const open = function* (flags: number) {
      seen.push(
        yield* outcome(
          (function* () {
            yield* sys.close(yield* sys.open('/node', flags));
          })(),
        ),
      );
    };
    const member = yield* sys.fork(function* () {
      yield* put(`${root}/lab/below/cgroup.procs`, '0');
      yield* open(O.RDWR);
      yield* sys.attachDeviceFilter(`${root}/lab`, [{ allow: true, type: 'c', major: 1, minor: 3, access: 'r' }]);
      yield* open(O.RDONLY);
      yield* open(O.WRONLY);
      yield* sys.attachDeviceFilter(`${root}/lab/below`, [all]);
      yield* open(O.WRONLY);
      yield* sys.attachDeviceFilter(`${root}/lab`, [all]);
      yield* open(O.WRONLY);
      yield* sys.attachDeviceFilter(`${root}/lab/below`, []);
      yield* open(O.RDONLY);
      return 0;
    });
    yield* sys.wait4(member);
    return 0;
  });
  expect(seen).toEqual(['ok', 'ok', 'EPERM', 'EPERM', 'ok', 'EPERM']);
});

test('one block of a filter has to allow all that is asked for: reading by one, writing by another is not both', () => {
  const seen: unknown[] = [];
  const zero = { allow: true, type: 'c', major: 1, minor: 5 } as const;
  bootWithTrees().run(function* () {
    yield* sys.mknod('/node', 'character', 0o666, 1, 5);
    yield* sys.mkdir(`${root}/lab`);
    const member = yield* sys.fork(function* () {
      yield* put(`${root}/lab/cgroup.procs`, '0');
      for (const rules of [
        [
          { ...zero, access: 'r' },
          { ...zero, minor: -1, access: 'w' },
        ],
        [{ ...zero, access: 'rw' }],
      ]) {
        yield* sys.attachDeviceFilter(`${root}/lab`, rules);
        for (const flags of [O.RDONLY, O.WRONLY, O.RDWR]) seen.push(yield* outcome(sys.open('/node', flags)));
      }
      return 0;
    });
    yield* sys.wait4(member);
    return 0;
  });
  expect(seen.map((each) => (each === 'EPERM' ? each : 'opened'))).toEqual([
    ...['opened', 'opened', 'EPERM'],
    ...['opened', 'opened', 'opened'],
  ]);
});
