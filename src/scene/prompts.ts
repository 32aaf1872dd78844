import type { JournalEvent } from '../journal/event.ts';

/**
 * Where a line is over: the seqs of what a shell has reaped before it asks for the next one, without a fork in between,
 * of a pipeline the last; and of the prompt itself where it has reaped nobody, or has done something of its own since.
 */
export function lastOfLine(events: readonly JournalEvent[]): ReadonlySet<number> {
  const reaps = new Map<number, number>();
  /** Who has read more than an empty line since its last prompt. */
  const working = new Set<number>();
  const last = new Set<number>();
  for (const event of events) {
    switch (event.type) {
      case 'task.reap':
        reaps.set(event.by, event.seq);
        break;
      case 'task.fork':
        reaps.delete(event.by);
        break;
      // Its own kill has yet to be told. What it sends itself, after Ctrl-C, is nobody's business.
      case 'signal.send':
        if (event.from !== event.pid) reaps.delete(event.from);
        break;
      case 'stream.read':
        if (event.bytes > 1) working.add(event.pid);
        break;
      case 'note':
        if (!isPrompt(event)) break;
        if (reaps.has(event.pid) || working.has(event.pid)) last.add(reaps.get(event.pid) ?? event.seq);
        reaps.delete(event.pid);
        working.delete(event.pid);
        break;
      default:
    }
  }
  return last;
}

/** Whether a shell asks for a command: not for the rest of one, nor does a command of its own ask for something. */
export function isPrompt(event: JournalEvent): boolean {
  return event.type === 'note' && event.topic === 'prompt' && event.text === 'PS1';
}
