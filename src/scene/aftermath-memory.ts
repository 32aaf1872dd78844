import type { ContainerFact, JournalEvent, MachineFact } from '../journal/event.ts';
import { bodyField, containerOfScope } from './names.ts';

type CgroupWrite = Extract<JournalEvent, { type: 'cgroup.write' }>;

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
  /** Where containerd is in its life. */
  containerdState: string;
  /** Units that systemd is to start again after a pause. */
  readonly awaited: Set<string>;
  /** Units that systemd does not start again by itself. */
  readonly down: Set<string>;
  /** Daemons that have read their configuration: whether live-restore was on. */
  readonly configured: Map<number, boolean>;
  /** Who is stopped: SIGSTOP. */
  readonly standing: Set<number>;
  /** Ids of the containers whose cgroup is frozen. */
  readonly frozen: Set<string>;
  /** Whether a line was typed of which nothing has gone on into a container yet. */
  hasTyped: boolean;
  /** Whether somebody was refused room on a file system since a line was typed. */
  isRoomMissed: boolean;
  /** Who does by hand what runc does: its arguments, until it has entered a namespace or becomes another program. */
  readonly hands: Map<number, readonly string[]>;
  /** Whether Ctrl-C was pressed last of all keys. */
  hasInterrupted: boolean;
  /** The container whose input goes through a fifo, by the fifo's inode. */
  readonly inputs: Map<number, string>;
  /** Containers of which it has been told that the kernel kills what is left. */
  readonly emptied: Set<string>;
  /** Who sleeps in write(2) on a full pipe, and since when. */
  readonly blockedSinceNs: Map<number, number>;
  /** The container whose output goes through a fifo, by the fifo's inode. */
  readonly outputs: Map<number, string>;
  /** Containers that dockerd has sent a signal since they were seen running. */
  readonly stopped: Set<string>;
  /** Clients that have asked for a container to be created: if they then pull, its image was missing. */
  readonly creators: Set<number>;
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
    containerdState: '',
    awaited: new Set(),
    down: new Set(),
    configured: new Map(),
    standing: new Set(),
    frozen: new Set(),
    hasTyped: false,
    isRoomMissed: false,
    hands: new Map(),
    hasInterrupted: false,
    inputs: new Map(),
    emptied: new Set(),
    blockedSinceNs: new Map(),
    outputs: new Map(),
    stopped: new Set(),
    creators: new Set(),
    asked: new Set(),
    adopted: new Set(),
    limits: new Map(),
  };
}

/** `…/ID-stdout`: a fifo between a shim and dockerd. */
const outputFifo = /\/([0-9a-f]{64})-std(?:out|err)$/;
/** `…/containerd/ID/…-stdin`: the same for what is typed, of a container's first process or of an exec. */
const inputFifo = /\/containerd\/([0-9a-f]{64})\/[^/]+-stdin$/;

export function rememberAftermath(memory: AftermathMemory, event: JournalEvent): void {
  switch (event.type) {
    case 'machine':
      if (event.machine === 'dockerd') memory.dockerdState = event.to;
      if (event.machine === 'containerd') memory.containerdState = event.to;
      if (event.machine === 'service') rememberService(memory, event);
      return;
    case 'input':
      if (event.action === 'resize') return;
      memory.hasTyped = /[\r\n]/.test(event.data);
      if (memory.hasTyped) memory.isRoomMissed = false;
      memory.hasInterrupted = event.data.endsWith('\x03');
      return;
    case 'stream.write':
      if (memory.inputs.has(event.inode)) memory.hasTyped = false;
      return;
    case 'task.stop':
      if (event.on) memory.standing.add(event.pid);
      else memory.standing.delete(event.pid);
      return;
    case 'container':
      return rememberContainer(memory, event, event.timeNs);
    case 'message.send':
      if (event.label.endsWith('Tasks/Kill')) memory.stopped.add(bodyField(event.body, 'container_id'));
      if (event.label.startsWith('POST ') && /\/containers\/create\b/.test(event.label)) memory.creators.add(event.pid);
      memory.asked.add(/\/exec\/([0-9a-f]{64})\/start$/.exec(event.label)?.[1] ?? '');
      return;
    case 'signal.send':
      if (event.from !== 0) memory.signalled.set(event.pid, event.signal);
      return;
    case 'oom.kill':
      memory.oomVictims.add(event.pid);
      return;
    case 'daemon':
      memory.configured.set(event.pid, event.liveRestore);
      return;
    case 'task.exec':
      if (isHand(event.argv)) memory.hands.set(event.pid, event.argv);
      else memory.hands.delete(event.pid);
      return;
    case 'task.reparent':
      memory.adopted.add(event.pid);
      return;
    case 'cgroup.write':
      memory.limits.set(`${event.path} ${event.file}`, event.value.trim());
      rememberFreezing(memory, event);
      return;
    case 'call':
      if (event.result === 'ENOSPC') memory.isRoomMissed = true;
      if (event.call === 'setns') memory.hands.delete(event.pid);
      if (event.call !== 'write') return;
      if (event.phase === 'enter' && !memory.blockedSinceNs.has(event.pid))
        memory.blockedSinceNs.set(event.pid, event.timeNs);
      if (event.phase === 'return') memory.blockedSinceNs.delete(event.pid);
      return;
    case 'fd.open': {
      const id = outputFifo.exec(event.file.name)?.[1];
      if (id !== undefined) memory.outputs.set(event.file.inode, id);
      const fed = inputFifo.exec(event.file.name)?.[1];
      if (fed !== undefined) memory.inputs.set(event.file.inode, fed);
      return;
    }
    default:
  }
}

const handTools: ReadonlySet<string> = new Set(['unshare', 'nsenter', 'pivot_root']);

function isHand([name = '']: readonly string[]): boolean {
  return handTools.has(name.split('/').at(-1) ?? '');
}

function rememberService({ awaited, down }: AftermathMemory, { object, to }: MachineFact): void {
  if (to === 'auto-restart') awaited.add(object);
  else awaited.delete(object);
  if (to === 'inactive' || to === 'failed') down.add(object);
  else down.delete(object);
}

function rememberFreezing({ frozen }: AftermathMemory, { file, path, value }: CgroupWrite): void {
  const id = containerOfScope(path);
  if (file !== 'cgroup.freeze' || id === undefined) return;
  if (value.trim() === '1') frozen.add(id);
  else frozen.delete(id);
}

function rememberContainer(memory: AftermathMemory, { id, name, pid, status }: ContainerFact, timeNs: number): void {
  memory.announcers.set(id, pid);
  if (status === 'running') {
    memory.stopped.delete(id);
    memory.emptied.delete(name.replace(/^\//, ''));
  }
  if (status === 'restarting') memory.waitingSinceNs.set(id, timeNs);
  else memory.waitingSinceNs.delete(id);
}
