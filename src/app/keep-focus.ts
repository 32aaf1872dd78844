import { focusTrack } from '../panels/Track.tsx';

/**
 * A button that goes away with what it did, as “Let time flow” does, would leave the keyboard nowhere: it is led to the
 * timeline, where the page's keys act.
 */
export function keepFocus(): void {
  const onClick = ({ target }: MouseEvent): void => {
    const pressed = target instanceof Element ? target.closest('button') : null;
    if (pressed === null || pressed !== document.activeElement) return;
    requestAnimationFrame(() => {
      if (!pressed.isConnected && document.activeElement === document.body) focusTrack();
    });
  };
  // Before the button acts: afterwards it may be gone.
  document.addEventListener('click', onClick, { capture: true });
}
