import type { JournalEvent } from '../journal/event.ts';

/**
 * Where a shell has reaped somebody and then asks for the next line, without a fork in between: the seqs of the reaps,
 * of a pipeline that of the last.
 *
 * What a prompt says is for its owner to choose (PS1). What makes one is what comes of it: a write that leaves the
 * cursor in its line, and nothing more from the writer until it reads from where it wrote; or nothing at all any more,
 * where nobody has answered yet. `read -p` asks in the same way.
 */
export function lastOfLine(events: readonly JournalEvent[]): ReadonlySet<number> {
  const reaps = new Map<number, number>();
  /** Who has written last without ending the line, and where. */
  const asking = new Map<number, number>();
  const last = new Set<number>();
  const answered = (pid: number): void => {
    const seq = reaps.get(pid);
    if (seq !== undefined) last.add(seq);
    reaps.delete(pid);
  };
  for (const event of events) {
    switch (event.type) {
      case 'task.reap':
        reaps.set(event.by, event.seq);
        asking.delete(event.by);
        break;
      case 'task.fork':
        reaps.delete(event.by);
        asking.delete(event.by);
        break;
      // Its own kill has yet to be told.
      case 'signal.send':
        reaps.delete(event.from);
        break;
      case 'stream.write':
        // What is too long to be told whole is no prompt.
        if (event.bytes !== undefined || event.data.endsWith('\n')) asking.delete(event.pid);
        else asking.set(event.pid, event.inode);
        break;
      case 'stream.read':
        if (asking.get(event.pid) === event.inode) answered(event.pid);
        asking.delete(event.pid);
        break;
      default:
    }
  }
  for (const pid of asking.keys()) answered(pid);
  return last;
}
