import { ChevronDown, ListVideo, Pause, Play, SkipBack, StepBack, StepForward } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useMemo } from 'react';
import type { BeatKind } from '../scene/beats.ts';
import type { StepKind } from '../scene/timeline.ts';
import { chapterAt, chaptersOf, elapsedIn, isAtEnd, type Chapter } from '../stage/chapters.ts';
import { speeds } from '../stage/playhead.ts';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';
import { useControls, useDesk } from './desk.ts';
import { durationText } from './duration.ts';
import { LongWork } from './LongWork.tsx';
import { Segments } from './Segments.tsx';
import { Track } from './Track.tsx';
import { useMainPart } from './use-main-part.ts';

const icon = { size: 17, strokeWidth: 2, 'aria-hidden': true } as const;

/** Play, pause, steps both ways, the timeline, speed, and jumps to what one looks for. */
export function Transport() {
  const playhead = usePlayhead();
  const chapter = useChapter();
  return (
    <section className="transport" aria-label={words('transport.label')}>
      <div className="transport-buttons">
        <button
          type="button"
          className="icon-button"
          aria-label={words('transport.start')}
          title={`${words('transport.start')} (Home)`}
          onClick={() => {
            playhead.pause();
            playhead.seek(chapter.fromMs);
          }}
        >
          <SkipBack {...icon} />
        </button>
        <StepButton direction="back" />
        <PlayButton />
        <StepButton direction="forward" />
      </div>
      <StepKinds />
      <Track chapter={chapter} />
      <Time chapter={chapter} />
      <LongWork />
      <Jumps />
      <Speed />
    </section>
  );
}

function useChapter(): Chapter {
  const journal = useShowing((showing) => showing.journal);
  const timeline = useShowing((showing) => showing.timeline);
  const chapters = useMemo(() => chaptersOf(journal, timeline), [journal, timeline]);
  const index = useShowing(({ atMs }) => chapters.indexOf(chapterAt(chapters, atMs) ?? (chapters[0] as Chapter)));
  return chapters[index] ?? { command: '', fromMs: 0, toMs: 0, fromNs: 0, toNs: 0 };
}

function PlayButton() {
  const { playOrFlow } = useControls();
  const isPlaying = useShowing((showing) => showing.isPlaying);
  const atEnd = useShowing(({ timeline, atMs, isGrowing }) => isAtEnd(timeline, atMs) && !isGrowing);
  const isWaiting = useDesk((desk) => desk.isWaiting);
  const isOffered = useDesk((desk) => desk.offer !== null);
  const atTheEnd = isOffered ? 'transport.offer' : isWaiting ? 'transport.flow' : 'transport.again';
  const label = words(isPlaying ? 'transport.pause' : atEnd ? atTheEnd : 'transport.play');
  return (
    <button
      type="button"
      className="icon-button"
      data-main
      aria-label={label}
      title={`${label} (Space)`}
      onClick={playOrFlow}
    >
      {isPlaying ? <Pause {...icon} fill="currentColor" /> : <Play {...icon} fill="currentColor" />}
    </button>
  );
}

function StepButton({ direction }: { readonly direction: 'forward' | 'back' }) {
  const { step } = useControls();
  const isUseless = useShowing(({ atMs, timeline, isGrowing }) =>
    direction === 'back' ? atMs <= 0 : atMs >= timeline.durationMs && !isGrowing,
  );
  const label = words(direction === 'back' ? 'transport.back' : 'transport.forward');
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={`${label} (${direction === 'back' ? '←' : '→'})`}
      // Not `disabled`: who has stepped to the end by this button keeps the keyboard there.
      aria-disabled={isUseless}
      onClick={() => step(direction)}
    >
      {direction === 'back' ? <StepBack {...icon} /> : <StepForward {...icon} />}
    </button>
  );
}

const stepKinds: readonly StepKind[] = ['over', 'into', 'out'];

function StepKinds() {
  const playhead = usePlayhead();
  const stepKind = useShowing((showing) => showing.stepKind);
  return (
    <Segments
      label={words('transport.step-kind')}
      className="step-kinds"
      choices={stepKinds.map((kind) => ({ value: kind, text: words(`transport.${kind}`) }))}
      chosen={stepKind}
      choose={(kind) => playhead.set({ stepKind: kind })}
    />
  );
}

