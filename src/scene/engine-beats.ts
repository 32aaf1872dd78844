import type { JournalEvent } from '../journal/event.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Params } from '../text/text.ts';
import type { BeatKind, Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { shortLabel } from './names.ts';
import { programName } from './node-text.ts';
import { endOf } from './story-beats.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

const engineMs = 900;

/** What the engine level tells in words of its own; the rest it tells by rote (detail-beats.ts). */
export function engineOf(event: JournalEvent, cursor: Cursor): Telling | undefined {
  switch (event.type) {
    case 'task.fork':
      return birth(event, cursor);
    case 'task.exec':
      return replacement(event, cursor);
    case 'task.exit':
      return clientEnd(event, cursor);
    case 'task.subreaper':
      return declaration(event, cursor);
    case 'message.send':
      return event.kind === 'request' ? request(event, cursor) : undefined;
    case 'container':
      return running(event, cursor);
    case 'call':
      return door(event, cursor);
    default:
      return undefined;
  }
}

function telling(
  kind: BeatKind,
  anchor: string,
  key: StoryKey,
  focus: readonly number[],
  params: Params = {},
): Telling {
  return { kind, anchor, key, params, focus, weight: engineMs };
}

function birth({ pid, by }: Of<'task.fork'>, cursor: Cursor): Telling | undefined {
  const part = cursor.role(pid)?.part ?? '';
  const anchor = cursor.label(pid);
  if (part === 'runc-init-0') return telling('fork', anchor, 'runc.forks-stage-0', [pid, by]);
  if (!part.startsWith('runc-') || cursor.role(by)?.part !== 'shim') return undefined;
  return telling('fork', anchor, 'shim.runs', [pid, by], { verb: part.slice('runc-'.length) });
}

/** What a container's first process becomes by itself: of -d it is told behind the prompt, where a story has ended. */
function replacement({ pid, path, argv }: Of<'task.exec'>, cursor: Cursor): Telling | undefined {
  if (cursor.role(pid)?.part !== 'init' || !cursor.hasExecuted(pid)) return undefined;
  const params = {
    before: cursor.title(pid),
    program: programName(path, argv),
    container: cursor.containerOf(pid),
  };
  return telling('exec', cursor.label(pid), 'init.becomes', [pid], params);
}

function clientEnd({ pid, status }: Of<'task.exit'>, cursor: Cursor): Telling | undefined {
  if (cursor.label(pid) !== 'docker' || !('code' in status)) return undefined;
  return telling('exit', 'docker', 'client.ends', [pid], endOf(status));
}

function declaration({ pid, on }: Of<'task.subreaper'>, cursor: Cursor): Telling | undefined {
  if (!on || cursor.role(pid)?.part !== 'shim') return undefined;
  return telling('call', `${cursor.label(pid)} subreaper`, 'shim.subreaper', [pid]);
}

const requests: readonly (readonly [label: RegExp, key: StoryKey])[] = [
  [/^HEAD .*_ping/, 'client.pings'],
  [/\/wait(\?|$)/, 'client.waits'],
  [/Containers\/Create$/, 'dockerd.hands-over'],
  [/Task\/Start$/, 'containerd.asks-start'],
];

function request(event: Of<'message.send'>, cursor: Cursor): Telling | undefined {
  const rule = requests.find(([pattern]) => pattern.test(event.label));
  if (rule === undefined) return undefined;
  const reference = /containers\/([^/?]+)/.exec(event.label)?.[1] ?? cursor.startedIn(event.span) ?? '';
  const focus = [event.pid, cursor.receiver(event)];
  const container = cursor.container(reference);
  return telling('request', shortLabel(event.label, cursor.container), rule[1], focus, { container });
}

function running(event: Of<'container'>, cursor: Cursor): Telling | undefined {
  if (event.removed || event.status !== 'running' || cursor.statusOf(event.id) === 'running') return undefined;
  const container = cursor.container(event.id);
  return telling('container', `${container} running`, 'dockerd.running', [event.pid], { container });
}

/** The two moments in which `runc init` shuts itself in. */
function door({ pid, call, args }: Of<'call'>, cursor: Cursor): Telling | undefined {
  if (cursor.role(pid)?.part !== 'init' || cursor.hasExecuted(pid)) return undefined;
  const anchor = `${cursor.label(pid)} ${call}`;
  if (call === 'pivot_root') return telling('call', anchor, 'runc.pivots', [pid]);
  return /seccomp/i.test(`${call} ${args}`) ? telling('call', anchor, 'runc.confines', [pid]) : undefined;
}
