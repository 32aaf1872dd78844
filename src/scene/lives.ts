import type {
  CgroupFact,
  ContainerFact,
  ExitStatus,
  JournalEvent,
  MessageFact,
  Stamp,
  TaskFact,
} from '../journal/event.ts';
import { find } from '../journal/dictionary.ts';
import { rolesOf, type Role, type Roles } from '../journal/roles.ts';
import type { World } from '../journal/world.ts';
import { limitIn } from './gauges.ts';
import { hostFilesOf, type HostFiles } from './host-files.ts';
import { bodyField, containerOfScope } from './names.ts';
import { lastOfLine } from './prompts.ts';

/** A process from birth to reaping, as places of the journal: what the picture needs to know beyond one world. */
export interface Life {
  readonly pid: number;
  readonly role: Role;
  readonly forkedBy: number;
  /** Seqs of its events. */
  readonly born: number;
  readonly exited: number | null;
  readonly status: ExitStatus | null;
  readonly reaped: number | null;
  /** Its parents in order, each with the seq from which on it was that. */
  readonly parents: readonly Parenthood[];
  /** Programs it became, in order. */
  readonly programs: readonly { readonly since: number; readonly path: string; readonly argv: readonly string[] }[];
}

export interface Parenthood {
  readonly parent: number;
  readonly since: number;
  readonly because: 'birth' | 'subreaper' | 'namespace-init';
}

export interface Lives {
  readonly roles: Roles;
  /** In order of birth. */
  readonly all: readonly Life[];
  readonly byPid: ReadonlyMap<number, Life>;
  /** First processes of each container, by its id: one for each time that it was started. */
  readonly inits: ReadonlyMap<string, readonly Life[]>;
  /** runc's hooks for each container, by its id. */
  readonly hooks: ReadonlyMap<string, readonly Life[]>;
  /** Who took each message, by its id: another than whom it was sent to where a socket was handed on. */
  readonly receivers: ReadonlyMap<number, number>;
  /** How long each write(2) slept that found its pipe full, ns, by the seq at which it fell asleep; the ended ones. */
  readonly writeSleepsNs: ReadonlyMap<number, number>;
  /** What dockerd ever knew, by container id. */
  readonly containers: ReadonlyMap<string, ContainerLife>;
  /** The container that each request to create one made, by the request's seq; none for one that failed. */
  readonly created: ReadonlyMap<number, string>;
  /** Seq of the first limit that was set for a container's cgroup, by the container's id. */
  readonly limited: ReadonlyMap<string, number>;
  /** See `lastOfLine`. */
  readonly lastOfLine: ReadonlySet<number>;
  readonly hostFiles: HostFiles;
}

export interface ContainerLife {
  readonly id: string;
  /** The last one known. */
  readonly name: string;
  /** The one it was made with: `docker rename` gives another. */
  readonly firstName: string;
  readonly image: string;
  readonly born: number;
  readonly removed: number | null;
}

type TaskFork = Extract<TaskFact, { type: 'task.fork' }>;
type MessageSend = Extract<MessageFact, { type: 'message.send' }>;
type Growing = { -readonly [Field in keyof Life]: Life[Field] };

