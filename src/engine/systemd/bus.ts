/** What systemd answers on D-Bus: runc's scopes, systemctl's questions and jobs. org.freedesktop.systemd1(5). */
import { signalName } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { exists } from '../directories.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import type { RpcContext, RpcHandlers } from '../wire/rpc.ts';
import { killIfAny, makeCgroup, processesIn, removeIfEmpty, systemSlice, writeFile } from './cgroup.ts';
import { maskedProperties, propertiesOf, unitFileState } from './properties.ts';
import type { Properties } from './properties.ts';
import { maskOf, setEnabled, setMasked, type MaskRequest } from './unit-links.ts';
import type { Journald } from './journald.ts';
import { stopScope, type ScopeKeeper } from './scope.ts';
import { defaultTasksMax, descriptionOf, scopeProperties } from './scope-properties.ts';
import { tellService } from './service.ts';
import { startSlice } from './slice.ts';
import { tellSocket } from './socket.ts';
import { loadUnits, maskedNeed, startUnit, stopUnit } from './units.ts';
import type { LoadedUnit, Units } from './units.ts';

export const busSocket = '/run/dbus/system_bus_socket';
const managerName = 'org.freedesktop.systemd1.Manager';
export const managerMethod = (name: string): string => `${managerName}/${name}`;
/** Listening to a signal of the manager's: a stream of what it says. */
export const listenMethod = 'org.freedesktop.DBus/AddMatch';

/** The signal JobRemoved. */
export interface JobRemoved {
  readonly job: string;
  readonly unit: string;
  readonly result: 'done' | 'failed';
}
export interface UnitRequest {
  readonly name: string;
  readonly mode?: 'replace';
}
export interface KillUnitRequest {
  readonly name: string;
  readonly whom: string;
  readonly signal: number;
}

