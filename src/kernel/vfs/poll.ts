/** poll(2) over everything that can be waited for. */
import type { PollRequest, PollResult } from '../abi.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { hasReaders, hasWriters } from '../pipe/pipe.ts';
import { hasRoom, isAtEnd } from '../socket/socket-layer.ts';
import { notYet, Sleep, type WaitQueue } from '../wait.ts';
import type { OpenFile } from './open-file.ts';

interface Readiness {
  readonly in: boolean;
  readonly out: boolean;
  readonly hangup: boolean;
}

/**
 * Those that are ready; [] after `timeoutNs` (0: at once; undefined: never). A closed descriptor is told as hung
 * up.
 */
export function poll(
  kernel: Kernel,
  thread: Thread,
  requests: readonly PollRequest[],
  timeoutNs: number | undefined,
): readonly PollResult[] | Sleep<readonly PollResult[]> {
  const { task } = thread;
  const attempt = (): readonly PollResult[] | typeof notYet => {
    const ready = requests.flatMap((request) => ask(task, request));
    return ready.length > 0 ? ready : notYet;
  };
  const now = attempt();
  if (now !== notYet) return now;
  if (timeoutNs === 0) return [];
  const queues = requests.flatMap(({ fd }) => {
    const file = task.files.get(fd)?.file;
    return file === undefined ? [] : queuesOf(file);
  });
  const limit = timeoutNs === undefined ? {} : { untilNs: kernel.nowNs + timeoutNs, expired: () => [] };
  return new Sleep<readonly PollResult[]>(queues, attempt, { ...limit, interrupted: 'always' });
}

function ask(task: Task, { fd, events }: PollRequest): readonly PollResult[] {
  const file = task.files.get(fd)?.file;
  const state = file === undefined ? { in: false, out: false, hangup: true } : readinessOf(file);
  const result = {
    fd,
    in: state.in && events.includes('in'),
    out: state.out && events.includes('out'),
    hangup: state.hangup,
  };
  return result.in || result.out || result.hangup ? [result] : [];
}

function readinessOf({ object, access }: OpenFile): Readiness {
  switch (object.kind) {
    case 'pipe': {
      const { pipe } = object;
      const reads = access !== 'w';
      const writes = access !== 'r';
      const abandoned = reads ? !hasWriters(pipe) && pipe.writerOpenings > 0 : !hasReaders(pipe);
      const room = pipe.buffer.length < pipe.capacityBytes;
      return { in: reads && pipe.buffer !== '', out: writes && room, hangup: abandoned };
    }
    case 'socket': {
      const { socket } = object;
      const ended = isAtEnd(socket);
      return { in: socket.inbox.length > 0 || ended, out: hasRoom(socket), hangup: socket.peer === null };
    }
    case 'listener':
      return { in: object.listener.backlog.length > 0, out: false, hangup: false };
    case 'tty': {
      const { terminal, side } = object;
      if (side === 'slave') {
        return { in: terminal.input.length > 0 || terminal.hungUp, out: !terminal.hungUp, hangup: terminal.hungUp };
      }
      const hangup = terminal.wasOpened && terminal.slaves === 0;
      return { in: terminal.output !== '', out: true, hangup };
    }
    case 'inotify':
      return { in: object.inotify.events.length > 0, out: false, hangup: false };
    case 'anonymous':
      return { in: false, out: false, hangup: false };
    case 'file':
    case 'directory':
    case 'device':
    case 'namespace':
    case 'path':
      return { in: true, out: true, hangup: false };
  }
}

function queuesOf({ object }: OpenFile): readonly WaitQueue[] {
  switch (object.kind) {
    case 'pipe':
      return [object.pipe.readable, object.pipe.writable];
    case 'socket':
      return [object.socket.readable, object.socket.writable];
    case 'listener':
      return [object.listener.acceptable];
    case 'tty':
      return object.side === 'slave' ? [object.terminal.slaveReadable] : [object.terminal.masterReadable];
    case 'inotify':
      return [object.inotify.readable];
    case 'file':
    case 'directory':
    case 'device':
    case 'anonymous':
    case 'namespace':
    case 'path':
      return [];
  }
}
