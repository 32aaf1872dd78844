import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../journal/event.ts';
import { createJournal } from '../journal/journal.ts';
import { taskOf } from '../journal/look-up.ts';
import { sampleId, samplePids } from '../journal/sample-runc.fixture.ts';
import { sampleJournal } from '../journal/sample.fixture.ts';
import { absence, inspect } from './inspector.ts';
import { sceneAt } from './scene.ts';
import { textTwin } from './text-twin.ts';
import {
  beatAt,
  createTimeline,
  jump,
  placeAt,
  presentationOf,
  seqAt,
  step,
  timeOfAnchor,
  virtualTimeAt,
  waitAt,
  type Timeline,
} from './timeline.ts';

const events = sampleJournal();
const journal = createJournal(events);
const story = createTimeline(events, 'story');
const engine = createTimeline(events, 'engine');
const { shim, runcCreate, init, docker, dockerd } = samplePids;
const reparenting = timeOfAnchor(story, 'reparent:init:web#1') ?? 0;

test('presentation time and places are each other’s inverse at every event', () => {
  for (const { seq } of events) expect(seqAt(story, presentationOf(story, seq))).toBeGreaterThanOrEqual(seq);
  for (const beat of story.beats) expect(seqAt(story, presentationOf(story, beat.seq))).toBe(beat.seq);
});

test('later in the presentation is never earlier in the machine', () => {
  const time = fc.double({ min: 0, max: story.durationMs, noNaN: true });
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [first, second] = a < b ? [a, b] : [b, a];
      expect(placeAt(story, first)).toBeLessThanOrEqual(placeAt(story, second));
      expect(virtualTimeAt(story, first)).toBeLessThanOrEqual(virtualTimeAt(story, second));
    }),
  );
});

test('stepping forward through the story and back again meets the same beats', () => {
  const forward: number[] = [];
  for (let at = 0; forward.length < story.beats.length;) {
    at = step(story, at, 'into', 'forward');
    forward.push(at);
  }
  const back = [forward.at(-1) ?? 0];
  while (back.length < forward.length) back.push(step(story, back.at(-1) ?? 0, 'into', 'back'));

  expect(forward).toEqual(story.beatTimes);
  expect(back.toReversed()).toEqual(forward);
  expect(step(story, story.beatTimes[0] ?? 0, 'into', 'back')).toBe(0);
  expect(step(story, story.durationMs, 'into', 'forward')).toBe(story.durationMs);
});

test('a jump leads to the next moment of its kind', () => {
  const first = jump(story, 0, 'reparent', 'forward') ?? 0;

  expect(beatAt(story, first)?.id).toBe('reparent:shim:web#1');
  expect(jump(story, first, 'reparent', 'forward')).toBe(reparenting);
  expect(jump(story, reparenting, 'reparent', 'forward')).toBeNull();
});

test('at the reparenting the old edge lets go and the new one takes hold', () => {
  const edges = sceneAt(journal, story, reparenting + 300).parentEdges.filter(({ to }) => to === init);
  const later = sceneAt(journal, story, reparenting + 4000).parentEdges.filter(({ to }) => to === init);

  expect(edges.map(({ from, phase }) => [from, phase])).toEqual([
    [shim, 'takes hold'],
    [runcCreate, 'lets go'],
  ]);
  expect(later.map(({ from, phase }) => [from, phase])).toEqual([
    [shim, 'takes hold'],
    [runcCreate, 'formerly'],
  ]);
});

test('the kernel floor says by which rule', () => {
  expect(sceneAt(journal, story, reparenting).floor.answer).toBe(
    '883 exits → ancestor 871: alive, PR_SET_CHILD_SUBREAPER → 897.ppid\u00a0=\u00a0871',
  );
  expect(sceneAt(journal, story, reparenting).floor.cgroups.find(({ age }) => age !== null)?.pids).toEqual([init]);
});

test('a process that was reaped fades, and a zombie is one until then', () => {
  const node = (at: number) => sceneAt(journal, story, at).nodes.find(({ pid }) => pid === runcCreate);
  const reaped = events.find((event) => event.type === 'task.reap' && event.pid === runcCreate)?.seq ?? 0;
  const gone = presentationOf(story, reaped);

  expect(node(reparenting + 100)).toMatchObject({ isZombie: true, lines: ['zombie, exit 0'], appearance: 1 });
  expect(node(gone + 300)?.appearance).toBeCloseTo(0.5);
  expect(node(gone + 300)).toMatchObject({ isZombie: false, lines: ['reaped'] });
  expect(node(gone + 5000)).toBeUndefined();
});

