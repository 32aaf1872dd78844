import type { JournalEvent } from '../journal/event.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Params } from '../text/text.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { telling } from './host-beats.ts';

/** What somebody does by hand of what runc does for a container: unshare, nsenter, pivot_root. */
export function byHandOf(event: JournalEvent, cursor: Cursor): Telling | undefined {
  if (event.type === 'task.fork') return firstInside(event, cursor);
  if (event.type !== 'call' || event.result !== '0' || !cursor.aftermath.hands.has(event.pid)) return undefined;
  switch (event.call) {
    case 'unshare':
      return act(event.pid, 'hand.unshares', cursor, { flags: event.args.replaceAll('|', ', ') });
    case 'setns':
      return entering(event.pid, cursor);
    case 'pivot_root':
      return act(event.pid, 'hand.pivots', cursor);
    default:
      return undefined;
  }
}

function firstInside(
  { by, pid, nsPids }: Extract<JournalEvent, { type: 'task.fork' }>,
  cursor: Cursor,
): Telling | undefined {
  if (!cursor.aftermath.hands.has(by) || nsPids.length < 2 || nsPids.at(-1) !== 1) return undefined;
  return { ...act(by, 'hand.first', cursor, { pid: String(pid) }), focus: [pid, by] };
}

/** Once for all kinds: with the first it is no hand any more. */
function entering(pid: number, cursor: Cursor): Telling {
  const [, target = ''] =
    /(?:^| )(?:-t *|--target[ =])(\d+)/.exec(cursor.aftermath.hands.get(pid)?.join(' ') ?? '') ?? [];
  const container = cursor.memberOf(Number(target));
  return container === '' ? act(pid, 'hand.enters', cursor) : act(pid, 'hand.enters-container', cursor, { container });
}

function act(pid: number, key: StoryKey, cursor: Cursor, params: Params = {}): Telling {
  return { ...telling(pid, key, cursor, params, 3200), kind: 'namespace' };
}
