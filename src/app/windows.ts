import type { Playhead } from '../stage/playhead.ts';
import { isAtEnd } from '../stage/chapters.ts';
import { isAtPrompt, outputAt } from '../panels/terminal/terminal-text.ts';
import type { TimedInput } from '../worker/protocol.ts';
import type { Journey } from './journey.ts';
import { firstTerminal, type SessionControl } from './session.ts';

type Done = Omit<TimedInput, 'atNs'>;

/**
 * The terminals' windows. A terminal hears of its window's size with what is typed next: in the past and at a prompt
 * that is early enough, and a link that is only watched stays as it is. Who runs at the end of the story hears at once.
 */
export function createWindows(session: SessionControl, playhead: Playhead, journey: Journey) {
  const sizes = new Map<number, string>();
  /** Terminals that were typed into before anybody knew their size. */
  const early = new Set<number>();

  /** What is said behind a line that is typed. */
  const behindLine = (terminal: number, place: number): readonly Done[] => {
    if (!sizes.has(terminal)) early.add(terminal);
    return news(terminal, place);
  };

  /** The new size, when the terminal has not been told it by this place. */
  const news = (terminal: number, place: number): readonly Done[] => {
    const data = sizes.get(terminal);
    const told = session.store
      .getState()
      .inputs.slice(0, session.happenedBy(place))
      .findLast((input) => input.terminal === terminal && /open|resize/.test(input.action));
    return data === undefined || data === told?.data ? [] : [{ terminal, action: 'resize', data }];
  };

  const tell = (terminal: number): void => {
    const { journal, timeline, atMs, isGrowing, isFlowing } = playhead.store.getState();
    const place = journal.length;
    const isLive = isFlowing || (isAtEnd(timeline, atMs) && !isGrowing);
    const told = news(terminal, place);
    const isEarly = early.has(terminal);
    // What was typed early may not have begun yet.
    const isAhead = isEarly && session.store.getState().settled === null;
    if (!(isLive || isEarly) || told.length === 0) return;
    if (!isAhead && isAtPrompt(outputAt(journal, terminal, place))) return;
    session.act(place, ...told);
    if (isLive && !isFlowing) journey.set({ anchor: '' });
  };

  return {
    behindLine,
    tell,
    sizeOf: (terminal: number): string => sizes.get(terminal) ?? firstTerminal.data,
    /** A size that is the first says nothing new, but to what was typed before: the screen has only been opened. */
    measured: (terminal: number, size: string): void => {
      const isFirst = !sizes.has(terminal);
      sizes.set(terminal, size);
      if (!isFirst || early.has(terminal)) tell(terminal);
      early.delete(terminal);
    },
  };
}