function Time({ chapter }: { readonly chapter: Chapter }) {
  const headNs = useDesk((desk) => desk.headNs);
  const isHead = useShowing(({ timeline, atMs }) => isAtEnd(timeline, atMs));
  const shownNs = useShowing(({ timeline, atMs }) => elapsedIn(chapter, timeline, atMs));
  const atNs = isHead ? Math.max(shownNs, headNs - chapter.fromNs) : shownNs;
  const isAtRest = useShowing(({ atMs, restMs, timeline }) => atMs === restMs && restMs === timeline.durationMs);
  const isComing = useShowing(({ isGrowing, isFlowing }) => isGrowing && !isFlowing);
  if (isAtRest && !isComing) return <span className="time">{words('transport.rest')}</span>;
  const at = words('transport.time', { at: durationText(atNs) });
  if (isComing) {
    return (
      <span className="time">
        {at} <span className="time-total">{words('transport.time-coming')}</span>
        <span className="time-more" aria-hidden="true">
          …
        </span>
      </span>
    );
  }
  const total = durationText(Math.max(chapter.toNs - chapter.fromNs, atNs));
  return (
    <span className="time">
      {at}
      <span className="time-total">{words('transport.time-total', { total })}</span>
    </span>
  );
}

const jumpKinds = [
  ['fork', 'F'],
  ['exit', 'E'],
  ['request', 'R'],
  ['reparent', 'P'],
] as const satisfies readonly (readonly [BeatKind, string])[];

function Jumps() {
  const main = useMainPart();
  const playhead = usePlayhead();
  return (
    <DropdownMenu.Root modal={false} onOpenChange={main.find}>
      <DropdownMenu.Trigger
        className="icon-button jumps"
        aria-label={words('transport.jump')}
        title={words('transport.jump')}
      >
        <ListVideo {...icon} />
        <ChevronDown size={12} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={main.container}>
        <DropdownMenu.Content className="floating menu" side="top" align="end" sideOffset={6}>
          {jumpKinds.map(([kind, key]) => (
            <DropdownMenu.Item key={kind} onSelect={() => playhead.jump(kind, 'forward')}>
              {words('transport.jump.next')} {words(`transport.jump.${kind}`)}
              <span className="key-cap ml-auto">{key}</span>
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className="m-1 h-px bg-line" />
          {jumpKinds.map(([kind, key]) => (
            <DropdownMenu.Item key={kind} onSelect={() => playhead.jump(kind, 'back')}>
              {words('transport.jump.previous')} {words(`transport.jump.${kind}`)}
              <span className="key-cap ml-auto">⇧{key}</span>
            </DropdownMenu.Item>
          ))}
          <StepsInMenu />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The choice of steps once more, where the row of buttons has no room for it. */
function StepsInMenu() {
  const playhead = usePlayhead();
  const stepKind = useShowing((showing) => showing.stepKind);
  return (
    <div className="menu-steps">
      <DropdownMenu.Separator className="m-1 h-px bg-line" />
      <DropdownMenu.RadioGroup value={stepKind} aria-label={words('transport.step-kind')}>
        {stepKinds.map((kind) => (
          <DropdownMenu.RadioItem key={kind} value={kind} onSelect={() => playhead.set({ stepKind: kind })}>
            {words('transport.step-kind')} {words(`transport.${kind}`)}
            <DropdownMenu.ItemIndicator className="ml-auto">✓</DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </div>
  );
}

function Speed() {
  const main = useMainPart();
  const playhead = usePlayhead();
  const speed = useShowing((showing) => showing.speed);
  return (
    <DropdownMenu.Root modal={false} onOpenChange={main.find}>
      <DropdownMenu.Trigger
        className="icon-button speed"
        aria-label={`${words('transport.speed')}: ${speedText(speed)}`}
      >
        {speedText(speed)}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={main.container}>
        <DropdownMenu.Content className="floating menu min-w-[90px]" side="top" align="end" sideOffset={6}>
          <DropdownMenu.RadioGroup value={String(speed)}>
            {speeds.map((value) => (
              <DropdownMenu.RadioItem key={value} value={String(value)} onSelect={() => playhead.set({ speed: value })}>
                {speedText(value)}
                <DropdownMenu.ItemIndicator className="ml-auto">✓</DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function speedText(speed: number): string {
  return `${speed === 0.5 ? '½' : speed}×`;
}
