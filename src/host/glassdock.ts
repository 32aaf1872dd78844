/**
 * The machine as a library, in the shape that users of WebContainer know. Time is virtual: what can happen at once has
 * happened when a call returns; sleeps pass with `advance`.
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
import type { Kernel } from '../kernel/kernel.ts';
import { listDirectory, makeDirectoryAt, readBytes, removeAt, writeBytes } from './files.ts';
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
  /** Hears every event of the journal as it happens; returns how to stop. */
  on(event: 'journal', listener: (event: JournalEvent) => void): () => void;
  /** Lets this many nanoseconds of virtual time pass. */
  advance(durationNs: number): void;
  readonly journal: readonly JournalEvent[];
  report(): Report;
  /** Ends the machine: nothing may be asked of it afterwards. */
  teardown(): void;
}

/** As far as a spawned program is let run ahead by itself, ns of virtual time. */
const runAheadNs = 60_000_000_000;

interface Session {
  readonly machine: Machine;
  readonly processes: Set<{
    readonly terminal: number;
    readonly command: RunningCommand;
    readonly write: (text: string) => void;
    readonly end: (code: number) => void;
  }>;
  nextTerminal: number;
  isOver: boolean;
}

/** Boots a host: systemd, containerd and dockerd run when it resolves. */
export async function boot(options: BootOptions = {}): Promise<Glassdock> {
  const journal: JournalEvent[] = [];
  const listeners = new Set<(event: JournalEvent) => void>();
  const seed = options.seed ?? 1;
  const machine = createMachine({
    seed,
    images: options.images ?? [],
    sink: (event) => {
      journal.push(event);
      if (event.type === 'terminal.output')
        for (const process of session.processes)
          if (process.terminal === event.terminal) process.write(fromUtf8(event.data));
      for (const listener of listeners) listener(event);
    },
  });
  const session: Session = { machine, processes: new Set(), nextTerminal: 0, isOver: false };
  return {
    spawn: async (command, args = [], spawnOptions = {}) => spawn(session, command, args, spawnOptions),
    fs: files(machine.kernel),
    on: (_event, listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    advance: (durationNs) => {
      requireLife(session);
      machine.advance(machine.nowNs() + durationNs);
      tellEnds(session);
    },
    journal,
    report: () => report(journal, seed, undefined, machine.running()),
    teardown: () => {
      session.isOver = true;
      session.processes.clear();
      listeners.clear();
    },
  };
}

function files(kernel: Kernel): GlassdockFiles {
  async function readFile(path: string): Promise<Uint8Array>;
  async function readFile(path: string, encoding: 'utf-8'): Promise<string>;
  async function readFile(path: string, encoding?: 'utf-8'): Promise<Uint8Array | string> {
    const bytes = readBytes(kernel, path);
    return encoding === 'utf-8' ? fromUtf8(bytes) : Uint8Array.from(bytes, (char) => char.charCodeAt(0));
  }
  return {
    readFile,
    writeFile: async (path, data) => writeBytes(kernel, path, typeof data === 'string' ? utf8(data) : bytesOf(data)),
    readdir: async (path) => listDirectory(kernel, path),
    mkdir: async (path, options = {}) => makeDirectoryAt(kernel, path, options.recursive === true),
    rm: async (path, options = {}) => removeAt(kernel, path, options.recursive === true, options.force === true),
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
  });
  let end: (code: number) => void = () => {};
  const exit = new Promise<number>((resolve) => {
    end = (code) => {
      close();
      resolve(code);
    };
  });
  const command = machine.openTerminal(terminal, size.rows, size.cols, {
    path: name,
    argv: [name, ...args],
    env: options.env ?? {},
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  session.processes.add({ terminal, command, write, end });
  runAhead(session);
  return {
    output,
    input: new WritableStream<string>({
      write: (text) => {
        requireLife(session);
        machine.input(terminal, text);
        runAhead(session);
      },
    }),
    exit,
    kill: (signal = 'SIGTERM') => {
      command.kill(signal);
      runAhead(session);
    },
    resize: ({ cols, rows }) => machine.resize(terminal, rows, cols),
  };
}

function runAhead(session: Session): void {
  session.machine.settle(session.machine.nowNs() + runAheadNs);
  tellEnds(session);
}

function tellEnds(session: Session): void {
  for (const process of session.processes) {
    const code = process.command.exitCode();
    if (code === null) continue;
    session.processes.delete(process);
    process.end(code);
  }
}
