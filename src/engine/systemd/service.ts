/**
 * A service at work: what its machine has systemd do. Man pages: systemd.service(5), systemd.exec(5),
 * systemd.kill(5), sd_notify(3).
 */
import type { ExitStatus } from '../../journal/event.ts';
import { signalNumbers } from '../../kernel/abi.ts';
import type { Environment, Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords } from '../../programs/io.ts';
import { spawn } from '../../programs/spawn.ts';
import { startMachine } from '../drive.ts';
import type { MachineRun } from '../drive.ts';
import { environmentOf, expanded } from './command-line.ts';
import { processesIn, removeIfEmpty, makeCgroup, systemSlice, writeFile } from './cgroup.ts';
import { append, note, openJournal, streamInto } from './journald.ts';
import type { Journald } from './journald.ts';
import { cpuTimeUs, noteResources, resourcesOf } from './resources.ts';
import { serviceMachine } from './service.machine.ts';
import type { ServiceEvent, ServiceResult } from './service.machine.ts';
import type { ServiceUnit } from './unit.ts';

const secondNs = 1_000_000_000;
/** What a process ends with that could not be executed. systemd: EXIT_EXEC. */
const exitExec = 203;
export const notifySocket = '/run/systemd/notify';

/** What systemd knows of a service. */
export interface Service {
  readonly kind: 'service';
  /** Read anew by `systemctl daemon-reload`. */
  unit: ServiceUnit;
  result: ServiceResult;
  machine: MachineRun<typeof serviceMachine>;
  /** 0 while there is none. */
  mainPid: number;
  /** A process of ExecReload=. */
  controlPid: number;
  /** The last main process and how it ended. */
  lastPid: number;
  lastStatus: ExitStatus | null;
  isReady: boolean;
  restarts: number;
  /** Monotonic times of its starts, for StartLimitBurst=. */
  starts: readonly number[];
  /** Unix time of the last change of state, and of the last main process's start. */
  changedAt: number;
  startedAt: number;
  /** What its cgroup had used when it started: shims that outlive it are in it. */
  cpuBeforeUs: number;
  /** How often a start has come to its end, and how the last one did. */
  attempts: number;
  hasStarted: boolean;
  readonly around: Surroundings;
  /** Woken at each change. */
  readonly changed: object;
}

/** What all of systemd's units share. */
export interface Surroundings {
  readonly env: Environment;
  readonly journald: Journald;
  /** The descriptors of the sockets that a service names. */
  readonly listenFdsOf: (unit: ServiceUnit) => readonly number[];
  /** Whoever must know of a service's change of state: its socket. */
  readonly tellOthers: (service: Service) => Running<void>;
}

/** A service that has not been started. */
export function* newService(unit: ServiceUnit, around: Surroundings): Running<Service> {
  const service: Omit<Service, 'machine'> = {
    kind: 'service',
    unit,
    result: 'success',
    mainPid: 0,
    controlPid: 0,
    lastPid: 0,
    lastStatus: null,
    isReady: false,
    restarts: 0,
    starts: [],
    changedAt: 0,
    startedAt: 0,
    cpuBeforeUs: 0,
    attempts: 0,
    hasStarted: false,
    around,
    changed: {},
  };
  const whole = service as Service;
  const machine = yield* startMachine(serviceMachine, {
    name: 'service',
    object: unit.name,
    input: { service: whole },
    activities: {
      *execute(event) {
        if (event.type === 'start') whole.restarts = 0;
        yield* changed(whole);
        whole.hasStarted = yield* execute(whole);
        whole.attempts += 1;
        yield* sys.futexWake(whole.changed);
      },
      reload: () => reload(whole),
      terminate: () => terminate(whole),
      kill: () => killMain(whole),
      waitToRestart: () => waitToRestart(whole),
    },
  });
  return Object.assign(whole, { machine });
}

/** Gives the service's machine an event and wakes who waits for what comes of it. */
export function* tellService(service: Service, event: ServiceEvent): Running<void> {
  yield* service.machine.send(event);
  yield* changed(service);
}

