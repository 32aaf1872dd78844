import type { Playhead } from '../../stage/playhead.ts';
import type { Controls } from '../desk.ts';
import { isAtPrompt, outputAt, typedAhead } from './terminal-text.ts';

/** Types a command into a shell that waits for one at the playhead's moment; into a new one when all are busy. */
export function runInFreeShell(controls: Controls, playhead: Playhead, command: string): void {
  const { desk } = controls;
  const { journal, place } = playhead.store.getState();
  const { terminal: front, terminals } = desk.getState();
  const free = [front, ...terminals].find((terminal) => isAtPrompt(outputAt(journal, terminal, place)));
  desk.setState(({ history }) => ({ offer: null, candidates: [], history: [...history, command].slice(-500) }));
  if (free === undefined) controls.openTerminal();
  else desk.setState({ terminal: free });
  const terminal = free ?? desk.getState().terminal;
  const ahead = free === undefined ? '' : typedAhead(journal, free, place);
  controls.type(terminal, `${ahead === '' ? '' : '\x15'}${command}\n`);
}
