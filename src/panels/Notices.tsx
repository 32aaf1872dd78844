import { X } from 'lucide-react';
import { words } from '../text/ui.en.ts';
import { useControls, useDesk } from './desk.ts';

/** What a person must know, above the caption: failures, a branch, what a link said. */
export function Notices() {
  const { desk, bringBack, runAgain } = useControls();
  const failure = useDesk((state) => state.failure);
  const notice = useDesk((state) => state.notice);
  const aside = useDesk((state) => state.aside);
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
            {words('branch.back')}
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
