import { Handle, Position, type NodeProps } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { isApart } from '../scene/measures.ts';
import type { SceneNode } from '../scene/scene.ts';
import { words } from '../text/ui.en.ts';
import type { ProcessElement } from './elements.ts';
import { MarkMenu } from './FrameNode.tsx';
import { MiddleOut } from './MiddleOut.tsx';
import { useMenu } from './use-menu.ts';
import { usePlayhead, useShowing } from './use-showing.ts';

/** One process. It knows only its pid; what it shows is read from the scene of the moment. */
export function ProcessNode({ data: { pid } }: NodeProps<ProcessElement>) {
  const playhead = usePlayhead();
  const { swallow, handlers } = useMenu({ type: 'process', pid });
  const node = useShowing(({ scene }) => sameNode(pid, scene.nodes));
  const isSelected = useShowing(({ selected }) => selected === pid);
  const isRoving = useShowing(({ roving }) => roving === pid);
  if (node === undefined) return null;
  const style = { opacity: node.appearance * (node.isZombie ? 0.72 : 1), scale: String(0.9 + 0.1 * node.appearance) };
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className="process nodrag"
        style={style}
        data-pid={pid}
        data-kind={node.kind}
        data-zombie={node.isZombie || undefined}
        data-stopped={node.isStopped || undefined}
        data-flat={isFlat(node) || undefined}
        data-narrow={isNarrow(node) || undefined}
        data-mark={isMark(node) ? (isApart(node.box) ? 'apart' : 'close') : undefined}
        data-low={node.box.h < 36 || undefined}
        data-ends={node.endsByItself || undefined}
        data-focus={node.isFocus || undefined}
        aria-pressed={isSelected}
        aria-label={spoken(node)}
        title={isNarrow(node) || isFlat(node) || node.pidInside !== null ? spoken(node) : undefined}
        tabIndex={isRoving ? 0 : -1}
        onFocus={() => playhead.set({ roving: pid })}
        onClick={() => {
          if (!swallow()) playhead.set({ selected: isSelected ? null : pid });
        }}
        aria-keyshortcuts="Shift+F10"
        {...handlers}
      >
        {isFlat(node) || isMark(node) ? null : <Title node={node} />}
        {isNarrow(node) ? null : (
          <span className="process-lines">
            {node.lines.map((line) => (
              <span key={line}>{isFlat(node) ? <MiddleOut name={line} /> : line}</span>
            ))}
          </span>
        )}
      </button>
      {isMark(node) && node.kind === 'container' ? <MarkMenu pid={pid} /> : null}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

/** One line has room: what a docker-proxy publishes tells it from the others, its name does not. */
function isFlat({ kind, box, lines }: SceneNode): boolean {
  return kind === 'docker-proxy' && box.h < 40 && lines.length > 0;
}

/** In a narrower box there is room for its name alone, a word a line. */
function isNarrow({ box }: Pick<SceneNode, 'box'>): boolean {
  return box.w < 110;
}

/** One of very many: nothing has room in it. */
function isMark({ kind, box }: SceneNode): boolean {
  return (kind === 'shim' || kind === 'container') && isNarrow({ box }) && box.h < 36;
}

/** A program replaced under the same pid is seen to change: the old title goes, the new one comes. */
function Title({ node: { pid, pidInside, title, box } }: { readonly node: SceneNode }) {
  const element = useRef<HTMLSpanElement>(null);
  const shown = useRef(title);
  const isStill = useShowing((showing) => showing.isStill);
  useEffect(() => {
    if (shown.current === title) return;
    shown.current = title;
    if (!isStill) element.current?.animate([{ opacity: 0, translate: '0 6px' }, { opacity: 1 }], { duration: 420 });
  }, [title, isStill]);
  return (
    <span className="process-title" ref={element}>
      <b>{title}</b>{' '}
      <span className="process-pid">
        {pid}
        {pidInside === null || box.h < 30 ? null : (
          <span className="process-inside">{words('stage.pid-inside', { inside: pidInside })}</span>
        )}
      </span>
    </span>
  );
}

function spoken({ title, pid, pidInside, lines }: SceneNode): string {
  const inside = pidInside === null ? [] : [words('stage.pid-inside.about', { inside: pidInside })];
  const told = [...inside, ...lines];
  return `${title} ${pid}${told.length === 0 ? '' : `: ${told.join(', ')}`}`;
}

const known = new WeakMap<readonly SceneNode[], ReadonlyMap<number, SceneNode>>();
let latest = new Map<number, SceneNode>();

/** The node of a scene; the same object as long as it says the same, so that most nodes are not drawn again. */
function sameNode(pid: number, nodes: readonly SceneNode[]): SceneNode | undefined {
  let byPid = known.get(nodes);
  if (byPid === undefined) {
    const kept = new Map<number, SceneNode>();
    for (const node of nodes) {
      const before = latest.get(node.pid);
      kept.set(node.pid, before !== undefined && isSame(before, node) ? before : node);
    }
    latest = kept;
    byPid = kept;
    known.set(nodes, kept);
  }
  return byPid.get(pid);
}

function isSame(one: SceneNode, other: SceneNode): boolean {
  return (
    one.appearance === other.appearance &&
    one.title === other.title &&
    one.isZombie === other.isZombie &&
    one.isStopped === other.isStopped &&
    one.isFocus === other.isFocus &&
    one.pidInside === other.pidInside &&
    one.kind === other.kind &&
    one.box.h === other.box.h &&
    one.box.w === other.box.w &&
    one.lines.join('\n') === other.lines.join('\n')
  );
}
