import type { MessageFact, Stamp } from '../event.ts';
import { lookUp, withEntry, withoutEntry } from '../table.ts';
import type { Connection, TaskState } from '../world.ts';
import { changeTask, type Draft } from './draft.ts';

type Send = Extract<MessageFact, { type: 'message.send' }>;

/** Messages between processes, and the connections that they show. */
export function foldMessage(draft: Draft, event: MessageFact & Stamp): void {
  if (event.type === 'message.send') return send(draft, event);
  const flight = lookUp(draft.inFlight, event.id);
  if (flight === undefined) return;
  draft.inFlight = withoutEntry(draft.inFlight, event.id);
  const connection = lookUp(draft.connections, flight.connection);
  if (connection === undefined) return;
  // Who takes the first message may be another than who listened: a shim inherits its helper's socket.
  const server = event.pid === connection.client ? connection.server : event.pid;
  if (server !== connection.server) {
    leave(draft, connection.server, connection.id);
    join(draft, server, connection.id);
  }
  const answered = flight.kind === 'response' && !isSubscription(flight.label) ? 1 : 0;
  setConnection(draft, {
    ...connection,
    server,
    openRequests: Math.max(0, connection.openRequests - answered),
    lastSeq: event.seq,
  });
}

function send(draft: Draft, event: Send & Stamp): void {
  const { type: _, seq, timeNs, span: _span, cause: _cause, ...message } = event;
  draft.inFlight = withEntry(draft.inFlight, event.id, { ...message, sent: seq, sentNs: timeNs });

  const known = lookUp(draft.connections, event.connection);
  const isAnswer = event.kind === 'response';
  const connection: Connection = known ?? {
    id: event.connection,
    protocol: event.protocol,
    client: isAnswer ? event.to : event.pid,
    server: isAnswer ? event.pid : event.to,
    openRequests: 0,
    lastSeq: seq,
  };
  if (known === undefined) {
    join(draft, event.pid, event.connection);
    join(draft, event.to, event.connection);
  }
  const asked = event.kind === 'request' && !isSubscription(event.label) ? 1 : 0;
  setConnection(draft, { ...connection, openRequests: connection.openRequests + asked, lastSeq: seq });
}

/** A subscription stays open for life: nobody waits for its response. */
function isSubscription(label: string): boolean {
  return label.endsWith('/Subscribe');
}

function setConnection(draft: Draft, connection: Connection): void {
  draft.connections = withEntry(draft.connections, connection.id, connection);
}

function join(draft: Draft, pid: number, connection: number): void {
  const task = lookUp(draft.tasks, pid);
  if (task !== undefined) changeTask(draft, pid, { connections: [...task.connections, connection] });
}

function leave(draft: Draft, pid: number, connection: number): void {
  const task = lookUp(draft.tasks, pid);
  if (task === undefined) return;
  changeTask(draft, pid, { connections: task.connections.filter((number) => number !== connection) });
}

/** The kernel closes a dying task's sockets: its connections end at both ends, with what was on its way to it. */
export function closeConnectionsOf(draft: Draft, task: TaskState): void {
  for (const id of task.connections) {
    const connection = lookUp(draft.connections, id);
    if (connection === undefined) continue;
    draft.connections = withoutEntry(draft.connections, id);
    const otherPid = connection.client === task.pid ? connection.server : connection.client;
    leave(draft, otherPid, id);
  }
}
