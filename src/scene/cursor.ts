import type { ContainerFact, JournalEvent, MessageFact } from '../journal/event.ts';
import { labelOf, type Role } from '../journal/roles.ts';
import { containerName, type Lives } from './lives.ts';
import { baseName, titleOf } from './names.ts';

type Send = Extract<MessageFact, { type: 'message.send' }>;

/** What the rules know besides the event itself: who is who, and what has happened up to here. */
export interface Cursor {
  readonly role: (pid: number) => Role | undefined;
  readonly label: (pid: number) => string;
  /** What the process is called at this place: `runc init` becomes `nginx`. */
  readonly title: (pid: number) => string;
  /** The name of a container, given its id, a beginning of it, or its name. */
  readonly container: (reference: string) => string;
  readonly imageOf: (reference: string) => string;
  /** The container that this process belongs to, by name. */
  readonly containerOf: (pid: number) => string;
  readonly message: (id: number) => Send | undefined;
  /** Whether the container's first process has executed the container's program. */
  readonly hasExecuted: (pid: number) => boolean;
  readonly hasPrinted: (pid: number) => boolean;
  /** Label of the HTTP request that dockerd took last. */
  readonly lastRequest: () => string;
  readonly statusOf: (id: string) => ContainerFact['status'] | undefined;
  /** The container that a client's last request was about, by id or name as it stood there. */
  readonly clientsContainer: (pid: number) => string;
  readonly isHostShell: (pid: number) => boolean;
  readonly parentOf: (pid: number) => number;
  readonly deviceSeenIn: () => string;
  /** Remembers the event, after the rules have seen it. */
  readonly pass: (event: JournalEvent) => void;
}

export function createCursor(lives: Lives): Cursor {
  const messages = new Map<number, Send>();
  const executed = new Set<number>();
  const printed = new Set<number>();
  const programs = new Map<number, string>();
  const statuses = new Map<string, ContainerFact['status']>();
  const clients = new Map<number, string>();
  const parents = new Map<number, number>();
  const role = (pid: number) => lives.roles.get(pid);
  let lastRequest = '';
  let deviceSeenIn = '';

  const idOf = (reference: string): string => {
    if (lives.containers.has(reference)) return reference;
    const known = [...lives.containers].find(([id, { name }]) => name === reference || id.startsWith(reference));
    return known === undefined ? reference : known[0];
  };

  const passMessage = (event: Send): void => {
    messages.set(event.id, event);
    if (event.kind !== 'request' || event.protocol !== 'HTTP') return;
    lastRequest = event.label;
    const about = /containers\/(?!create|json)([^/?]+)/.exec(event.label)?.[1];
    if (about !== undefined) clients.set(event.pid, idOf(about));
  };

  const pass = (event: JournalEvent): void => {
    switch (event.type) {
      case 'message.send':
        return passMessage(event);
      case 'task.fork':
        parents.set(event.pid, event.parent);
        programs.set(event.pid, programs.get(event.by) ?? '');
        return;
      case 'task.reparent':
        parents.set(event.pid, event.to);
        return;
      case 'task.exec':
        programs.set(event.pid, event.path === '' ? (event.argv[0] ?? '') : event.path);
        if (event.argv[1] !== 'init') executed.add(event.pid);
        return;
      case 'stream.write':
        if (executed.has(event.pid)) printed.add(event.pid);
        return;
      case 'net.link':
        deviceSeenIn = event.op === 'add' ? lastRequest : deviceSeenIn;
        return;
      case 'container':
        statuses.set(event.id, event.status);
        return;
      default:
    }
  };

  const title = (pid: number): string => {
    const part = role(pid)?.part;
    const becomesProgram = part === 'init' || part === 'exec';
    return becomesProgram && executed.has(pid) ? baseName(programs.get(pid) ?? '') : titleOf(role(pid));
  };

  return {
    role,
    title,
    pass,
    label: (pid) => labelOf(lives.roles, pid),
    container: (reference) => containerName(lives, idOf(reference)),
    imageOf: (reference) => lives.containers.get(idOf(reference))?.image ?? 'an image',
    containerOf: (pid) => containerName(lives, role(pid)?.container ?? ''),
    message: (id) => messages.get(id),
    hasExecuted: (pid) => executed.has(pid),
    hasPrinted: (pid) => printed.has(pid),
    lastRequest: () => lastRequest,
    statusOf: (id) => statuses.get(id),
    clientsContainer: (pid) => clients.get(pid) ?? '',
    isHostShell: (pid) => role(pid)?.label === 'sh' && lives.byPid.get(pid)?.forkedBy === 1,
    parentOf: (pid) => parents.get(pid) ?? 0,
    deviceSeenIn: () => deviceSeenIn,
  };
}
