import type { KeyboardEvent } from 'react';

const ways: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Radio buttons and tabs are one stop of Tab: the one that is chosen has `tabIndex` 0. The arrow keys choose the next.
 *
 * ARIA Authoring Practices, "Radio Group" and "Tabs".
 */
export function rove(event: KeyboardEvent<HTMLElement>): void {
  const by = ways[event.key];
  if (by === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const here = event.currentTarget;
  const choices = [...(here.parentElement?.querySelectorAll<HTMLElement>('[role=radio], [role=tab]') ?? [])];
  const next = choices.at((choices.indexOf(here) + by) % choices.length);
  // The keys that step through time are these too.
  event.preventDefault();
  // A click may lead on, as one on a tab leads into its terminal; whoever roves stays among the choices.
  next?.click();
  next?.focus();
}
