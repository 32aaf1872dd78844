/** What clients have asked dockerd for by its API, from the journal: whom it owes an answer. */
import type { JournalEvent } from '../journal/event.ts';
import { containersOf, taskOf } from '../journal/look-up.ts';
import type { ContainerState, World } from '../journal/world.ts';
import { isRunning } from './agreement.ts';
import type { Complaint } from './agreement.ts';

/** A request: of those on one connection each is answered before the next. */
interface ApiCall {
  readonly message: number;
  readonly client: number;
  /** The dockerd that has read it; 0 before. */
  server: number;
  /** `POST /v1.45/containers/c1/start`. */
  readonly label: string;
  readonly verb: string;
  /** How it names the container that it is about; '' for another thing. */
  readonly name: string;
  /** That container's id: who was called so when it was asked, or is called so since; '' while nobody is. */
  container: string;
  readonly askedNs: number;
}

export interface Calls {
  /** @param world as it was before the event. */
  readonly note: (event: JournalEvent, world: World) => void;
  /** Whether somebody has asked this of a container and has no answer yet. */
  readonly isAsked: (container: string, verbs: readonly string[]) => boolean;
  /** Calls of clients that live, and that should have been answered by now. */
  readonly unanswered: (world: World) => readonly Complaint[];
}

const secondNs = 1_000_000_000;
/** The longest that anything takes that the commands ask for is a stop: its grace period, a kill, and two seconds. */
const longestNs = 90 * secondNs;
/** Answered bit by bit, for as long as there is something to be told. */
const streams = /\/(?:events|logs|attach|stats|export|archive)\b|\/exec\/[^/]+\/start\b|\/images\/create/;

export function startCalls(): Calls {
  /** By connection. */
  const open = new Map<number, ApiCall>();
  /** When a container last ended. */
  const ends = new Map<string, number>();
  /** Since then nobody stood still who goes on now. */
  let atWorkSinceNs = 0;
  const note = (event: JournalEvent, world: World): void => {
    if (event.type === 'message.send' && event.protocol === 'HTTP') {
      const { kind, label, connection, pid: client, id: message, timeNs: askedNs, body = '' } = event;
      const [, name = '', verb = ''] = /\/containers\/([^/?]+)\/([a-z]+)/.exec(label) ?? [];
      const container = name === '' ? '' : (idOf(world, name) ?? '');
      const call = open.get(connection);
      if (kind === 'request')
        open.set(connection, { message, client, server: 0, label, verb, name, container, askedNs });
      // Of `wait` the head comes at once, and the body when it is over.
      else if (call?.label === label && (call.verb !== 'wait' || body !== '')) open.delete(connection);
    }
    if (event.type === 'message.receive')
      for (const call of open.values()) if (call.message === event.id) call.server = event.pid;
    if (event.type === 'container' && !event.removed)
      for (const call of open.values())
        if (call.container === '' && call.name === event.name.replace(/^\//, '')) call.container = event.id;
    if (event.type === 'task.exit')
      for (const [connection, { server }] of open) if (server === event.pid) open.delete(connection);
    if (event.type === 'task.stop' && !event.on) atWorkSinceNs = event.timeNs;
    if (event.type === 'docker.event' && event.action === 'container die') ends.set(event.object, event.timeNs);
  };
  const isOwed = (world: World, call: ApiCall): boolean => {
    if (call.server === 0 || taskOf(world, call.client)?.state !== 'alive') return false;
    if (call.verb === 'wait') return isOver(world, call, ends.get(call.container) ?? 0);
    return !streams.test(call.label) && world.timeNs - Math.max(call.askedNs, atWorkSinceNs) > longestNs;
  };
  return {
    note,
    isAsked: (container, verbs) =>
      [...open.values()].some((call) => call.container === container && verbs.includes(call.verb)),
    unanswered: (world) =>
      [...open.values()]
        .filter((call) => isOwed(world, call))
        .map(({ client, label, server, container }): Complaint => {
          const text = `dockerd ${server} has not answered ${client}: ${label}`;
          return { of: container, kind: 'answers', what: '', text };
        }),
  };
}

/** By name, id or the beginning of an id. */
function idOf(world: World, name: string): string | undefined {
  const containers = containersOf(world);
  return (containers.find((one) => one.name === name) ?? containers.find(({ id }) => id.startsWith(name)))?.id;
}

/** Whether what somebody waits for has happened. */
function isOver(world: World, { container, label, askedNs }: ApiCall, endedNs: number): boolean {
  const state: ContainerState | undefined = containersOf(world).find(({ id }) => id === container);
  if (state === undefined) return container !== '';
  if (label.endsWith('condition=removed')) return false;
  if (label.endsWith('condition=next-exit')) return endedNs > askedNs;
  return !isRunning(state) && state.status !== 'restarting';
}
