import { flushSync } from 'react-dom';
import type { Controls } from '../desk.ts';

/** Leads the keyboard into the terminal in front; on a phone another panel may be there in its place. */
export function focusTerminal({ desk }: Pick<Controls, 'desk'>): void {
  flushSync(() => desk.setState({ panel: 'terminal' }));
  const { terminal } = desk.getState();
  document.querySelector<HTMLElement>(`[data-terminal="${terminal}"] :is(textarea, input)`)?.focus();
}

/**
 * Brings a terminal to the front, and the keyboard into it: whoever asks for a shell goes on typing. It is drawn at
 * once, for what is not there yet takes no focus.
 */
export function enterTerminal(controls: Pick<Controls, 'desk'>, bring: () => void): void {
  flushSync(bring);
  focusTerminal(controls);
}
