/**
 * A container's limits as state.json keeps them, for `runc update` to know what it does not change. libcontainer:
 * Resources.
 */
import type { Resources } from './spec.ts';

export interface KeptResources {
  readonly memory: number;
  readonly memory_reservation: number;
  readonly memory_swap: number;
  readonly cpu_shares: number;
  readonly cpu_quota: number;
  readonly cpu_period: number;
  readonly cpuset_cpus: string;
  readonly cpuset_mems: string;
  readonly pids_limit: number;
  readonly blkio_weight: number;
}

/** What is kept when `given` is set: what it does not name stays as `before`, but for what runc takes as it comes. */
export function keep(given: Resources | undefined, before: KeptResources | null): KeptResources {
  const { memory = {}, cpu = {}, pids = {}, blockIO = {} } = given ?? {};
  return {
    memory: memory.limit ?? before?.memory ?? 0,
    memory_reservation: memory.reservation ?? before?.memory_reservation ?? 0,
    memory_swap: memory.swap ?? (memory.limit === -1 ? -1 : (before?.memory_swap ?? 0)),
    cpu_shares: cpu.shares ?? before?.cpu_shares ?? 0,
    cpu_quota: cpu.quota ?? before?.cpu_quota ?? 0,
    cpu_period: cpu.period ?? before?.cpu_period ?? 0,
    cpuset_cpus: cpu.cpus ?? '',
    cpuset_mems: cpu.mems ?? '',
    pids_limit: pids.limit ?? 0,
    blkio_weight: blockIO.weight ?? before?.blkio_weight ?? 0,
  };
}

/** As limits that can be set; 0 and '' stand for nothing. */
export function asResources(kept: KeptResources): Resources {
  const some = <T extends object>(fields: T): Partial<T> =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0 && value !== '')) as Partial<T>;
  return {
    memory: some({ limit: kept.memory, swap: kept.memory_swap, reservation: kept.memory_reservation }),
    cpu: some({
      shares: kept.cpu_shares,
      quota: kept.cpu_quota,
      period: kept.cpu_period,
      cpus: kept.cpuset_cpus,
      mems: kept.cpuset_mems,
    }),
    pids: some({ limit: kept.pids_limit }),
    blockIO: some({ weight: kept.blkio_weight }),
  };
}
