import { expect, test } from 'vitest';
import { O, type Running } from '../abi.ts';
import { isErrno } from '../errno.ts';
import { boot, type Bench } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';
import { closeMaster, createConsole, writeToMaster } from './terminal.ts';

/** What a terminal showed. */
function screen(bench: Bench): string {
  return bench.events.map((event) => (event.type === 'terminal.output' ? event.data : '')).join('');
}

/** Runs a session on a new terminal; `type` types into it after that many ns. */
function session(main: () => Running, typed: readonly (readonly [number, string])[]) {
  const bench = boot();
  const status = bench.run(function* () {
    yield* sys.mount('devpts', '/dev/pts', 'devpts', []);
    const terminal = createConsole(bench.kernel, 1);
    for (const [atNs, text] of typed) {
      bench.kernel.queue.push(bench.kernel.nowNs + atNs, 'timer', () => writeToMaster(bench.kernel, terminal, text));
    }
    const child = yield* sys.fork(function* () {
      yield* sys.setsid();
      const fd = yield* sys.open('/dev/pts/1', O.RDWR);
      yield* sys.dup(fd, 0);
      return yield* main();
    });
    const waited = yield* sys.wait4(child);
    return waited !== null && 'code' in waited.status ? waited.status.code : 100;
  });
  return { bench, status, shown: screen(bench) };
}

test('a line can be edited until it is entered, and is echoed as it is typed', () => {
  let line = '';
  const { shown } = session(
    function* () {
      line = yield* sys.read(0);
      return 0;
    },
    [[1e6, 'ls -x\x7fl foo bar\x17\r']],
  );
  expect(line).toBe('ls -l foo \n');
  expect(shown).toBe('ls -x\b \bl foo bar\b \b\b \b\b \b\r\n');
});

test('^C interrupts the foreground group and is shown, what was typed before is forgotten', () => {
  let line = '';
  const { shown } = session(
    function* () {
      yield* sys.sigaction('SIGINT', function* () {
        yield* sys.write(0, 'caught\n');
      });
      line = yield* sys.read(0);
      return 0;
    },
    [
      [1e6, 'half a line\x03'],
      [2e6, 'whole\r'],
    ],
  );
  expect(line).toBe('whole\n');
  expect(shown).toBe('half a line^Ccaught\r\nwhole\r\n');
});

test('^D on an empty line is the end of the file, once', () => {
  const seen: string[] = [];
  session(
    function* () {
      seen.push(yield* sys.read(0), yield* sys.read(0));
      return 0;
    },
    [
      [1e6, '\x04'],
      [2e6, 'more\r'],
    ],
  );
  expect(seen).toEqual(['', 'more\n']);
});

test('a background process that reads its terminal is stopped', () => {
  const stopped: unknown[] = [];
  session(
    function* () {
      const child = yield* sys.fork(function* () {
        yield* sys.setpgid(0, 0);
        yield* sys.read(0);
        return 0;
      });
      yield* sys.setpgid(child, child);
      stopped.push((yield* sys.wait4(-1, { untraced: true }))?.status);
      yield* sys.sigaction('SIGTTOU', 'ignore');
      yield* sys.tcsetpgrp(0, child);
      yield* sys.kill(child, 'SIGCONT');
      const end = yield* sys.wait4(child);
      stopped.push(end?.status);
      return 0;
    },
    [[5e6, 'now\r']],
  );
  expect(stopped).toEqual([{ stopped: 'SIGTTIN' }, { code: 0 }]);
});

test('closing the window hangs up: the session gets SIGHUP, and what is left reads the end', () => {
  const bench = boot();
  const log: string[] = [];
  bench.run(function* () {
    yield* sys.mount('devpts', '/dev/pts', 'devpts', []);
    const terminal = createConsole(bench.kernel, 1);
    bench.kernel.queue.push(bench.kernel.nowNs + 1e6, 'timer', () => closeMaster(bench.kernel, terminal));
    const child = yield* sys.fork(function* () {
      yield* sys.setsid();
      yield* sys.sigaction('SIGHUP', function* () {
        log.push('SIGHUP');
      });
      const fd = yield* sys.open('/dev/pts/1', O.RDWR);
      log.push(yield* sys.read(fd));
      try {
        yield* sys.write(fd, 'x');
      } catch (error) {
        if (isErrno(error)) log.push(error.errno);
      }
      return 0;
    });
    yield* sys.wait4(child);
    return 0;
  });
  expect(log).toEqual(['SIGHUP', '', 'EIO']);
});

test('a master reads what its slave writes, with CR before each newline, and EIO when all slaves are closed', () => {
  const log: unknown[] = [];
  boot().run(function* () {
    yield* sys.mount('devpts', '/dev/pts', 'devpts', []);
    const { master, number } = yield* sys.openpt('/dev/pts/ptmx');
    const child = yield* sys.fork(function* () {
      yield* sys.setsid();
      const fd = yield* sys.open(`/dev/pts/${number}`, O.RDWR | O.NOCTTY);
      yield* sys.setControllingTerminal(fd);
      log.push(yield* sys.isatty(fd), yield* sys.getWindowSize(fd));
      yield* sys.write(fd, 'one\ntwo\n');
      return 0;
    });
    yield* sys.setWindowSize(master, 50, 100);
    yield* sys.wait4(child);
    log.push(yield* sys.read(master));
    try {
      yield* sys.read(master);
    } catch (error) {
      if (isErrno(error)) log.push(error.errno);
    }
    return 0;
  });
  expect(log).toEqual([true, { rows: 50, columns: 100 }, 'one\r\ntwo\r\n', 'EIO']);
});
