/** What the engine leaves for good when one of its programs is killed, the real one as much as ours. */
import { sha256 } from '../engine/sha256.ts';
import type { JournalEvent, MachineFact } from '../journal/event.ts';
import { startRulesLeft } from './rules-left.ts';

export interface Remains {
  readonly note: (event: JournalEvent) => void;
  /**
   * Whether a trace may stay: the socket of a shim that was not told to end; the rules outside its own chains of a
   * dockerd that left containers behind; the file for a network namespace that ended before it was mounted there; and
   * what a killed dockerd was making of a container or an image.
   */
  readonly mayStay: (trace: string, changedAtNs: number) => boolean;
}

const shimBinary = '/containerd-shim-runc-v2';
const containerd = '/run/containerd/containerd.sock';
const namespaces = '/run/docker/netns/';
const onItsDisk = /^\/var\/lib\/docker\/(overlay2|containers|volumes|image\/overlay2\/layerdb)\//;
/** Longer than dockerd takes for a container's layers. */
const makingNs = 100_000_000;

/** A dockerd that ended without having been told to: what it made between these moments may stay. */
interface Kill {
  readonly fromNs: number;
  readonly toNs: number;
}

export function startRemains(): Remains {
  /** Sockets of shims, by their pids and those of the helpers that make them. */
  const sockets = new Map<number, string>();
  const dockerds = new Set<number>();
  const stale = new Set<string>();
  const mounted = new Set<string>();
  const kills: Kill[] = [];
  /** When the pulls began that go on. */
  const pulls = new Map<string, number>();
  const rules = startRulesLeft((pid) => dockerds.has(pid));
  const noteMachine = ({ machine, object, to, pid }: MachineFact, timeNs: number): void => {
    if (machine === 'dockerd') dockerds.add(pid);
    if (machine !== 'pull') return;
    if (to === 'done' || to === 'failed') pulls.delete(object);
    else if (!pulls.has(object)) pulls.set(object, timeNs);
  };
  const noteKill = (pid: number, toNs: number): void => {
    const socket = sockets.get(pid);
    if (socket !== undefined) stale.add(socket);
    if (!dockerds.has(pid)) return;
    kills.push({ fromNs: Math.min(toNs - makingNs, ...pulls.values()), toNs });
    pulls.clear();
  };
  return {
    note: (event) => {
      rules.note(event);
      if (event.type === 'machine') noteMachine(event, event.timeNs);
      if (event.type === 'mount.add') mounted.add(event.target);
      if (event.type === 'task.exec' && event.path.endsWith(shimBinary)) {
        const id = event.argv[event.argv.indexOf('-id') + 1] ?? '';
        sockets.set(event.pid, `/run/containerd/s/${sha256(`${containerd}/moby/${id}`)}`);
      }
      if (event.type === 'task.exit' && !('code' in event.status && event.status.code === 0))
        noteKill(event.pid, event.timeNs);
    },
    mayStay: (trace, changedAtNs) =>
      stale.has(trace) ||
      rules.mayStay(trace) ||
      (trace.startsWith(namespaces) && !mounted.has(trace)) ||
      (onItsDisk.test(trace) && kills.some(({ fromNs, toNs }) => changedAtNs > fromNs && changedAtNs <= toNs)),
  };
}
