import type { ContainerFact, JournalEvent } from '../journal/event.ts';
import { bodyField } from './names.ts';

/** What the rules of aftermath-beats.ts have to know of what has happened up to here. */
export interface AftermathMemory {
  /** Where dockerd is in its life, by the states of its own machine. */
  dockerdState: string;
  /** Who wrote last what is known of a container, by its id: one dockerd or the next. */
  readonly announcers: Map<string, number>;
  /** When a container began to wait for its next start, and how long the last wait was, ns. */
  readonly waitingSinceNs: Map<string, number>;
  /** The last signal that somebody sent to a process: who dies of another one was killed by the kernel itself. */
  readonly signalled: Map<number, string>;
  readonly oomVictims: Set<number>;
  /** Daemons that have read their configuration once. */
  readonly configured: Set<number>;
  /** Containers of which it has been told that the kernel kills what is left. */
  readonly emptied: Set<string>;
  /** Who sleeps in write(2) on a full pipe, and since when. */
  readonly blockedSinceNs: Map<number, number>;
  /** The container whose output goes through a fifo, by the fifo's inode. */
  readonly outputs: Map<number, string>;
  /** Containers that dockerd has sent a signal since they were seen running. */
  readonly stopped: Set<string>;
  /** Execs that a client asked for; others are dockerd's own probes. */
  readonly asked: Set<string>;
  /** Processes of a container that were given to its first one. */
  readonly adopted: Set<number>;
  /** The last value of each limit of each cgroup: `path file`. */
  readonly limits: Map<string, string>;
}

export function createAftermathMemory(): AftermathMemory {
  return {
    dockerdState: '',
    announcers: new Map(),
    waitingSinceNs: new Map(),
    signalled: new Map(),
    oomVictims: new Set(),
    configured: new Set(),
    emptied: new Set(),
    blockedSinceNs: new Map(),
    outputs: new Map(),
    stopped: new Set(),
    asked: new Set(),
    adopted: new Set(),
    limits: new Map(),
  };
}

/** `…/ID-stdout`: a fifo between a shim and dockerd. */
const outputFifo = /\/([0-9a-f]{64})-std(?:out|err)$/;

export function rememberAftermath(memory: AftermathMemory, event: JournalEvent): void {
  switch (event.type) {
    case 'machine':
      if (event.machine === 'dockerd') memory.dockerdState = event.to;
      return;
    case 'container':
      return rememberContainer(memory, event, event.timeNs);
    case 'message.send':
      if (event.label.endsWith('Tasks/Kill')) memory.stopped.add(bodyField(event.body, 'container_id'));
      memory.asked.add(/\/exec\/([0-9a-f]{64})\/start$/.exec(event.label)?.[1] ?? '');
      return;
    case 'signal.send':
      if (event.from !== 0) memory.signalled.set(event.pid, event.signal);
      return;
    case 'oom.kill':
      memory.oomVictims.add(event.pid);
      return;
    case 'daemon':
      memory.configured.add(event.pid);
      return;
    case 'task.reparent':
      memory.adopted.add(event.pid);
      return;
    case 'cgroup.write':
      memory.limits.set(`${event.path} ${event.file}`, event.value.trim());
      return;
    case 'call':
      if (event.call !== 'write') return;
      if (event.phase === 'enter' && !memory.blockedSinceNs.has(event.pid))
        memory.blockedSinceNs.set(event.pid, event.timeNs);
      if (event.phase === 'return') memory.blockedSinceNs.delete(event.pid);
      return;
    case 'fd.open': {
      const id = outputFifo.exec(event.file.name)?.[1];
      if (id !== undefined) memory.outputs.set(event.file.inode, id);
      return;
    }
    default:
  }
}

function rememberContainer(memory: AftermathMemory, { id, pid, status }: ContainerFact, timeNs: number): void {
  memory.announcers.set(id, pid);
  if (status === 'running') memory.stopped.delete(id);
  if (status === 'restarting') memory.waitingSinceNs.set(id, timeNs);
  else memory.waitingSinceNs.delete(id);
}
