/** Traps: what a shell does on a signal or at its end. */
import { signalName, signalNumbers, type Running, type SignalName } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { FunctionReturn, ShellExit } from './flow.ts';
import { isInteractive, plainly, type Shell } from './shell.ts';

/** `INT`, `SIGINT`, `2`, `EXIT`, `0` → the name that traps are kept by; undefined for none. */
export function conditionOf(text: string): string | undefined {
  if (text === '0' || text === 'EXIT') return 'EXIT';
  if (/^[0-9]+$/.test(text)) return signalName(Number(text))?.slice(3);
  const name = text.toUpperCase().replace(/^SIG/, '');
  return `SIG${name}` in signalNumbers ? name : undefined;
}

/** Sets, ignores (empty action) or, with null, resets the trap for a condition. */
export function* setTrap(shell: Shell, condition: string, action: string | null): Running<void> {
  if (action === null) shell.traps.delete(condition);
  else shell.traps.set(condition, action);
  if (condition === 'EXIT') return;
  yield* applySignal(shell, `SIG${condition}` as SignalName);
}

/** Tells the kernel what this shell does on a signal, by its trap and by whether it is interactive. */
export function* applySignal(shell: Shell, signal: SignalName): Running<void> {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') return;
  const action = shell.traps.get(signal.slice(3));
  if (action === '') yield* sys.sigaction(signal, 'ignore');
  else if (action !== undefined) yield* sys.sigaction(signal, () => remember(shell, signal), false);
  else if (signal === 'SIGINT' && mindsInterrupts(shell))
    yield* sys.sigaction(signal, () => noteInterrupt(shell), false);
  else if (ignores(shell, signal)) yield* sys.sigaction(signal, 'ignore');
  else yield* sys.sigaction(signal, 'default');
}

/**
 * Pid 1 of a namespace hears SIGINT only when it catches it, as dash and ash do (trap.c, setsignal()); any other shell
 * the default action ends just the same. Recorded: native 21, exit code 130.
 */
function mindsInterrupts(shell: Shell): boolean {
  return isInteractive(shell) || shell.rootPid === 1;
}

const ignoredByInteractive: ReadonlySet<SignalName> = new Set(['SIGQUIT', 'SIGTERM', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);
const ignoredWithJobControl: ReadonlySet<SignalName> = new Set(['SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

function ignores(shell: Shell, signal: SignalName): boolean {
  if (shell.isSubshell) return false;
  return ignoredWithJobControl.has(signal)
    ? shell.options.has('m') || isInteractive(shell)
    : isInteractive(shell) && ignoredByInteractive.has(signal);
}

/** An interactive shell's own signals. */
export function* becomeInteractive(shell: Shell): Running<void> {
  for (const signal of ['SIGINT', ...ignoredByInteractive] as const) yield* applySignal(shell, signal);
}

/** In a fork: traps are reset, but ignored signals stay ignored (POSIX, 2.12). */
export function* resetTraps(shell: Shell, parent: Shell): Running<void> {
  for (const [condition, action] of parent.traps) {
    if (action === '') continue;
    shell.traps.delete(condition);
    if (condition !== 'EXIT') yield* sys.sigaction(`SIG${condition}` as SignalName, 'default');
  }
  if (parent.rootPid === 1 && !shell.traps.has('INT')) yield* sys.sigaction('SIGINT', 'default');
  if (!isInteractive(parent) && !parent.options.has('m')) return;
  for (const signal of ['SIGINT', ...ignoredByInteractive] as const) {
    if (shell.traps.get(signal.slice(3)) !== '') yield* sys.sigaction(signal, 'default');
  }
}

function* remember(shell: Shell, signal: SignalName): Running<void> {
  shell.caught.push(signal);
}

function* noteInterrupt(shell: Shell): Running<void> {
  shell.interrupted = true;
}

/** Runs the actions of the signals that came. $? is afterwards what it was before. */
export function* runTraps(shell: Shell): Running<void> {
  for (let signal = shell.caught.shift(); signal !== undefined; signal = shell.caught.shift()) {
    const action = shell.traps.get(signal.slice(3));
    if (action === undefined || action === '') continue;
    const status = shell.status;
    yield* shell.interpreter.runText(shell, action, plainly);
    shell.status = status;
  }
}

/** The EXIT trap, once; its own `exit N` decides the status. */
export function* runExitTrap(shell: Shell, status: number): Running<number> {
  const action = shell.traps.get('EXIT');
  if (action === undefined || action === '') return status;
  shell.traps.delete('EXIT');
  shell.status = status;
  try {
    yield* shell.interpreter.runText(shell, action, plainly);
  } catch (error) {
    if (error instanceof ShellExit || error instanceof FunctionReturn) return error.status;
    throw error;
  }
  return status;
}
