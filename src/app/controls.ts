import type { StoreApi } from 'zustand/vanilla';
import { firstOffer, type Controls, type Desk, type Notice, type SquareCell } from '../panels/desk.ts';
import { enterTerminal } from '../panels/terminal/enter.ts';
import { durationText } from '../panels/duration.ts';
import { chapterAt, chaptersOf, elapsedIn, isAtEnd } from '../stage/chapters.ts';
import type { Playhead } from '../stage/playhead.ts';
import { words } from '../text/ui.en.ts';
import type { TimedInput } from '../worker/protocol.ts';
import { encodePlace, longestAddress, placeFromFile, placeToFile, type Place } from './address.ts';
import { writeAddress } from './address-bar.ts';
import type { Journey } from './journey.ts';
import type { SessionControl } from './session.ts';
import { placeOfCell } from './square.ts';
import { storeTextSize, storeTheme } from './theme.ts';
import { commandCount, isQuiet, typedInto } from './typed.ts';
import { createWindows } from './windows.ts';

export interface Parts {
  readonly session: SessionControl;
  readonly playhead: Playhead;
  readonly desk: StoreApi<Desk>;
  readonly tell: (notice: Notice | null) => void;
  readonly take: (place: Place) => void;
  readonly here: () => Place;
  readonly journey: Journey;
  readonly complete: Controls['complete'];
}

type Act = (input: Omit<TimedInput, 'atNs'>, isCommand: boolean) => void;

export function createControls(parts: Parts): Controls {
  const { session, playhead, desk, tell, take, here, journey, complete } = parts;
  let isCatchingUp = false;
  const windows = createWindows(session, playhead, journey);
  const act: Act = (input, isCommand) => {
    const { journal, timeline, atMs, place, isGrowing, isPlaying } = playhead.store.getState();
    const { inputs } = session.store.getState();
    const count = commandCount(inputs.slice(session.happenedBy(place)));
    if (count > 0) {
      const chapter = chapterAt(chaptersOf(journal, timeline), atMs);
      const at = `+${durationText(chapter === undefined ? 0 : elapsedIn(chapter, timeline, atMs))}`;
      desk.setState({ aside: { count, at } });
    }
    // A key that ends no line, or another window, is seen at once; a command is a story, to be played.
    isCatchingUp =
      isQuiet(input) && ((isAtEnd(timeline, atMs) && !isGrowing && !isPlaying) || (isCatchingUp && journey.isOn()));
    // In the same instant, so that what the line starts finds it; behind the line, with which its story begins.
    session.act(place, input, ...(input.action === 'data' ? windows.behindLine(input.terminal, place) : []));
    journey.set(isCatchingUp ? { anchor: '' } : null);
    if (isCommand && !isCatchingUp) playhead.play();
  };
  const runOffer = (): boolean => {
    const { offer } = desk.getState();
    if (offer === null) return false;
    tell(null);
    desk.setState(({ history }) => ({ offer: null, history: [...history, offer] }));
    act({ terminal: 1, action: 'data', data: `${offer}\n` }, true);
    return true;
  };
  return {
    desk,
    complete,
    type: (terminal, data) => {
      tell(null);
      act({ terminal, action: 'data', data }, true);
    },
    measured: windows.measured,
    underWay: (terminal) => typedInto(terminal, session.underWay(playhead.store.getState().place)),
    ...shells(parts, windows.sizeOf, act),
    step: (direction, kind) => {
      tell(null);
      playhead.step(direction, kind);
    },
    leap: playhead.leap,
    playOrFlow: () => {
      playOrFlow({ playhead, desk }, runOffer);
      windows.tell(desk.getState().terminal);
    },
    runOffer,
    ...sharing(here, desk, tell, take),
    ...startingOver(parts),
    bringBack: () => {
      session.bringBack();
      desk.setState({ aside: null });
    },
    runAgain: () => {
      const { seed, inputs } = session.store.getState();
      session.run({ seed, inputs });
    },
    ...looks(desk),
  };
}

