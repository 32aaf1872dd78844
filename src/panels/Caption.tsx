import { lazy, Suspense, type ComponentType } from 'react';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import { words } from '../text/ui.en.ts';
import { shortIds } from '../scene/names.ts';
import type { Beat } from '../scene/beats.ts';
import { usePlayhead, useShowing } from '../stage/use-showing.ts';
import { presentationOf, waitAt } from '../scene/timeline.ts';
import { chapterAt, chaptersOf, isAtEnd } from '../stage/chapters.ts';
import type { Showing } from '../stage/playhead.ts';
import { useControls, useDesk } from './desk.ts';
import { durationText } from './duration.ts';

/** The reasons are many words, which nobody needs before something is told: they come right behind the page. */
const whyComes = import('./Why.tsx');
/** Without them the captions stand for themselves. */
const nothing = { default: () => null };
const Why = lazy<ComponentType<{ readonly beat: Beat }>>(() =>
  whyComes.then(
    (module) => ({ default: module.Why }),
    () => nothing,
  ),
);
/** Told at once when it is there: who reads a caption is not to see it grow. */
let known: Awaited<typeof whyComes> | null = null;
void whyComes.then(
  (module) => {
    known = module;
  },
  () => {},
);

/** One plain sentence for the moment; where folklore tells it otherwise, that as well. */
export function Caption() {
  const beat = useShowing((showing) => showing.beat);
  const isAtRest = useShowing(({ atMs, restMs }) => atMs === restMs);
  const isFirst = useShowing(({ restMs, timeline }) => restMs === timeline.durationMs);
  const wait = useShowing(({ timeline, atMs }) => waitAt(timeline, atMs));
  const isWorking = useShowing(awaitsTheMachine);
  const before = useShowing(beforeAnythingIsTold);
  const isQuiet = isWorking || isAtRest || before !== null || beat === null;
  const isTurning = beat?.kind === 'reparent' && !isQuiet;
  const isOffered = useDesk((desk) => desk.offer !== null);
  const resting = words(!isFirst ? 'caption.before' : isOffered ? 'caption.rest' : 'caption.rest-typed');
  const told = beat === null ? words('caption.off') : (before ?? sentence(beat));
  const isPlaying = useShowing((showing) => showing.isPlaying);
  const isBeginning = isAtRest && isPlaying && !isFirst;
  const text = isWorking ? words('caption.working') : isBeginning ? words('caption.typed') : isAtRest ? resting : told;
  // What is over in a moment is not read out: only the last of it would not be stale.
  const isPassing = isWorking || isBeginning || (isPlaying && before !== null);
  return (
    <section className="caption" data-turning={isTurning || undefined} aria-label={words('caption.label')}>
      <Diamond isTurning={isTurning} />
      <div className="min-w-0 flex-1">
        <p aria-live="polite" aria-atomic="true" aria-busy={isPassing || undefined}>
          {wait === null ? emphasised(text) : words('wait.shown', { duration: durationText(wait.virtualNs) })}
        </p>
        {beat?.note === undefined || isQuiet || known === null ? null : <known.Folklore id={beat.note} />}
      </div>
      <div className="caption-acts">
        {wait === null ? <FlowOn /> : <SkipWait />}
        {isQuiet ? null : (
          <Suspense fallback={null}>
            <Why beat={beat} />
          </Suspense>
        )}
      </div>
    </section>
  );
}

/** At the end of what is known, while what comes is not known yet: the sentence of what was before would mislead. */
function awaitsTheMachine({ timeline, atMs, restMs, isGrowing, isFlowing, isPlaying }: Showing): boolean {
  return isGrowing && !isFlowing && isAtEnd(timeline, atMs) && (isPlaying || atMs > restMs);
}

/** What is said while nothing has been told since the last command was typed. */
function beforeAnythingIsTold({ journal, timeline, atMs, beat, isGrowing }: Showing): string | null {
  const { fromMs = 0, toMs = 0 } = chapterAt(chaptersOf(journal, timeline), atMs) ?? {};
  if (beat === null || fromMs === 0 || presentationOf(timeline, beat.seq) > fromMs) return null;
  const isComing = isGrowing || timeline.beatTimes.some((time) => time > fromMs && time <= toMs);
  return words(isComing ? 'caption.typed' : 'caption.untold');
}

export function sentence({ caption }: Beat): string {
  return shortIds(say(story, caption.key, caption.params));
}

/** The first clause carries the news when there are two sentences. */
function emphasised(text: string) {
  const [first = '', ...rest] = text.split(/(?<=\.)\s/);
  if (rest.length === 0) return text;
  return (
    <>
      <b className="font-semibold">{first}</b> <span className="caption-rest">{rest.join(' ')}</span>
    </>
  );
}

function Diamond({ isTurning }: { readonly isTurning: boolean }) {
  return (
    <svg className="caption-mark" viewBox="0 0 18 18" aria-hidden="true">
      {isTurning ? (
        <path d="M9 1l7.5 8L9 17 1.5 9z" fill="var(--turn)" stroke="var(--shim)" />
      ) : (
        <circle cx="9" cy="9" r="3.5" fill="var(--faint)" />
      )}
    </svg>
  );
}

function SkipWait() {
  const playhead = usePlayhead();
  return (
    <button type="button" className="icon-button px-3" onClick={playhead.skipWait}>
      {words('wait.skip')}
    </button>
  );
}

/** At the end of what is known, when time alone would bring more: a restart that is due, the end of a sleep. */
function FlowOn() {
  const { playOrFlow } = useControls();
  const isAtTheEnd = useShowing(
    ({ timeline, atMs, isGrowing, isPlaying }) => isAtEnd(timeline, atMs) && !isGrowing && !isPlaying,
  );
  const isMeant = useDesk(({ isWaiting, offer }) => isWaiting && offer === null);
  if (!isAtTheEnd || !isMeant) return null;
  return (
    <button type="button" className="icon-button px-3" onClick={playOrFlow}>
      {words('transport.flow')}
    </button>
  );
}