function* changed(service: Service): Running<void> {
  service.changedAt = (yield* sys.realtime()).seconds;
  yield* sys.futexWake(service.changed);
  yield* service.around.tellOthers(service);
}

/** Forks the main process and waits until it says READY=1. Whether it came to that; if not, `result` says why. */
function* execute(service: Service): Running<boolean> {
  const { unit, around } = service;
  const { journald } = around;
  if (yield* isTooOften(service)) {
    service.result = 'start-limit-hit';
    yield* note(journald, unit.name, `${unit.name}: Start request repeated too quickly.`, 4);
    yield* noteFailure(service);
    yield* note(journald, unit.name, `Failed to start ${titleOf(unit)}.`, 3);
    return false;
  }
  yield* tellOfLeftovers(service, 'found');
  yield* note(journald, unit.name, `Starting ${titleOf(unit)}...`);
  service.result = 'success';
  service.isReady = unit.type === 'simple';
  try {
    yield* forkMain(service);
  } catch (error) {
    yield* note(journald, unit.name, `${unit.name}: Failed to spawn 'start' task: ${errnoWords(error)}`, 4);
    service.result = 'resources';
    yield* noteFailure(service);
    yield* note(journald, unit.name, `Failed to start ${titleOf(unit)}.`, 3);
    return false;
  }
  yield* untilReady(service);
  if (!service.isReady || service.mainPid === 0) return false;
  yield* note(journald, unit.name, `Started ${titleOf(unit)}.`);
  return true;
}

/** The interval begins with the first start and is not moved by later ones. systemd: src/basic/ratelimit.c. */
function* isTooOften(service: Service): Running<boolean> {
  const { startLimitBurst, startLimitIntervalSeconds } = service.unit;
  const now = yield* sys.monotonic();
  const [first] = service.starts;
  const isNew = first === undefined || now - first > startLimitIntervalSeconds * secondNs;
  const counted = isNew ? [] : service.starts;
  if (startLimitBurst > 0 && counted.length >= startLimitBurst) return true;
  service.starts = [...counted, now];
  return false;
}

function* forkMain(service: Service): Running<void> {
  const { unit } = service;
  const { env, journald, listenFdsOf } = service.around;
  const [path = ''] = unit.execStart;
  const settings = yield* environmentOf(unit);
  const { argv, unset } = expanded(unit.execStart, { ...env, ...settings });
  const cgroup = `${systemSlice}/${unit.name}`;
  yield* makeCgroup(cgroup);
  service.cpuBeforeUs = yield* cpuTimeUs(cgroup);
  const listenFds = listenFdsOf(unit);
  const identifier = `(${path.slice(path.lastIndexOf('/') + 1)})`;
  const author = { pid: 0 };
  const output = yield* streamInto(journald, unit.name, path.slice(path.lastIndexOf('/') + 1), () => author.pid);
  const passing = Object.fromEntries(listenFds.map((fd, index) => [3 + index, fd]));
  service.mainPid = yield* spawn({
    path,
    argv,
    env: {
      ...env,
      ...settings,
      ...(unit.type === 'notify' ? { NOTIFY_SOCKET: notifySocket } : {}),
      ...(listenFds.length === 0 ? {} : { LISTEN_FDS: String(listenFds.length) }),
    },
    sid: true,
    fds: { 1: output, 2: output, ...passing },
    before: function* () {
      yield* writeFile(`${cgroup}/cgroup.procs`, '0');
      yield* writeFile('/proc/self/oom_score_adj', String(unit.oomScoreAdjust));
    },
    *refused(error) {
      const from = { identifier, pid: yield* sys.getpid(), unit: unit.name };
      const words = `${unit.name}: Failed at step EXEC spawning ${path}: ${errnoWords(error)}`;
      yield* append(yield* openJournal(), from, words, 3);
      return exitExec;
    },
  });
  service.lastPid = service.mainPid;
  service.lastStatus = null;
  author.pid = service.mainPid;
  if (unset.length > 0) {
    const words = `Referenced but unset environment variable evaluates to an empty string: ${unset.join(', ')}`;
    yield* append(journald, { identifier, pid: author.pid, unit: unit.name }, `${unit.name}: ${words}`, 4);
  }
  yield* sys.close(output);
  service.startedAt = (yield* sys.realtime()).seconds;
}

