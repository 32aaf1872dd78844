/** What the engine leaves for good when one of its programs is killed, the real one as much as ours. */
import { sha256 } from '../engine/sha256.ts';
import { isRunning } from './agreement.ts';
import type { JournalEvent } from '../journal/event.ts';

export interface Remains {
  readonly note: (event: JournalEvent) => void;
  /**
   * Whether a trace may stay: the socket of a shim that was not told to end; the rules, but for its own chains' ones,
   * of a dockerd that left running containers behind; and what a killed one was making of a container or an image.
   */
  readonly mayStay: (trace: string, changedAtNs: number) => boolean;
}

const shimBinary = '/containerd-shim-runc-v2';
const containerd = '/run/containerd/containerd.sock';
/** A dockerd that starts flushes its own chains only. */
const outsideItsChains = 'in POSTROUTING for ';
const onItsDisk = /^\/var\/lib\/docker\/(overlay2|containers|image\/overlay2\/layerdb\/mounts)\//;
/** Longer than dockerd takes for a container's layers. */
const makingNs = 100_000_000;

export function startRemains(): Remains {
  /** Sockets of shims, by their pids and those of the helpers that make them. */
  const sockets = new Map<number, string>();
  const dockerds = new Set<number>();
  const stale = new Set<string>();
  /** When a dockerd ended that was not told to. */
  const kills: number[] = [];
  const running = new Set<string>();
  let leavesRules = false;
  return {
    note: (event) => {
      if (event.type === 'machine' && event.machine === 'dockerd') dockerds.add(event.pid);
      if (event.type === 'task.exec' && event.path.endsWith(shimBinary)) {
        const id = event.argv[event.argv.indexOf('-id') + 1] ?? '';
        sockets.set(event.pid, `/run/containerd/s/${sha256(`${containerd}/moby/${id}`)}`);
      }
      if (event.type === 'container') {
        if (!event.removed && isRunning(event)) running.add(event.id);
        else running.delete(event.id);
      }
      if (event.type !== 'task.exit') return;
      // It gave them up, or live-restore has it leave them: the next one adopts them, or does not.
      if (dockerds.has(event.pid) && running.size > 0) leavesRules = true;
      if ('code' in event.status && event.status.code === 0) return;
      if (dockerds.has(event.pid)) {
        kills.push(event.timeNs);
        leavesRules = true;
      }
      const socket = sockets.get(event.pid);
      if (socket !== undefined) stale.add(socket);
    },
    mayStay: (trace, changedAtNs) =>
      stale.has(trace) ||
      (leavesRules && trace.startsWith(outsideItsChains)) ||
      (onItsDisk.test(trace) && kills.some((atNs) => atNs >= changedAtNs && atNs - changedAtNs < makingNs)),
  };
}
