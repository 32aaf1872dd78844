import type { StoreApi } from 'zustand/vanilla';
import type { Desk } from '../panels/desk.ts';
import { isAtEnd } from '../stage/chapters.ts';
import type { Playhead } from '../stage/playhead.ts';
import { encodePlace, longestAddress, type Place } from './address.ts';
import type { Session, SessionControl } from './session.ts';
import { commandCount } from './typed.ts';

const addressDelayMs = 400;

/** The moment that is being looked at, with all that it takes to see it again. */
export function placeOf({ model, seed, inputs }: Session, playhead: Playhead, { terminal }: Desk): Place {
  const { beat, level, timeline, atMs } = playhead.store.getState();
  const anchor = isAtEnd(timeline, atMs) ? '' : (beat?.id ?? '');
  return { model: model ?? '', seed, inputs, level, anchor, terminal };
}

/**
 * The address follows at a distance: browsers allow only so many changes. Nothing is written before the first command.
 */
export function keepAddress(
  here: () => Place,
  playhead: Playhead,
  session: SessionControl,
  desk: StoreApi<Desk>,
  isWaiting: () => boolean,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (isWaiting() || commandCount(session.store.getState().inputs) === 0) return;
      void encodePlace(here()).then((fragment) => {
        if (fragment.length <= longestAddress) writeAddress(fragment);
      });
    }, addressDelayMs);
  };
  playhead.store.subscribe((state, before) => {
    if (state.beat?.id !== before.beat?.id || state.level !== before.level || state.isPlaying !== before.isPlaying)
      later();
  });
  session.store.subscribe((state, before) => {
    if (state.inputs !== before.inputs) later();
  });
  desk.subscribe((state, before) => {
    if (state.terminal !== before.terminal) later();
  });
}

/** Of an empty fragment nothing is left, not even its `#`. */
export function writeAddress(fragment: string): void {
  try {
    history.replaceState(null, '', fragment === '' ? location.pathname + location.search : `#${fragment}`);
  } catch {
    // A frame that may not change its address shares by the button all the same.
  }
}
