import { emptyDictionary, find, withWord, withoutWord } from '../dictionary.ts';
import type { ContainerFact, DaemonFact, MachineFact, NoteFact, SpanFact, Stamp } from '../event.ts';
import { lookUp, withEntry, withoutEntry } from '../table.ts';
import type { ContainerState } from '../world.ts';
import type { Draft } from './draft.ts';

/** The key of a machine among those of one process. */
export const machineKey = (machine: string, object: string): string => `${machine}/${object}`;

/** State machines of the engine's daemons. */
export function foldMachine(draft: Draft, event: MachineFact & Stamp): void {
  const { pid, machine, object, to, seq } = event;
  const machines = lookUp(draft.machines, pid) ?? emptyDictionary();
  const state = { pid, machine, object, state: to, since: seq };
  draft.machines = withEntry(draft.machines, pid, withWord(machines, machineKey(machine, object), state));
}

/** What dockerd knows of its containers, and how it is set. */
export function foldDockerd(draft: Draft, event: (ContainerFact | DaemonFact) & Stamp): void {
  if (event.type === 'daemon') draft.liveRestore = withEntry(draft.liveRestore, event.pid, event.liveRestore);
  else foldContainer(draft, event);
}

function foldContainer(draft: Draft, event: ContainerFact & Stamp): void {
  if (event.removed) {
    draft.containers = withoutWord(draft.containers, event.id);
    return;
  }
  const { pid, id, name, image, status, exitCode, oomKilled, restartCount, taskPid, shimPid } = event;
  const before = find(draft.containers, id);
  const born = before?.born ?? event.seq;
  const state = { pid, id, name, image, status, exitCode, oomKilled, restartCount, taskPid, shimPid, born };
  draft.containers = withWord(draft.containers, id, { ...state, ...restartOf(event, before) });
}

/** When the wait for a restart will be over: what is told of the container meanwhile does not begin it anew. */
function restartOf(
  { restartDelayNs, restartCount, timeNs }: ContainerFact & Stamp,
  before: ContainerState | undefined,
): Pick<ContainerState, 'restartsAtNs'> {
  if (restartDelayNs === undefined) return {};
  const isSameWait = before?.restartsAtNs !== undefined && before.restartCount === restartCount;
  return { restartsAtNs: isSameWait ? before.restartsAtNs : timeNs + restartDelayNs };
}

/** Pieces of work in progress. */
export function foldSpan(draft: Draft, event: SpanFact & Stamp): void {
  if (event.type === 'span.close') {
    draft.spans = withoutEntry(draft.spans, event.id);
    return;
  }
  const { id, parent, pid, name, level, seq } = event;
  const above = parent === undefined ? {} : { parent };
  draft.spans = withEntry(draft.spans, id, { id, ...above, pid, name, level, opened: seq });
}

/** Docker events; a note of ours is a moment and changes nothing. */
export function foldNote(draft: Draft, event: NoteFact & Stamp): void {
  if (event.type === 'note') return;
  const { seq, action, object, line } = event;
  draft.dockerEvents = withEntry(draft.dockerEvents, draft.dockerEvents.size, { seq, action, object, line });
}
