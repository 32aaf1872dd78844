import type { ContainerFact, ExitStatus, JournalEvent } from '../journal/event.ts';
import { roleLabel, type Role } from '../journal/roles.ts';
import { createAftermathMemory, rememberAftermath, type AftermathMemory } from './aftermath-memory.ts';
import { createLeftBehindMemory, rememberLeftBehind, type LeftBehindMemory } from './left-behind.ts';
import type { Foresight } from './foresight.ts';
import { bodyField, publishedBy, titleOf } from './names.ts';
import { programName } from './node-text.ts';
import { createOutlivedMemory, rememberOutlived, type OutlivedMemory } from './outlived.ts';

type Signal = JournalEvent & { readonly type: 'signal.send' };

/** What the rules know besides the event itself: who is who, and what has happened up to here. */
export interface Cursor {
  readonly role: (pid: number) => Role | undefined;
  readonly label: (pid: number) => string;
  /** What the process is called at this place: `runc init` becomes `nginx`. Of the shims each is its container's. */
  readonly title: (pid: number) => string;
  /** The name that a container has here, given its id, a beginning of it, or its name. */
  readonly container: (reference: string) => string;
  /** The name of the container that a request to create one made, given the request's seq; '' when it made none. */
  readonly createdBy: (seq: number) => string;
  readonly imageCreatedBy: (seq: number) => string;
  /** The container that this process belongs to, by name. */
  readonly containerOf: (pid: number) => string;
  /** The container that the process runs in, by name: as its first, as an exec, or as a descendant of one; else ''. */
  readonly memberOf: (pid: number) => string;
  /** Whether the cgroup of the container that it runs in is frozen. */
  readonly isFrozen: (pid: number) => boolean;
  /** The arguments that a process was executed with last. */
  readonly argvOf: (pid: number) => readonly string[];
  /** How long a write that sleeps will sleep, ns, by the place where it falls asleep; Infinity: as far as is known. */
  readonly writeSleepsNs: (seq: number) => number;
  /** What the rules of aftermath-beats.ts remember besides. */
  readonly aftermath: AftermathMemory;
  /** What outlived.ts remembers. */
  readonly outlived: OutlivedMemory;
  /** What left-behind.ts remembers. */
  readonly leftBehind: LeftBehindMemory;
  /** Whether the container's first process has executed the container's program. */
  readonly hasExecuted: (pid: number) => boolean;
  readonly hasPrinted: (pid: number) => boolean;
  readonly isTerminal: (inode: number) => boolean;
  /** Whether the container's first process has a terminal, as `-t` gives it. */
  readonly hasTerminal: (reference: string) => boolean;
  /** Id of the container whose start a span is: what dockerd does in it is for that one. */
  readonly startedIn: (span: number | undefined) => string | undefined;
  /** Whether a network device was made in a span already. */
  readonly hasCable: (span: number | undefined) => boolean;
  /** Id of the container that a network namespace was made for, by its inode. */
  readonly ownerOfNetwork: (inode: number) => string | undefined;
  readonly statusOf: (id: string) => ContainerFact['status'] | undefined;
  /** Whether a container runs or is paused, as far as dockerd knows. */
  readonly isAnyUp: () => boolean;
  /** Whether dockerd knows any container. */
  readonly hasContainers: () => boolean;
  /** The container's first process at an event; none before its first start. */
  readonly initsOf: (id: string, seq: number) => readonly number[];
  /** The hooks of runc's that are at work for a container at an event. */
  readonly hooksOf: (id: string, seq: number) => readonly number[];
  /** Whether the container's first process has ended since it was last born. */
  readonly hasEnded: (id: string) => boolean;
  /** Who takes the message; 0 when nobody ever does. */
  readonly receiver: (message: { readonly id: number; readonly to: number }) => number;
  /** The container that a client's last request was about, by id or name as it stood there. */
  readonly clientsContainer: (pid: number) => string;
  /** Whether a process has asked for something, over HTTP: whether somebody is there is nothing. */
  readonly hasAsked: (pid: number) => boolean;
  /** Where a process has connected last, over the network: `127.0.0.1:8080`. */
  readonly dialed: (pid: number) => string;
  /** The port of the host that a docker-proxy listens on. */
  readonly portOf: (pid: number) => string;
  /** Whether a docker-proxy listens at an address of IPv6. */
  readonly isOfIpv6: (pid: number) => boolean;
  /** Whether the kernel sends it, since the receiver has asked for it in case its parent ends. */
  readonly isOfParentsDeath: (signal: Signal) => boolean;
  /** Whether runc delete has run for the container since its shim was made. */
  readonly wasDeleted: (id: string) => boolean;
  /** Whether docker stop is what was asked of a container last, and it has not come to SIGKILL. */
  readonly isBeingStopped: (id: string) => boolean;
  readonly isHostShell: (pid: number) => boolean;
  /** Whether it is the first process that a shell forks after it has read a line. */
  readonly isFirstOfLine: (pid: number) => boolean;
  /** Whether the shell that reaps somebody at this event then shows its prompt: the line is over. */
  readonly isLastOfLine: (seq: number) => boolean;
  readonly parentOf: (pid: number) => number;
  /** The exit code that a process ends with; 0 as well when a signal ends it, or nothing yet. */
  readonly codeOf: (pid: number) => number;
  /** The signal that has ended a process; empty where it has exited, or runs. */
  readonly signalOf: (pid: number) => string;
  /** Whether the machine has come up: somebody has logged in. */
  readonly isUp: () => boolean;
  /** Remembers the event, after the rules have seen it. */
  readonly pass: (event: JournalEvent) => void;
}

