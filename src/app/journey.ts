import type { Notice } from '../panels/desk.ts';
import type { Playhead } from '../stage/playhead.ts';
import { words } from '../text/ui.en.ts';
import type { SessionControl } from './session.ts';

/** A moment that is gone to as soon as the machine has come so far; an empty anchor is the end. */
interface Destination {
  readonly anchor: string;
  /** What comes from there on is played. */
  readonly isPlayed?: true;
}

export interface Journey {
  readonly set: (to: Destination | null) => void;
  readonly isOn: () => boolean;
  /** Goes there, if there is somewhere to go and the machine has come so far. */
  readonly arrive: () => void;
}

export function createJourney(session: SessionControl, playhead: Playhead, tell: (notice: Notice) => void): Journey {
  let wanted: Destination | null = null;
  return {
    set: (to) => {
      wanted = to;
    },
    isOn: () => wanted !== null,
    arrive: () => {
      if (wanted === null || session.store.getState().settled === null) return;
      const { anchor, isPlayed } = wanted;
      wanted = null;
      playhead.pause();
      if (anchor === '') playhead.seekEnd();
      else if (playhead.seekAnchor(anchor)) {
        if (isPlayed) playhead.play();
      } else {
        playhead.seekEnd();
        tell({ text: words('notice.lost-anchor') });
      }
    },
  };
}
