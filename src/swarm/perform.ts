/** What a user does: a line in a shell of the host, or keys at a terminal. */
import type { Machine } from '../host/machine.ts';

export const secondNs = 1_000_000_000;

export interface Performed {
  /** Null: it goes on. */
  readonly exitCode: number | null;
  /** Of its standard output, so far. */
  readonly output: string;
  readonly kill: () => void;
}

/** What somebody sits at; another one once its shell has ended. */
interface Window {
  readonly terminal: number;
  readonly shell: ReturnType<Machine['openTerminal']>;
}

const windows = new WeakMap<Machine, Window>();
const keys = 'keys: ';
/** As fast as somebody types who has no restraint. */
const keysNs = 0.3 * secondNs;

/** What is typed: `\n` is Enter, `\x10` Ctrl-P. */
function typeKeys(machine: Machine, text: string): void {
  const last = windows.get(machine);
  const isOpen = last !== undefined && last.shell.exitCode() === null;
  const terminal = isOpen ? last.terminal : (last?.terminal ?? 0) + 1;
  if (!isOpen) windows.set(machine, { terminal, shell: machine.openTerminal(terminal, 24, 80) });
  const typed = text.replace(/\\x(..)|\\n/g, (_, code?: string) =>
    code === undefined ? '\r' : String.fromCharCode(Number.parseInt(code, 16)),
  );
  machine.advance(machine.nowNs() + keysNs);
  machine.input(terminal, typed);
  machine.advance(machine.nowNs() + keysNs);
}

/** The window is closed. */
export function hangUp(machine: Machine): void {
  const last = windows.get(machine);
  if (last !== undefined) machine.closeTerminal(last.terminal);
}

/**
 * Runs a line until its end, or as long as patience lasts. `keys: TEXT` is typed at a terminal, and `hang up` closes
 * its window.
 */
export function perform(machine: Machine, line: string, patienceNs: number): Performed {
  if (line.startsWith(keys)) typeKeys(machine, line.slice(keys.length));
  else if (line === 'hang up') hangUp(machine);
  else return runLine(machine, line, patienceNs);
  return { exitCode: 0, output: '', kill: () => {} };
}

function runLine(machine: Machine, line: string, patienceNs: number): Performed {
  let output = '';
  const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', line] }, (fd, data) => {
    if (fd === 1) output += data;
  });
  machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + patienceNs);
  return { exitCode: shell.exitCode(), output, kill: () => shell.kill('SIGKILL') };
}
