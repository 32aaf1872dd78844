/** The story of a journal as prose: what was typed, and a sentence for each beat of the coarsest level. */
import type { JournalEvent } from '../journal/event.ts';
import { stage } from '../text/stage.en.ts';
import { story, type StoryKey } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats, type Beat } from './beats.ts';
import { routineOf } from './routines.ts';

/** A silence at least this long is told. */
const silenceNs = 900_000_000;

/** What goes along with every command line: worth a sentence the first time. */
const everyday: ReadonlySet<StoryKey> = new Set([
  'client.begins',
  'client.begins-below',
  'client.reaped',
  'client.reaped-alone',
  'client.reaped-between',
  'client.reaped-between-alone',
  'host.begins',
  'shell.prompts',
  'shell.alone',
]);

/** Cleared away too when there is no runc delete by a shim to stand for it: after a failed start, or without a shim. */
const cleaning: ReadonlySet<StoryKey> = new Set([
  'shim.ends',
  'containerd.forks-cleaner',
  'shim.runs-delete-again',
  'shim.runs-delete-instead',
]);

interface Told {
  readonly keys: Set<StoryKey>;
  /** Containers whose shim has run runc delete since it was made, by name. */
  readonly cleared: Set<string>;
}

/**
 * Lines of text, without newlines: `$ COMMAND` for what was typed (`2$` on terminal 2), then two spaces and a sentence
 * for each beat. Long silences are told between them, in seconds of virtual time. What is the same each time is told
 * whole the first time only.
 */
export function narrate(events: readonly JournalEvent[]): readonly string[] {
  const told = new Map(beats(events, 'story').map((beat) => [beat.seq, beat]));
  const known: Told = { keys: new Set(), cleared: new Set() };
  const lines: string[] = [];
  let lastNs = 0;
  let last = '';
  let repeated = 0;
  const tellRepeated = () => {
    if (repeated > 0) lines.push(`  ${say(stage, 'story.repeated', { count: repeated })}`);
    repeated = 0;
  };
  for (const event of events) {
    const line = lineOf(event, told.get(event.seq), known);
    if (line === undefined) continue;
    const gapNs = event.timeNs - lastNs;
    lastNs = event.timeNs;
    const isSilent = lines.length > 0 && gapNs >= silenceNs;
    if (line === last && !isSilent) {
      repeated += 1;
      continue;
    }
    tellRepeated();
    if (isSilent) lines.push(`  ${say(stage, 'story.silence', { seconds: (gapNs / 1e9).toFixed(1) })}`);
    lines.push(line);
    last = line;
  }
  tellRepeated();
  return lines;
}

function lineOf(event: JournalEvent, beat: Beat | undefined, known: Told): string | undefined {
  if (event.type === 'input') return event.action === 'data' ? typed(event.terminal, event.data) : undefined;
  if (beat === undefined || beat.kind === 'boot') return undefined;
  const sentence = sentenceOf(beat, known);
  return sentence === undefined ? undefined : `  ${sentence}`;
}

function sentenceOf({ caption: { key, params } }: Beat, { keys, cleared }: Told): string | undefined {
  const isKnown = keys.has(key);
  const container = String(params['container'] ?? '');
  keys.add(key);
  if (key === 'shim.runs-create') cleared.delete(container);
  if (key === 'shim.runs-delete') cleared.add(container);
  if (!isKnown || (cleaning.has(key) && !cleared.has(container))) return say(story, key, params);
  if (everyday.has(key)) return undefined;
  const routine = routineOf(key);
  if (routine === undefined) return say(story, key, params);
  return key === routine.stands ? say(story, routine.again, params) : undefined;
}

function typed(terminal: number, data: string): string {
  const text = data
    .replace(/\r$/, '')
    .replace(/[\x00-\x1f]/g, (key) => `^${String.fromCharCode(key.charCodeAt(0) + 64)}`);
  return `${terminal === 1 ? '' : terminal}$ ${text}`;
}
