/**
 * Scopes end by themselves: systemd watches their cgroups and removes those in which nobody is left. In the recordings
 * `runc delete` comes too late to do it (ENOENT). systemd: src/core/scope.c, scope_notify_cgroup_empty_event().
 */
import { inotifyEvents, inotifyMasks } from '../../kernel/abi.ts';
import type { Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { killIfAny, processesIn, removeIfEmpty as removeCgroup } from './cgroup.ts';

/** Empty cgroups come last in systemd's event loop (SD_EVENT_PRIORITY_IDLE): others read them before they go. */
const idleNs = 1_000_000;

/** Whoever made a scope names its cgroup here. */
export interface ScopeKeeper {
  readonly keep: (path: string) => Running<void>;
}

/** Starts the coroutine that looks after scopes. */
export function* scopeKeeper(): Running<ScopeKeeper> {
  const fd = yield* sys.inotifyInit();
  yield* sys.setCloseOnExec(fd, true);
  const paths = new Map<number, string>();
  yield* sys.go(() => lookAfter(fd, paths));
  return {
    *keep(path) {
      paths.set(yield* sys.inotifyAddWatch(fd, `${path}/cgroup.events`, ['IN_MODIFY']), path);
      yield* removeIfEmpty(path);
    },
  };
}

function* lookAfter(fd: number, paths: Map<number, string>): Running<never> {
  for (;;) {
    for (const { watch, mask } of inotifyEvents(yield* sys.read(fd))) {
      const path = paths.get(watch);
      if ((mask & inotifyMasks.IN_IGNORED) !== 0) paths.delete(watch);
      else if (path !== undefined) yield* removeIfEmpty(path);
    }
  }
}

function* removeIfEmpty(path: string): Running<void> {
  if (!(yield* isEmpty(path))) return;
  yield* sys.go(function* () {
    yield* sys.delay(idleNs);
    if (!(yield* isEmpty(path))) return;
    try {
      yield* sys.rmdir(path);
    } catch (error) {
      // runc delete was quicker, or somebody has come in meanwhile.
      if (!isErrno(error, 'ENOENT', 'EBUSY', 'ENOTEMPTY')) throw error;
    }
  });
}

/** DefaultTimeoutStopSec of systemd-system.conf(5). */
const stopTimeoutNs = 90e9;

/**
 * systemd.kill(5): SIGTERM to all who are in the scope, and SIGKILL to those who are left in the end. systemd:
 * src/core/scope.c, scope_enter_signal().
 */
export function* stopScope(path: string): Running<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if ((yield* processesIn(path)).length === 0) break;
    yield* signalAll(path, signal);
    // Who is stopped could not hear of it.
    yield* signalAll(path, 'SIGCONT');
    yield* waitUntilEmpty(path);
  }
  yield* removeCgroup(path);
}

function* signalAll(path: string, signal: SignalName): Running<void> {
  for (const { pid } of yield* processesIn(path)) yield* killIfAny(pid, signal);
}

/** Or until the time is over. */
function* waitUntilEmpty(path: string): Running<void> {
  const endNs = (yield* sys.monotonic()) + stopTimeoutNs;
  const fd = yield* sys.inotifyInit();
  try {
    yield* sys.inotifyAddWatch(fd, `${path}/cgroup.events`, ['IN_MODIFY']);
    while ((yield* processesIn(path)).length > 0) {
      const leftNs = endNs - (yield* sys.monotonic());
      if (leftNs <= 0 || (yield* sys.poll([{ fd, events: ['in'] }], leftNs)).length === 0) break;
      yield* sys.read(fd);
    }
  } catch (error) {
    // The keeper was quicker: the cgroup is gone.
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  yield* sys.close(fd);
}

function* isEmpty(path: string): Running<boolean> {
  return /^populated 0$/m.test((yield* readFileIfAny(`${path}/cgroup.events`)) ?? '');
}
