import { expect, test } from 'vitest';
import type { BeatKind } from '../scene/beats.ts';
import type { Box } from '../scene/layout.ts';
import type { Scene } from '../scene/scene.ts';
import { focusOf } from './focus.ts';

/** A phone's stage, within its margins. */
const phone = { width: 366, height: 242 };

interface Picture {
  readonly processes: Readonly<Record<number, Box>>;
  readonly containers?: Readonly<Record<string, Box>>;
  readonly focus?: readonly number[];
  readonly kind?: BeatKind;
  readonly frame?: string;
  readonly parents?: readonly Pick<Scene['parentEdges'][number], 'from' | 'to' | 'phase'>[];
  readonly crowd?: Scene['crowd'];
  readonly lastPlaces?: readonly Box[];
}

function sceneOf({
  processes,
  containers = {},
  focus,
  kind = 'container',
  frame,
  parents = [],
  crowd = null,
  lastPlaces = [],
}: Picture): Scene {
  return {
    beat: focus === undefined ? null : { focus, kind, frame },
    nodes: Object.entries(processes).map(([pid, box]) => ({ pid: Number(pid), box })),
    containers: Object.entries(containers).map(([name, box]) => ({ name, box })),
    parentEdges: parents,
    talkEdges: [],
    crowd,
    lastPlaces,
  } as unknown as Scene;
}

const process = (x: number, y: number): Box => ({ x, y, w: 150, h: 50 });

test('without a beat everybody is looked at', () => {
  const scene = sceneOf({ processes: { 1: process(0, 0), 2: process(900, 300) } });

  expect(focusOf(scene, phone)).toEqual({ x: 0, y: 0, w: 1050, h: 350 });
});

test('whom the beat names is looked at, with the frames of their containers where these can be read', () => {
  const processes = { 1: process(0, 0), 2: process(700, 120), 3: process(700, 180) };
  const inside = sceneOf({ processes, containers: { web: { x: 680, y: 90, w: 250, h: 160 } }, focus: [2] });

  expect(focusOf(inside, phone)).toEqual({ x: 680, y: 90, w: 250, h: 160 });
});

test('a tall container’s frame is left out before anybody who takes part is', () => {
  const scene = sceneOf({
    processes: { 1: process(700, 40), 2: process(700, 400) },
    containers: { web: { x: 680, y: 90, w: 250, h: 600 } },
    focus: [2, 1],
  });

  expect(focusOf(scene, phone)).toEqual({ x: 700, y: 40, w: 150, h: 410 });
});

test('a frame that costs little stays, though only names can be read: its container’s name stands in it', () => {
  const scene = sceneOf({
    processes: { 1: process(0, 40), 2: process(700, 96) },
    containers: { web: { x: 694, y: 90, w: 250, h: 62 } },
    focus: [2, 1],
  });

  expect(focusOf(scene, phone)).toEqual({ x: 0, y: 40, w: 944, h: 112 });
});

test('a parent whose child is changing hands takes part; one that merely holds it does not', () => {
  const processes = { 1: process(0, 0), 2: process(200, 0), 3: process(200, 100) };
  const told = (phase: 'holds' | 'lets go') =>
    focusOf(sceneOf({ processes, focus: [3], parents: [{ from: 1, to: 3, phase }] }), phone);

  expect(told('holds')).toEqual(processes[3]);
  expect(told('lets go')).toEqual({ x: 0, y: 0, w: 350, h: 150 });
});

test('where not even names could be read the last named is left out, the first never', () => {
  const scene = sceneOf({
    processes: { 1: process(0, 0), 2: process(300, 0), 3: process(3000, 0) },
    focus: [1, 2, 3],
  });

  expect(focusOf(scene, phone)).toEqual({ x: 0, y: 0, w: 450, h: 50 });
  expect(focusOf(sceneOf({ processes: { 1: { x: 0, y: 0, w: 4000, h: 50 } }, focus: [1] }), phone).w).toBe(4000);
});

test('of a container whose state is told the head stays in sight, before those who act', () => {
  const told = (x: number) =>
    focusOf(
      sceneOf({
        processes: { 1: process(0, 0) },
        containers: { web: { x, y: 90, w: 250, h: 600 } },
        focus: [1],
        frame: 'web',
      }),
      phone,
    );

  expect(told(200)).toEqual({ x: 0, y: 0, w: 450, h: 190 });
  expect(told(3000)).toEqual({ x: 3000, y: 90, w: 250, h: 100 });
});

test('where not all fit, who reaps somebody is looked at, and not the container that has ended', () => {
  const scene = sceneOf({
    processes: { 1: process(0, 0) },
    containers: { web: { x: 3000, y: 90, w: 250, h: 600 } },
    focus: [1],
    kind: 'reap',
    frame: 'web',
  });

  expect(focusOf(scene, phone)).toEqual(process(0, 0));
});

test('who has no box of its own is looked for where the number of the others stands', () => {
  const crowd = { box: process(300, 200), pids: [7, 8], isFocus: true };
  const scene = sceneOf({ processes: { 1: process(0, 0) }, focus: [8], crowd });

  expect(focusOf(scene, phone)).toEqual(crowd.box);
});

test('a beat about somebody who is nowhere in the picture looks at everybody', () => {
  const scene = sceneOf({ processes: { 1: process(0, 0), 2: process(300, 0) }, focus: [99] });

  expect(focusOf(scene, phone)).toEqual({ x: 0, y: 0, w: 450, h: 50 });
});

test('when all whom the beat names have gone, their place is looked at', () => {
  const processes = { 1: process(0, 0), 2: process(300, 0) };
  const lastPlaces = [process(150, 100)];

  expect(focusOf(sceneOf({ processes, focus: [99], lastPlaces }), phone)).toEqual(lastPlaces[0]);
  expect(focusOf(sceneOf({ processes, focus: [2, 99], lastPlaces }), phone)).toEqual(processes[2]);
});
