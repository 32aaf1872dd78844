import type { NodeProps } from '@xyflow/react';
import { Ellipsis } from 'lucide-react';
import { words } from '../text/ui.en.ts';
import type { FrameElement, HeadingElement, NoteElement } from './elements.ts';
import { useMenu } from './use-menu.ts';
import { useShowing } from './use-showing.ts';

/** A container as what it is: a frame of namespaces and a cgroup around processes. */
export function FrameNode({ data: { id } }: NodeProps<FrameElement>) {
  const frame = useShowing(({ scene }) => scene.containers.find((container) => container.id === id));
  const { openBelow, handlers } = useMenu({ type: 'container', id });
  if (frame === undefined) return null;
  return (
    <div
      className="frame"
      style={{ opacity: frame.appearance }}
      data-density={frame.density}
      data-empty={!frame.hasProcess || undefined}
      {...handlers}
    >
      <div className="frame-head">
        <b>{frame.name}</b>
        <span>{frame.hasProcess ? frame.cgroup : frame.status}</span>
        {frame.density === 'compact' ? null : (
          <button
            type="button"
            className="frame-menu nodrag"
            aria-label={words('stage.menu', { name: frame.name })}
            aria-haspopup="menu"
            onClick={({ currentTarget }) => openBelow(currentTarget)}
          >
            <Ellipsis size={15} aria-hidden />
          </button>
        )}
      </div>
      {frame.density === 'roomy' ? (
        <div className="frame-foot">
          {frame.ownNamespaces.map((kind) => (
            <span key={kind} className="tag" title={words('stage.own-namespace', { kind })}>
              {kind === 'cgroup' ? 'cgrp' : kind}
            </span>
          ))}
          {frame.ownNamespaces.length === 0 ? null : <span>{words('stage.own-namespaces')}</span>}
        </div>
      ) : null}
    </div>
  );
}

/** In an empty column: what will stand there. */
export function NoteNode({ data: { text } }: NodeProps<NoteElement>) {
  return <div className="column-note">{text}</div>;
}

export function HeadingNode({ data: { text } }: NodeProps<HeadingElement>) {
  return <div className="column-heading">{text}</div>;
}