/** What has happened up to here, as far as the rules ask. */
interface Memory {
  readonly executed: Set<number>;
  /** Ids of the containers whose first process has opened a terminal. */
  readonly onTerminal: Set<string>;
  /** Who has asked for something, over HTTP. */
  readonly askers: Set<number>;
  /** Inodes of terminals. */
  readonly terminals: Set<number>;
  readonly printed: Set<number>;
  readonly ended: Set<string>;
  readonly programs: Map<number, string>;
  readonly statuses: Map<string, ContainerFact['status']>;
  /** Names that containers have, or had last, by their ids. */
  readonly names: Map<string, string>;
  readonly clients: Map<number, string>;
  readonly parents: Map<number, number>;
  readonly dialed: Map<number, string>;
  /** Id of the container that a process runs in. */
  readonly members: Map<number, string>;
  /** Id of the container that dockerd starts in a span. */
  readonly starts: Map<number, string>;
  /** Spans in which a network device was made. */
  readonly cabled: Set<number>;
  /** Id of the container that a network namespace is for, by its inode. */
  readonly networks: Map<number, string>;
  /** Who has read something and forked nobody since. */
  readonly readers: Set<number>;
  readonly firstOfLine: Set<number>;
  /** What a process has asked the kernel to send it when its parent ends: prctl(2), PR_SET_PDEATHSIG. */
  readonly deathSignals: Map<number, string>;
  /** What was asked of a container last, by its id: the last part of the request's path; `kill` for SIGKILL too. */
  readonly asked: Map<string, string>;
  /** Ids of the containers for which runc delete has run since their shim was made. */
  readonly deleted: Set<string>;
  /** How those have ended who have exited. */
  readonly ends: Map<number, ExitStatus>;
  isUp: boolean;
}

function emptyMemory(): Memory {
  return {
    executed: new Set(),
    onTerminal: new Set(),
    askers: new Set(),
    terminals: new Set(),
    printed: new Set(),
    ended: new Set(),
    programs: new Map(),
    statuses: new Map(),
    names: new Map(),
    clients: new Map(),
    parents: new Map(),
    dialed: new Map(),
    members: new Map(),
    starts: new Map(),
    cabled: new Set(),
    networks: new Map(),
    readers: new Set(),
    firstOfLine: new Set(),
    deathSignals: new Map(),
    asked: new Map(),
    deleted: new Set(),
    ends: new Map(),
    isUp: false,
  };
}

/** All that a cursor remembers; of the journal's events alone, so that whoever knows more of what comes can go on. */
export type Memories = ReturnType<typeof noMemories>;

export function noMemories() {
  return {
    own: emptyMemory(),
    aftermath: createAftermathMemory(),
    outlived: createOutlivedMemory(),
    leftBehind: createLeftBehindMemory(),
  };
}

