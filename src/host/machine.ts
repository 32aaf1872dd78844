/**
 * The machine as whoever runs it holds it: boot it, type into it, let its time pass. It owns no clock; time passes when
 * it is told to.
 */
import type { JournalEvent } from '../journal/event.ts';
import { signalNumbers } from '../kernel/abi.ts';
import type { Environment, SignalName } from '../kernel/abi.ts';
import { createKernel, startInit } from '../kernel/create-kernel.ts';
import { dueKinds } from '../kernel/event-queue.ts';
import { preloadImages } from '../engine/dockerd/preload.ts';
import { utf8 } from '../kernel/bytes.ts';
import type { Kernel, Task } from '../kernel/kernel.ts';
import { addLink } from '../kernel/net/network-layer.ts';
import { runNext, runUntil, wake } from '../kernel/scheduler.ts';
import { resizeTerminal } from '../kernel/tty/terminal-calls.ts';
import { closeMaster, createConsole, writeToMaster } from '../kernel/tty/terminal.ts';
import type { Terminal } from '../kernel/tty/terminal.ts';
import { makeFile } from '../kernel/vfs/host-files.ts';
import { systemd } from '../engine/systemd/main.ts';
import type { Door } from '../engine/systemd/door.ts';
import { sendSignal } from '../kernel/task/signal.ts';
import { layLine, layOutHost } from './layout.ts';
import { machineFootprints, machinePrograms } from './programs.ts';

/** Grows whenever the same inputs would give another journal: a shared link names the model that it was made with. */
export const modelVersion = '1';

/** The host's boot: 2026-11-24 02:00:00 UTC, whatever today is. */
const bootUnixSeconds = 1_795_485_600;
const hostname = 'glassdock';
/** As the recorded host's card is called. */
const networkCard = 'ens3';
/** The numbers before it went to kernel threads and to what ran only while the host came up. */
const firstServicePid = 366;
const longestBootNs = 60_000_000_000;
/** What a shell says of a command that it does not find. */
const noSuchProgram = 127;
/** Work that nobody waits for (a busy loop in a container) is let go on this long after the engine's last step. */
const graceNs = 1_000_000_000;

/**
 * Programs (and `runc init`, which runs from a sealed copy) whose every step belongs to a request, an exit or a
 * clean-up of the engine's.
 */
const engineExecutables = /\/(docker|dockerd|containerd|containerd-shim-runc-v2|runc|systemd)$/;

const environment: Environment = {
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  SHELL: '/bin/sh',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  HOSTNAME: hostname,
  PS1: '\\u@\\h:\\w\\$ ',
};

export interface MachineOptions {
  /** Decides ids, names and whatever else is left to chance. */
  readonly seed: number;
  readonly sink: (event: JournalEvent) => void;
  /** Images that are in dockerd's store from the beginning; else each is pulled when it is asked for. */
  readonly images?: readonly string[];
}

/** Why the machine has stopped running ahead. */
export type Settled = 'idle' | 'waiting' | 'limit';

export interface Machine {
  readonly kernel: Kernel;
  readonly nowNs: () => number;
  /** A further terminal, /dev/pts/`number`, with a command on it: a shell of the host unless another is given. */
  openTerminal(number: number, rows: number, columns: number, command?: Command): RunningCommand;
  /** Text that a person types. */
  input(terminal: number, text: string): void;
  resize(terminal: number, rows: number, columns: number): void;
  /** The window is closed: the line hangs up. */
  closeTerminal(number: number): void;
  /** Runs a command outside any terminal: standard input is empty, output goes to `onOutput`. */
  run(command: Command, onOutput: (fd: 1 | 2, data: string) => void): RunningCommand;
  /** Lays a file on the host's disk from outside; bytes, a char each. */
  writeFile(path: string, bytes: string): void;
  /** Pids of tasks that would use a processor now: R in ps. */
  running(): ReadonlySet<number>;
  /** Lets virtual time pass up to `untilNs`. */
  advance(untilNs: number): void;
  /**
   * Runs until nothing of the engine's is in flight (`idle`: every foreground waits for input; `waiting`: for something
   * else), not beyond `limitNs`.
   */
  settle(limitNs: number): Settled;
  /** Whether time alone will bring something: the end of a sleep, a timer, a restart. What is idle may have it. */
  isAnythingDue(): boolean;
  /** Whether the foreground of a terminal waits for what a person types. */
  isReading(terminal: number): boolean;
  /**
   * Runs until no request, exit or clean-up of the engine's is in flight, however long it takes, whoever waits for
   * input or sleeps; false when `limitNs` came first.
   */
  quiesce(limitNs: number): boolean;
  /** Runs while `isGoingOn`, not beyond `limitNs`; true when it has come to its end. */
  runWhile(isGoingOn: () => boolean, limitNs: number): boolean;
}

