import { expect, test } from 'vitest';
import { O, type Running } from '../abi.ts';
import { Errno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

function* failureOf(act: Running<unknown>): Running<string> {
  try {
    yield* act;
    return 'ok';
  } catch (error) {
    if (error instanceof Errno) return error.errno;
    throw error;
  }
}

function* programCopiedTo(path: string): Running<number> {
  const from = yield* sys.open('/bin/sleeper', O.RDONLY);
  const to = yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC, 0o755);
  yield* sys.write(to, yield* sys.read(from));
  yield* sys.close(from);
  return to;
}

const programs = {
  *sleeper(): Running {
    yield* sys.nanosleep(1e12);
    return 0;
  },
};

test('the file of a running program is not written to, but renamed over; after its end it is written', () => {
  const seen: string[] = [];
  boot({ programs }).run(function* () {
    yield* sys.close(yield* programCopiedTo('/tmp/a'));
    const pid = yield* sys.clone(function* () {
      return yield* sys.execve('/tmp/a', ['a'], {});
    });
    yield* sys.nanosleep(1e9);
    seen.push(yield* failureOf(sys.open('/tmp/a', O.WRONLY)), yield* failureOf(sys.truncate('/tmp/a', 0)));
    yield* sys.link('/tmp/a', '/tmp/other-name');
    seen.push(yield* failureOf(sys.open('/tmp/other-name', O.RDWR)), yield* failureOf(sys.open('/tmp/a', O.RDONLY)));
    yield* sys.close(yield* programCopiedTo('/tmp/b'));
    yield* sys.rename('/tmp/b', '/tmp/a');
    seen.push(yield* failureOf(sys.open('/tmp/a', O.WRONLY)));
    yield* sys.kill(pid, 'SIGKILL');
    yield* sys.wait4(pid);
    seen.push(yield* failureOf(sys.open('/tmp/other-name', O.WRONLY)));
    return 0;
  });
  expect(seen).toEqual(['ETXTBSY', 'ETXTBSY', 'ETXTBSY', 'ok', 'ok', 'ok']);
});

test('what somebody has open for writing does not run, before it is closed', () => {
  const seen: string[] = [];
  const status = boot({ programs }).run(function* () {
    const writer = yield* programCopiedTo('/tmp/a');
    seen.push(yield* failureOf(sys.execve('/tmp/a', ['a'], {})));
    yield* sys.close(writer);
    const script = yield* sys.open('/tmp/script', O.WRONLY | O.CREAT, 0o755);
    yield* sys.write(script, '#!/tmp/a\n');
    seen.push(yield* failureOf(sys.execve('/tmp/script', ['script'], {})));
    yield* sys.close(script);
    const pid = yield* sys.clone(function* () {
      return yield* sys.execve('/tmp/script', ['script'], {});
    });
    yield* sys.nanosleep(1e9);
    // The script was read; its interpreter is what runs.
    seen.push(yield* failureOf(sys.open('/tmp/script', O.WRONLY)), yield* failureOf(sys.open('/tmp/a', O.WRONLY)));
    yield* sys.kill(pid, 'SIGKILL');
    return 0;
  });
  expect(status).toEqual({ code: 0 });
  expect(seen).toEqual(['ETXTBSY', 'ETXTBSY', 'ok', 'ETXTBSY']);
});
