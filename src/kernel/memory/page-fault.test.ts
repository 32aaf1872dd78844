import { expect, test } from 'vitest';
import type { ExitStatus } from '../../journal/event.ts';
import type { Running } from '../abi.ts';
import { bootWithTrees, newNamespace } from '../experiments.fixture.ts';
import * as sys from '../sys.ts';

function* wild(): Running {
  yield* sys.load(0);
  return 0;
}

test('a read where nothing is mapped ends a process with SIGSEGV, an init and one that ignores it too', () => {
  const bench = bootWithTrees();
  const seen: (ExitStatus | undefined)[] = [];
  bench.run(function* () {
    const heedless = function* (): Running {
      yield* sys.sigaction('SIGSEGV', 'ignore');
      return yield* wild();
    };
    for (const pid of [yield* sys.fork(wild), yield* newNamespace(wild), yield* sys.fork(heedless)])
      seen.push((yield* sys.wait4(pid))?.status as ExitStatus);
    return 0;
  });
  const fault = { signal: 'SIGSEGV', core: true };
  expect(seen).toEqual([fault, fault, fault]);
  const told = bench.kernel.log.records.filter(({ text }) => /^\w+\[\d+\]: segfault at 0 ip /.test(text));
  expect(told).toHaveLength(3);
});

test('memory that the process has is read, and a handler hears of what is not there', () => {
  const seen: string[] = [];
  bootWithTrees().run(function* () {
    yield* sys.load((yield* sys.mmap(4096)) + 100);
    yield* sys.sigaction('SIGSEGV', function* (signal) {
      seen.push(signal);
      yield* sys.exit(3);
    });
    return yield* wild();
  });
  expect(seen).toEqual(['SIGSEGV']);
});
