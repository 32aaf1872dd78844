import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useShowing } from '../stage/use-showing.ts';
import { words } from '../text/ui.en.ts';
import { useControls, useDesk } from './desk.ts';

/** So long a sentence stands over a picture that moves: it has been read by then. */
const playedMs = 8000;

/** What a person must know, above the caption: failures, a branch, what a link said. */
export function Notices() {
  const { desk, bringBack, runAgain } = useControls();
  const failure = useDesk((state) => state.failure);
  const notice = useDesk((state) => state.notice);
  const aside = useDesk((state) => state.aside);
  const isPlaying = useShowing((showing) => showing.isPlaying);
  useEffect(() => {
    if (notice === null || !isPlaying) return;
    const timer = setTimeout(() => desk.setState({ notice: null }), playedMs);
    return () => clearTimeout(timer);
  }, [desk, notice, isPlaying]);
  return (
    <div className="notices" role="status">
      {failure === null ? null : (
        <p>
          {words('failure.machine', { message: failure })}
          <button type="button" onClick={runAgain}>
            {words('failure.again')}
          </button>
        </p>
      )}
      {aside === null ? null : (
        <p>
          {words('branch.here', aside)}
          <button type="button" onClick={bringBack}>
            {words('branch.back', aside)}
          </button>
        </p>
      )}
      {notice === null ? null : (
        <p>
          {notice.text}
          {notice.action === undefined ? null : (
            <button type="button" onClick={notice.action.act}>
              {notice.action.label}
            </button>
          )}
          <button
            type="button"
            className="notice-close"
            aria-label={words('notice.close')}
            onClick={() => desk.setState({ notice: null })}
          >
            <X size={14} aria-hidden />
          </button>
        </p>
      )}
    </div>
  );
}
