import type { Direction } from '../../journal/spans.ts';
import type { Playhead } from '../../stage/playhead.ts';
import { draftOf, type Controls, type Desk } from '../desk.ts';
import { complete, edit, emptyDraft, withText, type Draft } from './line-editor.ts';
import { isAtPrompt, isDeserted, lineAhead, outputAt, typedAhead, unshownAt } from './terminal-text.ts';

/** What a screen shows below its output: the line that is being edited, and where its cursor is. */
export interface ShownLine {
  readonly text: string;
  readonly cursor: number;
  /** Nobody has typed it: it is offered. */
  readonly isOffer: boolean;
}

export interface Typing {
  /** Keys as the terminal emulator reports them, or pasted text. */
  readonly keys: (terminal: number, data: string) => void;
  /** A whole command, as from a button. */
  readonly run: (terminal: number, command: string) => void;
}

/** Keys go into the line while the host's shell prompts, else straight to whoever is in the foreground. */
export function createTyping(controls: Controls, playhead: Playhead, clear: (terminal: number) => void): Typing {
  const { desk } = controls;
  const setDraft = (terminal: number, draft: Draft): void => {
    const { drafts } = desk.getState();
    desk.setState({ drafts: { ...drafts, [terminal]: draft }, offer: null, candidates: [] });
  };

  const send = (terminal: number, data: string): void => {
    const { journal, place } = playhead.store.getState();
    const ahead = typedAhead(journal, terminal, place);
    const commands = data
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/[\x00-\x1f]/.test(line));
    desk.setState(({ history }) => ({ history: [...history, ...commands].slice(-500) }));
    controls.type(terminal, ahead === '' ? data : `\x15${data}`);
  };

  const startCompleting = async (terminal: number, draft: Draft): Promise<void> => {
    const candidates = await controls.complete(terminal, draft.text.slice(0, draft.cursor));
    if (lineOf(desk.getState(), terminal).text !== draft.text) return;
    const completed = complete(draft, candidates);
    setDraft(terminal, completed);
    if (completed.text === draft.text && candidates.length > 1) desk.setState({ candidates });
  };

  const press = (terminal: number, data: string): void => {
    const { journal, place } = playhead.store.getState();
    if (!isAtPrompt(outputAt(journal, terminal, place)) || sentLine(controls, playhead, terminal) !== null) {
      desk.setState({ offer: null });
      goToWhoListens(playhead, terminal);
      if (!isDeserted(journal.worldAt(place), terminal)) controls.type(terminal, data);
      else if (/[\r\n]/.test(data)) controls.replaceTerminal(terminal);
      return;
    }
    // What is typed now is typed at this moment: it must not run away to the next command.
    if (playhead.store.getState().isPlaying && !/[\r\n]/.test(data)) playhead.pause();
    const state = desk.getState();
    const isOffered = state.offer !== null && terminal === 1;
    const before = isOffered ? offered(state.offer ?? '', data) : draftWithAhead(playhead, state, terminal);
    const { draft, wishes } = edit(before, isOffered && data === '\t' ? '' : data, state.history);
    setDraft(terminal, draft);
    for (const wish of wishes) {
      if (wish.type === 'send') send(terminal, wish.data);
      if (wish.type === 'clear') clear(terminal);
      if (wish.type === 'complete') void startCompleting(terminal, draft);
    }
  };

  const isHeld = createHold(controls, playhead, press);
  return {
    keys: (terminal, data) => {
      const stride = strides[data];
      if (stride !== undefined && isFree(controls, playhead, terminal)) controls[stride[0]](stride[1]);
      else if (!isHeld(terminal, data)) press(terminal, data);
    },
    run: (terminal, command) => {
      setDraft(terminal, emptyDraft);
      send(terminal, `${command}\n`);
    },
  };
}

/** A line that was typed at the playhead's moment and the terminal does not show yet; null when there is none. */
export function sentLine(controls: Controls, playhead: Playhead, terminal: number): string | null {
  const { journal, place } = playhead.store.getState();
  const sent = unshownAt(journal, terminal, place) + controls.underWay(terminal);
  return /[\r\n]/.test(sent) ? (/^\x15?([^\r\n]*)/.exec(sent)?.[1] ?? '') : null;
}

