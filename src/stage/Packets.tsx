import { ViewportPortal } from '@xyflow/react';
import { useShowing } from './use-showing.ts';

/** More than these are a cloud, not messages. */
const shownAtOnce = 40;

/** Messages on their way: where each is follows from the playhead alone, so scrubbing looks as playing does. */
export function Packets() {
  const packets = useShowing(({ scene }) => scene.packets);
  return (
    <ViewportPortal>
      <div aria-hidden="true">
        {packets.slice(-shownAtOnce).map(({ id, spot, kind, shortLabel, status, protocol }) => (
          <div
            key={id}
            className="packet"
            data-kind={kind}
            data-protocol={protocol}
            style={{ transform: `translate(${spot.x}px, ${spot.y}px) translate(-50%, 12px)` }}
          >
            {kind === 'response' ? (status ?? 'ok') : shortLabel}
          </div>
        ))}
      </div>
    </ViewportPortal>
  );
}
