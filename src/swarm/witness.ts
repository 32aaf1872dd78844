/** What is noted of a run while it goes on, from its journal alone. */
import { sha256 } from '../engine/sha256.ts';
import { apply } from '../journal/apply.ts';
import type { JournalEvent, MachineFact } from '../journal/event.ts';
import { emptyWorld } from '../journal/world.ts';
import type { World } from '../journal/world.ts';
import { transitionOf } from './coverage.ts';
import { startInterference } from './interference.ts';

export interface Witness {
  readonly sink: (event: JournalEvent) => void;
  readonly world: () => World;
  /** Programs of ours that ended by a mistake of ours. */
  readonly faults: readonly string[];
  /** Transitions that were taken: `container: running --pause--> pausing`. */
  readonly transitions: ReadonlySet<string>;
  /** What was in the way when this container was last started, stopped or ended: undefined for nothing. */
  readonly disturbanceOf: (id: string) => string | undefined;
  /** Sockets of shims that were killed: nobody removes them, but the next shim of that container. */
  readonly staleSockets: ReadonlySet<string>;
  /** A number made of when what happened to whom: the same for the same journal. */
  readonly journalHash: () => number;
}

const grpc = '/run/containerd/containerd.sock';
/** FNV-1a's. */
const fnvPrime = 16_777_619;

/** One to be given every event of a machine. */
export function startWitness(): Witness {
  let world = emptyWorld;
  let hash = 0;
  const faults: string[] = [];
  const transitions = new Set<string>();
  const sockets = new Map<number, string>();
  const staleSockets = new Set<string>();
  const interference = startInterference();
  const sink = (event: JournalEvent): void => {
    world = apply(world, event);
    for (const part of [event.timeNs % 0x100000000, 'pid' in event ? event.pid : 0, event.type.length])
      hash = Math.imul(hash ^ part, fnvPrime);
    if (event.type === 'note' && event.topic === 'fault') faults.push(`pid ${event.pid}: ${event.text}`);
    if (event.type === 'machine') transitions.add(transitionOf(event satisfies MachineFact));
    if (event.type === 'task.exec' && event.argv.at(-1) === grpc)
      sockets.set(
        event.pid,
        `/run/containerd/s/${sha256(`${grpc}/moby/${event.argv[event.argv.indexOf('-id') + 1] ?? ''}`)}`,
      );
    if (event.type === 'task.exit' && 'signal' in event.status) staleSockets.add(sockets.get(event.pid) ?? '');
    interference.note(event);
  };
  return {
    sink,
    world: () => world,
    faults,
    staleSockets,
    transitions,
    disturbanceOf: interference.of,
    journalHash: () => hash,
  };
}
