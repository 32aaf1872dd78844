import type { JournalEvent } from '../journal/event.ts';
import { story, type StoryKey } from '../text/story.en.ts';
import { say } from '../text/text.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** Who sends whom a signal, and what the kernel does about it. Whom nobody of the story sends one is passed over. */
export function signalSent(event: Of<'signal.send'>, cursor: Cursor): Telling | undefined {
  const { pid, from, signal, fate } = event;
  // What a program does to itself is its own: a shell after Ctrl-C, a daemon that writes to nobody and handles SIGPIPE.
  // A shell that ends by Ctrl-C raises it once more, so that it counts as killed by it: of that nothing comes inside.
  if (signal === 'SIGCHLD' || (from === pid && (fate !== 'discarded' || signal === 'SIGINT'))) return undefined;
  const about = { kind: 'signal', anchor: `${signal} ${cursor.label(pid)}`, focus: [pid, from] } as const;
  if (fate === 'discarded') {
    const params = { signal, who: cursor.memberOf(pid) || cursor.title(pid) };
    const isOfStop =
      cursor.role(from)?.part === 'runc-kill' && cursor.isBeingStopped(cursor.role(pid)?.container ?? '');
    const key = signal === 'SIGINT' && cursor.aftermath.hasInterrupted ? ignoredKey(from) : 'signal.discarded';
    return { ...about, key, params, weight: 3600, ...(isOfStop ? { note: 'folklore-11' } : {}) };
  }
  const params = { from: cursor.title(from), signal, who: whom(pid, cursor) };
  if (cursor.isOfParentsDeath(event))
    return { ...about, focus: [pid], key: 'signal.parent-died', params, weight: 2800 };
  if (from === 0) return ofTerminal(event, cursor);
  // A unit's ExecReload= is a program that systemd runs: for docker.service, kill.
  if (signal === 'SIGHUP' && cursor.role(pid)?.part === 'dockerd' && cursor.parentOf(from) === 1)
    return { ...about, focus: [pid, 1], key: 'unit.reload-sent', params, weight: 2800 };
  if (!isOfStory(event, cursor)) return undefined;
  // Whoever stands still takes SIGKILL and SIGCONT at once; all else waits with it.
  const isHeld = signal !== 'SIGKILL' && signal !== 'SIGCONT' && signal !== 'SIGSTOP' ? heldBy(pid, cursor) : undefined;
  return { ...about, key: isHeld ?? 'signal.sent', params, weight: isHeld === undefined ? 2200 : 3200 };
}

/** Ctrl-C that comes to nothing: sent by the kernel where the container has a terminal, else on behalf of docker. */
function ignoredKey(from: number): StoryKey {
  return from === 0 ? 'signal.discarded-on-terminal' : 'signal.discarded-in-foreground';
}

/** runc kill, dockerd, what somebody types, systemd to the daemons, and an exec to its container's first process. */
function isOfStory({ pid, from }: Of<'signal.send'>, cursor: Cursor): boolean {
  const sender = cursor.role(from)?.part;
  const part = cursor.role(pid)?.part;
  const isByHand = cursor.isHostShell(from) || cursor.isHostShell(cursor.parentOf(from));
  const isToDaemon = from === 1 && (part === 'dockerd' || part === 'containerd');
  const isFromInside = sender === 'exec' && part === 'init';
  return sender === 'runc-kill' || sender === 'dockerd' || isByHand || isToDaemon || isFromInside;
}

/** Who runs in a container with that one's name: of many the same program runs in each. */
function whom(pid: number, cursor: Cursor): string {
  const [who, container] = [cursor.title(pid), cursor.memberOf(pid)];
  return container === '' ? who : say(story, 'signal.whom-in', { who, container });
}

function heldBy(pid: number, cursor: Cursor): StoryKey | undefined {
  if (cursor.aftermath.standing.has(pid)) return 'signal.waits-for-cont';
  return cursor.isFrozen(pid) ? 'signal.waits-for-thaw' : undefined;
}

/** Keys that the kernel's terminals take as signals to their foreground: termios(3), VINTR, VQUIT, VSUSP. */
const keys: Readonly<Record<string, string>> = { SIGINT: 'Ctrl-C', SIGQUIT: 'Ctrl-\\', SIGTSTP: 'Ctrl-Z' };

function ofTerminal({ pid, signal, fate }: Of<'signal.send'>, cursor: Cursor): Telling | undefined {
  const key = keys[signal];
  const isHangup = signal === 'SIGHUP';
  if (fate === 'ignored' || (key === undefined && !isHangup)) return undefined;
  const params = { who: cursor.title(pid), signal, key: key ?? '' };
  const about = { kind: 'signal', anchor: `${signal} ${cursor.label(pid)}`, focus: [pid], params } as const;
  return isHangup
    ? { ...about, key: 'terminal.hangs-up', weight: 2400 }
    : { ...about, key: 'terminal.signals', weight: 2400 };
}

/** SIGSTOP and SIGCONT of one of the engine's: whoever asks it something waits. */
export function standstill(event: Of<'task.stop'>, cursor: Cursor): Telling | undefined {
  const role = cursor.role(event.pid);
  if (role === undefined || cursor.isHostShell(cursor.parentOf(event.pid))) return undefined;
  const key = event.on ? 'task.stands-still' : 'task.goes-on';
  const params = { who: whom(event.pid, cursor), signal: event.signal };
  return {
    kind: 'signal',
    anchor: `${event.signal} ${cursor.label(event.pid)} stop`,
    key,
    params,
    focus: [event.pid],
    weight: 3000,
  };
}
