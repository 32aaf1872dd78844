/** A shell's memory: variables, functions, traps, jobs. A fork gets a copy of all of it. */
import type { ParsedScript, SyntaxNode } from 'unbash';
import type { Environment, Program, Running, SignalName } from '../../kernel/abi.ts';
import type { Dialect } from './dialect.ts';
import type { Job } from './job.ts';

export interface Variable {
  /** Undefined for one that is exported or readonly but was never set. */
  readonly value: string | undefined;
  readonly exported: boolean;
  readonly readonly: boolean;
}

/**
 * A piece of shell text that was read at once, and the number of its first line: what error messages and $LINENO count
 * from.
 */
export interface SourceUnit {
  readonly text: string;
  readonly firstLine: number;
}

/** An alias holds from the line after the one that made it. */
export interface Alias {
  readonly text: string;
  readonly unit: SourceUnit;
}

export interface ShellFunction {
  readonly body: SyntaxNode;
  readonly unit: SourceUnit;
}

export type OptionLetter = 'a' | 'b' | 'C' | 'e' | 'f' | 'i' | 'm' | 'n' | 's' | 'u' | 'v' | 'x';
/** What `set` switches on; pipefail has no letter. */
export type ShellOption = OptionLetter | 'pipefail';

/**
 * How a node is run. `tested`: its failure is looked at, so `set -e` does not act. `last`: the process ends with it, so
 * it may be exec'd.
 */
export interface Manner {
  readonly tested: boolean;
  readonly last: boolean;
}
export const plainly: Manner = { tested: false, last: false };

/** What the parts of the shell need of each other without importing in a circle. */
export interface Interpreter {
  readonly runScript: (shell: Shell, script: ParsedScript, unit: SourceUnit, manner: Manner) => Running<number>;
  readonly runText: (shell: Shell, text: string, manner: Manner, firstLine?: number) => Running<number>;
  readonly runFile: (shell: Shell, fd: number) => Running<number>;
  readonly runArguments: (shell: Shell, argv: readonly string[], withFunctions: boolean) => Running<number>;
}

export interface Shell {
  readonly dialect: Dialect;
  readonly interpreter: Interpreter;
  /** $0, and what error messages begin with. */
  name: string;
  /** $$: the main shell's, in subshells too. */
  readonly rootPid: number;
  readonly parentPid: number;
  /** Programs that this shell can run without an executable file: busybox's applets. */
  readonly applets: Applets | null;
  positional: readonly string[];
  readonly variables: Map<string, Variable>;
  /** Memory that the kernel gave for large values, by the variable's name. */
  readonly blocks: Map<string, { readonly address: number; readonly bytes: number }>;
  /** For each function under way, the variables that `local` hid. */
  readonly localScopes: Map<string, Variable | undefined>[];
  readonly functions: Map<string, ShellFunction>;
  readonly aliases: Map<string, Alias>;
  readonly options: Set<ShellOption>;
  /** $? */
  status: number;
  /** $! */
  backgroundPid: number | null;
  /** Status of the last command substitution of the command being expanded. */
  substitutionStatus: number;
  /** Condition (`EXIT`, `INT`) → action; an empty action ignores. */
  readonly traps: Map<string, string>;
  /** For each signal that this shell has looked at: whether it was ignored before the shell began, and stays so. */
  readonly signalModes: Map<SignalName, 'free' | 'hard ignored'>;
  /** Signals that came and whose trap has not run yet. */
  readonly caught: SignalName[];
  /** The terminal hit Ctrl-C while an interactive shell had no trap for it. */
  interrupted: boolean;
  readonly jobs: Job[];
  /** The controlling terminal's descriptor while job control is on. */
  terminal: number | null;
  isSubshell: boolean;
  /** The command under way is looked at by its caller, so `set -e` does not act in what it runs. */
  tested: boolean;
  /** Where the text comes from. */
  source: 'command string' | 'file' | 'terminal';
  unit: SourceUnit;
  /** Where the command under way begins in `unit`. */
  position: number;
  loopDepth: number;
  functionDepth: number;
  /** `getopts` within a bundled argument. */
  optionOffset: number;
  /** Next number for a descriptor put aside. */
  nextSaved: number;
  /** `exit` has warned of stopped jobs just before. */
  warnedOfJobs: boolean;
}

export interface Applets {
  readonly find: (name: string) => Applet | undefined;
}
/**
 * `nofork` runs in the shell's process, `noexec` in a fork of it, `exec` as a program of its own. As busybox's
 * applets.h marks them.
 */
export interface Applet {
  readonly main: Program;
  readonly kind: 'nofork' | 'noexec' | 'exec';
}

export interface ShellOptions {
  readonly dialect: Dialect;
  readonly interpreter: Interpreter;
  readonly applets: Applets | null;
  readonly name: string;
  readonly pid: number;
  readonly parentPid: number;
  readonly positional: readonly string[];
  readonly environment: Environment;
}

export function createShell(options: ShellOptions): Shell {
  const variables = new Map<string, Variable>();
  for (const [name, value] of Object.entries(options.environment)) {
    if (/^[A-Za-z_]\w*$/.test(name)) variables.set(name, { value, exported: true, readonly: false });
  }
  return {
    dialect: options.dialect,
    interpreter: options.interpreter,
    applets: options.applets,
    name: options.name,
    rootPid: options.pid,
    parentPid: options.parentPid,
    positional: options.positional,
    variables,
    blocks: new Map(),
    localScopes: [],
    functions: new Map(),
    aliases: new Map(),
    options: new Set(),
    status: 0,
    backgroundPid: null,
    substitutionStatus: 0,
    traps: new Map(),
    signalModes: new Map(),
    caught: [],
    interrupted: false,
    jobs: [],
    terminal: null,
    isSubshell: false,
    tested: false,
    source: 'file',
    unit: { text: '', firstLine: 1 },
    position: 0,
    loopDepth: 0,
    functionDepth: 0,
    optionOffset: 0,
    nextSaved: 11,
    warnedOfJobs: false,
  };
}

/**
 * What fork(2) does to a shell's memory: all is copied; but a subshell has no jobs, and its traps are reset by whoever
 * forks.
 */
export function copyShell(shell: Shell): Shell {
  return {
    ...shell,
    variables: new Map(shell.variables),
    blocks: new Map(shell.blocks),
    localScopes: shell.localScopes.map((scope) => new Map(scope)),
    functions: new Map(shell.functions),
    aliases: new Map(shell.aliases),
    options: new Set(shell.options),
    traps: new Map(shell.traps),
    signalModes: new Map(shell.signalModes),
    caught: [],
    jobs: [],
    isSubshell: true,
  };
}

/** Whether this shell talks to a person. */
export function isInteractive(shell: Shell): boolean {
  return shell.options.has('i') && !shell.isSubshell;
}

/** Number of the line on which the command under way begins. */
export function currentLine(shell: Shell): number {
  let line = shell.unit.firstLine;
  for (
    let at = shell.unit.text.indexOf('\n');
    at !== -1 && at < shell.position;
    at = shell.unit.text.indexOf('\n', at + 1)
  )
    line += 1;
  return line;
}