interface TransientUnit {
  readonly name: string;
  readonly slice: string;
  readonly pids: readonly number[];
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** All methods. */
export function busMethods(units: Units, scopes: ScopeKeeper, journald: Journald): RpcHandlers {
  return { ...scopeMethods(scopes, journald), ...jobMethods(units, scopes), ...unitMethods(units, scopes) };
}

/** The cgroup of a service or a scope. */
function cgroupOf(scopes: ScopeKeeper, name: string): string {
  return scopes.described().find((path) => path.endsWith(`/${name}`)) ?? `${systemSlice}/${name}`;
}

/** Jobs: their ends are told to who listens for JobRemoved. */
function jobMethods(units: Units, scopes: ScopeKeeper): RpcHandlers {
  const listeners = new Set<RpcContext>();
  let lastJob = 0;
  function* beginJob(name: string, work: () => Running<boolean>): Running<{ readonly job: string }> {
    if (!isScope(name)) unitOf(units, name);
    lastJob += 1;
    const job = `/org/freedesktop/systemd1/job/${lastJob}`;
    yield* sys.go(function* () {
      const result = (yield* work()) ? 'done' : 'failed';
      const removed: JobRemoved = { job, unit: name, result };
      for (const listener of listeners) yield* listener.send(removed, `${managerName}.JobRemoved`);
    });
    return { job };
  }
  function* stopped(name: string): Running<true> {
    if (isScope(name)) yield* stopScope(cgroupOf(scopes, name));
    else yield* stopUnit(units, name);
    return true;
  }
  const restart = ({ name }: UnitRequest): Running<unknown> => {
    refuseMasked(units, name);
    return beginJob(name, function* () {
      const dependents = [...units.loaded.values()].filter(
        ({ unit, machine }) => unit.requires.includes(name) && machine.state === 'active',
      );
      yield* stopUnit(units, name);
      const isUp = yield* startUnit(units, name);
      for (const { unit } of dependents) yield* startUnit(units, unit.name);
      return isUp;
    });
  };
  const reload = ({ name }: UnitRequest): Running<unknown> => {
    const found = unitOf(units, name);
    // systemd: core/job.c, JOB_RELOAD of a unit that cannot.
    if (found.kind !== 'service' || found.unit.execReload.length === 0)
      throw new RpcError(rpcCode.unimplemented, `Job type reload is not applicable for unit ${name}.`);
    return beginJob(name, function* () {
      if (!found.machine.can({ type: 'reload' })) return false;
      yield* tellService(found, { type: 'reload' });
      return true;
    });
  };
  return {
    *[listenMethod](_rule, context) {
      listeners.add(context);
      yield* context.untilClosed();
      listeners.delete(context);
      return {};
    },
    [managerMethod('StartUnit')]({ name }: UnitRequest) {
      refuseMasked(units, name);
      return beginJob(name, () => startUnit(units, name));
    },
    *[managerMethod('StopUnit')]({ name }: UnitRequest) {
      if (isScope(name)) yield* removeScopeIfEmpty(scopes, name);
      return yield* beginJob(name, () => stopped(name));
    },
    [managerMethod('RestartUnit')]: restart,
    [managerMethod('ReloadUnit')]: reload,
    [managerMethod('ReloadOrRestartUnit')]: (request: UnitRequest) =>
      isReloadable(unitOf(units, request.name)) ? reload(request) : restart(request),
  };
}

function unitMethods(units: Units, scopes: ScopeKeeper): RpcHandlers {
  return {
    *[managerMethod('KillUnit')](request: KillUnitRequest) {
      yield* killUnit(units, scopes, request);
      return {};
    },
    *[managerMethod('ResetFailedUnit')]({ name }: UnitRequest) {
      const found = unitOf(units, name);
      if (found.kind === 'socket') yield* tellSocket(found, { type: 'reset-failed' });
      else {
        found.starts = [];
        yield* tellService(found, { type: 'reset-failed' });
      }
      return {};
    },
    *[managerMethod('Reload')]() {
      yield* loadUnits(units);
      return {};
    },
    *[managerMethod('GetUnitFileState')]({ name }: UnitRequest) {
      return { state: yield* unitFileState(unitOf(units, name).unit.name) };
    },
    *[managerMethod('MaskUnitFiles')](request: MaskRequest) {
      return { changes: yield* setMasked(request, true), isKnown: units.loaded.has(request.name) };
    },
    *[managerMethod('UnmaskUnitFiles')](request: MaskRequest) {
      return { changes: yield* setMasked(request, false), isKnown: units.loaded.has(request.name) };
    },
    *[managerMethod('EnableUnitFiles')]({ name }: UnitRequest) {
      if (units.masked.has(name))
        throw new RpcError(rpcCode.failedPrecondition, `Unit /etc/systemd/system/${name} is masked`);
      return { changes: yield* setEnabled(unitOf(units, name).unit.name, true) };
    },
    *[managerMethod('DisableUnitFiles')]({ name }: UnitRequest) {
      return { changes: yield* setEnabled(unitOf(units, name).unit.name, false) };
    },
    *[managerMethod('ListUnits')]() {
      return { units: yield* listUnits(units, scopes) };
    },
    *['org.freedesktop.DBus.Properties/GetAll']({ name }: UnitRequest) {
      const mask = units.loaded.has(name) ? null : yield* maskOf(name);
      if (mask !== null) return maskedProperties(name, mask);
      const scope = isScope(name) ? yield* scopeProperties(cgroupOf(scopes, name)) : null;
      return scope ?? (yield* propertiesOf(units, unitOf(units, name)));
    },
  };
}

/** Reloads itself, and is there to do so; what is not is started anew. */
function isReloadable({ kind, machine, unit }: LoadedUnit): boolean {
  return kind === 'service' && unit.execReload.length > 0 && machine.state === 'active';
}

/** org.freedesktop.systemd1.UnitMasked. */
function refuseMasked(units: Units, name: string): void {
  const barred = maskedNeed(units, name);
  if (barred !== undefined) throw new RpcError(rpcCode.failedPrecondition, `Unit ${barred} is masked.`);
}

function unitOf(units: Units, name: string): LoadedUnit {
  const found = units.loaded.get(name);
  if (found === undefined) throw new RpcError(rpcCode.notFound, `Unit ${name} not found.`);
  return found;
}

function* killUnit(units: Units, scopes: ScopeKeeper, { name, whom, signal }: KillUnitRequest): Running<void> {
  const found = isScope(name) ? yield* requireScope(scopes, name) : unitOf(units, name);
  const wanted = signalName(signal);
  const main = found?.kind === 'service' ? found.mainPid : 0;
  const others = whom === 'main' ? [] : (yield* processesIn(cgroupOf(scopes, name))).map(({ pid }) => pid);
  const pids = new Set([main, ...others].filter((pid) => pid > 0));
  // Nobody there is no mistake, unless the main process is asked for. systemd: unit_kill().
  if (whom === 'main' && main === 0) throw new RpcError(rpcCode.notFound, 'No main process to kill');
  if (wanted !== undefined) for (const pid of pids) yield* killIfAny(pid, wanted);
}

/** Every unit, and the scopes that runc had made. */
function* listUnits(units: Units, scopes: ScopeKeeper): Running<readonly Properties[]> {
  const all: Properties[] = [];
  for (const unit of units.loaded.values()) all.push(yield* propertiesOf(units, unit));
  for (const path of scopes.described()) {
    const scope = yield* scopeProperties(path);
    if (scope !== null) all.push(scope);
  }
  return all.toSorted((a, b) => ((a['Id'] ?? '') < (b['Id'] ?? '') ? -1 : 1));
}

/** What runc asks. */
const scopeMethods = (scopes: ScopeKeeper, journald: Journald): RpcHandlers => ({
  *[managerMethod('StartTransientUnit')](unit: TransientUnit) {
    const path = `${yield* startSlice(journald, unit.slice)}/${unit.name}`;
    yield* makeCgroup(path);
    yield* applyProperties(path, { TasksMax: yield* defaultTasksMax(), ...unit.properties });
    for (const pid of unit.pids) yield* joinScope(path, pid);
    yield* scopes.keep(path, descriptionOf(unit.name));
    return { job: `/org/freedesktop/systemd1/job/${unit.name}` };
  },
  *[managerMethod('SetUnitProperties')]({ name, properties }: Pick<TransientUnit, 'name' | 'properties'>) {
    try {
      yield* applyProperties(cgroupOf(scopes, name), properties);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) throw new RpcError(rpcCode.notFound, `Unit ${name} not found.`);
      throw error;
    }
    return {};
  },
});

