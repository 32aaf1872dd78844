import { words } from '../text/ui.en.ts';

/** What the lines and frames mean. */
export function Legend() {
  return (
    <ul className="legend">
      <li>
        <svg viewBox="0 0 30 12" aria-hidden="true">
          <path className="legend-parent" d="M1 6H26" />
          <circle cx="26" cy="6" r="3.5" />
        </svg>
        {words('stage.legend.parent')}
      </li>
      <li>
        <svg viewBox="0 0 30 12" aria-hidden="true">
          <path className="legend-talk" d="M1 6H22" />
          <path className="legend-arrow" d="M21 2l8 4-8 4z" />
        </svg>
        {words('stage.legend.talks')}
      </li>
      <li>
        <svg viewBox="0 0 30 14" aria-hidden="true">
          <rect className="legend-daemon" x="1" y="1" width="28" height="12" rx="4" />
          <rect className="legend-daemon" x="3.5" y="3.5" width="23" height="7" rx="2" />
        </svg>
        {words('stage.legend.daemon')}
      </li>
      <li>
        <svg viewBox="0 0 30 14" aria-hidden="true">
          <rect className="legend-ends" x="1" y="1" width="28" height="12" rx="4" />
        </svg>
        {words('stage.legend.ends')}
      </li>
    </ul>
  );
}
