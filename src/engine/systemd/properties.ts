/** A unit's properties, as `systemctl show` prints them and in its order. org.freedesktop.systemd1(5). */
import { signalNumbers } from '../../kernel/abi.ts';
import type { Running, SignalName } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { rfc3339 } from '../timestamp.ts';
import { systemSlice } from './cgroup.ts';
import { shownStates } from './service.machine.ts';
import type { Service } from './service.ts';
import { shownSocketStates } from './socket.machine.ts';
import type { Socket } from './socket.ts';
import { formatTimeSpan } from './time-span.ts';
import { isEnabled, maskOf } from './unit-links.ts';
import { unitFileOf } from './units.ts';
import type { LoadedUnit, Units } from './units.ts';

export type Properties = Readonly<Record<string, string>>;

const unset = '[not set]';

/**
 * What a service depends on without its file saying so: its slice, the journal that its output goes to, and the default
 * dependencies (vm-27). Man pages: systemd.service(5), systemd.exec(5), systemd.resource-control(5).
 */
const implicitOfServices = {
  requires: ['system.slice', 'sysinit.target'],
  after: ['systemd-journald.socket', 'basic.target', 'sysinit.target', 'system.slice'],
};
const implicitOfNone: typeof implicitOfServices = { requires: [], after: [] };

export function* propertiesOf(units: Units, of: LoadedUnit): Running<Properties> {
  const { name, description, documentation, requires, wants, after } = of.unit;
  const own = of.kind === 'service' ? yield* serviceProperties(of) : socketProperties(of);
  const implicit = of.kind === 'service' ? implicitOfServices : implicitOfNone;
  const shown = of.kind === 'service' ? shownStates : shownSocketStates;
  const [active, sub] = shown[of.machine.state] ?? ['inactive', 'dead'];
  const all = [...units.loaded.values()];
  const triggers = of.kind === 'socket' ? of.unit.service : '';
  const triggeredBy = all.filter((one) => one.kind === 'socket' && one.unit.service === name);
  return {
    ...own,
    Id: name,
    Names: name,
    Requires: [...requires, ...implicit.requires].join(' '),
    Wants: wants.join(' '),
    RequiredBy: namesOf(all.filter(({ unit }) => unit.requires.includes(name))),
    WantedBy: namesOf(all.filter(({ unit }) => unit.wants.includes(name))),
    After: [...after, ...implicit.after].join(' '),
    Triggers: triggers,
    TriggeredBy: namesOf(triggeredBy),
    Documentation: documentation.join(' '),
    Description: description,
    LoadState: units.masked.has(name) ? 'masked' : 'loaded',
    ActiveState: active,
    FreezerState: 'running',
    SubState: sub,
    FragmentPath: unitFileOf(name),
    UnitFileState: yield* unitFileState(name),
    UnitFilePreset: 'enabled',
    StateChangeTimestamp: timestamp(of.changedAt),
  };
}

/** Of a name that is masked and has no unit file. */
export function maskedProperties(name: string, mask: string): Properties {
  return {
    Id: name,
    Names: name,
    Description: name,
    LoadState: 'masked',
    ActiveState: 'inactive',
    SubState: 'dead',
    UnitFileState: mask,
  };
}

/** `systemctl is-enabled`. */
export function* unitFileState(name: string): Running<string> {
  const mask = yield* maskOf(name);
  if (mask !== null) return mask;
  return (yield* isEnabled(name)) ? 'enabled' : 'disabled';
}

function namesOf(units: readonly LoadedUnit[]): string {
  return units.map(({ unit }) => unit.name).join(' ');
}

function* serviceProperties({
  unit,
  mainPid,
  result,
  restarts,
  lastPid,
  lastStatus,
  startedAt,
}: Service): Running<Properties> {
  const cgroup = `${systemSlice}/${unit.name}`;
  const tasks = (yield* readFileIfAny(`${cgroup}/pids.current`))?.trim() ?? unset;
  const memory = (yield* readFileIfAny(`${cgroup}/memory.current`))?.trim() ?? unset;
  const killed = lastStatus !== null && 'signal' in lastStatus;
  const status =
    lastStatus === null ? 0 : 'code' in lastStatus ? lastStatus.code : signalNumbers[lastStatus.signal as SignalName];
  return {
    Type: unit.type,
    Restart: unit.restart,
    NotifyAccess: unit.type === 'notify' ? 'main' : 'none',
    RestartUSec: spanText(unit.restartSeconds),
    TimeoutStartUSec: unit.timeoutStartSeconds === 0 ? 'infinity' : spanText(unit.timeoutStartSeconds),
    TimeoutStopUSec: spanText(unit.timeoutStopSeconds),
    MainPID: String(mainPid),
    ControlPID: '0',
    Result: result,
    NRestarts: String(restarts),
    ExecMainStartTimestamp: timestamp(startedAt),
    ExecMainPID: String(lastPid),
    ExecMainCode: lastStatus === null ? '0' : killed ? '2' : '1',
    ExecMainStatus: String(status),
    ExecStart: unit.execStart.join(' '),
    ControlGroup: mainPid === 0 && tasks === unset ? '' : `/system.slice/${unit.name}`,
    Delegate: unit.delegate ? 'yes' : 'no',
    MemoryCurrent: memory,
    TasksCurrent: tasks,
    KillMode: unit.killMode,
    StartLimitBurst: String(unit.startLimitBurst),
    StartLimitIntervalUSec: spanText(unit.startLimitIntervalSeconds),
  };
}

function socketProperties({ unit, fd, machine }: Socket): Properties {
  return {
    Listen: `${unit.listenPath} (Stream)`,
    SocketMode: unit.mode.toString(8).padStart(4, '0'),
    ControlPID: '0',
    Result: machine.state === 'failed' ? 'service-start-limit-hit' : 'success',
    NConnections: '0',
    NAccepted: '0',
    ControlGroup: fd < 0 ? '' : `/system.slice/${unit.name}`,
  };
}

function spanText(seconds: number): string {
  return Number.isFinite(seconds) ? formatTimeSpan(seconds) : 'infinity';
}

/** `Tue 2026-11-24 02:50:50 UTC`; nothing for a moment that has not been. */
export function timestamp(seconds: number): string {
  if (seconds === 0) return '';
  const [date = '', time = ''] = rfc3339(seconds, 0).replace('Z', '').split('T');
  const days = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
  return `${days[Math.floor(seconds / 86_400) % 7] ?? ''} ${date} ${time} UTC`;
}