export function livesOf(events: readonly JournalEvent[]): Lives {
  const roles = rolesOf(events);
  const byPid = new Map<number, Growing>();
  const containers = new Map<string, ContainerLife>();
  const receivers = new Map<number, number>();
  const limited = new Map<string, number>();
  const writeSleepsNs = new Map<number, number>();
  const asleep = new Map<number, JournalEvent>();
  const created = new Map<number, string>();
  const creating = new Map<number, number>();
  for (const event of events) {
    switch (event.type) {
      case 'task.fork': {
        const role = roles.get(event.pid);
        if (role === undefined) break;
        byPid.set(event.pid, newborn(event, role));
        break;
      }
      case 'task.exec':
        change(byPid, event.pid, (life) => {
          life.programs = [...life.programs, { since: event.seq, path: event.path, argv: event.argv }];
        });
        break;
      case 'task.reparent':
        change(byPid, event.pid, (life) => {
          life.parents = [...life.parents, { parent: event.to, since: event.seq, because: event.because }];
        });
        break;
      case 'task.exit':
        change(byPid, event.pid, (life) => {
          life.exited = event.seq;
          life.status = event.status;
        });
        break;
      case 'task.reap':
        change(byPid, event.pid, (life) => {
          life.reaped = event.seq;
        });
        break;
      case 'cgroup.write': {
        const id = limitedContainer(event);
        if (id !== undefined && !limited.has(id)) limited.set(id, event.seq);
        break;
      }
      case 'call': {
        if (event.call !== 'write') break;
        const before = asleep.get(event.pid);
        if (event.phase === 'enter') asleep.set(event.pid, event);
        else if (before !== undefined) writeSleepsNs.set(before.seq, event.timeNs - before.timeNs);
        break;
      }
      case 'message.send':
        followCreation(event, creating, created);
        break;
      case 'message.receive':
        receivers.set(event.id, event.pid);
        break;
      case 'container':
        followContainer(event, containers);
        break;
      default:
    }
  }
  const all = [...byPid.values()];
  const [inits, hooks] = [ofContainers(all, 'init'), ofContainers(all, 'setkey')];
  const known = { roles, all, byPid, inits, hooks, receivers, writeSleepsNs, containers, created, limited };
  return { ...known, lastOfLine: lastOfLine(events), hostFiles: hostFilesOf(events) };
}

/** Those who play a part, by the id of the container that they play it for. */
function ofContainers(all: readonly Life[], part: Role['part']): ReadonlyMap<string, readonly Life[]> {
  const found = new Map<string, Life[]>();
  for (const life of all) {
    if (life.role.part !== part) continue;
    const before = found.get(life.role.container);
    if (before === undefined) found.set(life.role.container, [life]);
    else before.push(life);
  }
  return found;
}

function newborn({ pid, by, parent, seq }: TaskFork & Stamp, role: Role): Growing {
  return {
    pid,
    role,
    forkedBy: by,
    born: seq,
    exited: null,
    status: null,
    reaped: null,
    parents: [{ parent, since: seq, because: 'birth' }],
    programs: [],
  };
}

function followContainer(event: ContainerFact & Stamp, containers: Map<string, ContainerLife>): void {
  const { id, image, seq } = event;
  const name = event.name.replace(/^\//, '');
  const { born, firstName } = containers.get(id) ?? { born: seq, firstName: name };
  containers.set(id, { id, name, firstName, image, born, removed: event.removed ? seq : null });
}

/** Requests to create a container, by their connections until they are answered: the answer tells what was made. */
function followCreation(message: MessageSend & Stamp, asked: Map<number, number>, created: Map<number, string>): void {
  const { kind, label, connection, status, body, seq } = message;
  if (!/\/containers\/create\b/.test(label)) return;
  if (kind === 'request') asked.set(connection, seq);
  else if (status === '201') created.set(asked.get(connection) ?? seq, bodyField(body, 'Id'));
}

/** The container for which a write sets a limit that has a gauge. */
function limitedContainer({ path, file, value }: Extract<CgroupFact, { type: 'cgroup.write' }>): string | undefined {
  if (!/^(memory|pids|cpu)\.max$/.test(file) || limitIn(file, value) === undefined) return undefined;
  return containerOfScope(path);
}

function change(byPid: ReadonlyMap<number, Growing>, pid: number, edit: (life: Growing) => void): void {
  const life = byPid.get(pid);
  if (life !== undefined) edit(life);
}

/** The name that a container has in a world: `docker rename` gives it another later. */
export function nameIn({ containers }: World, lives: Lives, id: string): string {
  return find(containers, id)?.name.replace(/^\//, '') ?? containerName(lives, id);
}

/** A container's last name, or the 12 digits that docker shows; what is no id stays as it is. */
export function containerName(lives: Lives, id: string): string {
  return lives.containers.get(id)?.name || (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);
}
