/**
 * Terminals as programs see them: openpt, isatty, termios and the TIOC requests. Man pages: ioctl_tty(2),
 * tcsetpgrp(3).
 */
import { O, type TerminalModes } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Task, Thread } from '../kernel.ts';
import { recordCall } from '../record-call.ts';
import { wake } from '../scheduler.ts';
import { hostNumber, numberOf } from '../task/session.ts';
import { groupMembers } from '../task/groups.ts';
import { childOf } from '../vfs/dentry.ts';
import type { Devpts } from '../vfs/devpts.ts';
import { install, openFileOf, requireDescriptors } from '../vfs/file-table.ts';
import { followMounts, type Location } from '../vfs/mount.ts';
import { newOpenFile } from '../vfs/open-file.ts';
import { resolve } from '../vfs/vfs.ts';
import { createTerminal, isBackground, signalForeground, stopBackground, type Terminal } from './terminal.ts';

export const terminalCalls: CallTable = {
  openpt,
  // isatty(3) has no errors: of what is not open it says no.
  isatty: (_kernel, { task }, fd: number) => task.files.get(fd)?.file.object.kind === 'tty',
  tcgetattr: (_kernel, thread, fd: number): TerminalModes => terminalOf(thread, fd).modes,
  tcsetattr: (kernel, thread, fd: number, modes: Partial<TerminalModes>) => {
    const terminal = terminalOf(thread, fd);
    if (isBackground(thread.task, terminal)) stopUnlessDeaf(kernel, thread.task);
    terminal.modes = { ...terminal.modes, ...modes };
  },
  tcsetpgrp,
  tcgetpgrp: (kernel, thread, fd: number) => {
    const terminal = ownTerminal(thread, fd);
    return numberOf(kernel, thread.task, terminal.foreground);
  },
  tiocsctty: (_kernel, { task }, fd: number) => {
    const { object } = openFileOf(task, fd);
    if (object.kind !== 'tty') throw new Errno('ENOTTY');
    if (task.controllingTerminal === object.terminal && object.terminal.session === task.sid) return;
    if (task.sid !== task.pid || task.controllingTerminal !== null) throw new Errno('EPERM');
    if (object.terminal.session !== 0) throw new Errno('EPERM');
    takeTerminal(task, object.terminal);
  },
  tiocgwinsz: (_kernel, thread, fd: number) => {
    const { rows, columns } = terminalOf(thread, fd);
    return { rows, columns };
  },
  tiocswinsz: (kernel, thread, fd: number, rows: number, columns: number) =>
    resizeTerminal(kernel, terminalOf(thread, fd), rows, columns),
};

/** Sets the window's size; the foreground hears SIGWINCH when it has changed. */
export function resizeTerminal(kernel: Kernel, terminal: Terminal, rows: number, columns: number): void {
  if (terminal.rows === rows && terminal.columns === columns) return;
  terminal.rows = rows;
  terminal.columns = columns;
  if (terminal.isConsole) kernel.record({ type: 'terminal.resize', terminal: terminal.number, rows, columns });
  signalForeground(kernel, terminal, 'SIGWINCH');
}

/** The task's session gets the terminal, the task's group the foreground. */
export function takeTerminal(task: Task, terminal: Terminal): void {
  task.controllingTerminal = terminal;
  terminal.session = task.sid;
  terminal.foreground = task.pgid;
}

/** Opens ptmx: a new terminal, of the devpts instance to which it belongs. */
function openpt(kernel: Kernel, thread: Thread, path: string): { readonly master: number; readonly number: number } {
  requireDescriptors(thread);
  const location = resolve(kernel, thread, path);
  const master = openMaster(kernel, thread, location, O.RDWR, path);
  return { master: install(kernel, thread, master.file, true), number: master.terminal.number };
}

/** The open file of a new terminal's master. */
export function openMaster(kernel: Kernel, thread: Thread, ptmx: Location, flags: number, name: string) {
  const terminal = createTerminal(kernel, devptsBeside(kernel, thread, ptmx), thread.task.uid);
  const file = newOpenFile(kernel, flags, ptmx, name, { kind: 'tty', terminal, side: 'master' });
  recordCall(kernel, thread, 'openat', `"${name}", O_RDWR`, `pts/${terminal.number}`);
  return { terminal, file };
}

/**
 * The instance of a ptmx of devpts itself, or the one mounted at `pts` beside a device node. Linux:
 * devpts_acquire().
 */
function devptsBeside(kernel: Kernel, thread: Thread, ptmx: Location): Devpts {
  const { body } = ptmx.dentry.inode;
  if (body.type !== 'device' || body.major !== 5 || body.minor !== 2) throw new Errno('ENODEV');
  if (body.devpts !== undefined) return body.devpts;
  const directory = ptmx.dentry.parent;
  const pts = directory === null ? null : childOf({ kernel, thread }, directory, 'pts');
  const mounted = pts === null ? null : followMounts({ mount: ptmx.mount, dentry: pts }).dentry;
  const inner = mounted === null ? null : childOf({ kernel, thread }, mounted, 'ptmx')?.inode.body;
  if (inner?.type !== 'device' || inner.devpts === undefined) throw new Errno('ENODEV');
  return inner.devpts;
}

/** EPERM for a group of another session; SIGTTOU for a caller in the background. */
function tcsetpgrp(kernel: Kernel, thread: Thread, fd: number, pgid: number): void {
  const terminal = ownTerminal(thread, fd);
  const { task } = thread;
  const group = hostNumber(task.pidNamespace, pgid);
  if (group === undefined) throw new Errno('ESRCH');
  const members = groupMembers(kernel, group);
  if (members.some((member) => member.sid !== task.sid)) throw new Errno('EPERM');
  if (isBackground(task, terminal)) stopUnlessDeaf(kernel, task);
  terminal.foreground = group;
  wake(kernel, terminal.foregroundChanges);
}

/**
 * SIGTTOU stops the caller's group before its next step; a process that blocks or ignores it may go on. Linux:
 * tty_check_change().
 */
function stopUnlessDeaf(kernel: Kernel, task: Task): void {
  if (task.blocked.has('SIGTTOU') || task.actions.get('SIGTTOU')?.action === 'ignore') return;
  stopBackground(kernel, task, 'SIGTTOU');
}

function terminalOf(thread: Thread, fd: number): Terminal {
  const { object } = openFileOf(thread.task, fd);
  if (object.kind !== 'tty') throw new Errno('ENOTTY');
  return object.terminal;
}

/** ENOTTY unless it is the caller's controlling terminal, or its master. */
function ownTerminal(thread: Thread, fd: number): Terminal {
  const { object } = openFileOf(thread.task, fd);
  if (object.kind !== 'tty') throw new Errno('ENOTTY');
  if (object.side === 'slave' && object.terminal !== thread.task.controllingTerminal) throw new Errno('ENOTTY');
  return object.terminal;
}
