import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import type { ParentEdge } from './edges.ts';
import { pointOn } from './geometry.ts';
import type { Box } from './layout.ts';
import { sampleAnd, typed } from './published.fixture.ts';
import { sceneAt } from './scene.ts';
import { createTimeline, presentationOf } from './timeline.ts';

const { dockerd, shim } = samplePids;

/** A shell of its own, as a terminal opens one. */
function shell(pid: number): readonly Fact[] {
  return [
    { type: 'task.fork', pid, by: 1, parent: 1, nsPids: [pid], flags: [] },
    { type: 'task.exec', pid, path: '/bin/sh', argv: ['-sh'], comm: 'sh', closed: [] },
  ];
}

function spotsOf({ trunk, curve }: ParentEdge) {
  return [...trunk, ...Array.from({ length: 21 }, (_, step) => pointOn(curve, step / 20))];
}

function isIn({ x, y, w, h }: Box, spot: { readonly x: number; readonly y: number }): boolean {
  return spot.x > x && spot.x < x + w && spot.y > y && spot.y < y + h;
}

test.each([false, true])(
  'systemd’s lines to several shells pass no daemon, nor the name of a wire (tall: %s)',
  (isTall) => {
    const shells = [9001, 9002, 9003, 9004];
    const events = sampleAnd([typed, ...shells.flatMap(shell)]);
    const timeline = createTimeline(events, 'story');
    const fit = { widthAt: () => (isTall ? 0 : 1300), isTall };
    const scene = sceneAt(createJournal(events), timeline, timeline.durationMs, { isStill: true, fit });
    const boxes = new Map(scene.nodes.map(({ pid, box }) => [pid, box]));
    const [client, daemon] = [boxes.get(9001), boxes.get(dockerd)];
    if (client === undefined || daemon === undefined) throw new Error('nobody is drawn');

    const lines = scene.parentEdges.filter(({ from, to }) => from === 1 && shells.includes(to));
    expect(lines).toHaveLength(shells.length);
    for (const line of lines) {
      expect(spotsOf(line).filter((spot) => spot.x >= daemon.x && spot.y > daemon.y)).toEqual([]);
      expect(spotsOf(line).filter((spot) => [...boxes.values()].some((box) => isIn(box, spot)))).toEqual([]);
    }
  },
);

test.each([1, 3])('the line from shell %i of four to its command passes no other shell', (index) => {
  const shells = [9001, 9002, 9003, 9004];
  const command = (pid: number, parent: number): readonly Fact[] => [
    { type: 'task.fork', pid, by: parent, parent, nsPids: [pid], flags: [] },
    { type: 'task.exec', pid, path: '/usr/bin/docker', argv: ['docker', 'ps'], comm: 'docker', closed: [] },
  ];
  const parent = shells[index] ?? 0;
  const events = sampleAnd([typed, ...shells.flatMap(shell), ...command(9005, parent), ...command(9006, parent)]);
  const timeline = createTimeline(events, 'story');
  const options = { isStill: true, fit: { widthAt: () => 1300 } };
  const scene = sceneAt(createJournal(events), timeline, timeline.durationMs, options);

  const lines = scene.parentEdges.filter(({ to }) => to === 9005 || to === 9006);
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const met = scene.nodes.filter(({ box }) => spotsOf(line).some((spot) => isIn(box, spot)));
    expect(met.map(({ pid }) => pid)).toEqual([]);
  }
});

test('where a container’s process has another parent now, no label covers who stands between', () => {
  const { init, runcCreate } = samplePids;
  const child = (pid: number, by: number): Fact => ({
    type: 'task.fork',
    pid,
    by,
    parent: by,
    nsPids: [pid],
    flags: [],
  });
  const events = sampleAnd([
    typed,
    child(9001, init),
    child(9002, 9001),
    { type: 'task.exit', pid: 9001, status: { code: 0 } },
    { type: 'task.reparent', pid: 9002, from: 9001, to: init, because: 'namespace-init' },
  ]);
  const timeline = createTimeline(events, 'kernel');
  const [journal, options] = [createJournal(events), { isStill: true }];
  const former = (from: number, seq: number) =>
    sceneAt(journal, timeline, presentationOf(timeline, seq), options).parentEdges.find(
      (edge) => edge.from === from && edge.phase === 'formerly',
    );
  const adopted = events.findIndex((event) => event.type === 'task.reparent' && event.pid === init);

  expect(former(9001, events.length - 1)?.isNamed).toBe(false);
  expect(former(runcCreate, adopted)?.isNamed).toBe(true);
});

test('in a tall room the way to the shim passes beside the name of the daemons’ wire', () => {
  const events = sampleAnd([]);
  const timeline = createTimeline(events, 'story');
  const fit = { widthAt: () => 0, isTall: true };
  const journal = createJournal(events);
  const scene = sceneAt(journal, timeline, timeline.durationMs, { isStill: true, fit });
  const wire = scene.talkEdges.find(({ protocol }) => protocol === 'gRPC');
  const line = scene.parentEdges.find(({ to }) => to === shim);
  if (wire === undefined || line === undefined) throw new Error('nothing is drawn');

  const halfName = 22;
  expect(Math.abs(pointOn(wire.curve, wire.namedAt).x - line.curve[0].x)).toBeGreaterThan(halfName);
});
