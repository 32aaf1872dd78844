/**
 * What dockerd knows of a container: two records as they stand on its disk, and what it holds in memory while it runs.
 */
import { neverTime } from '../timestamp.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import type { MachineRun } from '../drive.ts';
import { locked, passThrough } from '../mutex.ts';
import type { Mutex } from '../mutex.ts';
import type { ContainerEvent, containerMachine } from './container.machine.ts';
import type { Exec } from './exec.ts';
import type { ContainerConfig, ContainerRecord, HostConfig } from './records.ts';
import type { RestartTries } from './restart-tries.ts';
import type { HealthMonitor } from './health.ts';
import type { Sandbox } from './network.ts';
import type { StandardStreams } from './streams.ts';

export interface Container {
  readonly record: ContainerRecord;
  /** `docker update` puts another in its place. */
  host: HostConfig;
  machine: MachineRun<typeof containerMachine>;
  /** moby: State's sync.Mutex. Whoever does something to the container holds it, also while containerd is asked. */
  readonly lock: Mutex;
  /** Woken whenever something about it changes: state, exit, streams. */
  readonly changed: object;
  /** Woken when its log has grown. */
  readonly logged: object;
  streams: StandardStreams;
  /** Its read-write layer's directory name under overlay2. */
  readonly layer: string;
  /** Who needs the root file system mounted: the container while it runs, and each who works on its files. */
  rootfsUsers: number;
  sandbox: Sandbox | null;
  shimPid: number;
  /** containerd has a record of it. */
  isInContainerd: boolean;
  /** How often it has ended, and how the last time. */
  exits: number;
  /** Another one at each start by hand. */
  restarts: RestartTries;
  /** How long the restart that is being waited for is put off. */
  restartDelayNs: number;
  readonly execs: Map<string, Exec>;
  removed: boolean;
  /** Null while its health is not watched. */
  health: HealthMonitor | null;
  /** How much of its log has been rotated away since the daemon started. */
  lostLogBytes: number;
  /** By `docker restart`: then its end is no removal, `--rm` or not. moby: HasBeenManuallyRestarted. */
  isBeingRestarted: boolean;
}

export function isRunning(container: Container): boolean {
  return container.record.State.Running;
}

/** Does something to the container that nothing else may be done to meanwhile. moby: container.Lock(). */
export function whileLocked<T>({ lock }: Container, body: () => Running<T>): Running<T> {
  return locked(lock, body);
}

/**
 * Sleeps until nobody who came earlier holds the container's lock. moby takes it for every look at a container:
 * IsRunning(), GetRunningTask(), inspect. `docker ps` alone reads a copy (asked of 26.1.5: with its shim stopped and a
 * `docker pause` hanging, everything else about the container hangs too).
 */
export function untilUnlocked({ lock }: Container): Running<void> {
  return passThrough(lock);
}

/**
 * Gives the container's machine an event, and wakes whoever waits for what comes of it. False when it is not allowed
 * now.
 */
export function* tell(container: Container, event: ContainerEvent): Running<boolean> {
  try {
    const taken = yield* container.machine.send(event);
    yield* sys.futexWake(container.changed);
    return taken;
  } catch (error) {
    yield* sys.futexWake(container.changed);
    throw error;
  }
}

/** Wakes whoever waits for a change, and writes the present state into the journal. */
export function* announce(container: Container): Running<void> {
  const { record } = container;
  const status = statusOf(container);
  yield* sys.journal({
    type: 'container',
    id: record.ID,
    name: record.Name.slice(1),
    image: record.Config.Image,
    status,
    exitCode: record.State.ExitCode,
    oomKilled: record.State.OOMKilled,
    restartCount: record.RestartCount,
    taskPid: record.State.Pid,
    shimPid: container.shimPid,
    removed: container.removed,
    ...(status === 'restarting' ? { restartDelayNs: container.restartDelayNs } : {}),
  });
  yield* sys.futexWake(container.changed);
  yield* sys.futexWake(container.logged);
}

/** The word of `docker inspect`. moby: State.StateString(). */
export function statusOf(
  container: Container,
): 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead' {
  const { State } = container.record;
  if (State.Running) return State.Paused ? 'paused' : State.Restarting ? 'restarting' : 'running';
  if (State.RemovalInProgress) return 'removing';
  if (State.Dead) return 'dead';
  return State.StartedAt === neverTime ? 'created' : 'exited';
}

/** The command with its arguments. */
export function commandOf(config: ContainerConfig): readonly string[] {
  return [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
}
