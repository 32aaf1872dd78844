/**
 * Scopes end by themselves: systemd watches their cgroups and removes those in which nobody is left. In the recordings
 * `runc delete` comes too late to do it (ENOENT). systemd: src/core/scope.c, scope_notify_cgroup_empty_event().
 */
import { inotifyEvents, inotifyMasks } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';

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

function* isEmpty(path: string): Running<boolean> {
  return /^populated 0$/m.test((yield* readFileIfAny(`${path}/cgroup.events`)) ?? '');
}
