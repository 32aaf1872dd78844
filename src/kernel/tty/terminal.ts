/**
 * Pseudo terminals: a master, and a slave that behaves like a terminal. Man pages: pty(7), tty(4); Linux:
 * drivers/tty/pty.c.
 */
import type { TerminalModes } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { Kernel, Task, Thread } from '../kernel.ts';
import { wake } from '../scheduler.ts';
import { isOrphanedGroup } from '../task/orphaned-group.ts';
import { groupMembers } from '../task/groups.ts';
import { sendSignal } from '../task/signal.ts';
import { addSlave, freeNumber, removeSlave, type Devpts } from '../vfs/devpts.ts';
import { notYet, sleepUntil, waitQueue, type Sleep, type WaitQueue } from '../wait.ts';
import { receive } from './line-discipline.ts';

export interface Terminal {
  /** N of /dev/pts/N. */
  readonly number: number;
  readonly inode: number;
  readonly devpts: Devpts;
  /** One of the machine's own, whose master is a person's window: its bytes are terminal.input and terminal.output. */
  readonly isConsole: boolean;
  modes: TerminalModes;
  /** TOSTOP: background processes may not write either. */
  stopsWriters: boolean;
  rows: number;
  columns: number;
  /** The line that is being edited, in canonical mode. */
  line: string;
  /** What the slave may read: whole lines in canonical mode, where '' is an end of file (^D). */
  readonly input: string[];
  /** What the master may read. */
  output: string;
  /** Session and foreground group, by the host's pids; 0: none. */
  session: number;
  foreground: number;
  /** Open files of each side. */
  masters: number;
  slaves: number;
  /** A slave was open once: when none is any more, the master reads EIO. */
  wasOpened: boolean;
  hungUp: boolean;
  readonly slaveReadable: WaitQueue;
  readonly masterReadable: WaitQueue;
  /** Woken when another group comes to the foreground. */
  readonly foregroundChanges: WaitQueue;
}

const cooked: TerminalModes = { canonical: true, echo: true, signals: true, outputCrLf: true, inputCrToNl: true };

/** A new pty; its slave appears in `devpts`. The master counts as open. */
export function createTerminal(
  kernel: Kernel,
  devpts: Devpts,
  uid: number,
  options: { readonly console?: number } = {},
): Terminal {
  // A number of the kernel's own, so that the terminals of two devpts instances are not taken for one.
  const inode = kernel.nextInode;
  kernel.nextInode += 1;
  const terminal: Terminal = {
    number: options.console ?? freeNumber(devpts),
    inode,
    devpts,
    isConsole: options.console !== undefined,
    modes: cooked,
    stopsWriters: false,
    rows: options.console === undefined ? 0 : 24,
    columns: options.console === undefined ? 0 : 80,
    line: '',
    input: [],
    output: '',
    session: 0,
    foreground: 0,
    masters: 1,
    slaves: 0,
    wasOpened: false,
    hungUp: false,
    slaveReadable: waitQueue(),
    masterReadable: waitQueue(),
    foregroundChanges: waitQueue(),
  };
  addSlave(devpts, terminal, uid, kernel.nowNs);
  return terminal;
}

/** A terminal of the machine itself: the slave is /dev/pts/`number`, the master is held by no task. */
export function createConsole(kernel: Kernel, number: number): Terminal {
  const terminal = createTerminal(kernel, kernel.vfs.devpts, 0, { console: number });
  kernel.terminals.set(number, terminal);
  return terminal;
}

/** Bytes from the master's side: what a person types. */
export function writeToMaster(kernel: Kernel, terminal: Terminal, data: string): void {
  if (terminal.isConsole) kernel.record({ type: 'terminal.input', terminal: terminal.number, data });
  const heard = receive(terminal, data);
  emit(kernel, terminal, heard.echo);
  for (const signal of heard.signals) signalForeground(kernel, terminal, signal);
  if (terminal.input.length > 0) wake(kernel, terminal.slaveReadable);
}

/** What the slave's side or the echo says, on its way to the master. */
export function emit(kernel: Kernel, terminal: Terminal, text: string): void {
  if (text === '') return;
  if (terminal.isConsole) {
    kernel.record({ type: 'terminal.output', terminal: terminal.number, data: text });
    return;
  }
  terminal.output += text;
  wake(kernel, terminal.masterReadable);
}

export function signalForeground(
  kernel: Kernel,
  terminal: Terminal,
  signal: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP' | 'SIGWINCH' | 'SIGHUP',
): void {
  if (terminal.foreground === 0) return;
  for (const task of groupMembers(kernel, terminal.foreground)) sendSignal(kernel, null, task, signal);
}

