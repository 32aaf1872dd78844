import { expect, test, vi } from 'vitest';
import type { Fact } from '../../journal/event.ts';
import { createJournal } from '../../journal/journal.ts';
import { samplePids } from '../../journal/sample-runc.fixture.ts';
import { sampleAnd, typed } from '../../scene/published.fixture.ts';
import { createPlayhead } from '../../stage/playhead.ts';
import { createDesk, type Controls } from '../desk.ts';
import { withText } from './line-editor.ts';
import { createTyping, sentLine } from './typing.ts';

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
  const controls = { desk: createDesk(), type, underWay: () => '' } as unknown as Controls;
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

/** A terminal whose line has begun to run, playing at the end of what the machine has told of it so far. */
function playedAhead(underWay = '') {
  const told = begun.length - 1;
  const events = sampleAnd([...begun, { type: 'note', pid: sh, topic: 'test', text: 'asleep' }]);
  const known = events.length - begun.length - 1 + told;
  const journal = createJournal(events.slice(0, known));
  const playhead = createPlayhead();
  playhead.follow(journal, true);
  playhead.seekEnd();
  playhead.play();
  const typedThere: { readonly data: string; readonly place: number }[] = [];
  const type = (_terminal: number, data: string): void => {
    typedThere.push({ data, place: playhead.store.getState().place });
  };
  const state = { underWay };
  const controls = { desk: createDesk(), type, underWay: () => state.underWay } as unknown as Controls;
  const { keys } = createTyping(controls, playhead, () => {});
  const tellAll = (): void => {
    state.underWay = '';
    journal.append(events.slice(known));
    playhead.follow(journal, false);
  };
  return { keys, typedThere, tellAll, playhead, known, length: events.length, desk: controls.desk };
}

test('keys typed while the machine computes go to who has the terminal when it has come to an end', async () => {
  const { keys, typedThere, tellAll, length } = playedAhead();
  keys(1, '\x03');
  keys(1, 'ls\r');
  expect(typedThere).toEqual([]);

  tellAll();
  await Promise.resolve();
  expect(typedThere).toEqual([{ data: '\x03ls\r', place: length }]);
});

test('keys wait for a machine that goes on and on for a second and a half, then they go to what is shown', async () => {
  vi.useFakeTimers();
  const { keys, typedThere, known } = playedAhead();
  keys(1, '\x03');
  await vi.advanceTimersByTimeAsync(1499);
  expect(typedThere).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  expect(typedThere).toEqual([{ data: '\x03', place: known }]);
});

test('who pauses while the machine computes types where the story stands', () => {
  const { keys, typedThere, playhead, known } = playedAhead();
  playhead.pause();
  keys(1, '\x03');
  expect(typedThere).toEqual([{ data: '\x03', place: known }]);
});

test('a second line typed before the first was seen to arrive is not taken for a line at the prompt', async () => {
  const events = sampleAnd([opened, shown('root@glassdock:~# ')]);
  const journal = createJournal(events);
  const playhead = createPlayhead();
  playhead.follow(journal, true);
  playhead.seekEnd();
  playhead.play();
  const desk = createDesk();
  const controls = { desk, type: () => {}, underWay: () => 'docker ps\n' } as unknown as Controls;
  const { keys } = createTyping(controls, playhead, () => {});
  keys(1, 'docker images');
  expect(desk.getState().drafts).toEqual({});
  expect(playhead.store.getState().isPlaying).toBe(true);
});

test('of a line that is typed letter by letter those are shown too whose echo has not come yet', () => {
  const key = (data: string): Fact => ({ type: 'input', terminal: 1, action: 'data', data });
  const journal = createJournal(sampleAnd([...begun, key('l'), shown('l'), key('s'), shown('s')]));
  const playhead = createPlayhead();
  playhead.follow(journal, false);
  playhead.seekPlace(journal.length - 1);
  const controls = { desk: createDesk(), underWay: () => ' -l\r' } as unknown as Controls;
  expect(sentLine(controls, playhead, 1)).toBe('s -l');
});

/** What ← and →, or other keys, do there: where they lead in the story, and what of them is typed. */
function stridesAt(facts: readonly Fact[], draft: string, fromEnd = 0, pressed = ['\x1b[D', '\x1b[C']) {
  const journal = createJournal(sampleAnd([opened, ...facts]));
  const playhead = createPlayhead();
  playhead.follow(journal, false);
  playhead.seekPlace(journal.length - fromEnd);
  const desk = createDesk();
  desk.setState({ offer: null, drafts: { 1: withText(draft) } });
  const steps: string[] = [];
  const sent: string[] = [];
  const controls = {
    desk,
    type: (_terminal: number, data: string) => sent.push(data),
    step: (direction: string) => steps.push(direction),
    leap: (direction: string) => steps.push(`far ${direction}`),
    underWay: () => '',
  } as unknown as Controls;
  const { keys } = createTyping(controls, playhead, () => {});
  for (const key of pressed) keys(1, key);
  return { steps, sent, cursor: desk.getState().drafts[1]?.cursor };
}

const prompt = shown('root@glassdock:~# ');

test('← and → step where no line is begun, and move in the line where one is', () => {
  expect(stridesAt([prompt], '').steps).toEqual(['back', 'forward']);
  expect(stridesAt([prompt], 'docker ps')).toEqual({ steps: [], sent: [], cursor: 'docker ps'.length });
});

test('← and → step through the story of a program, and are its own at the story’s end', () => {
  const reading: readonly Fact[] = [
    typed,
    shown('a command\r\n/ # '),
    { type: 'note', pid: sh, topic: 'test', text: 'reads' },
  ];
  expect(stridesAt(reading, '', 1).steps).toEqual(['back', 'forward']);
  expect(stridesAt(reading, '')).toMatchObject({ steps: [], sent: ['\x1b[D', '\x1b[C'] });
});

test('Home and End lead through the story where ← and → do, and are the line’s or the program’s elsewhere', () => {
  const homeAndEnd = ['\x1b[H', '\x1b[F'];
  const reading: readonly Fact[] = [
    typed,
    shown('a command\r\n'),
    { type: 'note', pid: sh, topic: 'test', text: 'reads' },
  ];
  expect(stridesAt([prompt], '', 0, homeAndEnd).steps).toEqual(['far back', 'far forward']);
  expect(stridesAt(reading, '', 1, homeAndEnd)).toMatchObject({ steps: ['far back', 'far forward'], sent: [] });
  expect(stridesAt(reading, '', 0, homeAndEnd)).toMatchObject({ steps: [], sent: homeAndEnd });
  expect(stridesAt([prompt], 'docker ps', 0, ['\x1b[H'])).toEqual({ steps: [], sent: [], cursor: 0 });
});

test('what is typed before the first prompt stands behind it', async () => {
  const events = sampleAnd([opened, { ...prompt, terminal: 2 } as Fact]);
  const journal = createJournal(events.slice(0, -1));
  const playhead = createPlayhead();
  playhead.follow(journal, true);
  playhead.seekEnd();
  const desk = createDesk();
  const sent: string[] = [];
  const type = (_terminal: number, data: string) => sent.push(data);
  const controls = { desk, type, underWay: () => '' } as unknown as Controls;
  const { keys } = createTyping(controls, playhead, () => {});
  keys(2, 'd');
  keys(2, 'o');
  expect([sent, desk.getState().drafts]).toEqual([[], {}]);

  journal.append(events.slice(-1));
  playhead.follow(journal, false);
  playhead.seekEnd();
  await Promise.resolve();
  expect([sent, desk.getState().drafts[2]?.text]).toEqual([[], 'do']);
});
