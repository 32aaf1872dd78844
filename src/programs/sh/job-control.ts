/** `set -m`: jobs in process groups of their own, one of which has the terminal. dash: src/jobs.c, setjobctl(). */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { Dialect } from './dialect.ts';
import { ShellError } from './flow.ts';
import type { Shell } from './shell.ts';
import { applyJobControl } from './traps.ts';

/** Where the shell keeps the terminal. */
const terminalFd = 10;

/** What both shells say where there is no terminal. */
export const noTerminal = "can't access tty; job control turned off";

/** Its own process group in the terminal's foreground. False where there is no terminal: then `m` is off again. */
export function* takeTerminal(shell: Shell): Running<boolean> {
  try {
    const fd = yield* sys.open('/dev/tty', O.RDWR);
    yield* sys.dup(fd, terminalFd, true);
    if (fd !== terminalFd) yield* sys.close(fd);
    shell.options.add('m');
    yield* applyJobControl(shell);
    const pid = yield* sys.getpid();
    if ((yield* sys.getsid(0)) !== pid) yield* sys.setpgid(0, pid);
    yield* sys.tcsetpgrp(terminalFd, pid);
    shell.terminal = terminalFd;
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    shell.options.delete('m');
    return false;
  }
}

/** Puts a group into the foreground. Throws a ShellError where the terminal has hung up. dash: jobs.c, xtcsetpgrp(). */
export function* giveTerminal(dialect: Dialect, terminal: number, pgid: number): Running<void> {
  try {
    yield* sys.tcsetpgrp(terminal, pgid);
  } catch (error) {
    if (isErrno(error)) throw new ShellError(dialect.cannotGiveTerminal(error.errno));
    throw error;
  }
}

/** `set +m`. */
export function* leaveTerminal(shell: Shell): Running<void> {
  if (shell.terminal === null) return;
  yield* sys.close(shell.terminal);
  shell.terminal = null;
  yield* applyJobControl(shell);
}
