import type { JournalEvent } from '../journal/event.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Params } from '../text/text.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { changesOf, hostFile } from './host-files.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** What befalls the host itself: its disk, the line to the registry, the file of runc. */
export function hostOf(event: JournalEvent, cursor: Cursor): Telling | undefined {
  if (event.type === 'fd.open')
    return /w/.test(event.file.access ?? '') ? changed(event, cursor, written[event.file.name]) : undefined;
  if (event.type !== 'call') return undefined;
  if (event.result === 'ENOSPC') return noRoom(event, cursor);
  if (event.call === 'fallocate') return reserved(event, cursor);
  return changesOf(event)
    .map(({ path, isThere }) => changed(event, cursor, (isThere ? appeared : gone)[path]))
    .find((telling) => telling !== undefined);
}

type Keys = Readonly<Record<string, StoryKey>>;

const written: Keys = { [hostFile.runc]: 'host.runc-replaced', [hostFile.registry]: 'host.line-set' };
const appeared: Keys = { [hostFile.runc]: 'host.runc-back' };
const gone: Keys = {
  [hostFile.runc]: 'host.runc-gone',
  [hostFile.registry]: 'host.line-usual',
  [hostFile.fill]: 'host.room-again',
};

/** In a container files of these names are others. */
function changed(event: Of<'call' | 'fd.open'>, cursor: Cursor, key: StoryKey | undefined): Telling | undefined {
  return key === undefined || cursor.memberOf(event.pid) !== '' ? undefined : telling(event.pid, key, cursor, {}, 3400);
}

/** The first refusal since a line was typed. */
function noRoom({ pid }: Of<'call'>, cursor: Cursor): Telling | undefined {
  return cursor.aftermath.isRoomMissed ? undefined : telling(pid, 'kernel.no-room', cursor, {}, 3400);
}

function reserved({ pid, args }: Of<'call'>, cursor: Cursor): Telling {
  const bytes = Number(/\d+$/.exec(args)?.[0]);
  return telling(pid, 'host.reserved', cursor, { size: `${(bytes / 1e9).toFixed(1)} GB` }, 2600);
}

/** What one process does by itself, or what befalls it. */
export function telling(pid: number, key: StoryKey, cursor: Cursor, params: Params, weight: number): Telling {
  const anchor = `${cursor.label(pid)} ${key}`;
  return { kind: 'call', anchor, key, params: { who: cursor.title(pid), ...params }, focus: [pid], weight };
}
