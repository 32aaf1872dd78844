/**
 * Limits of a container: what cannot be, and what is handed on to containerd. moby: daemon/daemon_unix.go,
 * verifyPlatformContainerResources(); daemon/update_linux.go, toContainerdResources().
 */
import type { Resources } from '../runc/spec.ts';
import { badRequest } from './api-error.ts';
import type { HostConfig } from './records.ts';

/** moby: api/types/container.Resources, as far as something here reads it. Zero: not set. */
export interface Limits {
  readonly CpuShares: number;
  readonly Memory: number;
  readonly NanoCpus: number;
  readonly CpuPeriod: number;
  readonly CpuQuota: number;
  readonly CpusetCpus: string;
  readonly CpusetMems: string;
  readonly BlkioWeight: number;
  readonly MemoryReservation: number;
  readonly MemorySwap: number;
  readonly PidsLimit: number | null;
}

/** moby: api/types/container.RestartPolicy. */
export interface RestartPolicy {
  readonly Name: string;
  readonly MaximumRetryCount: number;
}

/** The limits in a HostConfig or in the body of an update. */
export function limitsOf(host: Partial<HostConfig>): Limits {
  const number = (name: string): number => Number(host[name] ?? 0);
  const text = (name: string): string => (typeof host[name] === 'string' ? host[name] : '');
  const pids = host['PidsLimit'];
  return {
    CpuShares: number('CpuShares'),
    Memory: number('Memory'),
    NanoCpus: number('NanoCpus'),
    CpuPeriod: number('CpuPeriod'),
    CpuQuota: number('CpuQuota'),
    CpusetCpus: text('CpusetCpus'),
    CpusetMems: text('CpusetMems'),
    BlkioWeight: number('BlkioWeight'),
    MemoryReservation: number('MemoryReservation'),
    MemorySwap: number('MemorySwap'),
    PidsLimit: typeof pids === 'number' ? pids : null,
  };
}

/** What one machine has, and the least that a container needs (moby: linuxMinMemory). */
export const processors = 2;
const leastMemoryBytes = 6 * 1024 * 1024;

/** Throws 400 for limits that cannot be. `isUpdate`: what is not given stays as it is. */
export function checkLimits(limits: Limits, isUpdate: boolean): void {
  checkMemory(limits, isUpdate);
  checkProcessors(limits);
  const { BlkioWeight } = limits;
  if (BlkioWeight !== 0 && (BlkioWeight < 10 || BlkioWeight > 1000))
    throw badRequest('Range of blkio weight is from 10 to 1000');
}

function checkMemory({ Memory, MemorySwap, MemoryReservation }: Limits, isUpdate: boolean): void {
  if (Memory !== 0 && Memory < leastMemoryBytes) throw badRequest('Minimum memory limit allowed is 6MB');
  if (Memory > 0 && MemorySwap > 0 && MemorySwap < Memory)
    throw badRequest('Minimum memoryswap limit should be larger than memory limit, see usage');
  if (Memory === 0 && MemorySwap > 0 && !isUpdate)
    throw badRequest('You should always set the Memory limit when using Memoryswap limit, see usage');
  if (MemoryReservation > 0 && MemoryReservation < leastMemoryBytes)
    throw badRequest('Minimum memory reservation allowed is 6MB');
  if (Memory > 0 && MemoryReservation > 0 && Memory < MemoryReservation)
    throw badRequest('Minimum memory limit can not be less than memory reservation limit, see usage');
}

function checkProcessors({ NanoCpus, CpuPeriod, CpuQuota, CpusetCpus, CpusetMems }: Limits): void {
  if (NanoCpus > 0 && CpuPeriod > 0)
    throw badRequest('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (NanoCpus > 0 && CpuQuota > 0) throw badRequest('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (NanoCpus < 0 || NanoCpus > processors * 1e9)
    throw badRequest(`Range of CPUs is from 0.01 to ${processors}.00, as there are only ${processors} CPUs available`);
  if (CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000))
    throw badRequest('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  if (CpuQuota > 0 && CpuQuota < 1000) throw badRequest('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  checkCpuset(CpusetCpus, CpusetMems);
}

/** moby: pkg/sysinfo, IsCpusetCpusAvailable() and IsCpusetMemsAvailable(); there is one memory node. */
function checkCpuset(cpus: string, mems: string): void {
  if (highestOf(cpus, 'cpus') >= processors)
    throw badRequest(`Requested CPUs are not available - requested ${cpus}, available: 0-${processors - 1}`);
  if (highestOf(mems, 'mems') > 0)
    throw badRequest(`Requested memory nodes are not available - requested ${mems}, available: 0`);
}

/** The highest number of a list such as `0-2,4`; -1 of none. moby: parsers.ParseUintListMaximum(). */
function highestOf(list: string, what: 'cpus' | 'mems'): number {
  let highest = -1;
  for (const part of list === '' ? [] : list.split(',')) {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === '' || Number(last) < Number(first))
      throw badRequest(`Invalid value ${list} for cpuset ${what}: invalid format: ${list}`);
    if (Number(last) > 8192)
      throw badRequest(`Invalid value ${list} for cpuset ${what}: value of out range, maximum is 8192`);
    highest = Math.max(highest, Number(last));
  }
  return highest;
}

/** moby: runconfig and api/types/container, ValidateRestartPolicy(). Throws 400. */
export function checkRestartPolicy({ Name, MaximumRetryCount }: RestartPolicy): void {
  if (!['', 'no', 'always', 'on-failure', 'unless-stopped'].includes(Name))
    throw badRequest(
      `invalid restart policy: unknown policy '${Name}'; ` +
        "use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
    );
  if (Name === 'on-failure' && MaximumRetryCount < 0)
    throw badRequest('invalid restart policy: maximum retry count cannot be negative');
  if (Name !== 'on-failure' && MaximumRetryCount !== 0 && Name !== '')
    throw badRequest(
      "invalid restart policy: maximum retry count can only be used with 'on-failure'" +
        (MaximumRetryCount < 0 ? ' and cannot be negative' : ''),
    );
}

/** As Go's uint64() has it: -1 is the largest of all. */
export const unsigned = (value: number): number => Number(BigInt.asUintN(64, BigInt(value)));

/** The limits that are set, as the OCI specification has them. */
export function ociLimits(limits: Limits): Resources {
  const { NanoCpus, Memory, MemoryReservation, MemorySwap, PidsLimit } = limits;
  const period = NanoCpus > 0 ? 100_000 : limits.CpuPeriod;
  const quota = NanoCpus > 0 ? Math.trunc((NanoCpus * period) / 1e9) : limits.CpuQuota;
  return {
    memory: {
      ...(Memory === 0 ? {} : { limit: Memory }),
      ...(MemoryReservation === 0 ? {} : { reservation: MemoryReservation }),
      ...(MemorySwap > 0 ? { swap: MemorySwap } : {}),
    },
    cpu: {
      ...(limits.CpuShares === 0 ? {} : { shares: unsigned(limits.CpuShares) }),
      ...(quota === 0 ? {} : { quota }),
      ...(period === 0 ? {} : { period }),
      ...(limits.CpusetCpus === '' ? {} : { cpus: limits.CpusetCpus }),
      ...(limits.CpusetMems === '' ? {} : { mems: limits.CpusetMems }),
    },
    // runc takes 0 for nothing said. moby: getPidsLimit().
    pids: PidsLimit === null ? {} : { limit: PidsLimit <= 0 ? -1 : PidsLimit },
    ...(limits.BlkioWeight === 0 ? {} : { blockIO: { weight: limits.BlkioWeight } }),
  };
}
