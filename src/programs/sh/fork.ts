/** Forking a copy of the shell. */
import { O, signalNumbers, type Running } from '../../kernel/abi.ts';
import { isErrno, type ErrnoName } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { FunctionReturn, Interrupt, LoopJump, ShellError, ShellExit } from './flow.ts';
import { giveTerminal } from './job-control.ts';
import { reportError } from './report-error.ts';
import { copyShell, type Shell } from './shell.ts';
import { handlerOf, raiseInterrupt, resetTraps, runExitTrap } from './traps.ts';

export interface ForkOptions {
  /** The process group to join, 0 to lead a new one; null without job control. */
  readonly pgid: number | null;
  /** Gets the terminal. */
  readonly foreground: boolean;
}

/** Forks; the child runs `body` with a copy of the shell's memory as it is now. Returns the child's pid. */
export function* forkShell(shell: Shell, options: ForkOptions, body: (child: Shell) => Running): Running<number> {
  const child = copyShell(shell);
  const terminal = shell.terminal;
  child.terminal = null;
  child.options.delete('m');
  try {
    const pid = yield* sys.fork(function* (): Running {
      if (options.pgid !== null) yield* joinGroup(0, options.pgid);
      return yield* runToEnd(child, function* () {
        if (options.pgid !== null && options.foreground && terminal !== null) {
          // The shell ignores SIGTTOU, and so does its child until here.
          const pgid = options.pgid === 0 ? yield* sys.getpid() : options.pgid;
          yield* giveTerminal(shell.dialect, terminal, pgid);
        }
        yield* resetTraps(child, shell);
        return yield* body(child);
      });
    }, handlerOf(child));
    if (options.pgid !== null) yield* joinGroup(pid, options.pgid);
    return pid;
  } catch (error) {
    if (isErrno(error, 'EAGAIN', 'ENOMEM')) throw new ShellError(shell.dialect.cannotFork(error.errno));
    throw error;
  }
}

/**
 * A pipe. Throws a ShellError when there can be no more of them: evalpipe() has closed `from`, what the part before
 * writes to, by then, and busybox's perror() tells how that went.
 */
export function* makePipe(
  shell: Shell,
  flags: number = O.CLOEXEC,
  from?: number,
): Running<readonly [reader: number, writer: number]> {
  try {
    return yield* sys.pipe2(flags);
  } catch (error) {
    if (!isErrno(error, 'EMFILE')) throw error;
    const errno = (from === undefined ? null : yield* errnoOfClosing(from)) ?? error.errno;
    throw new ShellError(shell.dialect.cannotPipe(errno));
  }
}

function* errnoOfClosing(fd: number): Running<ErrnoName | null> {
  try {
    yield* sys.close(fd);
    return null;
  } catch (error) {
    if (isErrno(error)) return error.errno;
    throw error;
  }
}

/** Both sides do this, since either may run first; the second finds it done, or the child gone or exec'd. */
function* joinGroup(pid: number, pgid: number): Running<void> {
  try {
    yield* sys.setpgid(pid, pgid);
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

/** Runs a shell process's outermost command: whatever leaves it becomes its exit code, after the EXIT trap. */
export function* runToEnd(shell: Shell, body: () => Running): Running<number> {
  let status: number;
  try {
    status = yield* body();
  } catch (error) {
    if (error instanceof ShellExit || error instanceof FunctionReturn) status = error.status;
    else if (error instanceof Interrupt) {
      yield* raiseInterrupt();
      status = 128 + signalNumbers.SIGINT;
    } else if (error instanceof LoopJump) status = 0;
    else if (error instanceof ShellError) {
      yield* reportError(shell, error.message, error.command);
      status = error.status;
    } else throw error;
  }
  try {
    return yield* runExitTrap(shell, status);
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    yield* reportError(shell, error.message, error.command);
    return error.status;
  }
}
