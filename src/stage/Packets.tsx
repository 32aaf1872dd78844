import { ViewportPortal } from '@xyflow/react';
import type { Spot } from '../scene/geometry.ts';
import { words } from '../text/ui.en.ts';
import { useShowing } from './use-showing.ts';

/** More than these are a cloud, not messages. */
const shownAtOnce = 40;

/** Messages on their way: where each is follows from the playhead alone, so scrubbing looks as playing does. */
export function Packets() {
  const packets = useShowing(({ scene }) => scene.packets);
  return (
    <ViewportPortal>
      <div aria-hidden="true">
        {packets.slice(-shownAtOnce).map(({ id, spot, labelSpot, kind, shortLabel, status, protocol }) => (
          <div key={id} data-kind={kind} data-protocol={protocol} className="message">
            <div className="packet" style={{ transform: at(spot) }} />
            <div className="packet-label" style={{ transform: at(labelSpot) }}>
              {kind === 'response' ? answerText(status) : shortLabel}
            </div>
          </div>
        ))}
      </div>
    </ViewportPortal>
  );
}

function at({ x, y }: Spot): string {
  return `translate(${x}px, ${y}px) translate(-50%, -50%)`;
}

/** HTTP's numbers as they are; gRPC's 0 says nothing to a reader. */
function answerText(status: string | null): string {
  return status === null || status === '0' ? words('stage.answer-ok') : status;
}
