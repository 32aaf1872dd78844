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
