import type { NodeProps } from '@xyflow/react';
import { words } from '../text/ui.en.ts';
import type { FrameElement, HeadingElement } from './elements.ts';
import { useShowing } from './use-showing.ts';

/** A container as what it is: a frame of namespaces and a cgroup around processes. */
export function FrameNode({ data: { id } }: NodeProps<FrameElement>) {
  const frame = useShowing(({ scene }) => scene.containers.find((container) => container.id === id));
  if (frame === undefined) return null;
  return (
    <div
      className="frame"
      style={{ opacity: frame.appearance }}
      data-compact={frame.isCompact || undefined}
      data-empty={!frame.hasProcess || undefined}
    >
      <div className="frame-head">
        <b>{frame.name}</b>
        <span>{frame.hasProcess ? frame.cgroup : frame.status}</span>
      </div>
      {frame.isCompact ? null : (
        <div className="frame-foot">
          {frame.ownNamespaces.map((kind) => (
            <span key={kind} className="tag" title={`${kind} namespace of its own`}>
              {kind === 'cgroup' ? 'cgrp' : kind}
            </span>
          ))}
          {frame.ownNamespaces.length === 0 ? null : <span>{words('stage.own-namespaces')}</span>}
        </div>
      )}
    </div>
  );
}

export function HeadingNode({ data: { text } }: NodeProps<HeadingElement>) {
  return <div className="column-heading">{text}</div>;
}
