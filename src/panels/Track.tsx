import { useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { marksOf, type Mark } from '../scene/timeline.ts';
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
  const timeline = useShowing((showing) => showing.timeline);
  const share = useShowing(({ atMs }) => shareOf(atMs, fromMs, toMs));
  const text = useShowing(({ beat }) => (beat === null ? '' : sentence(beat)));
  const marks = useMemo(
    () => marksOf(timeline).filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
    [timeline, fromMs, toMs],
  );

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
      data-crowded={marks.length > crowdedFrom || undefined}
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
      onPointerUp={() => {
        isDragging.current = false;
      }}
    >
      <div className="track-line" />
      <div className="track-done" style={{ width: `${share * 100}%` }} />
      {marks.map((mark) => (
        <TrackMark
          key={mark.id}
          mark={mark}
          share={shareOf(mark.atMs, fromMs, toMs)}
          isPast={mark.atMs <= fromMs + share * (toMs - fromMs)}
        />
      ))}
      <div className="track-head" style={{ left: `${share * 100}%` }} />
    </div>
  );
}

/** More marks than this would lie on each other. */
const crowdedFrom = 150;

function shareOf(atMs: number, fromMs: number, toMs: number): number {
  return toMs <= fromMs ? 1 : Math.max(0, Math.min(1, (atMs - fromMs) / (toMs - fromMs)));
}

interface MarkProps {
  readonly mark: Mark;
  readonly share: number;
  readonly isPast: boolean;
}

function TrackMark({ mark: { kind, isTurning }, share, isPast }: MarkProps) {
  return (
    <div
      className={isTurning ? 'mark-turning' : 'mark'}
      data-kind={kind}
      data-past={isPast || undefined}
      style={{ left: `${share * 100}%` }}
    />
  );
}
