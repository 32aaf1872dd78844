import type { DetailLevel, JournalEvent, Protocol } from '../journal/event.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Params } from '../text/text.ts';
import type { BeatKind, Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { shortLabel } from './names.ts';
import { endOf } from './story-beats.ts';

export interface Detail {
  readonly level: DetailLevel;
  readonly telling: Telling;
}

const engineMs = 900;
const kernelMs = 350;

/** How the finer levels tell what the story passes over: every process and message, then every notable system call. */
export function detailOf(event: JournalEvent, cursor: Cursor): Detail | undefined {
  switch (event.type) {
    case 'task.fork':
    case 'task.exec':
    case 'task.exit':
    case 'task.reap':
      return ofTask(event, cursor);
    case 'message.send':
      return ofMessage(event, cursor);
    case 'machine':
      return ofMachine(event, cursor);
    case 'signal.send': {
      const params = { from: cursor.title(event.from), who: cursor.title(event.pid), signal: event.signal };
      const level = event.signal === 'SIGCHLD' ? 'kernel' : 'engine';
      return detail(level, 'signal', `${event.signal} ${cursor.label(event.pid)}`, 'signal.sent', params, event.pid);
    }
    default:
      return ofKernel(event, cursor);
  }
}

function detail(
  level: DetailLevel,
  kind: BeatKind,
  anchor: string,
  key: StoryKey,
  params: Params,
  ...focus: readonly number[]
): Detail {
  return { level, telling: { kind, anchor, key, params, focus, weight: level === 'engine' ? engineMs : kernelMs } };
}

type TaskEvent = Extract<JournalEvent, { type: 'task.fork' | 'task.exec' | 'task.exit' | 'task.reap' }>;

function ofTask(event: TaskEvent, cursor: Cursor): Detail {
  const { pid } = event;
  const who = cursor.title(pid);
  const anchor = cursor.label(pid);
  switch (event.type) {
    case 'task.fork':
      return detail('engine', 'fork', anchor, 'task.born', { by: cursor.title(event.by), who }, pid, event.by);
    case 'task.exec':
      return detail('engine', 'exec', anchor, 'task.executes', { who, path: event.path || event.argv.join(' ') }, pid);
    case 'task.exit': {
      const key = 'code' in event.status ? 'task.exits' : 'task.killed';
      return detail('engine', 'exit', anchor, key, { who, ...endOf(event.status) }, pid, cursor.parentOf(pid));
    }
    case 'task.reap':
      return detail('engine', 'reap', anchor, 'task.reaped', { by: cursor.title(event.by), who }, event.by, pid);
  }
}

function ofMessage(event: Extract<JournalEvent, { type: 'message.send' }>, cursor: Cursor): Detail {
  const label = shortLabel(event.label, cursor.container);
  const receiver = cursor.receiver(event);
  const to = receiver === 0 ? 'whoever listens' : cursor.title(receiver);
  const params = { from: cursor.title(event.pid), to, label, status: statusText(event.protocol, event.status ?? '') };
  const [kind, key] = tellings[event.kind];
  return detail('engine', kind, label, key, params, event.pid, receiver);
}

/** gRPC, ttrpc and D-Bus call a success 0: a number that says nothing to who does not know it. */
function statusText(protocol: Protocol, status: string): string {
  return status === '0' && protocol !== 'HTTP' ? 'ok' : status;
}

const tellings = {
  request: ['request', 'message.request'],
  response: ['response', 'message.response'],
  event: ['notice', 'message.event'],
} as const;

function ofMachine(event: Extract<JournalEvent, { type: 'machine' }>, cursor: Cursor): Detail {
  const { pid, object, from, to: state } = event;
  const who = cursor.title(pid);
  const machine = `${event.machine} ${cursor.container(object)}`.trim();
  const anchor = `${event.machine} ${cursor.container(object)} ${state}`;
  if (from === undefined) return detail('kernel', 'machine', anchor, 'machine.begins', { who, machine, state }, pid);
  if (from === state)
    return detail('kernel', 'machine', anchor, 'machine.acts', { who, machine, state, event: event.event }, pid);
  return detail('kernel', 'machine', anchor, 'machine.changes', { who, machine, from, state }, pid);
}

function ofKernel(event: JournalEvent, cursor: Cursor): Detail | undefined {
  if (!('pid' in event)) return undefined;
  const { pid } = event;
  const who = cursor.title(pid);
  const label = cursor.label(pid);
  switch (event.type) {
    case 'call': {
      const { call, args, result = '' } = event;
      const key = event.phase === 'enter' ? 'call.sleeps' : event.phase === 'return' ? 'call.wakes' : 'call.made';
      return detail('kernel', 'call', `${label} ${call}`, key, { who, call, args, result }, pid);
    }
    case 'namespace.create': {
      const { kind, inode } = event;
      return detail('kernel', 'namespace', `${label} ${kind}`, 'namespace.made', { who, kind, inode }, pid);
    }
    case 'cgroup.move':
      return detail('kernel', 'cgroup', label, 'cgroup.joined', { who, path: event.path }, pid);
    case 'mount.add': {
      const { fstype, target } = event;
      return detail('kernel', 'mount', `${label} ${target}`, 'mount.made', { who, fstype, target }, pid);
    }
    case 'net.link': {
      const { name, op, value } = event;
      return detail('kernel', 'device', `${label} ${op}`, 'device.changed', { who, name, op, value }, pid);
    }
    default:
      return undefined;
  }
}
