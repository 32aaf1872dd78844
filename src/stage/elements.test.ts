import { expect, test } from 'vitest';
import { createJournal } from '../journal/journal.ts';
import { samplePids } from '../journal/sample-runc.fixture.ts';
import { sampleJournal } from '../journal/sample.fixture.ts';
import { sceneAt, type Scene } from '../scene/scene.ts';
import { createTimeline } from '../scene/timeline.ts';
import { elementsOf } from './elements.ts';

const events = sampleJournal();
const timeline = createTimeline(events, 'story');
const scene = sceneAt(createJournal(events), timeline, timeline.durationMs, { isStill: true });
const { dockerd, shim, init } = samplePids;

function notesIn(shown: Scene): readonly string[] {
  return elementsOf(shown).nodes.flatMap(({ type, id }) => (type === 'note' ? [id] : []));
}

test('a line says by name whose parent somebody is, and who talks to whom', () => {
  const labels = elementsOf(scene).edges.map(({ ariaLabel }) => ariaLabel);

  expect(labels).toContain(`shim ${shim} is the parent of docker-entrypoint.sh ${init}`);
  expect(labels.some((label) => label?.startsWith('dockerd 412 talks to containerd 398'))).toBe(true);
});

test('the place of a daemon that is not running says so, and only then', () => {
  const without = { ...scene, nodes: scene.nodes.filter(({ pid }) => pid !== dockerd) };

  expect(notesIn(scene)).toEqual([]);
  expect(notesIn(without)).toEqual(['stage.no-dockerd']);
});

test('a machine that is off misses no daemon', () => {
  const off = sceneAt(createJournal(events), timeline, 0, { isStill: true });

  expect(off.place).toBe(0);
  expect(notesIn(off)).toEqual(['stage.no-shim', 'stage.no-container']);
});

test('before anything runs each empty place says what it is for, after the last container that none is there', () => {
  const nothing = { ...scene, nodes: [], containers: [], parentEdges: [], talkEdges: [], hasHadContainers: false };
  const daemons = ['stage.no-dockerd', 'stage.no-containerd'];

  expect(notesIn(nothing)).toEqual([...daemons, 'stage.no-shim', 'stage.no-container']);
  expect(notesIn({ ...nothing, hasHadContainers: true })).toEqual([
    ...daemons,
    'stage.no-shim-now',
    'stage.no-container-now',
  ]);
});

test('where many will stand, whose columns are too narrow for words, one note stands across both', () => {
  const block = { shim: { x: 600, w: 54 }, tools: { x: 670, w: 136 } };
  const nothing = { ...scene, nodes: [], containers: [], parentEdges: [], talkEdges: [], blocks: [block] };
  const places = (type: string) =>
    elementsOf(nothing)
      .nodes.filter((node) => node.type === type)
      .slice(2);

  expect(places('note').map(({ position, width }) => [position.x, width])).toEqual([[600, 206]]);
  expect(places('heading').map(({ position }) => position.x)).toEqual([600, 670]);
});

test('each block of many containers has its own headings, where it stands', () => {
  const blocks = [600, 900].map((x) => ({ shim: { x, w: 54 }, tools: { x: x + 70, w: 136 } }));
  const headings = elementsOf({ ...scene, density: 'compact', blocks }).nodes.flatMap((node) =>
    node.type === 'heading' ? [[node.data.text, node.position.x]] : [],
  );

  expect(headings.slice(2)).toEqual([
    ['shim', 600],
    ['containers', 670],
    ['shim', 900],
    ['containers', 970],
  ]);
});

test.each([true, false])('above marks it is said how many they are, within the picture (tall: %s)', (isTall) => {
  const { nodes, columns, extent } = scene;
  const blocks = [{ shim: { x: 600, w: 18 }, tools: { x: 623, w: 34 } }];
  const many: Scene = { ...scene, density: 'marks', blocks, isTall, nodes: nodes.filter(({ pid }) => pid !== init) };
  const [heading] = elementsOf(many).nodes.filter(({ id }) => id === 'heading-count');

  expect(heading?.data).toMatchObject({ text: '1 shim, 1 container' });
  expect((heading?.position.x ?? 0) + (heading?.width ?? 0)).toBeLessThanOrEqual(extent.w);
  expect(heading?.position.x).toBeGreaterThan(columns.dockerd.x + 100);
});

test('the elements stay the same while nobody comes, goes or becomes somebody else', () => {
  const before = elementsOf(scene);
  const renamed = {
    ...scene,
    nodes: scene.nodes.map((node) => (node.pid === init ? { ...node, title: 'nginx' } : node)),
  };

  expect(elementsOf({ ...scene }, before)).toBe(before);
  expect(elementsOf(renamed, before)).not.toBe(before);
});
