import { useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { barsOf, marksOf, type Mark } from '../scene/marks.ts';
import type { Chapter } from '../stage/chapters.ts';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';
import { sentence } from './Caption.tsx';

/** The timeline of one chapter: what is marked on it, and the playhead, which can be dragged. */
export function Track({ chapter }: { readonly chapter: Chapter }) {
  const { fromMs, toMs } = chapter;
  const playhead = usePlayhead();
  const element = useRef<HTMLDivElement>(null);
  const isDragging = useRef(false);
  const share = useShowing(({ atMs }) => shareOf(atMs, fromMs, toMs));
  const text = useShowing(({ beat }) => (beat === null ? '' : sentence(beat)));

  const seekTo = (event: PointerEvent): void => {
    const box = element.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    const at = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    playhead.pause();
    playhead.seek(fromMs + at * (toMs - fromMs));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'PageDown' && event.key !== 'PageUp') return;
    event.preventDefault();
    const { atMs } = playhead.store.getState();
    playhead.seek(atMs + ((toMs - fromMs) / 10) * (event.key === 'PageUp' ? 1 : -1));
  };

  return (
    <div
      className="track"
      ref={element}
      role="slider"
      tabIndex={0}
      aria-label={words('transport.timeline')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        isDragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (isDragging.current) seekTo(event);
      }}
      // Also where the browser takes a touch for something of its own.
      onLostPointerCapture={() => {
        isDragging.current = false;
      }}
    >
      <div className="track-line" />
      <div className="track-done" style={{ width: `${share * 100}%` }} />
      <Marks chapter={chapter} share={share} />
      <div className="track-head" style={{ left: `${share * 100}%` }} />
    </div>
  );
}

/** Where Esc leads from the terminal: from here on the keys are the page's. */
export function focusTrack(): void {
  document.querySelector<HTMLElement>('.track')?.focus();
}

/** What is marked in a chapter: each beat, or bars where they would lie on each other. */
function Marks({ chapter: { fromMs, toMs }, share }: { readonly chapter: Chapter; readonly share: number }) {
  const timeline = useShowing((showing) => showing.timeline);
  const marks = useMemo(() => marksOf(timeline, fromMs, toMs), [timeline, fromMs, toMs]);
  const isCrowded = marks.length > crowdedFrom;
  const bars = useMemo(
    () => (isCrowded ? barsOf(marks, fromMs, toMs, barCount) : []),
    [marks, isCrowded, fromMs, toMs],
  );
  return (
    <>
      {bars.map(({ from, share: fullness, isGrave }) => (
        <div
          key={from}
          className="mark-bar"
          data-grave={isGrave || undefined}
          data-past={from <= share || undefined}
          style={{ left: `${from * 100}%`, width: `${70 / barCount}%`, height: 2 + Math.round(fullness * 8) }}
        />
      ))}
      {(isCrowded ? turningPoints(marks) : marks).map((mark) => (
        <TrackMark
          key={mark.id}
          mark={mark}
          share={shareOf(mark.atMs, fromMs, toMs)}
          isPast={mark.atMs <= fromMs + share * (toMs - fromMs)}
        />
      ))}
    </>
  );
}

/** More marks than this would lie on each other: bars tell then how thick they stand. */
const crowdedFrom = 150;
const barCount = 90;

/** In a crowd of beats they stand alone as long as they are few; else each bar has its own. */
function turningPoints(marks: readonly Mark[]): readonly Mark[] {
  const turning = marks.filter(({ rank }) => rank === 'turning');
  return turning.length > barCount / 3 ? [] : turning;
}

function shareOf(atMs: number, fromMs: number, toMs: number): number {
  return toMs <= fromMs ? 1 : Math.max(0, Math.min(1, (atMs - fromMs) / (toMs - fromMs)));
}

interface MarkProps {
  readonly mark: Mark;
  readonly share: number;
  readonly isPast: boolean;
}

function TrackMark({ mark: { kind, rank }, share, isPast }: MarkProps) {
  return (
    <div
      className={rank === 'turning' ? 'mark-turning' : 'mark'}
      data-kind={kind}
      data-grave={rank === 'grave' || undefined}
      data-past={isPast || undefined}
      style={{ left: `${share * 100}%` }}
    />
  );
}
