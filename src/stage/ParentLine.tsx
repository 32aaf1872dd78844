import type { EdgeProps } from '@xyflow/react';
import type { ParentEdge } from '../scene/edges.ts';
import { beginningOf, pathOf, pointOn, type Curve } from '../scene/geometry.ts';
import { isMany } from '../scene/measures.ts';
import { words } from '../text/ui.en.ts';
import type { ParentElement, TalkElement } from './elements.ts';
import { useShowing } from './use-showing.ts';

/** "Is the parent of": a firm line that ends in a dot at the child. A reparenting is two of them. */
export function ParentLine({ id }: EdgeProps<ParentElement>) {
  const edge = useShowing(({ scene }) => scene.parentEdges.find((other) => other.id === id));
  if (edge === undefined) return null;
  const { phase, progress, through } = edge;
  if (phase === 'lets go' || phase === 'formerly') return <LettingGo edge={edge} />;
  const isHolding = phase === 'takes hold';
  const curve = phase === 'holds' ? edge.curve : beginningOf(edge.curve, Math.max(0.001, eased(progress)));
  const [, , , end] = curve;
  const { trunk } = edge;
  return (
    <g className="parent-line" data-phase={phase} data-through={through ?? undefined}>
      {isHolding ? <path className="parent-glow" d={pathOf(curve)} /> : null}
      {trunk.length === 0 ? null : (
        <path className="parent-stroke" d={`M${[...trunk, curve[0]].map(({ x, y }) => `${x} ${y}`).join('L')}`} />
      )}
      <path className="parent-stroke" d={pathOf(curve)} />
      <circle cx={end.x} cy={end.y} r={isHolding ? 5 : 4} />
      {isHolding && hasRoom(edge.curve) ? <Label curve={edge.curve} text={words('stage.takes-hold')} /> : null}
    </g>
  );
}

/** The former parent's line comes loose and stays as a trace while both are in sight. */
function LettingGo({ edge: { curve, progress, isNamed } }: { readonly edge: ParentEdge }) {
  const isFading = progress < 1;
  return (
    <g className="parent-line" data-phase="lets go">
      {isFading ? <path className="parent-stroke" style={{ opacity: 1 - progress }} d={pathOf(curve)} /> : null}
      <path className="parent-trace" style={{ opacity: progress }} d={pathOf(curve)} />
      {isNamed && hasRoom(curve) ? <Label curve={curve} text={words('stage.was-parent')} /> : null}
    </g>
  );
}

/** Whether a line is so long that a word can stand beside it. */
function hasRoom([start, , , end]: Curve): boolean {
  return Math.hypot(end.x - start.x, end.y - start.y) > 40;
}

/**
 * Beside a line, not on it: right below the parent where the line goes down, in the gap below it where it goes across;
 * of one that goes far, where it begins.
 */
function Label({ curve, text }: { readonly curve: Curve; readonly text: string }) {
  const [start, , , end] = curve;
  const isSteep = Math.abs(end.y - start.y) > Math.abs(end.x - start.x);
  const isFar = !isSteep && end.x - start.x > far;
  const level = isFar ? { x: start.x + 10, y: start.y - 7 } : { x: end.x - 21, y: Math.max(start.y, end.y) + 22 };
  const spot = isSteep ? { x: start.x + 10, y: start.y + 17 } : level;
  return (
    <text className="line-label" x={spot.x} y={spot.y} textAnchor={isSteep || isFar ? 'start' : 'end'}>
      {text}
    </text>
  );
}

/** Between those who stand beside each other there is less. */
const far = 300;
/** Of a curve that begins level half as much again is passed at first. */
const labelReach = 26;

/** "Talks to": a dotted line with an arrow from who asks to who answers. */
export function TalkLine({ id }: EdgeProps<TalkElement>) {
  const edge = useShowing(({ scene }) => scene.talkEdges.find((other) => other.id === id));
  const isCrowded = useShowing(({ scene }) => isMany(scene.density));
  if (edge === undefined) return null;
  const [start, , handle, end] = edge.curve;
  const angle = (Math.atan2(end.y - handle.y, end.x - handle.x) * 180) / Math.PI;
  const isHanging = start.y === end.y;
  const reach = Math.abs(end.x - start.x);
  // Along a long way many stand: its name is beside the daemon that asks, or there is no room for it.
  const aside = isCrowded ? Math.min(0.5, labelReach / reach) : 0.5;
  const named = pointOn(edge.curve, isHanging ? edge.namedAt : aside);
  const hasName = isHanging || (reach > 30 && !(isCrowded && end.x < start.x));
  return (
    <g className="talk-line" data-active={edge.isActive || undefined}>
      <path className="talk-stroke" d={pathOf(edge.curve)} />
      <path d="M-9 -4.5 L0 0 L-9 4.5 Z" transform={`translate(${end.x} ${end.y}) rotate(${angle})`} />
      {hasName ? (
        <text className="line-label" x={named.x} y={named.y + (isHanging ? 4 : -9)} textAnchor="middle">
          {edge.protocol}
        </text>
      ) : null}
    </g>
  );
}

function eased(share: number): number {
  return 1 - (1 - share) ** 3;
}
