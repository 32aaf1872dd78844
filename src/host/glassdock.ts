/**
 * The machine as a library, in the shape that users of WebContainer know. Time is virtual. When `spawn` or a write to
 * `input` returns, the machine has gone on until the process ended or waits for input, for a minute of virtual time at
 * most, and until nothing of the engine's is in flight; all other time passes with `advance`.
 *
 * ```ts
 * const machine = await boot({ seed: 1, images: ['busybox'] });
 * const process = await machine.spawn('docker', ['run', '--rm', 'busybox', 'echo', 'hello']);
 * await process.exit; // 0
 * machine.report().history; // who forked, exec'd, adopted and reaped whom
 * machine.teardown();
 * ```
 */
import type { JournalEvent } from '../journal/event.ts';
import { report } from '../journal/report.ts';
import type { Report } from '../journal/report.ts';
import type { SignalName } from '../kernel/abi.ts';
import { fromUtf8, utf8 } from '../kernel/bytes.ts';
import { listDirectory, makeDirectoryAt, readBytes, removeAt, writeBytes } from './files.ts';
import { parseDuration } from './duration.ts';
import { createMachine } from './machine.ts';
import type { Machine, RunningCommand } from './machine.ts';

export interface BootOptions {
  /** Decides ids and names; 1 if not given. */
  readonly seed?: number;
  /** Images that are there from the beginning; else each is pulled when it is asked for. */
  readonly images?: readonly string[];
}

