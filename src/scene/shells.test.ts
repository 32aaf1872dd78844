import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { sampleAnd } from './published.fixture.ts';
import { sceneAt } from './scene.ts';
import { textTwin } from './text-twin.ts';
import { createTimeline, presentationOf } from './timeline.ts';

function shell(pid: number, terminal: number): readonly Fact[] {
  const file = { id: 9000 + pid, kind: 'tty', name: `/dev/pts/${terminal}`, access: 'rw', inode: terminal } as const;
  return [
    { type: 'task.fork', pid, by: 1, parent: 1, nsPids: [pid], flags: [] },
    { type: 'task.exec', pid, path: '/bin/sh', argv: ['-sh'], comm: 'sh', closed: [] },
    { type: 'fd.open', pid, fd: 0, file, closeOnExec: false },
  ];
}

test('of several shells each is told by the number of its terminal, one alone by what runs', () => {
  const events = sampleAnd([...shell(5001, 1), ...shell(5002, 3)]);
  const [journal, timeline] = [createJournal(events), createTimeline(events, 'story')];
  const titlesAt = (seq: number) => {
    const { nodes } = sceneAt(journal, timeline, presentationOf(timeline, seq), { isStill: true });
    return nodes.filter(({ pid }) => pid > 5000).map(({ title }) => title);
  };

  expect(titlesAt(events.length - 4)).toEqual(['sh']);
  expect(titlesAt(events.length - 1)).toEqual(['Shell 1', 'Shell 3']);
  const [processes] = textTwin(journal, timeline, presentationOf(timeline, events.length - 1)).sections;
  expect(processes?.items.find(({ pid }) => pid === 5002)?.text).toContain('Shell 3, pid 5002');
});
