import type { JournalEvent } from '../journal/event.ts';

interface Asking {
  readonly inode: number;
  readonly seq: number;
  readonly data: string;
}

/**
 * Where a line is over: the seqs of what a shell has reaped before it asks for the next one, without a fork in between,
 * of a pipeline the last; and of the prompt itself where it has reaped nobody, or has done something of its own since.
 *
 * What a prompt says is for its owner to choose (PS1). What makes one is what comes of it: a write that leaves the
 * cursor in its line, and nothing more from the writer until it reads from where it wrote; or nothing at all any more,
 * where nobody has answered yet. `read -p` asks in the same way, and so does a line that is to be gone on with (PS2):
 * of who has reaped nobody only what ends as its first prompt did is one.
 */
export function lastOfLine(events: readonly JournalEvent[]): ReadonlySet<number> {
  const reaps = new Map<number, number>();
  /** Who has written last without ending the line. */
  const asking = new Map<number, Asking>();
  /** How the first prompt ended of whoever has been given a line. */
  const endings = new Map<number, string>();
  const last = new Set<number>();
  const asks = (pid: number, prompt: Asking): void => {
    const seq = reaps.get(pid) ?? (endingOf(prompt) === endings.get(pid) ? prompt.seq : undefined);
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
      // Its own kill has yet to be told. What it sends itself, after Ctrl-C, is nobody's business.
      case 'signal.send':
        if (event.from !== event.pid) reaps.delete(event.from);
        break;
      case 'stream.write':
        // What is too long to be told whole is no prompt.
        if (event.bytes !== undefined || event.data.endsWith('\n')) asking.delete(event.pid);
        else asking.set(event.pid, event);
        break;
      case 'stream.read': {
        const prompt = asking.get(event.pid);
        asking.delete(event.pid);
        if (prompt?.inode !== event.inode) break;
        asks(event.pid, prompt);
        if (!endings.has(event.pid)) endings.set(event.pid, endingOf(prompt));
        break;
      }
      default:
    }
  }
  for (const [pid, prompt] of asking) asks(pid, prompt);
  return last;
}

/** Of `root@glassdock:~# ` and of every other directory's prompt the same. */
const endingOf = ({ data }: Asking): string => data.slice(-2);
