import type { Playhead } from '../../stage/playhead.ts';
import type { Controls } from '../desk.ts';
import { isAtPrompt, outputAt, typedAhead } from './terminal-text.ts';
import { sentLine } from './typing.ts';

/** Types a command into a shell that waits for one at the playhead's moment; into a new one when all are busy. */
export function runInFreeShell(controls: Controls, playhead: Playhead, command: string): void {
  const { desk } = controls;
  const { journal, place } = playhead.store.getState();
  const { terminal: front, terminals } = desk.getState();
  const free = [front, ...terminals].find(
    (terminal) => isAtPrompt(outputAt(journal, terminal, place)) && sentLine(controls, playhead, terminal) === null,
  );
  desk.setState(({ history }) => ({ offer: null, candidates: [], history: [...history, command].slice(-500) }));
  if (free !== undefined) {
    desk.setState({ terminal: free });
    const ahead = typedAhead(journal, free, place);
    return controls.type(free, `${ahead === '' ? '' : '\x15'}${command}\n`);
  }
  controls.openTerminal();
  return atPrompt(controls, playhead, desk.getState().terminal, (terminal) => controls.type(terminal, `${command}\n`));
}

/** Does something as soon as a new shell has been seen to prompt; never, when it is closed before. */
function atPrompt({ desk }: Controls, playhead: Playhead, terminal: number, act: (terminal: number) => void): void {
  const stop = playhead.store.subscribe(({ journal, place }) => {
    const isOpen = desk.getState().terminals.includes(terminal);
    const isReady = isOpen && isAtPrompt(outputAt(journal, terminal, place));
    if (isOpen && !isReady) return;
    stop();
    if (isReady) act(terminal);
  });
}