export interface Command {
  /** A path, or a name to look up in PATH. */
  readonly path: string;
  /** argv[0] included. */
  readonly argv: readonly string[];
  readonly env?: Environment;
  readonly cwd?: string;
}

export interface RunningCommand {
  /** Null while it runs; afterwards the exit code as a shell would say it: 127 for a program that there is not. */
  readonly exitCode: () => number | null;
  /** A signal from outside. */
  readonly kill: (signal: SignalName) => void;
}

/** Boots a machine: afterwards systemd, containerd and dockerd run, and nobody is logged in. */
export function createMachine(options: MachineOptions): Machine {
  const { kernel, door, outputs } = bootHost(options);
  return {
    kernel,
    nowNs: () => kernel.nowNs,
    openTerminal: (number, rows, columns, command = { path: '/bin/sh', argv: ['-sh'] }) => {
      record(kernel, number, 'open', `${rows}x${columns}`);
      resizeTerminal(kernel, createConsole(kernel, number), rows, columns);
      const device = `/dev/pts/${number}`;
      return logIn(kernel, door, command, { TERM: 'xterm-256color' }, [device, device, device]);
    },
    input: (number, text) => {
      const terminal = kernel.terminals.get(number);
      if (!terminal) return;
      record(kernel, number, 'data', text);
      writeToMaster(kernel, terminal, utf8(text));
    },
    resize: (number, rows, columns) => {
      const terminal = kernel.terminals.get(number);
      if (!terminal) return;
      record(kernel, number, 'resize', `${rows}x${columns}`);
      resizeTerminal(kernel, terminal, rows, columns);
    },
    closeTerminal: (number) => {
      const terminal = kernel.terminals.get(number);
      if (!terminal) return;
      record(kernel, number, 'hangup', '');
      closeMaster(kernel, terminal);
    },
    run: (command, onOutput) => {
      const line = outputs.push(onOutput) - 1;
      layLine(kernel, line);
      return logIn(kernel, door, command, {}, ['/dev/null', `/dev/hvc${2 * line}`, `/dev/hvc${2 * line + 1}`]);
    },
    writeFile: (path, bytes) => makeFile(kernel, path, bytes),
    running: () => runningTasks(kernel),
    advance: (untilNs) => runUntil(kernel, untilNs),
    settle: (limitNs) => settle(kernel, limitNs),
    isAnythingDue: () => dueKinds.some((kind) => kernel.queue.count(kind) > 0),
    isReading: (number) => {
      const terminal = kernel.terminals.get(number);
      return terminal !== undefined && isForegroundReading(kernel, [terminal]);
    },
    quiesce: (limitNs) => quiesce(kernel, limitNs, () => isInFlight(kernel)),
    runWhile: (isGoingOn, limitNs) => runWhile(kernel, isGoingOn, limitNs),
  };
}

type Output = (fd: 1 | 2, data: string) => void;

interface Booted {
  readonly kernel: Kernel;
  readonly door: Door;
  /** Who takes the output of each command that runs outside any terminal. */
  readonly outputs: Output[];
}

function bootHost(options: MachineOptions): Booted {
  const outputs: Output[] = [];
  const kernel = createKernel({
    seed: options.seed,
    model: modelVersion,
    bootUnixSeconds,
    hostname,
    programs: machinePrograms,
    footprints: machineFootprints,
    sink: options.sink,
    isAwaited: engineTeller(),
    lineOut: (line, data) => outputs[line >> 1]?.(line % 2 === 0 ? 1 : 2, data),
  });
  layOutHost(kernel, hostname);
  preloadImages(kernel, options.images ?? []);
  const door: Door = { waiting: [] };
  let isUp = false;
  const program = systemd(door, () => {
    isUp = true;
  });
  const init = startInit(kernel, hostname, 'systemd', ['/sbin/init'], function* () {
    return yield* program(['/sbin/init'], environment);
  });
  addLink(kernel, 0, init.namespaces.net, 'physical', networkCard);
  kernel.rootPidNamespace.nextPid = firstServicePid;
  runWhile(kernel, () => !isUp, longestBootNs);
  settle(kernel, longestBootNs);
  return { kernel, door, outputs };
}

/** Whether a task is of the engine: asked at each step of each thread, so what a path says is kept. */
function engineTeller(): (task: Task) => boolean {
  const known = new Map<string, boolean>();
  return ({ executable: { path }, argv }) => {
    let isEngine = known.get(path);
    if (isEngine === undefined) {
      isEngine = engineExecutables.test(path);
      known.set(path, isEngine);
    }
    return isEngine || argv[0] === 'runc';
  };
}

