import { expect, test } from 'vitest';
import type { Running, TraceRecord } from '../abi.ts';
import { isErrno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

function* rest(): Running<readonly TraceRecord[]> {
  const records: TraceRecord[] = [];
  for (let record = yield* sys.ptraceRead(); record; record = yield* sys.ptraceRead()) records.push(record);
  return records;
}

/** What a record is about, in a word or two. */
const inWords = ({ event }: TraceRecord): string =>
  'request' in event ? `${event.type} ${event.request.call}` : event.type === 'signal' ? event.signal : event.type;

test('a tracer is told of the calls, signals, children and the end of whom it traces', () => {
  let told: readonly string[] = [];
  boot().run(function* () {
    const pid = yield* sys.fork(function* () {
      yield* sys.nanosleep(1e6);
      const child = yield* sys.fork(function* () {
        return yield* sys.getppid();
      });
      yield* sys.wait4(child);
      return 3;
    });
    yield* sys.ptraceSeize(pid, true);
    told = (yield* rest()).map(inWords);
    return 0;
  });
  expect(told).toEqual([
    'enter nanosleep',
    'return nanosleep',
    'attached',
    'return clone',
    'enter wait4',
    'return getppid',
    'return exit_group',
    'exit',
    'return wait4',
    'SIGCHLD',
    'return exit_group',
    'exit',
  ]);
});

test('nobody traces himself, nor whom another traces, nor who is not there', () => {
  const errnos: unknown[] = [];
  const attempt = function* (pid: number): Running<void> {
    try {
      yield* sys.ptraceSeize(pid, false);
    } catch (error) {
      errnos.push(isErrno(error) && error.errno);
    }
  };
  boot().run(function* () {
    const pid = yield* sys.fork(function* () {
      return yield* sys.pause();
    });
    yield* sys.ptraceSeize(pid, false);
    yield* attempt(yield* sys.getpid());
    yield* attempt(9999);
    yield* sys.wait4(
      yield* sys.fork(function* () {
        yield* attempt(pid);
        return 0;
      }),
    );
    yield* sys.kill(pid, 'SIGKILL');
    return 0;
  });
  expect(errnos).toEqual(['EPERM', 'ESRCH', 'EPERM']);
});

test('the end of a tracer sets free whom it traced, and changes nothing else of it', () => {
  const bench = boot();
  bench.run(function* () {
    const pid = yield* sys.fork(function* () {
      yield* sys.nanosleep(2e9);
      return 0;
    });
    const tracer = yield* sys.fork(function* () {
      yield* sys.ptraceSeize(pid, false);
      yield* rest();
      return 0;
    });
    yield* sys.nanosleep(1e9);
    expect(bench.kernel.tracing.traced.get(bench.task(pid))?.tracer.task.pid).toBe(tracer);
    yield* sys.kill(tracer, 'SIGKILL');
    yield* sys.wait4(tracer);
    expect(bench.kernel.tracing).toEqual({ traced: new Map(), tracers: new Map() });
    expect((yield* sys.wait4(pid))?.status).toEqual({ code: 0 });
    return 0;
  });
});
