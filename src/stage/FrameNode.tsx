import type { NodeProps } from '@xyflow/react';
import { words } from '../text/ui.en.ts';
import type { FrameElement, HeadingElement, NoteElement } from './elements.ts';
import { useShowing } from './use-showing.ts';

/** A container as what it is: a frame of namespaces and a cgroup around processes. */
export function FrameNode({ data: { id } }: NodeProps<FrameElement>) {
  const frame = useShowing(({ scene }) => scene.containers.find((container) => container.id === id));
  if (frame === undefined) return null;
  return (
    <div
      className="frame"
      style={{ opacity: frame.appearance }}
      data-density={frame.density}
      data-empty={!frame.hasProcess || undefined}
    >
      <div className="frame-head">
        <b>{frame.name}</b>
        <span>{frame.hasProcess ? frame.cgroup : frame.status}</span>
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
