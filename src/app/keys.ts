import type { BeatKind } from '../scene/beats.ts';
import { levels } from '../scene/beats.ts';
import type { Controls } from '../panels/desk.ts';
import { focusTerminal } from '../panels/terminal/enter.ts';
import { speeds, type Playhead } from '../stage/playhead.ts';

const jumps: Readonly<Record<string, BeatKind>> = { f: 'fork', e: 'exit', r: 'request', p: 'reparent' };

/** The page's keys. They rest while a terminal, a field, a menu or a dialog has the focus. */
export function listenToKeys(playhead: Playhead, controls: Controls): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (target.closest('[data-terminal], input, textarea, [role=menu], [role=dialog]') !== null) return;
    // A button is pressed with Space and Enter; everywhere else Space plays.
    if (event.key === ' ' && target.closest('button, a, [role=radio]') !== null) return;
    if (act(event, playhead, controls, target === document.body)) event.preventDefault();
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}

/** `isNowhere`: nothing has the focus, as when the page has just been opened. */
function act(event: KeyboardEvent, playhead: Playhead, controls: Controls, isNowhere: boolean): boolean {
  const { key, shiftKey } = event;
  const jump = jumps[key.toLowerCase()];
  if (jump !== undefined) {
    playhead.jump(jump, shiftKey ? 'back' : 'forward');
    return true;
  }
  const level = levels[Number(key) - 1];
  if (level !== undefined) {
    playhead.setLevel(level);
    return true;
  }
  switch (key) {
    case ' ':
      controls.playOrFlow();
      return true;
    case 'Enter':
      return isNowhere && controls.runOffer();
    case 'ArrowRight':
    case 'ArrowLeft':
      step(controls, key, shiftKey);
      return true;
    case 'Home':
    case 'End':
      controls.leap(key === 'Home' ? 'back' : 'forward');
      return true;
    case '+':
    case '=':
      changeSpeed(playhead, 1);
      return true;
    case '-':
      changeSpeed(playhead, -1);
      return true;
    case '0':
      playhead.set({ isFollowing: true });
      return true;
    case '?':
      controls.desk.setState({ dialog: 'keys' });
      return true;
    case 't':
    case 'T':
      focusTerminal(controls);
      return true;
    case 'Escape':
      playhead.set({ selected: null });
      controls.desk.setState({ notice: null });
      return true;
    default:
      return false;
  }
}

/** With Shift: forward leads into the work, back out of it. */
function step(controls: Controls, key: 'ArrowRight' | 'ArrowLeft', shiftKey: boolean): void {
  if (key === 'ArrowRight') controls.step('forward', shiftKey ? 'into' : undefined);
  else controls.step('back', shiftKey ? 'out' : undefined);
}

function changeSpeed(playhead: Playhead, by: 1 | -1): void {
  const index = speeds.findIndex((speed) => speed === playhead.store.getState().speed);
  const speed = speeds[index + by];
  if (speed !== undefined) playhead.set({ speed });
}
