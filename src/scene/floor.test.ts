import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import type { Beat } from './beats.ts';
import { floorAt, floorOf, foremost } from './floor.ts';
import { livesOf } from './lives.ts';
import { createTimeline } from './timeline.ts';
import { sampleAnd } from './published.fixture.ts';

const idOf = (number: number): string => String(number).padStart(64, 'a');
const initOf = (number: number): number => 2003 + number * 10;

/** A container's first process as runc makes it, with pipes as its output. */
function container(number: number): readonly Fact[] {
  const init = initOf(number);
  const [runc, stage0, stage1] = [init - 3, init - 2, init - 1];
  const path = `/system.slice/docker-${idOf(number)}.scope`;
  const output = (fd: number): Fact => {
    const inode = init * 10 + fd;
    const file = { id: inode, kind: 'pipe', name: `pipe:[${inode}]`, access: 'w', inode } as const;
    return { type: 'fd.open', pid: init, fd, file, closeOnExec: false };
  };
  return [
    forked(runc, samplePids.shim),
    {
      type: 'task.exec',
      pid: runc,
      path: '/usr/sbin/runc',
      argv: ['runc', 'create', idOf(number)],
      comm: 'runc',
      closed: [],
    },
    forked(stage0, runc),
    { type: 'task.exec', pid: stage0, path: '/proc/self/exe', argv: ['runc', 'init'], comm: 'runc', closed: [] },
    forked(stage1, stage0),
    forked(init, stage1),
    { type: 'cgroup.create', pid: 1, path },
    { type: 'cgroup.move', pid: init, path, by: 1 },
    output(1),
    output(2),
  ];
}

function forked(pid: number, by: number): Fact {
  return { type: 'task.fork', pid, by, parent: by, nsPids: [pid], flags: [] };
}

test('the floor names the pipes and the cgroup of whom the beat is about first, and counts the rest', () => {
  const events = sampleAnd([1, 2, 3, 4, 5, 6].flatMap(container));
  const journal = createJournal(events);
  const floorFor = (...focus: readonly number[]) => {
    const beat: Beat = { ...about, seq: events.length - 1, focus };
    return floorOf(journal.worldAt(journal.length), livesOf(events), beat, events);
  };

  const { pipes, otherPipes, cgroups } = floorFor(initOf(5));
  expect(pipes.slice(0, 2).map(({ text }) => text)).toEqual([
    `${initOf(5)} stdout ▸ pipe ▸ nobody`,
    `${initOf(5)} stderr ▸ pipe ▸ nobody`,
  ]);
  expect(pipes.length + otherPipes).toBe(14);
  expect(cgroups.filter(({ isFocus }) => isFocus).flatMap(({ pids }) => pids)).toEqual([initOf(5)]);
});

test('of too many cgroups those are shown that the beat is about, the newest container, and the engine', () => {
  const events = sampleAnd([3, 1, 6, 2, 5, 4].flatMap(container));
  const journal = createJournal(events);
  const shownFor = (...focus: readonly number[]) => {
    const beat: Beat = { ...about, seq: events.length - 1, focus };
    const { cgroups } = floorOf(journal.worldAt(journal.length), livesOf(events), beat, events);
    return foremost(cgroups).flatMap(({ pids, age }) => (age === null ? [] : pids));
  };

  expect(shownFor()).toContain(initOf(4));
  expect(shownFor(initOf(3))).toEqual([initOf(3), initOf(4)]);
});

test('the floor of one world is another for another beat, and the same while nothing happens', () => {
  const events = sampleAnd([1, 2].flatMap(container));
  const journal = createJournal(events);
  const timeline = createTimeline(events, 'story');
  const world = journal.worldAt(journal.length);
  const at = (pid: number) => {
    const beat: Beat = { ...about, seq: events.length - 1, focus: [pid] };
    return { world, timeline, beat, atMs: 0, place: journal.length, isStill: false, earlier: null };
  };
  const [first, second] = [at(initOf(1)), at(initOf(2))];

  expect(floorAt(first)).toBe(floorAt({ ...first, atMs: 9 }));
  expect(floorAt(second)).toEqual(floorOf(world, timeline.lives, second.beat, events));
  expect(floorAt(first)).toEqual(floorOf(world, timeline.lives, first.beat, events));
});

const about = {
  id: '',
  kind: 'exit',
  level: 'story',
  weight: 0,
  caption: { key: 'client.pings', params: {} },
} as const;

test('a signal that no process has sent comes from the kernel', () => {
  const sent = (from: number): Fact => ({ type: 'signal.send', pid: 500, from, signal: 'SIGINT', fate: 'queued' });
  const answers = [0, samplePids.sh].map((from) => {
    const events = sampleAnd([sent(from)]);
    const seq = events.length - 1;
    const world = createJournal(events).worldAt(events.length);
    return floorOf(world, livesOf(events), { seq, focus: [] } as unknown as Beat, events).answer;
  });

  expect(answers).toEqual(['SIGINT from the kernel to 500: queued', `SIGINT from ${samplePids.sh} to 500: queued`]);
});
