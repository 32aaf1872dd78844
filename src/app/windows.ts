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

  /** The new size, when the terminal has not been told it by this place. */
  const behindLine = (terminal: number, place: number): readonly Done[] => {
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
    const told = behindLine(terminal, place);
    if (!isLive || told.length === 0 || isAtPrompt(outputAt(journal, terminal, place))) return;
    session.act(place, ...told);
    if (!isFlowing) journey.set({ anchor: '' });
  };

  return {
    behindLine,
    tell,
    sizeOf: (terminal: number): string => sizes.get(terminal) ?? firstTerminal.data,
    /** A size that is the first says nothing new: the screen has only been opened. */
    measured: (terminal: number, size: string): void => {
      const known = sizes.get(terminal);
      sizes.set(terminal, size);
      if (known !== undefined && known !== size) tell(terminal);
    },
  };
}
