import { useRef, type KeyboardEvent, type MouseEvent, type PointerEvent, type TouchEvent } from 'react';
import type { FaultTarget } from '../scene/faults.ts';
import { usePlayhead } from './use-showing.ts';

/** A finger that rests for so long means the menu; one that moves further means the picture. */
const longPressMs = 500;
const stillPx = 8;

/**
 * The ways to ask for the menu of something on the stage: the right button, a long press, the menu key, Shift-F10.
 * `swallow` tells whether the click at the end of a long press is none.
 */
export function useMenu(target: FaultTarget) {
  const playhead = usePlayhead();
  const press = useRef<{ readonly x: number; readonly y: number; readonly timer: number } | null>(null);
  const wasLong = useRef(false);
  const open = (x: number, y: number): void => playhead.set({ menu: { target, x, y } });
  const openBelow = (element: HTMLElement): void => {
    const { left, bottom, width } = element.getBoundingClientRect();
    open(left + width / 2, bottom - 4);
  };
  const endPress = (): void => {
    if (press.current !== null) clearTimeout(press.current.timer);
    press.current = null;
  };
  return {
    openBelow,
    swallow: (): boolean => {
      const was = wasLong.current;
      wasLong.current = false;
      return was;
    },
    handlers: {
      onContextMenu: (event: MouseEvent<HTMLElement>): void => {
        event.preventDefault();
        event.stopPropagation();
        // Asked for by a key the event has no place of its own.
        if (event.button === 2 || press.current !== null) open(event.clientX, event.clientY);
        else openBelow(event.currentTarget);
      },
      onKeyDown: (event: KeyboardEvent<HTMLElement>): void => {
        if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
        event.preventDefault();
        openBelow(event.currentTarget);
      },
      onPointerDown: ({ pointerType, clientX: x, clientY: y }: PointerEvent<HTMLElement>): void => {
        wasLong.current = false;
        if (pointerType === 'mouse') return;
        endPress();
        const timer = window.setTimeout(() => {
          press.current = null;
          wasLong.current = true;
          open(x, y);
        }, longPressMs);
        press.current = { x, y, timer };
      },
      onPointerMove: ({ clientX, clientY }: PointerEvent<HTMLElement>): void => {
        if (press.current === null) return;
        if (Math.hypot(clientX - press.current.x, clientY - press.current.y) > stillPx) endPress();
      },
      onPointerUp: endPress,
      // The mouse's events that a browser makes up when the finger lifts would take the focus, and the menu with it.
      // On the way down: on the way up the picture's own gestures may keep the event to themselves.
      onTouchEndCapture: (event: TouchEvent<HTMLElement>): void => {
        if (!wasLong.current) return;
        wasLong.current = false;
        event.preventDefault();
      },
      onPointerCancel: endPress,
    },
  };
}