function shells(
  { session, desk }: Parts,
  sizeOf: (terminal: number) => string,
  act: Act,
): Pick<Controls, 'openTerminal' | 'closeTerminal' | 'replaceTerminal'> {
  const openTerminal = (): void => {
    const terminal = Math.max(0, ...session.store.getState().inputs.map((input) => input.terminal)) + 1;
    const data = sizeOf(desk.getState().terminal);
    desk.setState({ terminal });
    act({ terminal, action: 'open', data }, true);
  };
  const hangUp = (terminal: number): void => act({ terminal, action: 'hangup', data: '' }, false);
  return {
    openTerminal,
    closeTerminal: (terminal) => enterTerminal({ desk }, () => hangUp(terminal)),
    replaceTerminal: (terminal) =>
      enterTerminal({ desk }, () => {
        openTerminal();
        hangUp(terminal);
      }),
  };
}

function looks(desk: Parts['desk']): Pick<Controls, 'setTheme' | 'setTextSize'> {
  return {
    setTheme: (theme) => {
      storeTheme(theme);
      desk.setState({ theme });
    },
    setTextSize: (textSize) => {
      storeTextSize(textSize);
      desk.setState({ textSize });
    },
  };
}

function startingOver({ session, playhead, desk, tell, take, here, journey }: Parts) {
  /** Where it was asked for: its undoing leads there, as a link does. */
  let left: Place | null = null;
  const undoStartOver = (): void => {
    if (left === null) return;
    session.undoStartOver();
    playhead.setLevel(left.level);
    journey.set({ anchor: left.anchor });
    desk.setState({ offer: null, terminal: left.terminal });
    tell(null);
  };
  const startOver = (): void => {
    left = here();
    session.startOver();
    playhead.pause();
    desk.setState({ aside: null, terminal: 1, drafts: {}, offer: firstOffer });
    writeAddress('');
    tell({ text: words('notice.started-over'), action: { label: words('notice.undo'), act: undoStartOver } });
  };
  const watchCell = (cell: SquareCell): void => {
    startOver();
    desk.setState(({ watched }) => ({ watched: [...watched, cell] }));
    const place = placeOfCell(cell, session.store.getState().model ?? '');
    take(place);
    journey.set({ anchor: place.anchor, isPlayed: true });
  };
  return { startOver, undoStartOver, watchCell };
}

/** Plays on; at the end of what is known, what play would mean there: the offer, time that flows, or once more. */
function playOrFlow({ playhead, desk }: Pick<Parts, 'playhead' | 'desk'>, runOffer: () => boolean): void {
  const { isPlaying, timeline, atMs, isGrowing, journal } = playhead.store.getState();
  const { isWaiting } = desk.getState();
  const isHead = isAtEnd(timeline, atMs) && !isGrowing;
  if (isPlaying) return playhead.pause();
  if (isHead && runOffer()) return;
  // Where nothing is left to wait for, playing on would show nothing: the command's story begins again.
  if (isHead && !isWaiting) playhead.seek(chapterAt(chaptersOf(journal, timeline), atMs)?.fromMs ?? 0);
  playhead.play();
  return playhead.set({ isFlowing: isHead && isWaiting });
}

function sharing(here: () => Place, desk: Parts['desk'], tell: Parts['tell'], take: Parts['take']) {
  const copy = (text: string, done: string, refused: string): void => {
    const copying = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    copying.then(
      () => tell({ text: done }),
      () => tell({ text: refused }),
    );
  };
  return {
    share: () => {
      void encodePlace(here()).then((fragment) => {
        if (fragment.length > longestAddress) return desk.setState({ dialog: 'share' });
        writeAddress(fragment);
        const address = `${location.href.replace(/#.*$/, '')}#${fragment}`;
        return copy(address, words('share.copied'), words('share.shown'));
      });
    },
    save: () => {
      const address = URL.createObjectURL(new Blob([placeToFile(here())], { type: 'application/json' }));
      const anchor = document.createElement('a');
      anchor.href = address;
      anchor.download = 'glassdock-session.json';
      anchor.click();
      URL.revokeObjectURL(address);
      desk.setState({ dialog: null });
    },
    open: (file: File) => {
      void file.text().then((text) => {
        const place = placeFromFile(text);
        if (place === undefined) tell({ text: words('share.unreadable') });
        else take(place);
      });
    },
    reportWrongFact: () => {
      const text = placeToFile(here());
      copy(text, words('menu.wrong.copied'), text);
    },
  };
}
