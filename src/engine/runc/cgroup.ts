/**
 * The container's cgroup: a transient scope that systemd makes over D-Bus, or a directory of runc's own without
 * `--systemd-cgroup`.
 */
import { makeDirectories } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { DeviceRule, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, readFileIfAny, writeAll } from '../../programs/io.ts';
import { goQuote } from '../go-text.ts';
import { slicePath } from '../slice-path.ts';
import { callRpc, closeRpc, dialRpc, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { deviceProgram, instructionsOf, withUsualRules } from './device-rules.ts';
import { RuncError } from './error.ts';
import type { Resources, Spec } from './spec.ts';

const tree = '/sys/fs/cgroup';
const busSocket = '/var/run/dbus/system_bus_socket';
const controllers = '+cpuset +cpu +io +memory +hugetlb +pids +rdma +misc';

export interface CgroupPlace {
  /** Its directory: `/sys/fs/cgroup/system.slice/docker-ID.scope`. */
  readonly path: string;
  readonly slice: string;
  /** The scope's name; empty without systemd. */
  readonly unit: string;
  /** The connection to systemd of a runc that has talked to it: it keeps it. */
  bus?: RpcClient;
}

/**
 * Where the container goes: `cgroupsPath` is `SLICE:PREFIX:NAME` for systemd, else a path in the tree; without one, a
 * cgroup beside runc's own. runc: specconv, CreateCgroupConfig(); systemd/v2.go, getSliceFull(); fs2/defaultpath.go.
 */
export function* placeOf(spec: Spec, id: string, systemd: boolean): Running<CgroupPlace> {
  const path = spec.linux?.cgroupsPath ?? '';
  if (systemd) {
    const parts = path === '' ? ['', 'runc', id] : path.split(':');
    if (parts.length !== 3) {
      const format = 'expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups';
      throw new RuncError(`${format}, got ${goQuote(path)} instead`);
    }
    const slice = parts[0] || 'system.slice';
    const place = slicePath(slice);
    if (place === undefined) throw new RuncError(`invalid slice name: ${slice}`);
    const unit = `${parts[1]}-${parts[2]}.scope`;
    return { path: `${tree}${place}/${unit}`, slice, unit };
  }
  if (path.startsWith('/')) return { path: `${tree}${path}`, slice: '', unit: '' };
  const own = ((yield* readFileIfAny('/proc/self/cgroup')) ?? '0::/').trim().replace(/^0::/, '');
  const parent = own.slice(0, own.lastIndexOf('/'));
  return { path: `${tree}${parent}/${path === '' ? id : path}`, slice: '', unit: '' };
}

/**
 * Opens the tree, and leaves it open: the files of cgroups are opened from there, so that no link leads elsewhere.
 * runc: cgroups/file.go, prepareOpenat2(); seen in vm-11e.
 */
export function* openTree(): Running<void> {
  yield* sys.open(tree, O.PATH | O.CLOEXEC);
}

/** Two connections: for methods, and for signals, which nobody awaits here. go-systemd: dbus, NewConnection(). */
function* dialBus(): Running<RpcClient> {
  const methods = yield* dialRpc(busSocket, 'D-Bus');
  yield* closeRpc(yield* dialRpc(busSocket, 'D-Bus'));
  return methods;
}

/** Puts `pid` into the cgroup, which is made for it. */
export function* enterCgroup(place: CgroupPlace, pid: number): Running<void> {
  if (place.unit === '') {
    yield* makeCgroup(place.path);
    yield* writeControl(`${place.path}/cgroup.procs`, String(pid));
    return;
  }
  const bus = yield* dialBus();
  place.bus = bus;
  try {
    yield* callRpc(bus, 'org.freedesktop.systemd1.Manager/StartTransientUnit', {
      name: place.unit,
      slice: place.slice,
      pids: [pid],
      properties: { Delegate: true, DefaultDependencies: false },
    });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new RuncError(
      `unable to start container process: unable to apply cgroup configuration: ` +
        `unable to start unit "${place.unit}": ${error.message}`,
    );
  }
  // systemd has made it already; runc makes sure of the controllers all the same.
  yield* enableControllersAbove(place.path);
}

/** What is above a cgroup gives it its controllers, from the root of the tree downwards. */
export function* enableControllersAbove(path: string): Running<void> {
  let directory = tree;
  for (const name of path.slice(tree.length + 1).split('/')) {
    yield* writeControl(`${directory}/cgroup.subtree_control`, controllers);
    directory += `/${name}`;
  }
}

/** Its directories from the root of the tree downwards, each with its controllers. runc: fs2/create.go. */
function* makeCgroup(path: string): Running<void> {
  let directory = tree;
  for (const name of path.slice(tree.length + 1).split('/')) {
    yield* enableControllers(directory);
    directory += `/${name}`;
    yield* makeDirectories(directory);
  }
}

/** A cgroup that has processes of its own takes no controllers for its children: runc goes on without. */
function* enableControllers(directory: string): Running<void> {
  try {
    yield* writeControl(`${directory}/cgroup.subtree_control`, controllers);
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

/** The limits as properties of the scope. runc: genV2ResourcesProperties(). */
function unitProperties(resources: Resources | undefined): Readonly<Record<string, number | string>> {
  const { limit = 0, reservation = 0 } = resources?.memory ?? {};
  const { shares = 0, quota = 0, period = 0, cpus = '', mems = '' } = resources?.cpu ?? {};
  const swap = swapOf(resources?.memory);
  const tasks = resources?.pids?.limit ?? 0;
  return {
    ...(limit === 0 ? {} : { MemoryMax: limit < 0 ? 'max' : limit }),
    ...(reservation > 0 ? { MemoryLow: reservation } : {}),
    ...(swap === undefined ? {} : { MemorySwapMax: swap }),
    ...(shares > 0 ? { CPUWeight: weightOf(shares) } : {}),
    ...(period > 0 ? { CPUQuotaPeriodUSec: period } : {}),
    ...(quota > 0 ? { CPUQuotaPerSecUSec: quotaPerSecond(quota, period || defaultPeriodUs) } : {}),
    ...(tasks === 0 ? {} : { TasksMax: tasks < 0 ? 'max' : tasks }),
    ...(cpus === '' ? {} : { AllowedCPUs: cpus }),
    ...(mems === '' ? {} : { AllowedMemoryNodes: mems }),
  };
}

const defaultPeriodUs = 100_000;

/** Microseconds a second, rounded up to whole percents as systemd counts them. runc: addCpuQuota(). */
function quotaPerSecond(quotaUs: number, periodUs: number): number {
  return Math.ceil((quotaUs * 1_000_000) / periodUs / 10_000) * 10_000;
}

/** Swap alone, of a limit on memory and swap together. runc: ConvertMemorySwapToCgroupV2Value(). */
function swapOf(memory: Resources['memory']): number | 'max' | undefined {
  const { limit = 0, swap = 0 } = memory ?? {};
  if (limit < 0 && swap === 0) return 'max';
  if (swap === 0) return undefined;
  if (swap < 0) return 'max';
  if (limit <= 0) throw new RuncError('unable to set swap limit without memory limit');
  if (swap < limit) throw new RuncError('memory+swap limit should be >= memory limit');
  return swap - limit;
}

/**
 * Tells systemd and writes the limits: only now, when runc init has all its threads (recorded in vm-10: pids.peak is 6
 * where pids.max is 3). Attaches the filter that decides over devices (an eBPF program: a cgroup of version 2 has no
 * device files).
 */
export function* limitCgroup(place: CgroupPlace, resources: Resources | undefined): Running<void> {
  try {
    const program = deviceProgram(withUsualRules(resources?.devices));
    yield* applyLimits(place, resources, (path) => filterDevices(path, program));
  } catch (error) {
    if (!(error instanceof RuncError)) throw error;
    const when =
      'unable to start container process: error during container init: error setting cgroup config for procHooks process';
    throw new RuncError(`${when}: ${error.message}`);
  }
}

/**
 * The limits alone, for systemd and as files, in runc's order (recorded in vm-09). Throws a RuncError for those that
 * cannot be. runc: fs2/fs2.go, Set().
 */
export function* applyLimits(
  place: Pick<CgroupPlace, 'path' | 'unit' | 'bus'>,
  resources: Resources | undefined,
  beforeCpuset?: (path: string) => Running<void>,
): Running<void> {
  const properties = unitProperties(resources);
  if (place.unit !== '' && Object.keys(properties).length > 0) {
    const bus = place.bus ?? (yield* dialBus());
    try {
      yield* callRpc(bus, 'org.freedesktop.systemd1.Manager/SetUnitProperties', { name: place.unit, properties });
    } catch (error) {
      if (error instanceof RpcError) throw new RuncError(`unable to set unit properties: ${error.message}`);
      throw error;
    }
  }
  for (const [file, value] of limitFiles(resources)) yield* writeLimit(`${place.path}/${file}`, value);
  if (beforeCpuset !== undefined) yield* beforeCpuset(place.path);
  for (const [file, value] of cpusetFiles(resources)) yield* writeLimit(`${place.path}/${file}`, value);
}

function* filterDevices(path: string, program: readonly DeviceRule[]): Running<void> {
  const count = instructionsOf(program);
  yield* sys.confine('bpf', `BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt=${count}}`);
  yield* sys.attachDeviceFilter(path, program);
}

/** What the kernel refuses is told with the bytes that it refused. runc: cgroups/file.go, WriteFile(). */
function* writeLimit(path: string, value: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CLOEXEC);
  try {
    yield* writeAll(fd, value);
  } catch (error) {
    throw new RuncError(`failed to write "${value}": write ${path}: ${errnoWords(error).toLowerCase()}`);
  } finally {
    yield* sys.close(fd);
  }
}

function limitFiles(resources: Resources | undefined): readonly (readonly [string, string])[] {
  const { memory, cpu, pids, blockIO } = resources ?? {};
  const files: (readonly [string, string])[] = [];
  if ((pids?.limit ?? 0) !== 0) files.push(['pids.max', (pids?.limit ?? 0) < 0 ? 'max' : String(pids?.limit)]);
  const swap = swapOf(memory);
  if (swap !== undefined) files.push(['memory.swap.max', String(swap)]);
  if ((memory?.limit ?? 0) !== 0) files.push(['memory.max', (memory?.limit ?? 0) < 0 ? 'max' : String(memory?.limit)]);
  if (positive(memory?.reservation)) files.push(['memory.low', String(memory?.reservation)]);
  if (positive(blockIO?.weight)) files.push(['io.weight', String(ioWeightOf(blockIO?.weight ?? 0))]);
  if (positive(cpu?.shares)) files.push(['cpu.weight', String(weightOf(cpu?.shares ?? 0))]);
  if (cpu?.quota !== undefined || cpu?.period !== undefined) {
    files.push(['cpu.max', `${positive(cpu.quota) ? cpu.quota : 'max'} ${cpu.period ?? defaultPeriodUs}`]);
  }
  return files;
}

function cpusetFiles(resources: Resources | undefined): readonly (readonly [string, string])[] {
  const { cpus = '', mems = '' } = resources?.cpu ?? {};
  const files = [['cpuset.cpus', cpus] as const, ['cpuset.mems', mems] as const];
  return files.filter(([, value]) => value !== '');
}

const positive = (value: number | undefined): boolean => value !== undefined && value > 0;

/**
 * cpu.shares of version 1 (2 to 262144) as cpu.weight (1 to 10000). Go counts with 64 bits and no sign: 1 share has a
 * weight of 70369281052672. runc: ConvertCPUSharesToCgroupV2Value().
 */
function weightOf(shares: number): number {
  return 1 + Number(BigInt.asUintN(64, (BigInt(shares) - 2n) * 9999n) / 262_142n);
}

/** blkio.weight (10 to 1000) as io.weight (1 to 10000). runc: ConvertBlkIOToIOWeightValue(). */
function ioWeightOf(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}

/**
 * Freezes or thaws all its processes, and waits until cgroup.events says so. Where there is no such cgroup nothing is
 * frozen: only to freeze is an error then. runc: fs2/freezer.go, setFreezer().
 */
export function* setFrozen(path: string, frozen: boolean): Running<void> {
  const file = `${path}/cgroup.freeze`;
  try {
    yield* writeControl(file, frozen ? '1' : '0');
  } catch (error) {
    if (!frozen) return;
    throw new RuncError(`freezer not supported: openat2 ${file}: ${errnoWords(error).toLowerCase()}`);
  }
  for (let tries = 0; tries < 1000; tries += 1) {
    const events = (yield* readFileIfAny(`${path}/cgroup.events`)) ?? '';
    if (events.includes(`frozen ${frozen ? 1 : 0}`)) return;
    yield* sys.delay(2_000_000);
  }
}

/** The pids in it, as this process sees them. */
export function* pidsIn(path: string): Running<readonly number[]> {
  const text = (yield* readFileIfAny(`${path}/cgroup.procs`)) ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

/** How many were killed in it for want of memory; 0 when it is gone. runc: fs2.Manager, OOMKillCount(). */
export function* oomKillsIn(path: string): Running {
  const text = (yield* readFileIfAny(`${path}/memory.events`)) ?? '';
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Has systemd stop the scope, and removes what is left. */
export function* removeCgroup(place: Pick<CgroupPlace, 'path' | 'unit'>): Running<void> {
  if (place.unit !== '') {
    const bus = yield* dialBus();
    try {
      yield* callRpc(bus, 'org.freedesktop.systemd1.Manager/StopUnit', { name: place.unit, mode: 'replace' });
    } catch (error) {
      // The scope ends by itself with its last process; then there is nothing to stop.
      if (!(error instanceof RpcError)) throw error;
    }
    yield* closeRpc(bus);
  }
  try {
    yield* sys.rmdir(place.path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

export function* writeControl(path: string, value: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CLOEXEC);
  yield* writeAll(fd, value);
  yield* sys.close(fd);
}
