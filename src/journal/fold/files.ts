import type { DescriptorFact, InputFact, Stamp, StreamFact } from '../event.ts';
import { lookUp, withEntry, withoutEntry } from '../table.ts';
import type { OpenDescriptor, TaskState, TerminalState } from '../world.ts';
import { changeTask, type Draft } from './draft.ts';

/** Descriptor tables. */
export function foldDescriptor(draft: Draft, event: DescriptorFact & Stamp): void {
  const task = lookUp(draft.tasks, event.pid);
  if (task === undefined) return;
  if (event.type === 'fd.close') {
    return changeTask(draft, event.pid, { files: withoutEntry(task.files, event.fd) });
  }
  const descriptor = openedBy(task, event);
  if (descriptor === undefined) return;
  changeTask(draft, event.pid, { files: withEntry(task.files, event.fd, descriptor) });
}

function openedBy(task: TaskState, event: Exclude<DescriptorFact, { type: 'fd.close' }>): OpenDescriptor | undefined {
  const { fd, closeOnExec } = event;
  if (event.type === 'fd.open') return { fd, file: event.file, closeOnExec };
  const source = lookUp(task.files, event.type === 'fd.duplicate' ? event.from : fd);
  return source === undefined ? undefined : { fd, file: source.file, closeOnExec };
}

/** Bytes in pipes and on terminals. */
export function foldStream(draft: Draft, event: (StreamFact | InputFact) & Stamp): void {
  switch (event.type) {
    case 'stream.write': {
      const pipe = pipeAt(draft, event.inode);
      const bytes = event.bytes ?? event.data.length;
      draft.pipes = withEntry(draft.pipes, event.inode, {
        ...pipe,
        level: pipe.level + bytes,
        written: pipe.written + bytes,
        lastWriter: event.pid,
      });
      return;
    }
    case 'stream.read': {
      const pipe = pipeAt(draft, event.inode);
      const level = Math.max(0, pipe.level - event.bytes);
      draft.pipes = withEntry(draft.pipes, event.inode, { ...pipe, level, lastReader: event.pid });
      return;
    }
    case 'terminal.output': {
      const { outputLength } = terminalAt(draft, event.terminal);
      return changeTerminal(draft, event.terminal, { outputLength: outputLength + event.data.length });
    }
    case 'terminal.input': {
      const { inputLength } = terminalAt(draft, event.terminal);
      return changeTerminal(draft, event.terminal, { inputLength: inputLength + event.data.length });
    }
    case 'terminal.resize':
      return changeTerminal(draft, event.terminal, { rows: event.rows, columns: event.columns });
    case 'input':
      // What a person did is told by the terminal's own facts; the terminal is there from its opening on.
      return changeTerminal(draft, event.terminal, {});
  }
}

function pipeAt(draft: Draft, inode: number) {
  return lookUp(draft.pipes, inode) ?? { inode, level: 0, written: 0, lastWriter: 0, lastReader: 0 };
}

function terminalAt(draft: Draft, terminal: number): TerminalState {
  return lookUp(draft.terminals, terminal) ?? { terminal, outputLength: 0, inputLength: 0, rows: 24, columns: 80 };
}

function changeTerminal(draft: Draft, terminal: number, changes: Partial<TerminalState>): void {
  draft.terminals = withEntry(draft.terminals, terminal, { ...terminalAt(draft, terminal), ...changes });
}
