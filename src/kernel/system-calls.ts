/**
 * The system-call table: what each costs, and in `support` what is modelled of it. A call that is not here fails with
 * ENOSYS and a note in the journal.
 */
import type { CallTable } from './kernel.ts';
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
const costs: ReadonlyMap<string, number> = new Map(
  Object.entries({
    journal: 0,
    glassId: 0,
    getSpan: 0,
    setSpan: 0,
    openSpan: 0,
    closeSpan: 0,
    peerSpan: 0,
    go: 0,
    clone: 60 * microsecondNs,
    execve: 250 * microsecondNs,
    execveat: 250 * microsecondNs,
    unshare: 150 * microsecondNs,
    mount: 20 * microsecondNs,
    umount2: 20 * microsecondNs,
    pivot_root: 20 * microsecondNs,
    connect: 10 * microsecondNs,
    mkdir: 5 * microsecondNs,
    write: 2 * microsecondNs,
    read: 2 * microsecondNs,
  }),
);

/**
 * Virtual time that a call takes by itself, ns. Order of magnitude of the recorded host; what matters is that none but
 * ours is free.
 */
export function callCostNs(call: string): number {
  return costs.get(call) ?? microsecondNs;
}
