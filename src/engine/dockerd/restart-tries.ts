/**
 * Whether a container that has ended is started again, and after how long. moby: internal/restartmanager. The policy
 * stands in the container's HostConfig, where `docker update` changes it.
 */
import type { HostConfig } from './records.ts';

/** What a container's restarts have come to. A start by hand, and dockerd's own start, begin anew. */
export interface RestartTries {
  /** A stop or a signal by hand: no restart any more, also none that is being waited for. */
  canceled: boolean;
  /** The last delay; 0 after a run of ten seconds. */
  delayNs: number;
  /** How often it has been restarted; counts towards `on-failure:N`. */
  count: number;
}

export const restartTries = (count: number): RestartTries => ({ canceled: false, delayNs: 0, count });

const secondNs = 1_000_000_000;
const shortestNs = 100_000_000;
const longestNs = 60 * secondNs;
/** A run of this length was none of a series of failures. */
const steadyNs = 10 * secondNs;

interface End {
  readonly exitCode: number;
  readonly ranNs: number;
  /** The daemon is shutting down, or somebody has stopped the container. */
  readonly wasStopped: boolean;
}

/** The delay in ns; null: no restart; `canceled`: one that is not allowed. moby: RestartManager.ShouldRestart(). */
export function nextRestart(tries: RestartTries, host: HostConfig, end: End): number | null | 'canceled' {
  const { Name, MaximumRetryCount } = policyOf(host);
  if (Name === 'no' || Name === '') return null;
  if (tries.canceled) return 'canceled';
  if (end.ranNs >= steadyNs) tries.delayNs = 0;
  tries.delayNs = Math.min(longestNs, tries.delayNs === 0 ? shortestNs : tries.delayNs * 2);
  const isWanted =
    Name === 'always' ||
    (Name === 'unless-stopped' && !end.wasStopped) ||
    (Name === 'on-failure' && end.exitCode !== 0 && (MaximumRetryCount === 0 || tries.count < MaximumRetryCount));
  if (!isWanted) return null;
  tries.count += 1;
  return tries.delayNs;
}

/** The policy; without one it is `no`. */
export function policyOf(host: HostConfig): { readonly Name: string; readonly MaximumRetryCount: number } {
  const { Name = 'no', MaximumRetryCount = 0 } = (host['RestartPolicy'] ?? {}) as {
    readonly Name?: string;
    readonly MaximumRetryCount?: number;
  };
  return { Name, MaximumRetryCount };
}