/** ← and →, Home and End as the terminal emulator reports them, and where they lead in the story. */
const strides: Readonly<Record<string, readonly ['step' | 'leap', Direction]>> = {
  '\x1b[C': ['step', 'forward'],
  '\x1bOC': ['step', 'forward'],
  '\x1b[D': ['step', 'back'],
  '\x1bOD': ['step', 'back'],
  '\x1b[F': ['leap', 'forward'],
  '\x1bOF': ['leap', 'forward'],
  '\x1b[H': ['leap', 'back'],
  '\x1bOH': ['leap', 'back'],
};

/** Whether these keys have no line to move in: none is begun, and no program has the terminal at the story's end. */
function isFree(controls: Controls, playhead: Playhead, terminal: number): boolean {
  const { journal, place, isGrowing } = playhead.store.getState();
  if (isAtPrompt(outputAt(journal, terminal, place)) && sentLine(controls, playhead, terminal) === null)
    return draftOf(controls.desk.getState(), terminal).text === '';
  return isGrowing || place < journal.length;
}

/** So long keys wait for the machine, real milliseconds; a loop without end may keep it busy for ever. */
const longestHoldMs = 1500;

/**
 * Keys for whoever runs, while a story plays whose end is not computed yet, are held until it is: only then is known
 * whom they are meant for (see `goToWhoListens`). Returns what holds keys, and tells whether it has.
 */
function createHold(controls: Controls, playhead: Playhead, press: Typing['keys']) {
  let held: { readonly terminal: number; readonly data: string } | null = null;
  let isOverdue = false;

  const awaitsMore = (terminal: number): boolean => {
    const { journal, place, isPlaying, isGrowing, isFlowing } = playhead.store.getState();
    const output = outputAt(journal, terminal, place);
    // Before the first prompt: what is typed then would be echoed in front of it.
    if (isGrowing && output === '') return true;
    if (!isPlaying || !isGrowing || isFlowing) return false;
    return sentLine(controls, playhead, terminal) !== null || (!isOverdue && !isAtPrompt(output));
  };

  const begin = (): void => {
    const stop = playhead.store.subscribe(() => look());
    const timer = setTimeout(() => {
      isOverdue = true;
      look();
    }, longestHoldMs);
    const look = (): void => {
      if (held === null || awaitsMore(held.terminal)) return;
      stop();
      clearTimeout(timer);
      const { terminal, data } = held;
      held = null;
      isOverdue = false;
      // Not amid what has moved the playhead.
      queueMicrotask(() => press(terminal, data));
    };
  };

  return (terminal: number, data: string): boolean => {
    if (held === null ? !awaitsMore(terminal) : held.terminal !== terminal) return false;
    if (held === null) begin();
    held = { terminal, data: (held?.data ?? '') + data };
    return true;
  };
}

/**
 * While a story plays, a key is meant for the program that has the terminal at its end, if one has it there: a Ctrl-C
 * for the sleep that was just begun, which at the story's own moment may not be born yet. Who has paused in the past
 * types there.
 */
function goToWhoListens(playhead: Playhead, terminal: number): void {
  const { journal, isPlaying, isGrowing } = playhead.store.getState();
  const end = journal.length;
  const isOver = isAtPrompt(outputAt(journal, terminal, end)) || isDeserted(journal.worldAt(end), terminal);
  if (!isPlaying || isGrowing || isOver) return;
  playhead.pause();
  playhead.seekEnd();
}

/** Enter, Tab and keys that move take the offer; any other begins anew. */
function offered(offer: string, data: string): Draft {
  return /^(\r|\n|\t|\x1b\[[CFD]|\x1bO[CFD]|\x05|\x06)/.test(data) ? withText(offer) : emptyDraft;
}

/** A line that was begun while something else ran is taken over, as readline does. */
function draftWithAhead(playhead: Playhead, desk: Desk, terminal: number): Draft {
  const draft = draftOf(desk, terminal);
  if (draft.text !== '') return draft;
  const { journal, place } = playhead.store.getState();
  const ahead = lineAhead(journal, terminal, place);
  return ahead === '' ? draft : { ...draft, ...withText(ahead) };
}

export function lineOf(desk: Desk, terminal: number): ShownLine {
  const draft = draftOf(desk, terminal);
  return { text: draft.text, cursor: draft.cursor, isOffer: desk.offer !== null && terminal === 1 };
}