/** `containerd.service` finds the shims of its last life here: KillMode=process left them alone. */
function* tellOfLeftovers({ unit, around: { journald } }: Service, when: 'found' | 'left'): Running<void> {
  for (const { pid, comm } of yield* processesIn(`${systemSlice}/${unit.name}`)) {
    const process = `process ${pid} (${comm})`;
    if (when === 'left') {
      yield* note(journald, unit.name, `${unit.name}: Unit ${process} remains running after unit stopped.`);
      continue;
    }
    const where = 'in control group while starting unit. Ignoring.';
    yield* note(journald, unit.name, `${unit.name}: Found left-over ${process} ${where}`, 4);
    const advice =
      'This usually indicates unclean termination of a previous run, or service implementation deficiencies.';
    yield* note(journald, unit.name, `${unit.name}: ${advice}`, 4);
  }
}

function* untilReady(service: Service): Running<void> {
  const { timeoutStartSeconds, name } = service.unit;
  const limit = timeoutStartSeconds > 0 && Number.isFinite(timeoutStartSeconds);
  const deadline = (yield* sys.monotonic()) + timeoutStartSeconds * secondNs;
  const pid = service.mainPid;
  while (!service.isReady && service.machine.state === 'activating') {
    const left = limit ? deadline - (yield* sys.monotonic()) : undefined;
    if (left !== undefined && left <= 0) {
      yield* note(service.around.journald, name, `${name}: start operation timed out. Terminating.`, 4);
      service.result = 'timeout';
      yield* sys.kill(pid, 'SIGKILL');
      while (service.machine.state === 'activating') yield* sys.futexWait(service.changed);
      return;
    }
    yield* sys.futexWait(service.changed, left);
  }
}

/** Activity: runs ExecReload= to its end. */
function* reload(service: Service): Running<void> {
  const { unit, around } = service;
  yield* changed(service);
  yield* note(around.journald, unit.name, `Reloading ${titleOf(unit)}...`);
  const argv = unit.execReload.map((word) => word.replace('$MAINPID', String(service.mainPid)));
  const [path = ''] = argv;
  try {
    service.controlPid = yield* spawn({ path, argv, env: around.env, sid: true });
  } catch (error) {
    yield* note(around.journald, unit.name, `${unit.name}: Failed to run ExecReload: ${errnoWords(error)}`, 3);
  }
  while (service.controlPid !== 0) yield* sys.futexWait(service.changed);
  yield* note(around.journald, unit.name, `Reloaded ${titleOf(unit)}.`);
}

/** Activity: SIGTERM, and the wait for the end, at most TimeoutStopSec=. */
function* terminate(service: Service): Running<void> {
  const { unit } = service;
  const { journald } = service.around;
  yield* changed(service);
  yield* note(journald, unit.name, `Stopping ${titleOf(unit)}...`);
  yield* signalTo(service, 'SIGTERM');
  const deadline = (yield* sys.monotonic()) + unit.timeoutStopSeconds * secondNs;
  while (service.machine.state === 'deactivating') {
    const left = Number.isFinite(deadline) ? deadline - (yield* sys.monotonic()) : undefined;
    if (left !== undefined && left <= 0) break;
    yield* sys.futexDelay(service.changed, left);
  }
  if (service.machine.state !== 'deactivating') return;
  yield* note(journald, unit.name, `${unit.name}: State 'stop-sigterm' timed out. Killing.`, 4);
  service.result = 'timeout';
}

