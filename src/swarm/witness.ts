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
  /** Whether the end of a container's process may be one that nobody was ever told of. */
  readonly mayBeUntold: (container: ContainerState) => boolean;
  /** Whether containerd has been away at all. */
  readonly wasContainerdAway: () => boolean;
}

const secondNs = 1_000_000_000;
/**
 * An exit is lost when containerd is away for longer than the shim offers it (15 s), ends while it cleans up after a
 * shim, or tells it before dockerd listens again. moby asks for no list afterwards: docker goes on saying "running"
 * until somebody stops the container.
 */
const untoldNs = 60 * secondNs;

/** One to be given every event of a machine. */
export function startWitness(): Witness {
  let world = emptyWorld;
  let containerdPid = 0;
  let awayNs = Number.NEGATIVE_INFINITY;
  const faults: string[] = [];
  const transitions = new Set<string>();
  const endsNs = new Map<number, number>();
  /** By id: dockerd forgets it with the exit. */
  const processes = new Map<string, number>();
  const sink = (event: JournalEvent): void => {
    world = apply(world, event);
    if (event.type === 'note' && event.topic === 'fault') faults.push(`pid ${event.pid}: ${event.text}`);
    if (event.type === 'task.exit') {
      endsNs.set(event.pid, event.timeNs);
      if (event.pid === containerdPid) awayNs = event.timeNs;
    }
    // Who stood still has heard nothing either.
    if (event.type === 'task.stop' && awayNs > 0) awayNs = event.timeNs;
    if (event.type === 'container' && event.taskPid !== 0) processes.set(event.id, event.taskPid);
    if (event.type !== 'machine') return;
    transitions.add(transitionOf(event));
    if (event.machine !== 'containerd' || event.to !== 'serving') return;
    if (containerdPid !== 0) awayNs = event.timeNs;
    containerdPid = event.pid;
  };
  return {
    sink,
    world: () => world,
    faults,
    transitions,
    mayBeUntold: ({ id }) => awayNs > (endsNs.get(processes.get(id) ?? 0) ?? 0) - untoldNs,
    wasContainerdAway: () => awayNs > 0,
  };
}
