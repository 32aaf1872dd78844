import type { Journal } from '../journal/journal.ts';
import { placeAt, presentationOf, virtualTimeAt, type Timeline } from '../scene/timeline.ts';

/** A command and what came of it, until the next one was typed. The first chapter is the boot. */
export interface Chapter {
  /** What was typed; empty for the boot. */
  readonly command: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** A timeline is made anew whenever the journal has changed, so its chapters are found once. */
const found = new WeakMap<Timeline, readonly Chapter[]>();

/** The session's chapters, in order. */
export function chaptersOf(journal: Journal, timeline: Timeline): readonly Chapter[] {
  const known = found.get(timeline) ?? findChapters(journal, timeline);
  found.set(timeline, known);
  return known;
}

function findChapters(journal: Journal, timeline: Timeline): readonly Chapter[] {
  const starts: { readonly command: string; readonly fromMs: number; readonly fromNs: number }[] = [
    { command: '', fromMs: 0, fromNs: 0 },
  ];
  let typed = '';
  for (const event of journal.events) {
    if (event.type !== 'input' || event.action !== 'data') continue;
    typed += event.data;
    if (!/[\r\n\x03\x04]$/.test(typed)) continue;
    const fromMs = event.seq === 0 ? 0 : presentationOf(timeline, event.seq - 1);
    starts.push({ command: readable(typed), fromMs, fromNs: event.timeNs });
    typed = '';
  }
  return starts.map((start, index) => {
    const next = starts[index + 1];
    const toMs = next?.fromMs ?? timeline.durationMs;
    return { ...start, toMs, toNs: next?.fromNs ?? virtualTimeAt(timeline, toMs) };
  });
}

/** The chapter of a moment. Where one ends and the next begins, it is still the one that ends. */
export function chapterAt(chapters: readonly Chapter[], atMs: number): Chapter | undefined {
  return chapters.findLast(({ fromMs }) => fromMs < atMs) ?? chapters[0];
}

/**
 * Virtual time since a chapter began, ns. Between two points of the timeline it is an estimate, which may not pass the
 * chapter's end.
 */
export function elapsedIn({ fromNs, toNs }: Chapter, timeline: Timeline, atMs: number): number {
  return Math.max(0, Math.min(virtualTimeAt(timeline, atMs), toNs) - fromNs);
}

/** Whether a moment is at the end of all that is known. */
export function isAtEnd(timeline: Timeline, atMs: number): boolean {
  return placeAt(timeline, atMs) >= timeline.events.length && atMs >= timeline.durationMs - 1e-6;
}

function readable(typed: string): string {
  if (typed.endsWith('\x03')) return 'Ctrl-C';
  if (typed === '\x04') return 'Ctrl-D';
  return typed.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, ' ').trim();
}