/** read(2) on the slave. EIO after a hang-up of the line is an end of file there; SIGTTIN for a background process. */
export function readSlave(
  kernel: Kernel,
  thread: Thread,
  terminal: Terminal,
  count: number,
  nonBlocking: boolean,
): string | Sleep<string> {
  return sleepUntil([terminal.slaveReadable, terminal.foregroundChanges], () => {
    if (terminal.hungUp) return '';
    if (isBackground(thread.task, terminal)) {
      // A stopped reader that is continued in the background tries again, and stops again.
      stopBackground(kernel, thread.task, 'SIGTTIN');
      return notYet;
    }
    const first = terminal.input.shift();
    if (first === undefined) {
      if (nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    const data = first.slice(0, count);
    if (data.length < first.length) terminal.input.unshift(first.slice(count));
    kernel.record({ type: 'stream.read', pid: thread.task.pid, inode: terminal.inode, bytes: data.length });
    return data;
  });
}

/** write(2) on the slave. EIO when the master is gone; SIGTTOU for a background process where TOSTOP is set. */
export function writeSlave(kernel: Kernel, thread: Thread, terminal: Terminal, data: string): number {
  if (terminal.hungUp) throw new Errno('EIO');
  kernel.record({ type: 'stream.write', pid: thread.task.pid, inode: terminal.inode, data });
  emit(kernel, terminal, terminal.modes.outputCrLf ? data.replaceAll('\n', '\r\n') : data);
  return data.length;
}

/** read(2) on the master. EIO once every slave is closed and all is read. */
export function readMaster(
  kernel: Kernel,
  thread: Thread,
  terminal: Terminal,
  count: number,
  nonBlocking: boolean,
): string | Sleep<string> {
  return sleepUntil([terminal.masterReadable], () => {
    if (terminal.output === '') {
      if (terminal.wasOpened && terminal.slaves === 0) throw new Errno('EIO');
      if (nonBlocking) throw new Errno('EAGAIN');
      return notYet;
    }
    const data = terminal.output.slice(0, count);
    terminal.output = terminal.output.slice(count);
    kernel.record({ type: 'stream.read', pid: thread.task.pid, inode: terminal.inode, bytes: data.length });
    return data;
  });
}

export function writeMaster(kernel: Kernel, thread: Thread, terminal: Terminal, data: string): number {
  kernel.record({ type: 'stream.write', pid: thread.task.pid, inode: terminal.inode, data });
  writeToMaster(kernel, terminal, data);
  return data.length;
}

export function openSlave(terminal: Terminal): void {
  if (terminal.hungUp) throw new Errno('EIO');
  terminal.slaves += 1;
  terminal.wasOpened = true;
}

export function closeSlave(kernel: Kernel, terminal: Terminal): void {
  terminal.slaves -= 1;
  if (terminal.slaves === 0) wake(kernel, terminal.masterReadable);
}

/**
 * The last master is closed: the line hangs up. SIGHUP and SIGCONT to the session's leader and the foreground;
 * reads end, writes fail.
 */
export function closeMaster(kernel: Kernel, terminal: Terminal): void {
  terminal.masters -= 1;
  if (terminal.masters > 0) return;
  terminal.hungUp = true;
  removeSlave(terminal.devpts, terminal.number);
  if (terminal.isConsole) kernel.terminals.delete(terminal.number);
  const { session } = terminal;
  const leader = session === 0 ? undefined : kernel.tasks.get(session);
  if (leader !== undefined) {
    sendSignal(kernel, null, leader, 'SIGHUP');
    sendSignal(kernel, null, leader, 'SIGCONT');
  }
  if (terminal.foreground !== session) signalForeground(kernel, terminal, 'SIGHUP');
  loseSession(kernel, terminal);
  wake(kernel, terminal.slaveReadable);
}

/**
 * The session's leader ends: the foreground gets SIGHUP, and nobody of the session has a terminal any more. Linux:
 * disassociate_ctty().
 */
export function hangUpSession(kernel: Kernel, leader: Task): void {
  const terminal = leader.controllingTerminal;
  if (terminal === null || terminal.session !== leader.sid) return;
  for (const task of groupMembers(kernel, terminal.foreground)) {
    if (task === leader) continue;
    sendSignal(kernel, null, task, 'SIGHUP');
    sendSignal(kernel, null, task, 'SIGCONT');
  }
  loseSession(kernel, terminal);
}

/** Whether the task's reads of its own terminal must stop it. */
export function isBackground(task: Task, terminal: Terminal): boolean {
  return task.controllingTerminal === terminal && terminal.foreground !== 0 && task.pgid !== terminal.foreground;
}

/**
 * Stops the group of a background process; EIO when it has made itself deaf to that, or nobody could continue it.
 * Linux: __tty_check_change().
 */
export function stopBackground(kernel: Kernel, task: Task, signal: 'SIGTTIN' | 'SIGTTOU'): void {
  if (task.blocked.has(signal) || task.actions.get(signal)?.action === 'ignore') throw new Errno('EIO');
  if (isOrphanedGroup(kernel, task.pgid)) throw new Errno('EIO');
  for (const member of groupMembers(kernel, task.pgid)) sendSignal(kernel, null, member, signal);
}

function loseSession(kernel: Kernel, terminal: Terminal): void {
  for (const task of kernel.tasks.values()) {
    if (task.controllingTerminal === terminal) task.controllingTerminal = null;
  }
  terminal.session = 0;
  terminal.foreground = 0;
}
