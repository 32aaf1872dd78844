/** What is noted of a run while it goes on, from its journal alone. */
import { apply } from '../journal/apply.ts';
import type { JournalEvent } from '../journal/event.ts';
import { emptyWorld } from '../journal/world.ts';
import type { ContainerState, World } from '../journal/world.ts';
import { transitionOf } from './coverage.ts';

export interface Witness {
  readonly sink: (event: JournalEvent) => void;
  readonly world: () => World;
  /** Programs of ours that ended by a mistake of ours. */
  readonly faults: readonly string[];
  /** Transitions that were taken: `container: running --pause--> pausing`. */
  readonly transitions: ReadonlySet<string>;
  /** Whether a container's process or its shim has ended in such a way that nobody may ever be told of it. */
  readonly mayBeUntold: (container: ContainerState) => boolean;
  /** A number made of when what happened to whom: the same for the same journal. */
  readonly journalHash: () => number;
  /** Whether a daemon has been away at all. */
  readonly mayHaveOrphans: () => boolean;
}

const secondNs = 1_000_000_000;
/**
 * An exit is lost when containerd is away for longer than the shim offers it (15 s), ends while it cleans up after a
 * shim, or tells it before dockerd listens again. moby asks for no list afterwards: docker goes on saying "running"
 * until somebody stops the container.
 */
const untoldNs = 60 * secondNs;

/** A container's states in which dockerd has asked containerd for something and not noted what came of it. */
const underWay: ReadonlySet<string> = new Set([
  'creating the task',
  'starting the task',
  'undoing the start',
  'cleaning up',
]);

/** FNV-1a's. */
const fnvPrime = 16_777_619;

/** One to be given every event of a machine. */
export function startWitness(): Witness {
  let world = emptyWorld;
  let hash = 0;
  let containerdPid = 0;
  let dockerdPid = 0;
  let firstDockerdPid = 0;
  const states = new Map<string, string>();
  /** Ids of containers whose dockerd died while it made or took down their task: what it left waits for a start. */
  const abandoned = new Set<string>();
  /** When each container was last started. */
  const startsNs = new Map<string, number>();
  let awayNs = Number.NEGATIVE_INFINITY;
  const faults: string[] = [];
  const transitions = new Set<string>();
  const endsNs = new Map<number, number>();
  /** By id: dockerd forgets it with the exit. */
  const processes = new Map<string, readonly number[]>();
  const sink = (event: JournalEvent): void => {
    world = apply(world, event);
    for (const part of [event.timeNs % 0x100000000, 'pid' in event ? event.pid : 0, event.type.length])
      hash = Math.imul(hash ^ part, fnvPrime);
    if (event.type === 'note' && event.topic === 'fault') faults.push(`pid ${event.pid}: ${event.text}`);
    if (event.type === 'task.exit') {
      endsNs.set(event.pid, event.timeNs);
      if (event.pid === containerdPid) awayNs = event.timeNs;
      if (event.pid === dockerdPid) for (const [id, state] of states) if (underWay.has(state)) abandoned.add(id);
    }
    // Who stood still has heard nothing either; and without runc nobody can clean up.
    if (event.type === 'task.stop' && awayNs > 0) awayNs = event.timeNs;
    if (event.type === 'task.exec' && event.argv[0] === 'mv') awayNs = event.timeNs;
    if (event.type === 'container' && event.taskPid !== 0) processes.set(event.id, [event.taskPid, event.shimPid]);
    if (event.type !== 'machine') return;
    transitions.add(transitionOf(event));
    if (event.machine === 'dockerd') dockerdPid = event.pid;
    if (firstDockerdPid === 0) firstDockerdPid = dockerdPid;
    if (event.machine === 'container') states.set(event.object, event.to);
    if (event.machine === 'container' && event.to === 'setting up') {
      abandoned.delete(event.object);
      startsNs.set(event.object, event.timeNs);
    }
    if (event.machine !== 'containerd' || event.to !== 'serving') return;
    if (containerdPid !== 0) awayNs = event.timeNs;
    containerdPid = event.pid;
  };
  return {
    sink,
    world: () => world,
    faults,
    transitions,
    mayBeUntold: ({ id, status }) => {
      if (abandoned.has(id)) return true;
      // A start that failed while somebody was away could not be undone.
      if (status !== 'running' && status !== 'paused' && awayNs > (startsNs.get(id) ?? 0) - untoldNs) return true;
      const pids = processes.get(id) ?? [];
      if (pids.length > 0 && !pids.some((pid) => endsNs.has(pid))) return false;
      return awayNs > Math.max(0, ...pids.map((pid) => endsNs.get(pid) ?? 0)) - untoldNs;
    },
    journalHash: () => hash,
    mayHaveOrphans: () => awayNs > 0 || dockerdPid !== firstDockerdPid,
  };
}
