import { Handle, Position } from '@xyflow/react';
import { words } from '../text/ui.en.ts';
import { usePlayhead, useShowing } from './use-showing.ts';

/** How many services there are besides those that are drawn; shows them all, and hides them again. */
export function CrowdNode() {
  const playhead = usePlayhead();
  const isOpen = useShowing((showing) => showing.isCrowdOpen);
  const count = useShowing(({ scene }) => scene.crowd?.pids.length ?? 0);
  const isFocus = useShowing(({ scene }) => scene.crowd?.isFocus === true);
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className="crowd nodrag"
        data-focus={isFocus || undefined}
        aria-expanded={isOpen}
        aria-label={isOpen ? words('stage.crowd.close.about') : words('stage.crowd.about', { count })}
        onClick={() => playhead.set({ isCrowdOpen: !isOpen })}
      >
        {isOpen ? words('stage.crowd.close') : words('stage.crowd', { count })}
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}