/**
 * What a unit may use, written into its cgroup. Only what systemd itself finds out of range is told to the caller.
 * systemd.resource-control(5); src/core/dbus-cgroup.c.
 */
function* applyProperties(path: string, properties: TransientUnit['properties']): Running<void> {
  const weight = Number(properties['CPUWeight'] ?? 1);
  if (weight < 1 || weight > 10_000) {
    throw new RpcError(rpcCode.invalidArgument, 'Value specified in CPUWeight is out of range');
  }
  for (const [property, file] of propertyFiles) {
    const value = properties[property];
    if (value !== undefined) yield* setAttribute(`${path}/${file}`, String(value));
  }
  const quota = properties['CPUQuotaPerSecUSec'];
  if (typeof quota !== 'number') return;
  const period = Number(properties['CPUQuotaPeriodUSec'] ?? quotaPeriodUs);
  yield* setAttribute(`${path}/cpu.max`, `${Math.floor((quota * period) / 1_000_000)} ${period}`);
}

/** A value that the kernel refuses is a line in systemd's log at most. systemd: set_attribute_and_warn(). */
function* setAttribute(file: string, value: string): Running<void> {
  try {
    yield* writeFile(file, value);
  } catch (error) {
    if (!isErrno(error, 'EINVAL') && !isErrno(error, 'ERANGE')) throw error;
  }
}

/** A process that has ended meanwhile joins nothing; the scope, empty then, goes by itself. */
function* joinScope(path: string, pid: number): Running<void> {
  try {
    yield* writeFile(`${path}/cgroup.procs`, String(pid));
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function isScope(name: string): boolean {
  return name.endsWith('.scope');
}

function* requireScope(scopes: ScopeKeeper, name: string): Running<null> {
  if (yield* exists(cgroupOf(scopes, name))) return null;
  throw new RpcError(rpcCode.notFound, `Unit ${name} not loaded.`);
}

/** Of an empty scope, which `runc delete` stops, nothing is to be waited for. */
function* removeScopeIfEmpty(scopes: ScopeKeeper, name: string): Running<void> {
  yield* requireScope(scopes, name);
  yield* removeIfEmpty(cgroupOf(scopes, name));
}

const propertyFiles = [
  ['MemoryMax', 'memory.max'],
  ['MemoryLow', 'memory.low'],
  ['MemorySwapMax', 'memory.swap.max'],
  ['CPUWeight', 'cpu.weight'],
  ['TasksMax', 'pids.max'],
  ['AllowedCPUs', 'cpuset.cpus'],
  ['AllowedMemoryNodes', 'cpuset.mems'],
] as const;
/** systemd's own CPUQuotaPeriodSec when a unit says nothing, in microseconds. */
const quotaPeriodUs = 100_000;
