/**
 * The shim adopts what runc leaves behind, so it must wait for all of it: one coroutine does, and tells whoever asks.
 */
import { signalNumbers } from '../../kernel/abi.ts';
import type { Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { ExitStatus } from '../../journal/event.ts';
import { shimDurations } from '../durations.ts';
import { timestampNow } from '../timestamp.ts';

export interface Exit {
  readonly status: ExitStatus;
  /** RFC 3339. */
  readonly at: string;
  /** Of the monotonic clock. */
  readonly atNs: number;
}

export interface Reaper {
  readonly exits: Map<number, Exit>;
  /** A SIGCHLD has come that has not been looked into. */
  due: boolean;
}

/** Catches SIGCHLD and starts the coroutine that waits. containerd: sys/reaper. */
export function* startReaper(): Running<Reaper> {
  const reaper: Reaper = { exits: new Map(), due: true };
  yield* sys.sigaction('SIGCHLD', function* () {
    reaper.due = true;
    yield* sys.futexWake(reaper);
  });
  yield* sys.go(() => reapForever(reaper));
  return reaper;
}

function* reapForever(reaper: Reaper): Running<void> {
  for (;;) {
    while (!reaper.due) yield* sys.futexWait(reaper);
    yield* sys.compute(shimDurations.reaperWakes);
    reaper.due = false;
    yield* reapAll(reaper);
  }
}

function* reapAll(reaper: Reaper): Running<void> {
  try {
    for (;;) {
      const waited = yield* sys.wait4(-1, { nohang: true });
      if (waited === null) return;
      if ('stopped' in waited.status || 'continued' in waited.status) continue;
      reaper.exits.set(waited.pid, { status: waited.status, at: yield* timestampNow(), atNs: yield* sys.monotonic() });
      yield* sys.futexWake(reaper.exits);
    }
  } catch (error) {
    if (!isErrno(error, 'ECHILD')) throw error;
  }
}

/** Sleeps until a child has been reaped; tells how it ended, once. */
export function* waitForExit(reaper: Reaper, pid: number): Running<Exit> {
  for (;;) {
    const exit = reaper.exits.get(pid);
    if (exit !== undefined) {
      reaper.exits.delete(pid);
      return exit;
    }
    yield* sys.futexWait(reaper.exits);
  }
}

/** What wait(2) tells as a shell would: the code, or 128 and the signal's number. */
export function exitNumber(status: ExitStatus): number {
  return 'code' in status ? status.code : 128 + signalNumbers[status.signal as SignalName];
}
