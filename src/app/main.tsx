import { createRoot } from 'react-dom/client';
import { ControlsContext } from '../panels/desk.ts';
import { PlayheadContext } from '../stage/use-showing.ts';
import { createGlassdock } from './glassdock.ts';
import { keepFocus } from './keep-focus.ts';
import { listenToKeys } from './keys.ts';
import './page.css';
import { Page } from './Page.tsx';
import { StumbleGuard } from './StumbleGuard.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const { playhead, controls, start } = createGlassdock();
const stillness = matchMedia('(prefers-reduced-motion: reduce)');
const followStillness = (): void => playhead.set({ isStill: stillness.matches });
followStillness();
stillness.addEventListener('change', followStillness);
listenToKeys(playhead, controls);
keepFocus();
void start();

createRoot(root).render(
  <StumbleGuard>
    <PlayheadContext value={playhead}>
      <ControlsContext value={controls}>
        <Page />
      </ControlsContext>
    </PlayheadContext>
  </StumbleGuard>,
);