export interface SpawnOptions {
  readonly terminal?: { readonly cols: number; readonly rows: number };
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A process on a terminal of its own. */
export interface GlassdockProcess {
  /** What the terminal shows: standard output and standard error. */
  readonly output: ReadableStream<string>;
  /** What is typed: `\x03` is Ctrl-C. */
  readonly input: WritableStream<string>;
  /** The exit code; 128 + n after signal n, 127 when there is no such program. */
  readonly exit: Promise<number>;
  kill(signal?: SignalName): void;
  resize(size: { readonly cols: number; readonly rows: number }): void;
}

export interface GlassdockFiles {
  readFile(path: string): Promise<Uint8Array>;
  readFile(path: string, encoding: 'utf-8'): Promise<string>;
  writeFile(path: string, data: string | Uint8Array): Promise<void>;
  readdir(path: string): Promise<readonly string[]>;
  mkdir(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  rm(path: string, options?: { readonly recursive?: boolean; readonly force?: boolean }): Promise<void>;
}

export interface Glassdock {
  /** Starts a program of the host by name or path. */
  spawn(command: string, args?: readonly string[], options?: SpawnOptions): Promise<GlassdockProcess>;
  readonly fs: GlassdockFiles;
  /** Hears every event of the journal, in order, once the machine is at rest again; returns how to stop. */
  on(event: 'journal', listener: (event: JournalEvent) => void): () => void;
  /** Lets virtual time pass: nanoseconds, or text like '1m30s' and '500ms'. A RangeError for what is neither. */
  advance(duration: number | string): void;
  readonly journal: readonly JournalEvent[];
  report(): Report;
  /** Ends the machine and what runs on it (137): afterwards there are only its journal and its report. */
  teardown(): void;
}

/** What becomes of processes when the machine is torn down: 128 + SIGKILL. */
const killed = 137;
/** As far as a spawned program is let run ahead by itself, ns of virtual time. */
const runAheadNs = 60_000_000_000;

interface Process {
  readonly terminal: number;
  readonly command: RunningCommand;
  readonly write: (text: string) => void;
  readonly end: (code: number) => void;
}

interface Session {
  readonly machine: Machine;
  readonly processes: Set<Process>;
  readonly journal: JournalEvent[];
  readonly listeners: Set<(event: JournalEvent) => void>;
  /** How much of the journal the listeners have heard. */
  told: number;
  nextTerminal: number;
  isOver: boolean;
}

/** Boots a host: systemd, containerd and dockerd run when it resolves. */
export async function boot(options: BootOptions = {}): Promise<Glassdock> {
  const journal: JournalEvent[] = [];
  const seed = options.seed ?? 1;
  const machine = createMachine({
    seed,
    images: options.images ?? [],
    sink: (event) => {
      journal.push(event);
      if (event.type === 'terminal.output')
        for (const process of session.processes)
          if (process.terminal === event.terminal) process.write(fromUtf8(event.data));
    },
  });
  const session: Session = {
    machine,
    processes: new Set(),
    journal,
    listeners: new Set(),
    told: journal.length,
    nextTerminal: 0,
    isOver: false,
  };
  return {
    spawn: async (command, args = [], spawnOptions = {}) => spawn(session, command, args, spawnOptions),
    fs: files(session),
    on: (_event, listener) => {
      requireLife(session);
      session.listeners.add(listener);
      return () => session.listeners.delete(listener);
    },
    advance: (duration) => {
      requireLife(session);
      machine.advance(machine.nowNs() + nanosecondsOf(duration));
      tell(session);
    },
    journal,
    report: () => report(journal, seed, undefined, machine.running(), machine.nowNs()),
    teardown: () => {
      session.isOver = true;
      for (const { end } of session.processes) end(killed);
      session.processes.clear();
      session.listeners.clear();
    },
  };
}

function files(session: Session): GlassdockFiles {
  const { kernel } = session.machine;
  const act = <T>(work: () => T): T => {
    requireLife(session);
    const result = work();
    tell(session);
    return result;
  };
  async function readFile(path: string): Promise<Uint8Array>;
  async function readFile(path: string, encoding: 'utf-8'): Promise<string>;
  async function readFile(path: string, encoding?: 'utf-8'): Promise<Uint8Array | string> {
    const bytes = act(() => readBytes(kernel, path));
    return encoding === 'utf-8' ? fromUtf8(bytes) : Uint8Array.from(bytes, (char) => char.charCodeAt(0));
  }
  return {
    readFile,
    writeFile: async (path, data) =>
      act(() => writeBytes(kernel, path, typeof data === 'string' ? utf8(data) : bytesOf(data))),
    readdir: async (path) => act(() => listDirectory(kernel, path)),
    mkdir: async (path, options = {}) => act(() => makeDirectoryAt(kernel, path, options.recursive === true)),
    rm: async (path, options = {}) =>
      act(() => removeAt(kernel, path, options.recursive === true, options.force === true)),
  };
}

function bytesOf(data: Uint8Array): string {
  return Array.from(data, (byte) => String.fromCharCode(byte)).join('');
}

function requireLife(session: Session): void {
  if (session.isOver) throw new Error('this machine has been torn down: boot() another');
}

function spawn(session: Session, name: string, args: readonly string[], options: SpawnOptions): GlassdockProcess {
  requireLife(session);
  const { machine } = session;
  const terminal = session.nextTerminal++;
  const size = options.terminal ?? { cols: 80, rows: 24 };
  let write: (text: string) => void = () => {};
  let close: () => void = () => {};
  const output = new ReadableStream<string>({
    start: (controller) => {
      write = (text) => controller.enqueue(text);
      close = () => controller.close();
    },
    // Nobody reads any more; the program writes on, as into a window that is not looked at.
    cancel: () => {
      write = () => {};
      close = () => {};
    },
  });
  let end: (code: number) => void = () => {};
  const exit = new Promise<number>((resolve) => {
    end = (code) => {
      close();
      resolve(code);
    };
  });
  const command = machine.openTerminal(terminal, size.rows, size.cols, {
    path: utf8(name),
    argv: [name, ...args].map(utf8),
    env: Object.fromEntries(Object.entries(options.env ?? {}).map(([key, value]) => [utf8(key), utf8(value)])),
    ...(options.cwd === undefined ? {} : { cwd: utf8(options.cwd) }),
  });
  const process: Process = { terminal, command, write: (text) => write(text), end };
  session.processes.add(process);
  runAhead(session, process);
  return {
    output,
    input: new WritableStream<string>({
      write: (text) => {
        requireLife(session);
        machine.input(terminal, text);
        runAhead(session, process);
      },
    }),
    exit,
    kill: (signal = 'SIGTERM') => {
      requireLife(session);
      command.kill(signal);
      runAhead(session, process);
    },
    resize: ({ cols, rows }) => {
      requireLife(session);
      machine.resize(terminal, rows, cols);
      runAhead(session, process);
    },
  };
}

function runAhead(session: Session, { terminal, command }: Process): void {
  const { machine } = session;
  const limitNs = machine.nowNs() + runAheadNs;
  const isGoingOn = (): boolean => command.exitCode() === null && !machine.isReading(terminal);
  // A shell that has just been typed into still seems to read: what comes of it is seen when the machine is at rest.
  do machine.quiesce(limitNs);
  while (isGoingOn() && machine.runWhile(isGoingOn, limitNs));
  tell(session);
}

function nanosecondsOf(duration: number | string): number {
  const ns = typeof duration === 'string' ? parseDuration(duration) : Math.round(duration);
  if (ns === undefined || !Number.isFinite(ns) || ns < 0)
    throw new RangeError(`a duration is like 1m30s or 500ms, not '${duration}'`);
  return ns;
}

/**
 * Tells the listeners what is new and the processes' owners that they have ended: at rest, so that whoever hears of it
 * may ask something of the machine, and a mistake of theirs is not the machine's.
 */
function tell(session: Session): void {
  while (session.told < session.journal.length) {
    const event = session.journal[session.told++];
    if (event) for (const listener of session.listeners) listener(event);
  }
  for (const process of session.processes) {
    const code = process.command.exitCode();
    if (code === null) continue;
    session.processes.delete(process);
    process.end(code);
  }
}