/** Asks pid 1 for a session with the command in it. */
function logIn(
  kernel: Kernel,
  door: Door,
  command: Command,
  more: Environment,
  stdio: readonly [string, string, string],
): RunningCommand {
  let task: Task | undefined;
  let failure: number | null = null;
  door.waiting.push({
    path: command.path,
    argv: command.argv,
    env: { ...environment, ...more, ...command.env },
    cwd: command.cwd ?? '/root',
    stdio,
    started: (pid) => {
      task = kernel.tasks.get(pid);
    },
    failed: () => {
      failure = noSuchProgram;
    },
  });
  knock(kernel, door);
  return {
    exitCode: () => failure ?? codeOf(task),
    kill: (signal) => {
      if (task) sendSignal(kernel, null, task, signal);
    },
  };
}

function record(kernel: Kernel, terminal: number, action: 'open' | 'data' | 'resize' | 'hangup', data: string): void {
  kernel.record({ type: 'input', terminal, action, data });
}

/** The outside world wakes whoever of pid 1 sleeps at the door. */
function knock(kernel: Kernel, door: Door): void {
  const init = kernel.tasks.get(1);
  for (const thread of init?.threads ?? []) {
    if (thread.call?.call === 'futexWait' && thread.call.args[0] === door && thread.state === 'asleep') {
      for (const queue of thread.sleep?.queues ?? []) wake(kernel, queue);
    }
  }
}

function runningTasks(kernel: Kernel): ReadonlySet<number> {
  const runs = ({ state, sleep }: Task['threads'][number]): boolean => state === 'ready' || sleep?.isWork === true;
  return new Set([...kernel.tasks.values()].filter(({ threads }) => threads.some(runs)).map(({ pid }) => pid));
}

function codeOf(task: Task | undefined): number | null {
  if (!task?.exitStatus || task.state === 'alive') return null;
  return 'code' in task.exitStatus
    ? task.exitStatus.code
    : 128 + (signalNumbers[task.exitStatus.signal as SignalName] ?? 0);
}

function runWhile(kernel: Kernel, isGoingOn: () => boolean, limitNs: number): boolean {
  while (isGoingOn()) {
    if (kernel.queue.nextNs() > limitNs) {
      if (Number.isFinite(limitNs)) kernel.nowNs = Math.max(kernel.nowNs, limitNs);
      return false;
    }
    runNext(kernel, limitNs);
  }
  return true;
}

function isAwaited({ queue }: Kernel): boolean {
  return queue.count('awaited') > 0;
}

/** As `isAwaited`, and the times that requests take on purpose: a download, the ten seconds of `docker stop`. */
function isInFlight(kernel: Kernel): boolean {
  return isAwaited(kernel) || kernel.queue.count('delay') > 0;
}

/** Until nothing of the engine's is under way; sleeps, periodic timers and back-off are not waited for. */
function quiesce(kernel: Kernel, limitNs: number, isUnderWay = () => isAwaited(kernel)): boolean {
  let lastNs = kernel.nowNs;
  const isGoingOn = (): boolean => {
    if (isUnderWay()) lastNs = kernel.nowNs;
    return isUnderWay() || (kernel.queue.count('busy') > 0 && kernel.nowNs - lastNs < graceNs);
  };
  return runWhile(kernel, isGoingOn, limitNs);
}

function settle(kernel: Kernel, limitNs: number): Settled {
  for (;;) {
    if (!quiesce(kernel, limitNs)) return 'limit';
    if (isForegroundReading(kernel, [...kernel.terminals.values()])) return 'idle';
    if (kernel.queue.nextNs() > limitNs) return 'waiting';
    runNext(kernel, limitNs);
  }
}

/**
 * Whether on each of these terminals somebody of the foreground sleeps reading it. Who reads a raw terminal passes its
 * keys on (`docker run -it`): then what counts is who reads the terminals at the other end.
 */
function isForegroundReading(kernel: Kernel, consoles: readonly Terminal[]): boolean {
  if (!consoles.every(isRead)) return false;
  if (consoles.every(({ modes }) => modes.canonical)) return true;
  const inner = new Set([...kernel.tasks.values()].map(({ controllingTerminal }) => controllingTerminal));
  return [...inner].every((terminal) => !terminal || terminal.isConsole || isRead(terminal));
}

function isRead({ slaveReadable, foreground }: Terminal): boolean {
  return [...slaveReadable.sleepers].some(({ task }) => task.pgid === foreground);
}
