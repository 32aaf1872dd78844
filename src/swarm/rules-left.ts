/**
 * Rules outside dockerd's own chains: those that a dockerd had for a container when it ended stay until the next one
 * has removed its stale sandbox, and for good when that was not written down yet, or when the iptables that was to
 * remove it was killed: `systemctl kill docker` means all of the unit's processes.
 */
import type { JournalEvent } from '../journal/event.ts';

export interface RulesLeft {
  readonly note: (event: JournalEvent) => void;
  /** Whether a rule may stay, as traces name it. */
  readonly mayStay: (trace: string) => boolean;
}

/** Of one published port. */
interface PublishedRule {
  readonly dockerd: number;
  /** '' until it is told whose it is: a container is connected once all its ports are published. */
  container: string;
}

/** A dockerd that starts flushes its own chains only. */
const chain = 'POSTROUTING';
const traceOf = (endpoint: string): string => `in ${chain} for ${endpoint}`;

/** @param isDockerd whether a process is one. */
export function startRulesLeft(isDockerd: (pid: number) => boolean): RulesLeft {
  const parents = new Map<number, number>();
  /** By endpoint: `172.17.0.2:80`. */
  const rules = new Map<string, PublishedRule>();
  /** Set since a container was last connected. */
  const fresh = new Set<string>();
  const left = new Set<string>();
  /** What each iptables is about to remove. */
  const removals = new Map<number, string>();
  const noteExec = (pid: number, argv: readonly string[]): void => {
    const dockerd = parents.get(pid);
    if (dockerd === undefined || argv[0]?.endsWith('/iptables') !== true || !argv.includes(chain)) return;
    const after = (flag: string): string => argv[argv.indexOf(flag) + 1] ?? '';
    const endpoint = `${after('-d')}:${after('--dport')}`;
    // Whoever deals with it from now on is answerable for it.
    left.delete(traceOf(endpoint));
    const container = rules.get(endpoint)?.container ?? '';
    rules.delete(endpoint);
    fresh.delete(endpoint);
    if (argv.includes('-D')) {
      removals.set(pid, traceOf(endpoint));
      return;
    }
    rules.set(endpoint, { dockerd, container });
    fresh.add(endpoint);
  };
  const noteConnected = (container: string): void => {
    for (const endpoint of fresh) {
      const rule = rules.get(endpoint);
      if (rule !== undefined) rule.container = container;
    }
    fresh.clear();
  };
  return {
    note: (event) => {
      if (event.type === 'task.fork' && isDockerd(event.by)) parents.set(event.pid, event.by);
      if (event.type === 'task.exec') noteExec(event.pid, event.argv);
      if (event.type === 'docker.event' && event.action.startsWith('network ')) {
        const container = /\(container=([0-9a-f]+)/.exec(event.line)?.[1] ?? '';
        if (event.action === 'network connect') noteConnected(container);
        // By then its rules have been taken away, or never will be.
        else for (const [endpoint, rule] of rules) if (rule.container === container) rules.delete(endpoint);
      }
      if (event.type === 'task.exit') {
        parents.delete(event.pid);
        const removal = removals.get(event.pid);
        removals.delete(event.pid);
        if (removal !== undefined && 'signal' in event.status) left.add(removal);
        for (const [endpoint, { dockerd }] of rules) if (dockerd === event.pid) left.add(traceOf(endpoint));
      }
    },
    mayStay: (trace) => left.has(trace),
  };
}