export function createCursor(foresight: Foresight, { own: memory, aftermath, outlived, leftBehind }: Memories): Cursor {
  const { role } = foresight;
  const title = (pid: number): string => {
    const part = role(pid)?.part;
    const isStage = (part === 'init' || part === 'exec') && !memory.executed.has(pid);
    const program = memory.members.has(pid) && !isStage ? memory.programs.get(pid) : undefined;
    const container = nameHere(memory, foresight, role(pid)?.container ?? '');
    if (part === 'shim' && container !== '') return `${container}’s shim`;
    if (program !== undefined) return program;
    if (part !== role(pid)?.label || pid === 1 || part?.startsWith('runc-') === true) return titleOf(role(pid));
    return memory.programs.get(pid) || becoming(pid, foresight, title) || titleOf(role(pid));
  };
  const argvOf = (pid: number): readonly string[] => foresight.program(pid)?.argv ?? [];
  return {
    role,
    title,
    pass: (event) => {
      remember(memory, event, foresight);
      rememberAftermath(aftermath, event);
      rememberOutlived(outlived, event, foresight, aftermath.outputs);
      rememberLeftBehind(leftBehind, event, foresight, memory.members, memory.ended);
    },
    aftermath,
    outlived,
    leftBehind,
    isFrozen: (pid) => aftermath.frozen.has(memory.members.get(pid) ?? ''),
    argvOf,
    writeSleepsNs: (seq) => foresight.writeSleepsNs(seq) ?? Number.POSITIVE_INFINITY,
    label: (pid) => roleLabel(role(pid), pid),
    container: (reference) => nameHere(memory, foresight, idOf(memory, reference)),
    createdBy: (seq) => nameHere(memory, foresight, foresight.created(seq) ?? ''),
    imageCreatedBy: (seq) => foresight.image(foresight.created(seq) ?? '') ?? 'an image',
    memberOf: (pid) => nameHere(memory, foresight, memory.members.get(pid) ?? ''),
    containerOf: (pid) => nameHere(memory, foresight, role(pid)?.container ?? ''),
    hasExecuted: (pid) => memory.executed.has(pid),
    hasPrinted: (pid) => memory.printed.has(pid),
    isTerminal: (inode) => memory.terminals.has(inode),
    hasAsked: (pid) => memory.askers.has(pid),
    hasTerminal: (reference) => memory.onTerminal.has(idOf(memory, reference)),
    startedIn: (span = -1) => memory.starts.get(span),
    hasCable: (span = -1) => memory.cabled.has(span),
    ownerOfNetwork: (inode) => memory.networks.get(inode),
    statusOf: (id) => memory.statuses.get(id),
    isAnyUp: () => [...memory.statuses.values()].some((status) => status === 'running' || status === 'paused'),
    hasContainers: () => memory.statuses.size > 0,
    hooksOf: foresight.hooksOf,
    initsOf: foresight.initsOf,
    hasEnded: (id) => memory.ended.has(id),
    receiver: ({ id, to }) => foresight.receiver(id) ?? to,
    clientsContainer: (pid) => memory.clients.get(pid) ?? '',
    dialed: (pid) => memory.dialed.get(pid) ?? '',
    portOf: (pid) => publishedBy(argvOf(pid))?.port ?? '',
    isOfIpv6: (pid) => publishedBy(argvOf(pid))?.address.includes(':') === true,
    isOfParentsDeath: (signal) => isOfParentsDeath(signal, memory),
    wasDeleted: (id) => memory.deleted.has(id),
    isBeingStopped: (id) => memory.asked.get(id) === 'stop',
    isHostShell: (pid) => role(pid)?.label === 'sh' && foresight.forkedBy(pid) <= 1,
    isFirstOfLine: (pid) => memory.firstOfLine.has(pid),
    isLastOfLine: foresight.isLastOfLine,
    parentOf: (pid) => memory.parents.get(pid) ?? 0,
    codeOf: (pid) => codeIn(memory.ends.get(pid)),
    signalOf: (pid) => signalIn(memory.ends.get(pid)),
    isUp: () => memory.isUp,
  };
}

/** What is asked of a container: by a client of dockerd, and by dockerd of containerd. */
function rememberRequest(memory: Memory, event: Extract<JournalEvent, { type: 'message.send' }>): void {
  if (event.kind !== 'request') return;
  // The end of all patience: that it is SIGKILL is no more of the stop than of docker kill.
  if (event.label.endsWith('Tasks/Kill') && bodyField(event.body, 'signal') === '9')
    memory.asked.set(bodyField(event.body, 'container_id'), 'kill');
  if (event.protocol !== 'HTTP') return;
  if (!event.label.startsWith('HEAD ')) memory.askers.add(event.pid);
  const [, about, what = ''] = /containers\/(?!create|json)([^/?]+)(?:\/(\w+))?/.exec(event.label) ?? [];
  if (about === undefined) return;
  const id = idOf(memory, about);
  memory.clients.set(event.pid, id);
  if (event.label.startsWith('POST ')) memory.asked.set(id, what);
}

/**
 * A container may be named by its id, a beginning of it, or its name. A name belongs to whoever has it here, be it that
 * another had it before.
 */
