import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { sampleAnd, typed } from '../scene/published.fixture.ts';
import { createPlayhead } from '../stage/playhead.ts';
import { createJourney } from './journey.ts';
import { createSession, firstTerminal } from './session.ts';
import { createWindows } from './windows.ts';

const prompt: Fact = { type: 'terminal.output', terminal: 1, data: 'root@glassdock:~# ' };
const running: Fact = { type: 'terminal.output', terminal: 1, data: 'at work\r\n' };

/** A window, at the end of a session that ends so. */
function windowAfter(...end: readonly Fact[]) {
  const session = createSession(() => {});
  session.run({ seed: 1, inputs: [firstTerminal] });
  session.receive({ type: 'events', epoch: 1, events: sampleAnd([typed, ...end]) });
  session.receive({ type: 'state', epoch: 1, nowNs: 0, settled: 'idle', isDue: true });
  const playhead = createPlayhead();
  const { journal, inputs } = session.store.getState();
  playhead.follow(journal, false);
  playhead.seekEnd();
  const windows = createWindows(
    session,
    playhead,
    createJourney(session, playhead, () => {}),
  );
  windows.measured(1, '24x80');
  const told = () => session.store.getState().inputs.slice(inputs.length);
  return { session, playhead, windows, told, end: journal.length };
}

test('who runs at the end of the story hears at once that the window has another size', () => {
  const { windows, told } = windowAfter(running);

  windows.measured(1, '9x120');
  windows.measured(1, '9x120');

  expect(told()).toMatchObject([{ terminal: 1, action: 'resize', data: '9x120' }]);
});

test('at a prompt and in the past the size goes with what is typed next, once', () => {
  const atPrompt = windowAfter(prompt);
  atPrompt.windows.measured(1, '9x120');
  expect(atPrompt.told()).toEqual([]);
  const key = { terminal: 1, action: 'data', data: 'k' } as const;
  atPrompt.session.act(atPrompt.end, key, ...atPrompt.windows.behindLine(1, atPrompt.end));
  expect(atPrompt.told().map(({ data }) => data)).toEqual(['k', '9x120']);
  expect(atPrompt.windows.behindLine(1, atPrompt.end)).toEqual([]);

  const past = windowAfter(running);
  past.playhead.seekPlace(past.end - 1);
  past.windows.measured(1, '9x120');
  expect(past.told()).toEqual([]);
});

test('a session that is only opened stays as it is, until its time flows', () => {
  const { windows, playhead, told } = windowAfter(running);
  const opened = windowAfter(running);
  opened.windows.measured(2, '9x120');
  expect(opened.told()).toEqual([]);

  playhead.set({ isFlowing: true });
  windows.measured(1, '9x120');
  expect(told().map(({ action }) => action)).toEqual(['resize']);
});
