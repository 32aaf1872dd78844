import { expect, test } from 'vitest';
import { O } from '../abi.ts';
import { isErrno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('a lock belongs to the open file: others do not get it until its last descriptor is closed', () => {
  const seen: string[] = [];
  boot().run(function* () {
    const opened = (): ReturnType<typeof sys.open> => sys.open('/tmp/db', O.RDWR | O.CREAT);
    const [one, other] = [yield* opened(), yield* opened()];
    const copy = yield* sys.dup(one);
    for (const closed of [null, one, copy]) {
      if (closed !== null) yield* sys.close(closed);
      for (const fd of closed === null ? [one, copy, other] : [other]) {
        try {
          yield* sys.flock(fd);
          seen.push('locked');
        } catch (error) {
          seen.push(isErrno(error) ? error.errno : 'lost');
        }
      }
    }
    return 0;
  });

  expect(seen).toEqual(['locked', 'locked', 'EAGAIN', 'EAGAIN', 'locked']);
});
