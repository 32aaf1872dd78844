import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  type Viewport,
} from '@xyflow/react';
import { useCallback, useEffect, useRef, type RefObject } from 'react';
import { glide } from '../scene/scene.ts';
import { words } from '../text/ui.en.ts';
import { countBelow, hasFreeLine, fitFor, viewportFor, type Repose } from './camera.ts';
import { isAtEnd } from './chapters.ts';
import { CrowdNode } from './CrowdNode.tsx';
import { elementsOf, type Elements, type StageEdge, type StageNode } from './elements.ts';
import { Floor } from './Floor.tsx';
import { readable } from './focus.ts';
import { FrameNode, HeadingNode, NoteNode } from './FrameNode.tsx';
import { Legend } from './Legend.tsx';
import { Packets } from './Packets.tsx';
import { ParentLine, TalkLine } from './ParentLine.tsx';
import type { Showing } from './playhead.ts';
import { ProcessNode } from './ProcessNode.tsx';
import { usePlayhead, useShowing } from './use-showing.ts';
import { useTabStop } from './use-tab-stop.ts';

const nodeTypes = {
  process: ProcessNode,
  frame: FrameNode,
  heading: HeadingNode,
  note: NoteNode,
  crowd: CrowdNode,
};
const edgeTypes = { parent: ParentLine, talk: TalkLine };
/** From so many elements on, only those in sight are in the document. */
const manyNodes = 300;
/** Below this, names need all the room that there is. */
const far = 0.45;
const hidden = { hideAttribution: true };

interface StageProps {
  /** Pixels on the right that the inspector covers. */
  readonly covered: number;
  /** Whether the wheel may zoom: not in a frame, where it belongs to the article. */
  readonly hasWheel: boolean;
}

/** The host as a cut-away: processes above, the kernel as the floor. */
export function Stage(props: StageProps) {
  return (
    <section className="stage" data-covered={props.covered > 0 || undefined} aria-label={words('stage.label')}>
      <ReactFlowProvider>
        <Processes {...props} />
      </ReactFlowProvider>
      <Floor />
    </section>
  );
}

function Processes({ covered, hasWheel }: StageProps) {
  const before = useRef<Elements>(undefined);
  const elements = useShowing(({ scene }) => {
    before.current = elementsOf(scene, before.current);
    return before.current;
  });
  const root = useRef<HTMLDivElement>(null);
  const { isFollowing, takeOver, release } = useCamera(covered, root);
  const tabStop = useTabStop(root);
  const isTall = useShowing(({ scene }) => scene.isTall);
  const markZoom = useCallback(({ zoom }: Viewport) => {
    root.current?.style.setProperty('--zoom', String(zoom));
    root.current?.setAttribute('data-zoom', zoom < far ? 'far' : zoom < readable ? 'middle' : 'near');
  }, []);

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys of the buttons inside, caught once
    <div className="processes" ref={root} data-zoom="near" data-tall={isTall || undefined} {...tabStop}>
      <ReactFlow
        aria-label={words('stage.picture')}
        nodes={elements.nodes as StageNode[]}
        edges={elements.edges as StageEdge[]}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onlyRenderVisibleElements={elements.nodes.length > manyNodes}
        onViewportChange={markZoom}
        onMove={takeOver}
        minZoom={0.06}
        maxZoom={2.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        zoomOnDoubleClick={false}
        zoomOnScroll={hasWheel}
        preventScrolling={hasWheel}
        elevateNodesOnSelect={false}
        proOptions={hidden}
      >
        <Background variant={BackgroundVariant.Lines} gap={24} lineWidth={1} color="var(--grid)" />
        <Packets />
      </ReactFlow>
      <Legend />
      <Below />
      {isFollowing ? null : (
        <button type="button" className="stage-fit text-button floating" onClick={release}>
          {words('stage.fit')}
        </button>
      )}
    </div>
  );
}

/** Who looks is told of those that stand below the stage's edge; whoever listens hears of all anyway. */
function Below() {
  const y = useStore(({ transform }) => transform[1]);
  const zoom = useStore(({ transform }) => transform[2]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const count = useShowing(({ scene }) => countBelow(scene, { x: 0, y, zoom }, { width, height, covered: 0 }));
  if (count === 0) return null;
  return (
    <p className="stage-below" aria-hidden>
      {words('stage.below', { count })}
    </p>
  );
}

function keyOf({ x, y, zoom }: Viewport): string {
  return [x, y, zoom].map((value) => value.toFixed(2)).join();
}

function reposeOf({ atMs, restMs, timeline, isGrowing }: Showing): Repose {
  if (atMs <= restMs) return 'before';
  return isAtEnd(timeline, atMs) && !isGrowing ? 'after' : 'none';
}

/** Looks where the scene asks for, calmly, until a person takes over; then stays until it is given back. */
function useCamera(covered: number, root: RefObject<HTMLElement | null>) {
  const { setViewport } = useReactFlow();
  const playhead = usePlayhead();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const isFollowing = useShowing((showing) => showing.isFollowing);
  const last = useRef<{ readonly viewport: Viewport; readonly sceneWidth: number }>(undefined);
  const hasLooked = useRef(false);
  useEffect(() => {
    const room = { width, height, covered };
    if (width === 0 || height === 0) return undefined;
    playhead.set({ fit: fitFor(room) });
    root.current?.removeAttribute('data-free-line');
    if (!isFollowing) return undefined;
    const look = (): void => {
      const { scene, isStill, speed } = playhead.store.getState();
      const before = last.current;
      const sceneWidth = scene.extent.w;
      // In a picture that is arranged anew the old place means nothing.
      const from = before?.sceneWidth === sceneWidth ? before.viewport : undefined;
      const viewport = viewportFor(scene, room, reposeOf(playhead.store.getState()), from);
      last.current = { viewport, sceneWidth };
      root.current?.toggleAttribute('data-free-line', hasFreeLine(scene, viewport, height));
      if (before !== undefined && keyOf(viewport) === keyOf(before.viewport)) return;
      // With those who move, and straight: so nobody gets out of sight on the way.
      const isAlong = before !== undefined && before.sceneWidth !== sceneWidth;
      const move = isAlong
        ? { duration: glide.ms / speed, ease: glide.ease, interpolate: 'linear' as const }
        : { duration: 650 };
      void setViewport(viewport, hasLooked.current && !isStill ? move : {});
      hasLooked.current = true;
    };
    last.current = undefined;
    look();
    return playhead.store.subscribe(look);
  }, [isFollowing, width, height, covered, playhead, setViewport, root]);
  return {
    isFollowing,
    // Without an event it was the camera's own move.
    takeOver: (event: MouseEvent | TouchEvent | null) => {
      if (event !== null) playhead.set({ isFollowing: false });
    },
    release: () => playhead.set({ isFollowing: true }),
  };
}