function idOf({ names, statuses }: Memory, reference: string): string {
  if (reference === '' || names.has(reference)) return reference;
  for (const [id, name] of names) if (name === reference && statuses.has(id)) return id;
  for (const id of names.keys()) if (id.startsWith(reference)) return id;
  return reference;
}

function nameHere({ names }: Memory, foresight: Foresight, id: string): string {
  return names.get(id) ?? foresight.firstName(id);
}

/** Who is only being born is told by what it becomes, or by what it is a copy of: comm has 15 letters. */
function becoming(pid: number, foresight: Foresight, title: (pid: number) => string): string | undefined {
  const last = foresight.program(pid);
  if (last !== undefined) return programName(last.path, last.argv);
  const forkedBy = foresight.forkedBy(pid);
  return forkedBy <= 1 ? undefined : title(forkedBy);
}

function codeIn(status: ExitStatus | undefined): number {
  return status !== undefined && 'code' in status ? status.code : 0;
}

function signalIn(status: ExitStatus | undefined): string {
  return status !== undefined && 'signal' in status ? status.signal : '';
}

function joinContainer(memory: Memory, pid: number, by: number, foresight: Foresight): void {
  const role = foresight.role(pid);
  const isFirst = role?.part === 'init' || role?.part === 'exec';
  const id = isFirst ? role.container : memory.members.get(by);
  if (id !== undefined) memory.members.set(pid, id);
}

function rememberBirth({ ended, deleted }: Memory, role: Role | undefined): void {
  if (role?.part === 'init') ended.delete(role.container);
  if (role?.part === 'shim') deleted.delete(role.container);
  if (role?.part === 'runc-delete') deleted.add(role.container);
}

function isOfParentsDeath({ from, pid, signal }: Signal, { deathSignals, ends }: Memory): boolean {
  return deathSignals.get(pid) === signal && ends.has(from);
}

function remember(memory: Memory, event: JournalEvent, foresight: Foresight): void {
  switch (event.type) {
    case 'message.send':
      rememberRequest(memory, event);
      return;
    case 'task.fork':
      if (memory.readers.delete(event.by)) memory.firstOfLine.add(event.pid);
      memory.parents.set(event.pid, event.parent);
      memory.programs.set(event.pid, memory.programs.get(event.by) ?? '');
      joinContainer(memory, event.pid, event.by, foresight);
      rememberBirth(memory, foresight.role(event.pid));
      return;
    case 'task.exit':
      memory.ends.set(event.pid, event.status);
      if (foresight.role(event.pid)?.part === 'init') memory.ended.add(foresight.role(event.pid)?.container ?? '');
      return;
    case 'task.reparent':
      memory.parents.set(event.pid, event.to);
      return;
    case 'task.exec':
      memory.programs.set(event.pid, programName(event.path, event.argv));
      if (event.argv[1] !== 'init') memory.executed.add(event.pid);
      if (foresight.role(event.pid)?.label === 'sh') memory.isUp = true;
      return;
    case 'fd.open':
      if (event.file.kind !== 'tty') return;
      memory.terminals.add(event.file.inode);
      if (foresight.role(event.pid)?.part === 'init') memory.onTerminal.add(foresight.role(event.pid)?.container ?? '');
      return;
    case 'stream.read':
      memory.readers.add(event.pid);
      return;
    case 'stream.write':
      if (memory.executed.has(event.pid)) memory.printed.add(event.pid);
      return;
    case 'call': {
      if (event.call === 'prctl') {
        const signal = /^PR_SET_PDEATHSIG, (SIG\w+)$/.exec(event.args)?.[1];
        if (signal !== undefined) memory.deathSignals.set(event.pid, signal);
      }
      if (event.call !== 'connect') return;
      const [, port, address = ''] = /htons\((\d+)\).*inet_(?:addr\(|pton\(AF_INET6, )"([^"]+)"/.exec(event.args) ?? [];
      const shown = address.includes(':') ? `[${address}]` : address;
      if (port !== undefined) memory.dialed.set(event.pid, `${shown}:${port}`);
      return;
    }
    case 'net.link':
      if (event.op === 'add' && event.span !== undefined) memory.cabled.add(event.span);
      return;
    case 'namespace.create':
      if (event.kind === 'net') memory.networks.set(event.inode, foresight.role(event.pid)?.container ?? '');
      return;
    case 'machine':
      if (event.machine === 'container' && event.to === 'setting up' && event.span !== undefined)
        memory.starts.set(event.span, event.object);
      return;
    case 'container':
      if (event.removed) memory.statuses.delete(event.id);
      else memory.statuses.set(event.id, event.status);
      memory.names.set(event.id, event.name.replace(/^\//, ''));
      return;
    default:
  }
}
