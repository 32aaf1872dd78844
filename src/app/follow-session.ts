import type { StoreApi } from 'zustand/vanilla';
import type { Desk } from '../panels/desk.ts';
import type { Playhead } from '../stage/playhead.ts';
import type { Journey } from './journey.ts';
import { inputsBefore, type Session, type SessionControl } from './session.ts';

/** The playhead and the desk follow what the machine tells. */
export function followSession(
  session: SessionControl,
  playhead: Playhead,
  desk: StoreApi<Desk>,
  journey: Journey,
): void {
  const draw = gathered(() => {
    const { journal, settled } = session.store.getState();
    const isFirst = playhead.store.getState().timeline.events.length === 0;
    playhead.follow(journal, settled === null);
    if (isFirst && !journey.isOn()) playhead.seekEnd();
    journey.arrive();
  });
  session.store.subscribe((state, before) => {
    followDesk(state, before, desk);
    if (state.revision === before.revision && state.settled === before.settled) return;
    const isBooting =
      playhead.store.getState().timeline.events.length === 0 || inputsBefore(state.journal, state.journal.length) < 2;
    // That it runs again must be known before the next frame: the playhead rests at the end of a machine at rest.
    draw(isBooting || state.settled !== null || before.settled !== null);
    if (isBooting && !journey.isOn() && !playhead.store.getState().isPlaying) playhead.seekEnd();
    journey.arrive();
  });
}

function followDesk(state: Session, before: Session, desk: StoreApi<Desk>): void {
  if (state.inputs !== before.inputs) {
    const open = new Set<number>();
    for (const { terminal, action } of state.inputs) {
      if (action === 'open') open.add(terminal);
      if (action === 'hangup') open.delete(terminal);
    }
    const terminals = [...open];
    const { terminal } = desk.getState();
    const beside = terminals.findLast((other) => other < terminal) ?? terminals[0] ?? 1;
    desk.setState({ terminals, terminal: open.has(terminal) ? terminal : beside });
  }
  desk.setState({
    hasBefore: state.before !== null,
    failure: state.failure,
    model: state.model ?? '',
    seed: state.seed,
    headNs: state.headNs,
    isWaiting: state.settled !== null && state.isDue,
  });
}

/** Drawing may take this share of the time while much comes in: a long journal costs more than a frame. */
const drawingShare = 0.25;

/** Many changes within a frame are drawn once, and fewer when drawing takes long; `isUrgent` draws now. */
function gathered(draw: () => void): (isUrgent: boolean) => void {
  let frame: number | null = null;
  let restUntil = 0;
  const drawNow = (): void => {
    const from = performance.now();
    draw();
    const until = performance.now();
    restUntil = until + (until - from) / drawingShare;
  };
  const onFrame = (now: number): void => {
    frame = null;
    if (now < restUntil) frame = requestAnimationFrame(onFrame);
    else drawNow();
  };
  return (isUrgent) => {
    if (isUrgent) {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
      drawNow();
      return;
    }
    frame ??= requestAnimationFrame(onFrame);
  };
}
