/** Health checks: a coroutine for each container that has one probes it again and again. moby: daemon/health.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import { inSpan } from '../span.ts';
import { timestampNow } from '../timestamp.ts';
import { announce, isRunning, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { emitContainerEvent } from './events.ts';
import { runProbe } from './health-probe.ts';
import { healthMachine } from './health.machine.ts';
import { nsBetween } from './restart-policy.ts';
import type { HealthConfig, HealthLogEntry } from './records.ts';

/** A container that is being watched. */
export interface HealthMonitor {
  readonly machine: MachineRun<typeof healthMachine>;
  stopped: boolean;
  /** Woken when it is stopped. */
  readonly changed: object;
}

const defaultIntervalNs = 30e9;
const defaultRetries = 3;
const keptResults = 5;

/** The container's own check; undefined without one. */
function healthcheckOf(container: Container): HealthConfig | undefined {
  const { Healthcheck } = container.record.Config;
  const [kind = 'NONE'] = Healthcheck?.Test ?? [];
  return kind === 'NONE' ? undefined : Healthcheck;
}

/** The container has started: its health is unknown, and watched from now on. moby: initHealthMonitor(). */
export function* initHealth(daemon: Daemon, container: Container): Running<void> {
  yield* stopHealthMonitor(container);
  if (healthcheckOf(container) === undefined) return;
  const { State } = container.record;
  State.Health = { Status: 'starting', FailingStreak: 0, Log: State.Health?.Log ?? [] };
  yield* updateHealthMonitor(daemon, container);
}

/** Watches a container that runs, and no other. moby: updateHealthMonitor(). */
export function* updateHealthMonitor(daemon: Daemon, container: Container): Running<void> {
  const check = healthcheckOf(container);
  const wanted = check !== undefined && isRunning(container) && !container.record.State.Paused;
  if (!wanted) yield* stopHealthMonitor(container);
  else if (container.health === null) yield* startHealthMonitor(daemon, container, check);
}

/** Its end is told to nobody, but who asks hears `unhealthy` (recorded: vm-23). moby: CloseMonitorChannel(). */
export function* stopHealthMonitor(container: Container): Running<void> {
  const { health } = container;
  if (health === null) return;
  container.health = null;
  health.stopped = true;
  const { Health } = container.record.State;
  if (Health !== undefined) Health.Status = 'unhealthy';
  yield* health.machine.send({ type: 'monitor stopped' });
  yield* sys.futexWake(health.changed);
}

function* startHealthMonitor(daemon: Daemon, container: Container, check: HealthConfig): Running<void> {
  const machine = yield* startMachine(healthMachine, {
    name: 'health',
    object: container.record.ID,
    ...resumed(container),
    activities: { tellChange: () => tellChange(daemon, container) },
  });
  const monitor: HealthMonitor = { machine, stopped: false, changed: {} };
  container.health = monitor;
  yield* sys.goCarrying(() => watch(daemon, container, check, monitor));
}

/** After a pause it goes on with the health that it had at its end. */
function resumed({ record }: Container): { readonly resume?: string } {
  const status = record.State.Health?.Status ?? 'starting';
  return status === 'starting' ? {} : { resume: status };
}

/** Waits, probes, judges, until it is stopped. The time to the next probe counts from the end of the last. */
function* watch(daemon: Daemon, container: Container, check: HealthConfig, monitor: HealthMonitor): Running<void> {
  yield* sys.setSpan(0);
  for (;;) {
    const isYoung = (yield* ageNs(container)) < (check.StartPeriod ?? 0);
    const isStarting = container.record.State.Health?.Status === 'starting';
    const early = isYoung && isStarting ? check.StartInterval : undefined;
    yield* rest(monitor, early || check.Interval || defaultIntervalNs);
    if (monitor.stopped) return;
    const probedNs = yield* ageNs(container);
    const result = yield* inSpan('health check', 'story', () => runProbe(daemon, container, check, monitor), 0);
    if (result === null) return;
    yield* whileLocked(container, () => judge(container, check, monitor, result, probedNs));
    if (monitor.stopped) return;
  }
}

/** For how long the container has been running. */
function* ageNs({ record }: Container): Running {
  return nsBetween(record.State.StartedAt, yield* timestampNow());
}

/** Sleeps for so long, or until the monitor is stopped. */
function* rest(monitor: HealthMonitor, ns: number): Running<void> {
  const endNs = (yield* sys.monotonic()) + ns;
  for (let leftNs = ns; leftNs > 0 && !monitor.stopped; leftNs = endNs - (yield* sys.monotonic())) {
    yield* sys.futexWait(monitor.changed, leftNs);
  }
}

function* judge(
  container: Container,
  check: HealthConfig,
  { machine, stopped }: HealthMonitor,
  result: HealthLogEntry,
  probedNs: number,
): Running<void> {
  const { Health } = container.record.State;
  // It may have been stopped while the lock was waited for.
  if (Health === undefined || stopped) return;
  Health.Log = [...Health.Log, result].slice(-keptResults);
  if (result.ExitCode === 0) {
    Health.FailingStreak = 0;
    yield* machine.send({ type: 'probe succeeded' });
    return;
  }
  if (Health.Status === 'starting' && probedNs < (check.StartPeriod ?? 0)) return;
  Health.FailingStreak += 1;
  yield* machine.send({
    type: 'probe failed',
    streak: Health.FailingStreak,
    retries: check.Retries || defaultRetries,
  });
}

/** Activity of the states that a change leads to. */
function* tellChange(daemon: Daemon, container: Container): Running<void> {
  const { Health } = container.record.State;
  const state = container.health?.machine.state;
  if (Health === undefined || (state !== 'healthy' && state !== 'unhealthy')) return;
  Health.Status = state;
  yield* emitContainerEvent(daemon.events, container, `health_status: ${state}`);
  yield* announce(container);
}