/** Activity. */
function* killMain(service: Service): Running<void> {
  const { unit, mainPid } = service;
  const { journald } = service.around;
  yield* changed(service);
  const comm = unit.execStart[0]?.replace(/.*\//, '') ?? '';
  yield* note(journald, unit.name, `${unit.name}: Killing process ${mainPid} (${comm}) with signal SIGKILL.`, 5);
  yield* signalTo(service, 'SIGKILL');
}

/** Sends the main process a signal, and with KillMode=control-group everybody in its cgroup. */
function* signalTo(service: Service, signal: SignalName): Running<void> {
  const others = service.unit.killMode === 'process' ? [] : yield* processesIn(`${systemSlice}/${service.unit.name}`);
  for (const pid of new Set([service.mainPid, ...others.map((each) => each.pid)])) {
    try {
      if (pid > 0) yield* sys.kill(pid, signal);
    } catch (error) {
      if (!isErrno(error, 'ESRCH')) throw error;
    }
  }
}

/** Activity: RestartSec=. */
function* waitToRestart(service: Service): Running<void> {
  const { unit, changed: key } = service;
  yield* changed(service);
  const deadline = (yield* sys.monotonic()) + unit.restartSeconds * secondNs;
  while (service.machine.state === 'auto-restart') {
    const left = deadline - (yield* sys.monotonic());
    if (left <= 0) break;
    yield* sys.futexDelay(key, left);
  }
  if (service.machine.state !== 'auto-restart') return;
  service.restarts += 1;
  const counter = `restart counter is at ${service.restarts}.`;
  yield* note(service.around.journald, unit.name, `${unit.name}: Scheduled restart job, ${counter}`);
}

/** A death by one of these counts as clean. */
const cleanSignals: ReadonlySet<string> = new Set(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE']);

/** The reaper's word: the main process has ended. */
export function* mainProcessEnded(service: Service, status: ExitStatus): Running<void> {
  const { unit } = service;
  const { journald } = service.around;
  const isClean = 'code' in status ? status.code === 0 : cleanSignals.has(status.signal);
  const isStopping = ['deactivating', 'killing'].includes(service.machine.state);
  const wasActivating = service.machine.state === 'activating';
  service.mainPid = 0;
  service.lastStatus = status;
  if (service.result === 'success' && !isClean) service.result = 'code' in status ? 'exit-code' : 'signal';
  if (service.result === 'success' && wasActivating) service.result = 'protocol';
  if (!isClean) yield* note(journald, unit.name, `${unit.name}: Main process exited, ${statusWords(status)}`, 5);
  const used = yield* resourcesOf(`${systemSlice}/${unit.name}`, service.cpuBeforeUs);
  if (service.result === 'success') yield* note(journald, unit.name, `${unit.name}: Deactivated successfully.`);
  else yield* noteFailure(service);
  yield* tellOfLeftovers(service, 'left');
  yield* removeIfEmpty(`${systemSlice}/${unit.name}`);
  if (isStopping) yield* note(journald, unit.name, `Stopped ${titleOf(unit)}.`);
  else if (wasActivating) yield* note(journald, unit.name, `Failed to start ${titleOf(unit)}.`, 3);
  yield* noteResources(journald, unit.name, used);
  yield* tellService(service, { type: 'main process ended' });
}

function* noteFailure({ unit, result, around }: Service): Running<void> {
  yield* note(around.journald, unit.name, `${unit.name}: Failed with result '${result}'.`, 4);
}

/** `code=killed, status=9/KILL`, `code=exited, status=1/FAILURE`. */
export function statusWords(status: ExitStatus): string {
  if ('signal' in status) {
    const number = signalNumbers[status.signal as SignalName];
    return `code=killed, status=${number}/${status.signal.replace('SIG', '')}`;
  }
  const name = { 0: '/SUCCESS', 1: '/FAILURE', 2: '/INVALIDARGUMENT', [exitExec]: '/EXEC' }[status.code] ?? '/n/a';
  return `code=exited, status=${status.code}${name}`;
}

/** `docker.service - Docker Application Container Engine`. */
export function titleOf(unit: { readonly name: string; readonly description: string }): string {
  return `${unit.name} - ${unit.description}`;
}
