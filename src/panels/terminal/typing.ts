import type { Playhead } from '../../stage/playhead.ts';
import { draftOf, type Controls, type Desk } from '../desk.ts';
import { complete, edit, emptyDraft, withText, type Draft } from './line-editor.ts';
import { isAtPrompt, isDeserted, lineAhead, outputAt, typedAhead } from './terminal-text.ts';

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

  const keys = (terminal: number, data: string): void => {
    const { journal, place } = playhead.store.getState();
    if (!isAtPrompt(outputAt(journal, terminal, place))) {
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

  return {
    keys,
    run: (terminal, command) => {
      setDraft(terminal, emptyDraft);
      send(terminal, `${command}\n`);
    },
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
