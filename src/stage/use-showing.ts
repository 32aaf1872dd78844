import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Playhead, Showing } from './playhead.ts';

export const PlayheadContext = createContext<Playhead | null>(null);

/** The playhead of the page around. Error: outside of one. */
export function usePlayhead(): Playhead {
  const playhead = useContext(PlayheadContext);
  if (playhead === null) throw new Error('no playhead here');
  return playhead;
}

/** A live value of what is shown; the component draws again only when it has changed. */
export function useShowing<Value>(select: (showing: Showing) => Value): Value {
  return useStore(usePlayhead().store, select);
}
