/** What the engine leaves for good when one of its programs is killed, the real one as much as ours. */
import type { JournalEvent, MachineFact } from '../journal/event.ts';
import { startRulesLeft } from './rules-left.ts';
import { socketOf } from './traces.ts';

export interface Remains {
  readonly note: (event: JournalEvent) => void;
  /**
   * Whether a trace may stay: the socket of a shim that was not told to end; the rules outside its own chains of a
   * dockerd that left containers behind; the file for a network namespace that ended before it was mounted there; what
   * a dockerd was making of a container or an image when it ended; and the networks that `keepsNetworks` tells of.
   */
  readonly mayStay: (trace: string, changedAtNs: number) => boolean;
  /** Whether a living dockerd has removed containers though nobody had told it of their ends: their networks stay. */
  readonly keepsNetworks: () => boolean;
  /**
   * Whether a daemon goes by what is not so, as the real one does: containerd knows of no task whose shim did not let
   * go of it; dockerd has taken mounts and network down with an end that was not that of the container's process; and a
   * shim that stayed behind tells of the end of its first task while it has the second.
   */
  readonly isMisjudged: (container: string) => boolean;
}

const shimBinary = '/containerd-shim-runc-v2';
const namespaces = '/run/docker/netns/';
const ofNetworks =
  /^(\/run\/docker\/netns\/|\/var\/lib\/docker\/network\/|veth|\d+ -proto |in (DOCKER|POSTROUTING) for )/;
const onItsDisk = /^\/var\/lib\/docker\/(overlay2|containers|volumes|image\/overlay2\/layerdb)\//;
/** Longer than dockerd takes for a container's layers. */
const makingNs = 100_000_000;

/** A dockerd that ended amid its work: what it made between these moments may stay. */
interface End {
  readonly fromNs: number;
  readonly toNs: number;
}

export function startRemains(): Remains {
  /** Sockets of shims, by their pids and those of the helpers that make them. */
  const sockets = new Map<number, string>();
  const dockerds = new Set<number>();
  const stale = new Set<string>();
  const mounted = new Set<string>();
  const ends: End[] = [];
  /** When the pulls began that go on. */
  const pulls = new Map<string, number>();
  const rules = startRulesLeft((pid) => dockerds.has(pid));
  /** Those that removed what they took for running. */
  const hasty = new Set<number>();
  const leaked = new Set<string>();
  const bared = new Set<string>();
  /** The first task of each shim, by pid; and what was given a shim that had one. */
  const firstTasks = new Map<number, string>();
  const doubled = new Set<string>();
  const noteMachine = ({ machine, object, from, to, pid }: MachineFact, timeNs: number): void => {
    if (machine === 'dockerd') dockerds.add(pid);
    if (machine === 'task' && to === 'leaked') leaked.add(object);
    if (machine === 'shim process' && from === undefined) {
      if (firstTasks.get(pid) === object) doubled.add(object);
      else if (!firstTasks.has(pid)) firstTasks.set(pid, object);
    }
    if (machine === 'container' && from === 'exited') {
      if (to === 'running') bared.add(object);
      else bared.delete(object);
    }
    if (machine === 'container' && from === 'stopping' && to === 'removing') hasty.add(pid);
    if (machine !== 'pull') return;
    if (to === 'done' || to === 'failed') pulls.delete(object);
    else if (!pulls.has(object)) pulls.set(object, timeNs);
  };
  /** Told to end, dockerd finishes what it makes of a container, and waits for no pull. */
  const noteEnd = (pid: number, toNs: number, inOrder: boolean): void => {
    const socket = sockets.get(pid);
    if (socket !== undefined && !inOrder) stale.add(socket);
    if (!dockerds.has(pid)) return;
    hasty.delete(pid);
    const fromNs = Math.min(inOrder ? toNs : toNs - makingNs, ...pulls.values());
    ends.push({ fromNs, toNs });
    pulls.clear();
  };
  return {
    keepsNetworks: () => hasty.size > 0,
    isMisjudged: (container) => leaked.has(container) || bared.has(container) || doubled.has(container),
    note: (event) => {
      rules.note(event);
      if (event.type === 'machine') noteMachine(event, event.timeNs);
      if (event.type === 'mount.add') mounted.add(event.target);
      if (event.type === 'task.exec' && event.path.endsWith(shimBinary)) {
        const id = event.argv[event.argv.indexOf('-id') + 1] ?? '';
        sockets.set(event.pid, socketOf(id));
      }
      if (event.type === 'task.exit')
        noteEnd(event.pid, event.timeNs, 'code' in event.status && event.status.code === 0);
    },
    mayStay: (trace, changedAtNs) =>
      stale.has(trace) ||
      rules.mayStay(trace) ||
      (hasty.size > 0 && ofNetworks.test(trace)) ||
      (trace.startsWith(namespaces) && !mounted.has(trace)) ||
      (onItsDisk.test(trace) && ends.some(({ fromNs, toNs }) => changedAtNs > fromNs && changedAtNs <= toNs)),
  };
}
