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
import { note } from './journald.ts';
import type { Journald } from './journald.ts';
import { noteResources, resourcesOf } from './resources.ts';
import type { Resources } from './resources.ts';

/** Empty cgroups come last in systemd's event loop (SD_EVENT_PRIORITY_IDLE): others read them before they go. */
const idleNs = 1_000_000;

/** Whoever made a scope names its cgroup here; one with a description is told of in the journal. */
export interface ScopeKeeper {
  readonly keep: (path: string, description?: string) => Running<void>;
  /** The cgroup of each scope with a description that has not ended. */
  readonly described: () => readonly string[];
}

/** A scope that somebody looks after. */
interface Scope {
  readonly path: string;
  /** `docker-ID.scope - libcontainer container ID`; '' for sessions, of which logind would tell. */
  readonly title: string;
  /** Of its processes that the OOM killer has ended. */
  killed: number;
  /** When nobody was left in it: another may remove its cgroup first. */
  used: Resources | null;
  hasEnded: boolean;
}

/** Starts the coroutine that looks after scopes. */
export function* scopeKeeper(journald: Journald): Running<ScopeKeeper> {
  const fd = yield* sys.inotifyInit();
  yield* sys.setCloseOnExec(fd, true);
  const watched = new Map<number, Scope>();
  yield* sys.go(() => lookAfter(journald, fd, watched));
  return {
    *keep(path, description) {
      const title = description === undefined ? '' : `${nameOf(path)} - ${description}`;
      const scope: Scope = { path, title, killed: 0, used: null, hasEnded: false };
      const files = title === '' ? ['cgroup.events'] : ['cgroup.events', 'memory.events'];
      for (const file of files) watched.set(yield* sys.inotifyAddWatch(fd, `${path}/${file}`, ['IN_MODIFY']), scope);
      if (title !== '') yield* note(journald, nameOf(path), `Started ${title}.`);
      yield* removeIfEmpty(journald, scope);
    },
    described: () => [
      ...new Set(
        [...watched.values()].flatMap(({ title, hasEnded, path }) => (title === '' || hasEnded ? [] : [path])),
      ),
    ],
  };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function* lookAfter(journald: Journald, fd: number, watched: Map<number, Scope>): Running<never> {
  for (;;) {
    for (const { watch, mask } of inotifyEvents(yield* sys.read(fd))) {
      const scope = watched.get(watch);
      if (scope === undefined) continue;
      if ((mask & inotifyMasks.IN_IGNORED) !== 0) {
        watched.delete(watch);
        yield* noteEnd(journald, scope);
        continue;
      }
      yield* tellOfOom(journald, scope);
      yield* removeIfEmpty(journald, scope);
    }
  }
}

/** systemd: src/core/unit.c, unit_check_oom(). Its OOMPolicy= is to go on: it is delegated. */
function* tellOfOom(journald: Journald, scope: Scope): Running<void> {
  if (scope.title === '') return;
  const events = (yield* readFileIfAny(`${scope.path}/memory.events`)) ?? '';
  const killed = Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  if (killed <= scope.killed) return;
  scope.killed = killed;
  const name = nameOf(scope.path);
  yield* note(journald, name, `${name}: A process of this unit has been killed by the OOM killer.`, 5);
}

function* removeIfEmpty(journald: Journald, scope: Scope): Running<void> {
  const { path } = scope;
  if (!(yield* isEmpty(path))) return;
  if (scope.title !== '') scope.used = yield* resourcesOf(path);
  yield* sys.go(function* () {
    yield* sys.delay(idleNs);
    if (!(yield* isEmpty(path))) return;
    try {
      yield* sys.rmdir(path);
      yield* noteEnd(journald, scope);
    } catch (error) {
      // runc delete was quicker, or somebody has come in meanwhile.
      if (!isErrno(error, 'ENOENT', 'EBUSY', 'ENOTEMPTY')) throw error;
    }
  });
}

function* noteEnd(journald: Journald, scope: Scope): Running<void> {
  if (scope.title === '' || scope.hasEnded) return;
  scope.hasEnded = true;
  const name = nameOf(scope.path);
  yield* note(journald, name, `${name}: Deactivated successfully.`);
  if (scope.used !== null) yield* noteResources(journald, name, scope.used);
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
