import { createDesk, type Controls, type Notice } from '../panels/desk.ts';
import { durationText } from '../panels/duration.ts';
import { chapterAt, chaptersOf, isAtEnd } from '../stage/chapters.ts';
import { createPlayhead, type Playhead } from '../stage/playhead.ts';
import { virtualTimeAt } from '../scene/timeline.ts';
import { words } from '../text/ui.en.ts';
import type { TimedInput } from '../worker/protocol.ts';
import { decodePlace, encodePlace, longestAddress, placeFromFile, placeToFile, type Place } from './address.ts';
import { createCompletions } from './completions.ts';
import { linkMachine } from './machine-link.ts';
import { createSession, firstTerminal, inputsBefore, type Session, type SessionControl } from './session.ts';
import { showTheme, storeTheme, storedTheme } from './theme.ts';

export interface Glassdock {
  readonly playhead: Playhead;
  readonly controls: Controls;
  /** Boots, or takes up the session that the address names. */
  readonly start: () => Promise<void>;
}

const addressDelayMs = 400;

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
  /** Where to go once the machine has come so far. */
  let wanted: { readonly anchor: string } | null = null;
  const journey: Journey = {
    set: (place) => {
      wanted = place;
    },
    isOn: () => wanted !== null,
  };

  const arrive = (): void => {
    if (wanted === null || session.store.getState().settled === null) return;
    const { anchor } = wanted;
    wanted = null;
    playhead.pause();
    if (anchor === '') playhead.seekEnd();
    else if (!playhead.seekAnchor(anchor)) {
      playhead.seekEnd();
      tell({ text: words('notice.lost-anchor') });
    }
  };

  const draw = gathered(() => {
    const { journal, settled } = session.store.getState();
    const isFirst = playhead.store.getState().timeline.events.length === 0;
    playhead.follow(journal, settled === null);
    if (isFirst && wanted === null) playhead.seekEnd();
    arrive();
  });
  session.store.subscribe((state, before) => {
    followDesk(state, before, desk);
    if (state.revision === before.revision && state.settled === before.settled) return;
    const isBooting = playhead.store.getState().timeline.events.length === 0 || inputsBefore(state.journal, state.journal.length) < 2;
    draw(isBooting || state.settled !== null);
    if (isBooting && wanted === null && !playhead.store.getState().isPlaying) playhead.seekEnd();
    arrive();
  });

  const take = (place: Place): void => {
    wanted = { anchor: place.anchor };
    desk.setState({ offer: null, history: commandsOf(place.inputs) });
    playhead.setLevel(place.level);
    session.run(place);
    const { model } = session.store.getState();
    if (model !== null && model !== place.model) tell(foreign(place.model, model));
    else if (model === null) void awaitModel(session, place.model, tell);
  };

  const here = (): Place => placeOf(session.store.getState(), playhead);
  const controls = createControls({ session, playhead, desk, tell, take, here, journey, complete: completions.ask(link.send) });
  playhead.store.subscribe(({ place }, before) => {
    if (place !== before.place) session.pass(place);
  });
  keepAddress(here, playhead, session, journey.isOn);
  runClock(playhead, session);

  return {
    playhead,
    controls,
    start: async () => {
      followTheme(desk);
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

/** A moment that is gone to as soon as the machine has come so far; an empty anchor is the end. */
interface Journey {
  readonly set: (to: { readonly anchor: string } | null) => void;
  readonly isOn: () => boolean;
}

interface Parts {
  readonly session: SessionControl;
  readonly playhead: Playhead;
  readonly desk: ReturnType<typeof createDesk>;
  readonly tell: (notice: Notice | null) => void;
  readonly take: (place: Place) => void;
  readonly here: () => Place;
  readonly journey: Journey;
  readonly complete: Controls['complete'];
}

function createControls({ session, playhead, desk, tell, take, here, journey, complete }: Parts): Controls {
  let isCatchingUp = false;
  const act = (input: Omit<TimedInput, 'atNs'>, isCommand: boolean): void => {
    const { journal, timeline, atMs, place, isGrowing, isPlaying } = playhead.store.getState();
    const { inputs } = session.store.getState();
    const count = commandCount(inputs.slice(session.happenedBy(place)));
    if (count > 0) {
      const from = chapterAt(chaptersOf(journal, timeline), atMs)?.fromNs ?? 0;
      const at = `+${durationText(Math.max(0, virtualTimeAt(timeline, atMs) - from))}`;
      desk.setState({ aside: { count, at } });
    }
    // A key that ends no line, or another window, is seen at once; a command is a story, to be played.
    isCatchingUp = isQuiet(input) && ((isAtEnd(timeline, atMs) && !isGrowing && !isPlaying) || (isCatchingUp && journey.isOn()));
    session.act(place, input);
    journey.set(isCatchingUp ? { anchor: '' } : null);
    if (isCommand && !isCatchingUp) playhead.play();
  };
  const openTerminal = (): void => {
    const terminal = Math.max(0, ...session.store.getState().inputs.map((input) => input.terminal)) + 1;
    desk.setState({ terminal });
    act({ terminal, action: 'open', data: '24x80' }, true);
  };
  return {
    desk,
    complete,
    type: (terminal, data) => {
      tell(null);
      act({ terminal, action: 'data', data }, true);
    },
    openTerminal,
    closeTerminal: (terminal) => act({ terminal, action: 'hangup', data: '' }, false),
    replaceTerminal: (terminal) => {
      openTerminal();
      act({ terminal, action: 'hangup', data: '' }, false);
    },
    playOrFlow: () => {
      const { isPlaying, timeline, atMs, isGrowing } = playhead.store.getState();
      if (isPlaying) playhead.pause();
      else {
        playhead.play();
        playhead.set({ isFlowing: isAtEnd(timeline, atMs) && !isGrowing });
      }
    },
    ...sharing(here, desk, tell, take),
    startOver: () => {
      session.startOver();
      playhead.pause();
      desk.setState({ aside: null, terminal: 1, drafts: {} });
      tell({ text: words('notice.started-over'), action: { label: words('notice.undo'), act: () => controlsUndo() } });
    },
    undoStartOver: () => controlsUndo(),
    bringBack: () => {
      session.bringBack();
      desk.setState({ aside: null });
    },
    runAgain: () => {
      const { seed, inputs } = session.store.getState();
      session.run({ seed, inputs });
    },
    setTheme: (theme) => {
      storeTheme(theme);
      desk.setState({ theme });
    },
  };
  function controlsUndo(): void {
    session.undoStartOver();
    tell(null);
  }
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

function placeOf({ model, seed, inputs }: Session, playhead: Playhead): Place {
  const { beat, level, timeline, atMs } = playhead.store.getState();
  const anchor = isAtEnd(timeline, atMs) ? '' : (beat?.id ?? '');
  return { model: model ?? '', seed, inputs, level, anchor };
}

/** The address follows at a distance: browsers allow only so many changes. Nothing is written before the first command. */
function keepAddress(here: () => Place, playhead: Playhead, session: SessionControl, isWaiting: () => boolean): void {
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
    if (state.beat?.id !== before.beat?.id || state.level !== before.level || state.isPlaying !== before.isPlaying) later();
  });
  session.store.subscribe((state, before) => {
    if (state.inputs !== before.inputs) later();
  });
}

function writeAddress(fragment: string): void {
  try {
    history.replaceState(null, '', `#${fragment}`);
  } catch {
    // A frame that may not change its address shares by the button all the same.
  }
}

/** Real time moves the head. Played on at the end of what is known, virtual time flows, as long as nobody pauses. */
function runClock(playhead: Playhead, session: SessionControl): void {
  let last = performance.now();
  const tick = (now: number): void => {
    const ms = Math.min(100, now - last);
    last = now;
    playhead.elapse(ms);
    const { isPlaying, isFlowing, timeline, atMs, speed } = playhead.store.getState();
    if (isPlaying && isFlowing && isAtEnd(timeline, atMs)) session.flow(ms * speed * 1e6);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function followTheme(desk: Parts['desk']): void {
  let stop = showTheme(storedTheme());
  desk.setState({ theme: storedTheme() });
  desk.subscribe((state, before) => {
    if (state.theme === before.theme) return;
    stop();
    stop = showTheme(state.theme);
  });
}

function followDesk(state: Session, before: Session, desk: Parts['desk']): void {
  if (state.inputs !== before.inputs) {
    const open = new Set<number>();
    for (const { terminal, action } of state.inputs) {
      if (action === 'open') open.add(terminal);
      if (action === 'hangup') open.delete(terminal);
    }
    const terminals = [...open];
    const { terminal } = desk.getState();
    desk.setState({ terminals, terminal: open.has(terminal) ? terminal : (terminals.at(-1) ?? 1) });
  }
  desk.setState({
    hasBefore: state.before !== null,
    failure: state.failure,
    model: state.model ?? '',
    seed: state.seed,
    headNs: state.headNs,
    isWaiting: state.settled === 'waiting' || state.settled === 'limit',
  });
}

/** The lines that were typed at the host's prompt, as the history has them: the page types them as a whole. */
function commandsOf(inputs: readonly TimedInput[]): readonly string[] {
  return inputs
    .filter(({ action, data }) => action === 'data' && data.endsWith('\n'))
    .flatMap(({ data }) => data.split('\n').map((line) => line.replace(/[\x00-\x1f]/g, '').trim()))
    .filter((line) => line !== '');
}

/** Inputs that do something: lines, and keys such as Ctrl-C. A line that was typed letter by letter counts once. */
function commandCount(inputs: readonly TimedInput[]): number {
  const typed = inputs.filter(({ action }) => action === 'data');
  return Math.max(typed.length > 0 ? 1 : 0, typed.filter((input) => !isQuiet(input)).length);
}

/** A window, or a key or pasted text that ends no line and interrupts nothing. */
function isQuiet({ action, data }: Pick<TimedInput, 'action' | 'data'>): boolean {
  return action !== 'data' || !/[\r\n\x03\x04\x1a\x1c]/.test(data);
}

function foreign(theirs: string, ours: string): Notice {
  return { text: words('notice.foreign', { theirs, ours }) };
}

async function awaitModel(session: SessionControl, theirs: string, tell: Parts['tell']): Promise<void> {
  const model = await new Promise<string>((resolve) => {
    const stop = session.store.subscribe((state) => {
      if (state.model === null) return;
      stop();
      resolve(state.model);
    });
  });
  if (model !== theirs) tell(foreign(theirs, model));
}

/** Many changes within a frame are drawn once; `isUrgent` draws now. */
function gathered(draw: () => void): (isUrgent: boolean) => void {
  let frame: number | null = null;
  return (isUrgent) => {
    if (isUrgent) {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
      draw();
      return;
    }
    frame ??= requestAnimationFrame(() => {
      frame = null;
      draw();
    });
  };
}
