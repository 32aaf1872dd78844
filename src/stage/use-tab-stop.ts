import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';
import type { Box } from '../scene/layout.ts';
import { middle, nearest, neighbour, standsIn, type Stop, type Way } from './roving.ts';
import { usePlayhead } from './use-showing.ts';

const ways: Readonly<Record<string, Way>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/**
 * The processes and the containers' menus are one stop of Tab, and the arrow keys lead from one to the next. Whoever is
 * the stop is in the document: when it ends, or is left out because it is out of sight, the nearest that is there takes
 * its place, and the focus with it. Whoever has clicked on one has not gone there by keyboard: then the keys are the
 * page's, and step.
 *
 * ARIA Authoring Practices, "Managing focus within components using a roving tabindex".
 */
export function useTabStop(root: RefObject<HTMLDivElement | null>) {
  const playhead = usePlayhead();
  const { setCenter, getZoom } = useReactFlow();
  const { hasFocus, isByKeyboard, ...arrival } = useArrival(root);
  /** Where an arrow key leads to, when that has to be brought into sight first. */
  const wanted = useRef<Stop | null>(null);

  useEffect(() => {
    const stage = root.current;
    if (stage === null) return undefined;
    let lastBox: Box | undefined;
    const keepStop = (): void => {
      const { roving, scene } = playhead.store.getState();
      const comes = wanted.current === null ? null : buttonOf(stage, wanted.current);
      if (comes !== null) {
        wanted.current = null;
        comes.focus();
        return;
      }
      const stands = standsIn(scene);
      if (!stands.some(({ stop }) => stop === wanted.current)) wanted.current = null;
      lastBox = stands.find(({ stop }) => stop === roving)?.box ?? lastBox;
      if (wanted.current !== null || (roving !== null && buttonOf(stage, roving) !== null)) return;
      const next = nearest(
        stands.filter(({ stop }) => buttonOf(stage, stop) !== null),
        lastBox,
      );
      if (next === undefined) return;
      playhead.set({ roving: next });
      // Where a removed element had the focus, nobody has it.
      if (hasFocus.current && document.activeElement === document.body) buttonOf(stage, next)?.focus();
    };
    keepStop();
    const observer = new MutationObserver(keepStop);
    observer.observe(stage, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [root, playhead, hasFocus]);

  const goTo = (to: Stop): void => {
    const box = standsIn(playhead.store.getState().scene).find(({ stop }) => stop === to)?.box;
    const button = root.current === null ? null : buttonOf(root.current, to);
    if (button !== null || box === undefined) return button?.focus();
    wanted.current = to;
    playhead.set({ isFollowing: false });
    const { x, y } = middle(box);
    void setCenter(x, y, { zoom: getZoom() });
  };

  return {
    ...arrival,
    onKeyDown: (event: KeyboardEvent): void => {
      const way = ways[event.key];
      const { pid, container } = (event.target as HTMLElement).dataset;
      const here = container ?? Number(pid);
      if (way === undefined || Number.isNaN(here) || !isByKeyboard.current) return;
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const next = neighbour(standsIn(playhead.store.getState().scene), here, way);
      // The keys that step through time are these too: on the stage they lead to neighbours.
      event.preventDefault();
      event.stopPropagation();
      if (next !== undefined) goTo(next);
    },
  };
}

/** Whether the focus is on the stage, and has come there by keyboard. */
function useArrival(root: RefObject<HTMLDivElement | null>) {
  const hasFocus = useRef(false);
  const isByKeyboard = useRef(false);
  return {
    hasFocus,
    isByKeyboard,
    onFocus: ({ target }: FocusEvent) => {
      if (!hasFocus.current) isByKeyboard.current = target.matches(':focus-visible');
      hasFocus.current = true;
    },
    onBlur: ({ relatedTarget }: FocusEvent) => {
      hasFocus.current = relatedTarget !== null && root.current?.contains(relatedTarget) === true;
    },
    onPointerDown: () => {
      isByKeyboard.current = false;
    },
    onKeyDownCapture: ({ key }: KeyboardEvent) => {
      if (key === 'Tab') isByKeyboard.current = true;
    },
  };
}

function buttonOf(stage: HTMLElement, stop: Stop): HTMLElement | null {
  const key = typeof stop === 'number' ? 'pid' : 'container';
  return stage.querySelector<HTMLElement>(`button[data-${key}="${stop}"]`);
}
