import { expect, test } from 'vitest';
import type { Fact } from '../../journal/event.ts';
import { createJournal } from '../../journal/journal.ts';
import { samplePids } from '../../journal/sample-runc.fixture.ts';
import { sampleAnd, typed } from '../../scene/published.fixture.ts';
import { createPlayhead } from '../../stage/playhead.ts';
import { createDesk, type Controls } from '../desk.ts';
import { createTyping } from './typing.ts';

const { sh } = samplePids;
const file = { id: 9000, kind: 'tty', name: '/dev/pts/1', access: 'rw', inode: 4026532222 } as const;
const opened: Fact = { type: 'fd.open', pid: sh, fd: 0, file, closeOnExec: false };
const shown = (data: string): Fact => ({ type: 'terminal.output', terminal: 1, data });
const begun: readonly Fact[] = [
  opened,
  typed,
  shown('a command\r\n'),
  { type: 'note', pid: sh, topic: 'test', text: 'at work' },
];

/** Where Ctrl-C arrives, counted from the end, that is typed in the middle of what a line brings about. */
function arrival(end: readonly Fact[], how: 'playing' | 'paused'): number {
  const events = sampleAnd([...begun, ...end]);
  const playhead = createPlayhead();
  playhead.follow(createJournal(events), false);
  playhead.seekPlace(events.length - end.length - 1);
  if (how === 'playing') playhead.play();
  let place = -1;
  const type = (): void => {
    ({ place } = playhead.store.getState());
  };
  // Typing asks nothing else of the page here.
  const controls = { desk: createDesk(), type } as unknown as Controls;
  createTyping(controls, playhead, () => {}).keys(1, '\x03');
  return place - events.length;
}

test('a key that is typed while a story plays goes to the program that has the terminal at its end', () => {
  const sleeps: readonly Fact[] = [{ type: 'note', pid: sh, topic: 'test', text: 'asleep' }];

  expect(arrival(sleeps, 'playing')).toBe(0);
  expect(arrival(sleeps, 'paused')).toBe(-2);
});

test('a key that is typed while the story of a line plays that has come to its end is typed at that moment', () => {
  expect(arrival([shown('root@glassdock:~# ')], 'playing')).toBe(-2);
});