test('who goes with the last event has gone when the story ends, and has when more comes', () => {
  const { seq: at, timeNs } = events.at(-1) ?? { seq: 0, timeNs: 0 };
  const last: readonly Fact[] = [
    { type: 'task.fork', pid: 9000, by: samplePids.sh, parent: samplePids.sh, nsPids: [9000], flags: [] },
    { type: 'task.exec', pid: 9000, path: '/bin/sleep', argv: ['sleep', '1'], comm: 'sleep', closed: [] },
    { type: 'task.exit', pid: 9000, status: { code: 0 } },
    { type: 'task.reap', pid: 9000, by: samplePids.sh },
    { type: 'task.name', pid: 1, comm: 'systemd' },
  ];
  const ended = [...events, ...last.map((fact, index) => ({ ...fact, seq: at + 1 + index, timeNs }))];
  const more = [...ended, { type: 'task.name', pid: 1, comm: 'init', seq: ended.length, timeNs } as const];
  const known = createJournal(more);
  const seenAt = (timeline: Timeline, ms: number) => sceneAt(known, timeline, ms).nodes.map(({ pid }) => pid);
  for (const level of ['story', 'engine', 'kernel'] as const) {
    const timeline = createTimeline(ended, level);
    const longer = createTimeline(more, level);
    const reaped = presentationOf(timeline, ended.length - 2);

    expect(seenAt(timeline, reaped)).toContain(9000);
    expect(seenAt(timeline, timeline.durationMs)).not.toContain(9000);
    expect(seenAt(longer, presentationOf(longer, ended.length - 1))).not.toContain(9000);
  }
});

test('nobody moves when others come', () => {
  const places = new Map<number, string>();
  for (let at = 0; at <= engine.durationMs; at += 500) {
    for (const { pid, box } of sceneAt(journal, engine, at).nodes) {
      const spot = JSON.stringify(box);
      expect(places.get(pid) ?? spot).toBe(spot);
      places.set(pid, spot);
    }
  }
  expect(new Set(places.values()).size).toBeGreaterThan(10);
});

test('scrubbing looks as playing does', () => {
  const time = fc.double({ min: 0, max: story.durationMs, noNaN: true });
  fc.assert(
    fc.property(time, time, (at, other) => {
      const first = sceneAt(journal, story, at);
      sceneAt(journal, story, other);
      expect(sceneAt(journal, story, at)).toEqual(first);
    }),
    { numRuns: 30 },
  );
});

test('a request flies from its sender to its receiver', () => {
  const create = timeOfAnchor(story, 'request:POST /containers/create#1') ?? 0;
  const packet = sceneAt(journal, story, create + 200).packets.at(-1);

  expect(packet).toMatchObject({ from: docker, to: dockerd, shortLabel: 'POST /containers/create' });
  expect(packet?.progress).toBeGreaterThan(0);
  expect(packet?.progress).toBeLessThan(1);
});

test('the inspector names the parent before and after', () => {
  const { seq = 0 } = beatAt(story, reparenting) ?? {};
  const before = inspect(journal.worldAt(seq), journal, story.lives, init);
  const after = inspect(journal.worldAt(seq + 1), journal, story.lives, init);

  expect(before?.parent).toEqual({ pid: runcCreate, title: 'runc create' });
  expect(after?.parent).toEqual({ pid: shim, title: 'shim' });
  expect(after?.formerParent).toEqual({ pid: runcCreate, title: 'runc create' });
  expect(after?.namespaces.filter(({ isShared }) => isShared).map(({ kind }) => kind)).toEqual(['time', 'user']);
  expect(after?.cgroup).toBe(`/system.slice/docker-${sampleId}.scope`);
  expect(after?.files.find(({ fd }) => fd === 1)?.words).toBe('write end of pipe:[5001]; read by shim 871');
  expect(after?.asleepIn).toContain('O_WRONLY');
  expect(inspect(journal.worldAt(0), journal, story.lives, init)).toBeNull();
});

test('of a process that is not there the inspector says what has become of it', () => {
  const { reaped, exited } = story.lives.byPid.get(runcCreate) ?? {};
  const told = (place: number, pid: number) => absence(journal, story.lives, place, pid);

  expect(told(0, init)).toBe(`docker-entrypoint.sh ${init} is not there yet at this moment.`);
  expect(exited).toBeLessThan(reaped ?? 0);
  expect(told(journal.length, runcCreate)).toBe(
    `runc create ${runcCreate} is gone: it ended with exit code 0, and shim ${shim} has reaped it.`,
  );
  expect(told(journal.length, 99_999)).toBe('There has been no process 99999.');
});

test('the inspector says what a process is there for, and of a stage of runc init what it is until it executes', () => {
  const executed = journal.events.find(
    ({ type, ...event }) => type === 'task.exec' && 'pid' in event && event.pid === init,
  );
  const at = executed?.seq ?? 0;
  const about = (place: number, pid: number) => inspect(journal.worldAt(place), journal, story.lives, pid)?.about;

  expect(about(journal.length, shim)).toMatch(/^Looks after one container/);
  expect(about(at, init)).toBe('A copy of runc that is going to become the container’s program.');
  expect(about(at + 1, init)).toMatch(/^The first process of a container/);
  expect(about(journal.length, samplePids.sh)).toBeNull();
});

