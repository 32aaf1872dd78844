/**
 * All units, and the jobs that start and stop them with what they need. Man pages: systemd.unit(5),
 * org.freedesktop.systemd1(5).
 */
import type { ExitStatus } from '../../journal/event.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { mainProcessEnded, newService, tellService } from './service.ts';
import type { Service, Surroundings } from './service.ts';
import { newSocket, refuseToListen, tellSocket } from './socket.ts';
import type { Socket } from './socket.ts';
import { serviceOf, socketOf } from './unit.ts';
import { maskedUnits } from './unit-links.ts';

export type LoadedUnit = Service | Socket;

export interface Units {
  readonly around: Surroundings;
  readonly loaded: Map<string, LoadedUnit>;
  /** Names that are linked to /dev/null, as of the last daemon-reload; some have no unit file. */
  masked: ReadonlySet<string>;
}

const unitDirectory = '/usr/lib/systemd/system';
export const unitFileOf = (name: string): string => `${unitDirectory}/${name}`;

/** Reads every unit file. What is loaded already keeps its state and gets its new settings: daemon-reload. */
export function* loadUnits(units: Units): Running<void> {
  units.masked = yield* maskedUnits();
  for (const { name } of yield* sys.readdir(unitDirectory)) {
    const text = yield* readFileIfAny(unitFileOf(name));
    if (text === null) continue;
    const known = units.loaded.get(name);
    if (name.endsWith('.service')) {
      const unit = serviceOf(name, text);
      if (known?.kind === 'service') known.unit = unit;
      else units.loaded.set(name, yield* newService(unit, units.around));
    } else if (name.endsWith('.socket')) {
      const unit = socketOf(name, text);
      if (known?.kind === 'socket') {
        known.unit = unit;
        continue;
      }
      const socket = yield* newSocket(unit, units.around);
      units.loaded.set(name, socket);
      yield* sys.go(() => activate(units, socket));
    }
  }
}

/**
 * Waits for clients while nobody else does, and starts the service for the first that comes; one that comes while the
 * service is starting is the service's already (seen in vm-12b, and in vm-12d, where none came for a while).
 */
function* activate(units: Units, socket: Socket): Running<never> {
  for (;;) {
    const service = units.loaded.get(socket.unit.service);
    const isWaiting = service?.kind === 'service' && (isDown(service) || service.machine.state === 'activating');
    if (socket.machine.state !== 'listening' || !isWaiting) {
      yield* sys.futexWait(socket.changed);
      continue;
    }
    const { fd } = socket;
    const [traffic] = yield* sys.poll([{ fd, events: ['in'] }]);
    if (traffic?.in !== true || socket.fd !== fd) continue;
    if (service.machine.state === 'activating') yield* tellSocket(socket, { type: 'service started' });
    if (!isDown(service)) continue;
    if (units.masked.has(service.unit.name)) yield* tellSocket(socket, { type: 'service refused' });
    else yield* startUnit(units, service.unit.name);
  }
}

const isDown = ({ machine }: Service): boolean => machine.state === 'inactive' || machine.state === 'failed';

/** Those that must be there first: required and wanted units that are loaded, in the order of After=. */
function needsOf(units: Units, { unit }: LoadedUnit): readonly LoadedUnit[] {
  return [...unit.requires, ...unit.wants].flatMap((name) => units.loaded.get(name) ?? []);
}

/** Those that go down with a unit: who requires it. */
function dependentsOf(units: Units, name: string): readonly LoadedUnit[] {
  return [...units.loaded.values()].filter(({ unit }) => unit.requires.includes(name));
}

/** The first unit of those to be started that is masked, which bars all of them. systemd: core/transaction.c. */
export function maskedNeed(units: Units, name: string): string | undefined {
  if (units.masked.has(name)) return name;
  for (const need of units.loaded.get(name)?.unit.requires ?? []) {
    const barred = units.loaded.has(need) ? maskedNeed(units, need) : undefined;
    if (barred !== undefined) return barred;
  }
  return undefined;
}

/** Starts a unit after what it needs. True when it is up. */
export function* startUnit(units: Units, name: string): Running<boolean> {
  const found = units.loaded.get(name);
  if (found === undefined || units.masked.has(name)) return false;
  for (const need of needsOf(units, found)) {
    const isUp = yield* startUnit(units, need.unit.name);
    if (!isUp && found.unit.requires.includes(need.unit.name)) return false;
  }
  return yield* found.kind === 'socket' ? startSocket(units, found) : startService(found);
}

function* startSocket(units: Units, socket: Socket): Running<boolean> {
  socket.startsAsked += 1;
  const service = units.loaded.get(socket.unit.service);
  const isFree = service?.kind !== 'service' || isDown(service) || service.machine.state === 'auto-restart';
  if (socket.fd < 0 && !isFree) yield* refuseToListen(socket, units.around);
  else yield* tellSocket(socket, { type: 'start' });
  return socket.fd >= 0;
}

/** A service that is to be restarted anyway is waited for: its restart is the start that was asked for. */
function* startService(service: Service): Running<boolean> {
  while (['deactivating', 'killing'].includes(service.machine.state)) yield* sys.futexWait(service.changed);
  if (['active', 'reloading'].includes(service.machine.state)) return true;
  const { attempts } = service;
  if (isDown(service)) yield* sys.go(() => tellService(service, { type: 'start' }));
  while (service.attempts === attempts) yield* sys.futexWait(service.changed);
  return service.hasStarted;
}

/** Stops a unit, after those that require it; unless somebody has it start meanwhile: the later job counts. */
export function* stopUnit(units: Units, name: string): Running<void> {
  const found = units.loaded.get(name);
  if (found === undefined) return;
  const startsAsked = found.kind === 'socket' ? found.startsAsked : 0;
  for (const dependent of dependentsOf(units, name)) yield* stopUnit(units, dependent.unit.name);
  if (found.kind === 'socket') {
    if (found.startsAsked === startsAsked) yield* tellSocket(found, { type: 'stop' });
    return;
  }
  yield* sys.go(() => tellService(found, { type: 'stop' }));
  while (!isDown(found)) yield* sys.futexWait(found.changed);
}

/** A service's sockets are told: `running` while it takes their clients; nobody listens for one that is barred. */
export function* informSockets(units: Units, service: Service): Running<void> {
  const { machine, result, unit } = service;
  const isUp = ['active', 'reloading'].includes(machine.state);
  const isBetween = ['activating', 'deactivating', 'killing'].includes(machine.state);
  const isBarred = machine.state === 'failed' && result === 'start-limit-hit';
  for (const socket of units.loaded.values()) {
    if (socket.kind !== 'socket' || socket.unit.service !== unit.name) continue;
    if (isBetween) yield* sys.futexWake(socket.changed);
    else yield* tellSocket(socket, { type: isUp ? 'service started' : 'service ended' });
    if (isBarred) yield* tellSocket(socket, { type: 'service refused' });
  }
}

/** The reaper's word: somebody's process has ended. */
export function* processEnded(units: Units, pid: number, status: ExitStatus): Running<void> {
  for (const service of units.loaded.values()) {
    if (service.kind !== 'service') continue;
    if (service.controlPid === pid) {
      service.controlPid = 0;
      yield* sys.futexWake(service.changed);
    }
    if (service.mainPid !== pid) continue;
    yield* mainProcessEnded(service, status);
  }
}
