/**
 * The system-call table: what each costs, and in `support` what is modelled of it. A call that is not here fails with
 * ENOSYS and a note in the journal.
 */
import { Errno } from './errno.ts';
import type { CallHandler, CallTable } from './kernel.ts';
import { memoryCalls } from './memory/memory-calls.ts';
import { netCalls } from './net/net-calls.ts';
import { netfilterCalls } from './net/netfilter-calls.ts';
import { socketCalls } from './socket/socket-calls.ts';
import { taskCalls } from './task/task-calls.ts';
import { traceCalls } from './trace/trace-calls.ts';
import { timeCalls } from './time-calls.ts';
import { terminalCalls } from './tty/terminal-calls.ts';
import { fileCalls } from './vfs/file-calls.ts';
import { inotifyCalls } from './vfs/inotify.ts';
import { mountCalls } from './vfs/mount-calls.ts';

export const systemCalls: CallTable = {
  ...taskCalls,
  ...traceCalls,
  ...memoryCalls,
  ...timeCalls,
  ...fileCalls,
  ...inotifyCalls,
  ...mountCalls,
  ...socketCalls,
  ...terminalCalls,
  ...netCalls,
  ...netfilterCalls,
};

const microsecondNs = 1000;
const costs: Readonly<Record<string, number>> = {
  journal: 0,
  glassId: 0,
  sendMessage: 0,
  receiveMessage: 0,
  getSpan: 0,
  setSpan: 0,
  openSpan: 0,
  closeSpan: 0,
  peerSpan: 0,
  go: 0,
  compute: 0,
  clone: 60 * microsecondNs,
  execve: 250 * microsecondNs,
  execveat: 250 * microsecondNs,
  unshare: 150 * microsecondNs,
  mount: 20 * microsecondNs,
  mount_setattr: 20 * microsecondNs,
  umount2: 20 * microsecondNs,
  pivot_root: 20 * microsecondNs,
  connect: 10 * microsecondNs,
  mkdir: 5 * microsecondNs,
  write: 2 * microsecondNs,
  read: 2 * microsecondNs,
};

/** A call as the scheduler makes it. */
export interface SystemCall {
  readonly handler: CallHandler;
  /**
   * Virtual time that it takes by itself, ns. Order of magnitude of the recorded host; what matters is that none but
   * ours is free.
   */
  readonly costNs: number;
}

const byName: ReadonlyMap<string, SystemCall> = new Map(
  Object.entries(systemCalls).map(([name, handler]) => [name, { handler, costNs: costs[name] ?? microsecondNs }]),
);

/** What is not modelled costs as much as what is: the entry into the kernel. */
const unknownCall: SystemCall = {
  handler: (kernel, thread) => {
    const text = `${thread.call?.call}: not modelled (ENOSYS)`;
    kernel.record({ type: 'note', pid: thread.task.pid, topic: 'refused', text });
    throw new Errno('ENOSYS');
  },
  costNs: microsecondNs,
};

/** The call of that name; one that fails with ENOSYS and says so where there is none. */
export function systemCall(name: string): SystemCall {
  return byName.get(name) ?? unknownCall;
}
