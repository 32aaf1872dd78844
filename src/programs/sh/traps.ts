/** Traps: what a shell does on a signal or at its end. */
import {
  signalName,
  signalNumbers,
  type Running,
  type SignalAction,
  type SignalHandler,
  type SignalName,
} from '../../kernel/abi.ts';
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

/** What both shells list traps by: the signal's number, 0 for EXIT. */
export function conditionNumber(condition: string): number {
  return condition === 'EXIT' ? 0 : signalNumbers[`SIG${condition}` as SignalName];
}

/** Sets, ignores (empty action) or, with null, resets the trap for a condition. */
export function* setTrap(shell: Shell, condition: string, action: string | null): Running<void> {
  if (action === null) shell.traps.delete(condition);
  else shell.traps.set(condition, action);
  if (condition === 'EXIT') return;
  yield* applySignal(shell, `SIG${condition}` as SignalName);
}

/**
 * Tells the kernel what this shell does on a signal, by its trap and by what kind of shell it is. dash and ash: trap.c,
 * setsignal().
 */
export function* applySignal(shell: Shell, signal: SignalName): Running<void> {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') return;
  const mode = shell.signalModes.get(signal);
  if (mode === 'hard ignored') return;
  const { action, restart } = wantedAction(shell, signal);
  const before = yield* sys.sigaction(signal, action, restart);
  if (mode !== undefined) return;
  // POSIX, 2.11: what was ignored when the shell began cannot be trapped.
  const isHard = before === 'ignore' && !(shell.options.has('m') && ignoredWithJobControl.includes(signal));
  shell.signalModes.set(signal, isHard ? 'hard ignored' : 'free');
  if (isHard && action !== 'ignore') yield* sys.sigaction(signal, 'ignore');
}

function wantedAction(shell: Shell, signal: SignalName): { readonly action: SignalAction; readonly restart: boolean } {
  const trap = shell.traps.get(signal.slice(3));
  if (trap !== undefined && trap !== '') return { action: handlerOf(shell), restart: false };
  // Even with `trap '' CHLD`. The shells begin an interrupted call again, so nothing is interrupted here.
  if (signal === 'SIGCHLD') return { action: handlerOf(shell), restart: true };
  if (trap === '') return { action: 'ignore', restart: true };
  if (signal === 'SIGINT' && mindsInterrupts(shell)) return { action: handlerOf(shell), restart: false };
  return { action: ignores(shell, signal) ? 'ignore' : 'default', restart: true };
}

/** All but a shell that reads its script from standard input catch SIGINT: they wait for the foreground job first. */
export function mindsInterrupts(shell: Shell): boolean {
  return isInteractive(shell) || (shell.source !== 'terminal' && !shell.options.has('s'));
}

const ignoredByInteractive: readonly SignalName[] = ['SIGQUIT', 'SIGTERM'];
/** SIGTTIN is not among them: a shell in the background is stopped when it reads. */
const ignoredWithJobControl: readonly SignalName[] = ['SIGTSTP', 'SIGTTOU'];

function ignores(shell: Shell, signal: SignalName): boolean {
  if (shell.isSubshell) return false;
  return (
    (isInteractive(shell) && ignoredByInteractive.includes(signal)) ||
    (shell.options.has('m') && ignoredWithJobControl.includes(signal))
  );
}

/** An interactive shell's own signals. */
export function* becomeInteractive(shell: Shell): Running<void> {
  for (const signal of ['SIGINT', ...ignoredByInteractive] satisfies readonly SignalName[])
    yield* applySignal(shell, signal);
}

/** Those that go with job control. */
export function* applyJobControl(shell: Shell): Running<void> {
  for (const signal of ignoredWithJobControl) yield* applySignal(shell, signal);
}

/** In a fork: traps are reset, but ignored signals stay ignored (POSIX, 2.12). */
export function* resetTraps(shell: Shell, parent: Shell): Running<void> {
  const changed = new Set<SignalName>();
  // Not the parent's, which may have let go of them since the fork.
  for (const [condition, action] of [...shell.traps]) {
    if (action === '') continue;
    shell.traps.delete(condition);
    if (condition !== 'EXIT') changed.add(`SIG${condition}` as SignalName);
  }
  if (mindsInterrupts(parent)) changed.add('SIGINT');
  if (isInteractive(parent)) for (const signal of ignoredByInteractive) changed.add(signal);
  if (parent.options.has('m')) for (const signal of ignoredWithJobControl) changed.add(signal);
  for (const signal of changed) yield* applySignal(shell, signal);
}

/** A SIGINT that nothing holds back ends a shell by itself; an init, which does not hear it, goes on. onint(). */
export function* raiseInterrupt(): Running<void> {
  yield* sys.sigaction('SIGINT', 'default');
  yield* sys.kill(yield* sys.getpid(), 'SIGINT');
}

export function* dieOfInterrupt(): Running<never> {
  yield* raiseInterrupt();
  return yield* sys.exit(128 + signalNumbers.SIGINT);
}

/**
 * What a shell does at once on a signal that it catches: notes it in its memory. A fork that has not reset its traps
 * yet notes it in its own, where no trap is left when the note is looked at; so do dash and ash. trap.c, onsig().
 */
export function handlerOf(shell: Shell): SignalHandler {
  return function* note(signal): Running<void> {
    const trap = shell.traps.get(signal.slice(3));
    if (trap !== undefined && trap !== '') shell.caught.push(signal);
    else if (signal === 'SIGINT') shell.interrupted = true;
  };
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
