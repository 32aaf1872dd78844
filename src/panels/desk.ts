import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Playhead } from '../stage/playhead.ts';
import { emptyDraft, type Draft } from './terminal/line-editor.ts';

export type View = 'stage' | 'text';
export type Panel = 'terminal' | 'inspector' | 'text';
/** `large`: what is told, and the terminal, are read from a room's last row. */
export type TextSize = 'usual' | 'large';
export type Theme = 'system' | 'light' | 'dark';

/** A sentence above the caption, with what can be done about it. */
export interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly act: () => void };
}

/** How the page is set up: everything that is neither the session nor the playhead. */
export interface Desk {
  readonly view: View;
  /** On a phone: what stands below the transport. */
  readonly panel: Panel;
  readonly theme: Theme;
  readonly textSize: TextSize;
  readonly dialog: 'keys' | 'about' | 'share' | 'square' | null;
  readonly notice: Notice | null;
  /** The stage gives the terminal some of its room. */
  readonly isTerminalLarge: boolean;
  readonly terminals: readonly number[];
  readonly terminal: number;
  readonly drafts: Readonly<Record<number, Draft>>;
  /** What Tab has found, for the line in front. */
  readonly candidates: readonly string[];
  /** The first command, offered ready to run; null once anything was typed. */
  readonly offer: string | null;
  readonly history: readonly string[];
  /** The cells of the square that were watched. */
  readonly watched: readonly SquareCell[];
  /** Later commands that typing in the past has put aside, and when that was. */
  readonly aside: { readonly count: number; readonly at: string } | null;
  readonly hasBefore: boolean;
  /** The machine's complaint, when it has stopped. */
  readonly failure: string | null;
  readonly model: string;
  readonly seed: number;
  /** How far time has flowed at the journal's end, nanoseconds. */
  readonly headNs: number;
  /** Whether the machine does more than wait for a person: sleeps, timers and restarts are due when time flows. */
  readonly isWaiting: boolean;
}

export const firstOffer = 'docker run -d --name web nginx';

export function createDesk(): StoreApi<Desk> {
  return createStore<Desk>(() => ({
    view: 'stage',
    panel: 'terminal',
    theme: 'system',
    textSize: 'usual',
    dialog: null,
    notice: null,
    isTerminalLarge: false,
    terminals: [1],
    terminal: 1,
    drafts: {},
    candidates: [],
    offer: firstOffer,
    history: [],
    watched: [],
    aside: null,
    hasBefore: false,
    failure: null,
    model: '',
    seed: 1,
    headNs: 0,
    isWaiting: false,
  }));
}

/** How dockerd ends, and whether its containers are to outlive it. */
export interface SquareCell {
  readonly signal: 'TERM' | 'KILL';
  readonly liveRestore: boolean;
}

/** What the panels ask of the page. */
export interface Controls {
  readonly desk: StoreApi<Desk>;
  /** Types text into a terminal at the playhead's moment. */
  readonly type: (terminal: number, data: string) => void;
  /** The terminal's window has this size now: `24x80`. */
  readonly measured: (terminal: number, size: string) => void;
  /** What was typed there at the playhead's moment and has not happened yet, as far as the playhead has come. */
  readonly underWay: (terminal: number) => string;
  readonly openTerminal: () => void;
  /** The keyboard goes on in the shell beside it. */
  readonly closeTerminal: (terminal: number) => void;
  /** Another shell in place of one that has ended; the keyboard goes on in it. */
  readonly replaceTerminal: (terminal: number) => void;
  readonly complete: (terminal: number, line: string) => Promise<readonly string[]>;
  readonly playOrFlow: () => void;
  /** What was said above the caption has been read by then. */
  readonly step: Playhead['step'];
  readonly leap: Playhead['leap'];
  /** Types the command that is offered; false when none is. */
  readonly runOffer: () => boolean;
  readonly share: () => void;
  readonly save: () => void;
  readonly open: (file: File) => void;
  readonly startOver: () => void;
  /** A fresh machine on which it is played; the session before comes back by `undoStartOver`. */
  readonly watchCell: (cell: SquareCell) => void;
  readonly undoStartOver: () => void;
  readonly reportWrongFact: () => void;
  readonly bringBack: () => void;
  readonly runAgain: () => void;
  readonly setTheme: (theme: Theme) => void;
  readonly setTextSize: (size: TextSize) => void;
}

export const ControlsContext = createContext<Controls | null>(null);

/** Error: outside of a page. */
export function useControls(): Controls {
  const controls = useContext(ControlsContext);
  if (controls === null) throw new Error('no controls here');
  return controls;
}

export function useDesk<Value>(select: (desk: Desk) => Value): Value {
  return useStore(useControls().desk, select);
}

export function draftOf({ drafts, offer }: Desk, terminal: number): Draft {
  if (offer !== null && terminal === 1) return { ...emptyDraft, text: offer, cursor: 0 };
  return drafts[terminal] ?? emptyDraft;
}
