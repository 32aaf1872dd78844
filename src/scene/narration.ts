/** The story of a journal as prose: what was typed, and a sentence for each beat of the coarsest level. */
import type { JournalEvent } from '../journal/event.ts';
import { stage } from '../text/stage.en.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { beats } from './beats.ts';

/** A silence at least this long is told. */
const silenceNs = 900_000_000;

/**
 * Lines of text, without newlines: `$ COMMAND` for what was typed (`2$` on terminal 2), then two spaces and a sentence
 * for each beat. Long silences are told between them, in seconds of virtual time.
 */
export function narrate(events: readonly JournalEvent[]): readonly string[] {
  const told = new Map(beats(events, 'story').map((beat) => [beat.seq, beat]));
  const lines: string[] = [];
  let lastNs = 0;
  for (const event of events) {
    const line = lineOf(event, told.get(event.seq));
    if (line === undefined) continue;
    const gapNs = event.timeNs - lastNs;
    if (lines.length > 0 && gapNs >= silenceNs)
      lines.push(`  ${say(stage, 'story.silence', { seconds: (gapNs / 1e9).toFixed(1) })}`);
    lastNs = event.timeNs;
    lines.push(line);
  }
  return lines;
}

function lineOf(event: JournalEvent, beat: ReturnType<typeof beats>[number] | undefined): string | undefined {
  if (event.type === 'input') return event.action === 'data' ? typed(event.terminal, event.data) : undefined;
  if (beat === undefined || beat.kind === 'boot') return undefined;
  return `  ${say(story, beat.caption.key, beat.caption.params)}`;
}

function typed(terminal: number, data: string): string {
  const text = data
    .replace(/\r$/, '')
    .replace(/[\x00-\x1f]/g, (key) => `^${String.fromCharCode(key.charCodeAt(0) + 64)}`);
  return `${terminal === 1 ? '' : terminal}$ ${text}`;
}