test('the inspector tells signals as /proc/PID/status does, by name, over fork and exec', () => {
  const facts: readonly Fact[] = [
    { type: 'task.fork', pid: 1, by: 0, parent: 0, nsPids: [1], flags: [] },
    { type: 'task.exec', pid: 1, path: '/sbin/init', argv: ['init'], comm: 'init', closed: [] },
    { type: 'task.signal-action', pid: 1, signal: 'SIGTERM', action: 'handler' },
    { type: 'task.signal-action', pid: 1, signal: 'SIGPIPE', action: 'ignore' },
    { type: 'task.signal-mask', pid: 1, blocked: ['SIGUSR1'] },
    { type: 'task.oom-score', pid: 1, adjustment: -1000 },
    { type: 'signal.deliver', pid: 1, signal: 'SIGTERM', action: 'handler' },
    { type: 'task.fork', pid: 2, by: 1, parent: 1, nsPids: [2], flags: [] },
    { type: 'signal.return', pid: 1, signal: 'SIGTERM' },
    { type: 'task.exec', pid: 2, path: '/bin/sleep', argv: ['sleep'], comm: 'sleep', closed: [] },
  ];
  const known = createJournal(facts.map((fact, seq) => ({ ...fact, seq, timeNs: seq })));
  const { lives } = createTimeline(known.events, 'story');
  const told = (pid: number) => {
    const found = inspect(known.worldAt(known.length), known, lives, pid);
    return [found?.signals.map(({ line, names }) => `${line} ${names}`), found?.oomScoreAdj];
  };

  const never = { value: -1000, words: 'the OOM killer never chooses it' };
  expect(told(1)).toEqual([['SigCgt TERM', 'SigIgn PIPE', 'SigBlk USR1'], never]);
  expect(told(2)).toEqual([['SigIgn PIPE', 'SigBlk TERM USR1'], never]);
});

test('the text twin tells the same facts', () => {
  const twin = textTwin(journal, story, reparenting);
  const [processes] = twin.sections;

  expect(twin.caption).toContain('takes in orphans: the shim');
  expect(processes?.items.find(({ pid }) => pid === init)).toEqual({
    text: 'runc init, pid 897 (1 inside), alive, child of shim 871',
    pid: init,
    depth: 2,
  });
});

test('a long silence is a wait that can be skipped, while the clock goes on', () => {
  const last = events.at(-1);
  const silence = { type: 'task.name', pid: 1, comm: 'systemd' } as const;
  const longer = [...events, { ...silence, seq: events.length, timeNs: (last?.timeNs ?? 0) + 10_000_000_000 }];
  const timeline = createTimeline(longer, 'story');
  const wait = timeline.waits.at(-1);

  expect(wait?.virtualNs).toBe(10_000_000_000);
  const middle = ((wait?.fromMs ?? 0) + (wait?.toMs ?? 0)) / 2;
  expect(waitAt(timeline, middle)).toBe(wait);
  expect(placeAt(timeline, middle)).toBe(events.length);
  expect(virtualTimeAt(timeline, middle) - (last?.timeNs ?? 0)).toBe(5_000_000_000);
});

test('true to scale, presentation time is virtual time stretched', () => {
  const scaled = createTimeline(events, 'story', { slowdown: 20 });

  expect(presentationOf(scaled, events.length - 1)).toBeCloseTo(((events.at(-1)?.timeNs ?? 0) / 1e6) * 20);
  expect(taskOf(journal.worldAt(placeAt(scaled, scaled.durationMs)), docker)).toBeUndefined();
});

test('who has gone while the beat is about it leaves its place', () => {
  const there = sceneAt(journal, story, reparenting);
  const box = there.nodes.find(({ pid }) => pid === runcCreate)?.box;
  const lasting = { ...story, beats: [{ ...story.beats[0], focus: [runcCreate] }], beatTimes: [0] } as typeof story;

  expect(there.lastPlaces).toEqual([]);
  const after = sceneAt(journal, lasting, story.durationMs);
  expect(after.nodes.some(({ pid }) => pid === runcCreate)).toBe(false);
  expect(after.lastPlaces).toEqual([box]);
});

test('a beat about somebody whom the level does not show marks who stands for it, and looks there', () => {
  const beat = story.beats.find(({ caption }) => caption.key === 'runc.unshares');
  const scene = sceneAt(journal, story, presentationOf(story, beat?.seq ?? 0), { isStill: true });
  const marked = scene.nodes.filter(({ isFocus }) => isFocus);

  expect(scene.nodes.map(({ pid }) => pid)).not.toContain(beat?.focus[0]);
  expect(marked.map(({ pid }) => pid)).toEqual([runcCreate]);
  expect(scene.lastPlaces).toEqual([marked[0]?.box]);
});
