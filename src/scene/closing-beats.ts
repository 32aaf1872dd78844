import type { JournalEvent } from '../journal/event.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { withLeftBehind } from './left-behind.ts';
import { outlivedAt } from './outlived.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** Where a line is over, and the end of each docker in it. */
export function closingOf(event: Of<'task.reap' | 'note'>, cursor: Cursor): Telling | undefined {
  return event.type === 'task.reap' ? reaping(event, cursor) : prompt(event, cursor);
}

function reaping({ seq, pid, by }: Of<'task.reap'>, cursor: Cursor): Telling | undefined {
  const isOfHost = cursor.isHostShell(by);
  const isPrompted = isOfHost && cursor.isLastOfLine(seq);
  // What a line ends with is told whatever it is; amid a line only docker's.
  const isDocker = cursor.role(pid)?.label === 'docker';
  if (!isDocker && !isPrompted) return undefined;
  const id = cursor.clientsContainer(pid);
  const isUp = cursor.statusOf(id) === 'running' && !cursor.hasEnded(id);
  const code = cursor.codeOf(pid);
  const container = cursor.container(id);
  const reaper = isOfHost ? say(story, 'shell', {}) : cursor.title(by);
  const about = {
    kind: 'reap',
    anchor: cursor.label(pid),
    // Who has come to be, or goes on, is what the story was about: seen too wherever there is room.
    focus: [by, ...(cursor.hasEnded(id) ? [] : cursor.initsOf(id, seq)), pid],
    params: { who: cursor.title(pid), container, by: reaper, code },
    weight: isUp ? 2400 : 1600,
    ...(isUp || id === '' ? {} : { frame: container }),
  } as const;
  if (!isPrompted) return { ...about, key: isUp ? 'client.reaped-between' : 'client.reaped-between-alone' };
  const outlived = code === 0 && id === '' ? outlivedAt(cursor, seq) : null;
  if (outlived !== null) {
    const params = { fates: outlived.text };
    return { ...about, focus: [by, ...outlived.focus, pid], key: 'client.reaped-outlived', params, weight: 5200 };
  }
  const isUseless = isDocker && code < 128 && !cursor.hasAsked(pid);
  const failed = isUseless ? 'client.failed-alone' : isUp ? 'client.failed-beside' : 'client.failed';
  const key = code !== 0 ? failed : isUp ? 'client.reaped' : 'client.reaped-alone';
  return withLeftBehind({ ...about, key }, by, cursor, isDocker && code !== 0);
}

/** A line that ends with something that the shell does itself. */
function prompt({ seq, pid }: Of<'note'>, cursor: Cursor): Telling | undefined {
  if (!cursor.isHostShell(pid) || !cursor.isLastOfLine(seq)) return undefined;
  const key = cursor.leftBehind.forking.has(pid) ? 'shell.prompts' : 'shell.alone';
  return withLeftBehind({ kind: 'output', anchor: 'prompt', key, focus: [pid], weight: 1600 }, pid, cursor, false);
}
