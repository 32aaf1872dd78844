import type { StoreApi } from 'zustand/vanilla';
import { createDesk, type Controls, type Desk, type Notice } from '../panels/desk.ts';
import { isAtEnd } from '../stage/chapters.ts';
import { createPlayhead, type Playhead } from '../stage/playhead.ts';
import { words } from '../text/ui.en.ts';
import { decodePlace, type Place } from './address.ts';
import { keepAddress, placeOf } from './address-bar.ts';
import { createCompletions } from './completions.ts';
import { createControls } from './controls.ts';
import { followSession } from './follow-session.ts';
import { createJourney } from './journey.ts';
import { linkMachine } from './machine-link.ts';
import { createSession, firstTerminal, type SessionControl } from './session.ts';
import { followTextSize, showTextSize, showTheme, storedTheme } from './theme.ts';
import { commandsOf } from './typed.ts';

export interface Glassdock {
  readonly playhead: Playhead;
  readonly controls: Controls;
  /** Boots, or takes up the session that the address names. */
  readonly start: () => Promise<void>;
}

/** Puts the session, the playhead and the page's controls together. */
export function createGlassdock(): Glassdock {
  const playhead = createPlayhead();
  const desk = createDesk();
  const completions = createCompletions();
  const link = linkMachine(
    (report) => {
      if (report.type === 'completions') completions.receive(report);
      else session.receive(report);
    },
    (message) => session.fail(message),
  );
  const session: SessionControl = createSession((request) => link.send(request));
  const tell = (notice: Notice | null): void => desk.setState({ notice });
  const journey = createJourney(session, playhead, tell);
  followSession(session, playhead, desk, journey);

  const take = (place: Place): void => {
    journey.set({ anchor: place.anchor });
    desk.setState({ offer: null, history: commandsOf(place.inputs), terminal: place.terminal });
    playhead.setLevel(place.level);
    session.run(place);
    const { model } = session.store.getState();
    if (model !== null && model !== place.model) tell(foreign(place.model, model));
    else if (model === null) void awaitModel(session, place.model, tell);
  };

  const here = (): Place => placeOf(session.store.getState(), playhead, desk.getState());
  const controls = createControls({
    session,
    playhead,
    desk,
    tell,
    take,
    here,
    journey,
    complete: completions.ask(link.send),
  });
  playhead.store.subscribe(({ place }, before) => {
    if (place !== before.place) session.pass(place);
  });
  keepAddress(here, playhead, session, desk, journey.isOn);
  runClock(playhead, session);

  return {
    playhead,
    controls,
    start: async () => {
      followLooks(desk);
      const fragment = location.hash;
      const place = fragment.length > 1 ? await decodePlace(fragment) : undefined;
      if (place === undefined) {
        session.run({ seed: 1, inputs: [firstTerminal] });
        if (fragment.length > 1) tell({ text: words('notice.corrupted') });
      } else take(place);
      addEventListener('hashchange', () => {
        void decodePlace(location.hash).then((next) => {
          if (next === undefined) tell({ text: words('notice.corrupted') });
          else take(next);
        });
      });
    },
  };
}

/**
 * Real time moves the head. Played on at the end of what is known, virtual time flows, until somebody pauses or nothing
 * is due.
 */
function runClock(playhead: Playhead, session: SessionControl): void {
  let last = performance.now();
  const tick = (now: number): void => {
    const ms = Math.min(100, now - last);
    last = now;
    playhead.elapse(ms);
    const { isPlaying, isFlowing, timeline, atMs, speed } = playhead.store.getState();
    const { settled, isDue } = session.store.getState();
    if (isPlaying && isFlowing && isAtEnd(timeline, atMs)) {
      if (settled === null || isDue) session.flow(ms * speed * 1e6);
      else playhead.pause();
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function followLooks(desk: StoreApi<Desk>): void {
  let stop = showTheme(storedTheme());
  desk.setState({ theme: storedTheme() });
  desk.subscribe((state, before) => {
    if (state.textSize !== before.textSize) showTextSize(state.textSize);
    if (state.theme === before.theme) return;
    stop();
    stop = showTheme(state.theme);
  });
  followTextSize((textSize) => desk.setState({ textSize }));
}

function foreign(theirs: string, ours: string): Notice {
  return { text: words('notice.foreign', { theirs, ours }) };
}

async function awaitModel(session: SessionControl, theirs: string, tell: (notice: Notice) => void): Promise<void> {
  const model = await new Promise<string>((resolve) => {
    const stop = session.store.subscribe((state) => {
      if (state.model === null) return;
      stop();
      resolve(state.model);
    });
  });
  if (model !== theirs) tell(foreign(theirs, model));
}
