/** Why containers start, from the journal: somebody asks for it, a restart policy wants it, or dockerd begins. */
import type { JournalEvent, MachineFact } from '../journal/event.ts';
import type { Calls } from './calls.ts';

export interface Starts {
  /** What is wrong with a start; undefined for nothing. */
  readonly note: (event: JournalEvent) => string | undefined;
}

/** What has dockerd start a container. */
const starting = ['start', 'restart'] as const;

export function startStarts(calls: Calls): Starts {
  /** States of the dockerds that there have been. */
  const daemons = new Map<number, string>();
  /** Whom somebody has stopped, and nobody started since. */
  const stopped = new Set<string>();
  const noteStart = ({ pid, object, event }: MachineFact): string | undefined => {
    const wasStopped = stopped.delete(object);
    const isRestored = daemons.get(pid) !== 'serving';
    if (isRestored || calls.isAsked(object, starting)) return undefined;
    if (event === 'restart') return wasStopped ? `${object} restarts though somebody has stopped it` : undefined;
    return `${object} starts, and nobody has asked for it`;
  };
  return {
    note: (event) => {
      if (event.type === 'docker.event' && event.action === 'container stop') stopped.add(event.object);
      if (event.type !== 'machine') return undefined;
      if (event.machine === 'dockerd') daemons.set(event.pid, event.to);
      return event.machine === 'container' && event.to === 'setting up' ? noteStart(event) : undefined;
    },
  };
}
