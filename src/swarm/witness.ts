/** What is noted of a run while it goes on, from its journal alone. */
import { apply } from '../journal/apply.ts';
import type { JournalEvent, MachineFact } from '../journal/event.ts';
import { emptyWorld } from '../journal/world.ts';
import type { World } from '../journal/world.ts';
import type { Complaint } from './agreement.ts';
import { startCalls } from './calls.ts';
import { transitionOf } from './coverage.ts';
import { startEnds } from './ends.ts';
import type { End } from './ends.ts';
import { startExecs } from './execs.ts';
import type { Execs } from './execs.ts';
import { startInterference } from './interference.ts';
import { startStarts } from './starts.ts';
import { startRemains } from './stays.ts';
import { startTold } from './told.ts';

export interface Witness {
  readonly sink: (event: JournalEvent) => void;
  readonly world: () => World;
  /** Programs of ours that ended by a mistake of ours, starts without a reason, and what docker's events tell wrong. */
  readonly faults: readonly string[];
  /** Transitions that were taken: `container: running --pause--> pausing`. */
  readonly transitions: ReadonlySet<string>;
  /** What was in the way when this container was last started, stopped or ended: undefined for nothing. */
  readonly disturbanceOf: (id: string) => string | undefined;
  /** How the container's last process ended: undefined when nobody could tell. */
  readonly endOf: (id: string) => End | undefined;
  readonly execs: Execs;
  /** Calls of the API that should have been answered by now. */
  readonly unanswered: () => readonly Complaint[];
  /** Whether a trace is one that the engine leaves for good, as the real one does. */
  readonly staysForGood: (trace: string, changedAtNs: number) => boolean;
  /** Whether networks of removed containers stay as long as this dockerd lives. */
  readonly keepsNetworks: () => boolean;
  /** Whether a daemon goes by what is not so, as the real one does. */
  readonly isMisjudged: (container: string) => boolean;
  /** A number made of when what happened to whom: the same for the same journal. */
  readonly journalHash: () => number;
}

/** More events at one moment are a circle that the kernel runs in. */
const mostAtOnce = 100_000;
/** FNV-1a's. */
const fnvPrime = 16_777_619;

/** One to be given every event of a machine. */
export function startWitness(): Witness {
  let world = emptyWorld;
  let hash = 0;
  /** Events since time has passed. */
  let moment = 0;
  const faults: string[] = [];
  const transitions = new Set<string>();
  const remains = startRemains();
  const interference = startInterference();
  const ends = startEnds();
  const execs = startExecs();
  const calls = startCalls();
  const starts = startStarts(calls);
  const told = startTold();
  const sink = (event: JournalEvent): void => {
    moment = event.timeNs === world.timeNs ? moment + 1 : 0;
    if (moment > mostAtOnce) throw new Error(`time stands still at ${event.timeNs} ns: ${JSON.stringify(event)}`);
    calls.note(event, world);
    world = apply(world, event);
    for (const part of [event.timeNs % 0x100000000, 'pid' in event ? event.pid : 0, event.type.length])
      hash = Math.imul(hash ^ part, fnvPrime);
    if (event.type === 'note' && event.topic === 'fault') faults.push(`pid ${event.pid}: ${event.text}`);
    if (event.type === 'machine') transitions.add(transitionOf(event satisfies MachineFact));
    interference.note(event);
    remains.note(event);
    execs.note(event);
    for (const wrong of [starts.note(event), told.note(event), ends.note(event)])
      if (wrong !== undefined) faults.push(wrong);
  };
  return {
    sink,
    world: () => world,
    faults,
    transitions,
    disturbanceOf: interference.of,
    endOf: ends.of,
    execs,
    unanswered: () => calls.unanswered(world),
    staysForGood: remains.mayStay,
    keepsNetworks: remains.keepsNetworks,
    isMisjudged: remains.isMisjudged,
    journalHash: () => hash,
  };
}
