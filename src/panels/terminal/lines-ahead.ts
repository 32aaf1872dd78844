import type { JournalEvent } from '../../journal/event.ts';

/** A line that was typed before its prompt came, and is read there: it was echoed long ago, amid what ran then. */
export interface LineAhead {
  /** Seq of the event from which on it is shown: with which the shell has read it, or the prompt has come. */
  readonly read: number;
  /** How much output stands before it: all up to the prompt. */
  readonly at: number;
  /** With its end, or only begun. */
  readonly line: string;
}

/** A terminal's line discipline as far as a typist sees it: lines that wait to be read, and the one that is begun. */
interface Waiting {
  lines: string[];
  begun: string;
  length: number;
  /** Whether the last that came is a prompt. */
  isPrompted: boolean;
  readonly ahead: LineAhead[];
}

/**
 * Finds the lines that were typed ahead, of a journal's events in order. What is read at a prompt that nothing has been
 * echoed behind was typed before; a read of another length is no line's, but a program's that takes keys as they come.
 *
 * termios(3), canonical mode: VERASE, VKILL, and the signal keys, which throw away what waits.
 */
export function createLinesAhead(isAtPrompt: (output: string) => boolean) {
  const terminals = new Map<number, Waiting>();
  const numbers = new Map<number, number>();
  const waitingOf = (terminal: number): Waiting => {
    const known = terminals.get(terminal) ?? { lines: [], begun: '', length: 0, isPrompted: false, ahead: [] };
    terminals.set(terminal, known);
    return known;
  };
  return {
    of: (terminal: number): readonly LineAhead[] => terminals.get(terminal)?.ahead ?? [],
    pass: (event: JournalEvent): void => {
      switch (event.type) {
        case 'fd.open': {
          const number = event.file.kind === 'tty' ? /^\/dev\/pts\/(\d+)$/.exec(event.file.name)?.[1] : undefined;
          if (number !== undefined) numbers.set(event.file.inode, Number(number));
          return;
        }
        case 'input':
          if (event.action === 'data') for (const key of event.data) press(waitingOf(event.terminal), key);
          return;
        case 'terminal.output': {
          const waiting = waitingOf(event.terminal);
          waiting.length += event.data.length;
          waiting.isPrompted = isAtPrompt(event.data);
          // What is begun goes on behind the prompt: readline shows it there once more.
          const { begun: line, lines, isPrompted, length: at } = waiting;
          if (isPrompted && line !== '' && lines.length === 0) waiting.ahead.push({ read: event.seq, at, line });
          return;
        }
        case 'stream.read': {
          const terminal = numbers.get(event.inode);
          if (terminal !== undefined) read(waitingOf(terminal), event);
          return;
        }
        default:
      }
    },
  };
}

function press(waiting: Waiting, key: string): void {
  if (key === '\r' || key === '\n') {
    waiting.lines.push(waiting.begun);
    waiting.begun = '';
  } else if (key === '\x7f') waiting.begun = waiting.begun.slice(0, -1);
  else if (key === '\x15') waiting.begun = '';
  else if (/[\x03\x1a\x1c]/.test(key)) [waiting.lines, waiting.begun] = [[], ''];
  else waiting.begun += key;
}

function read(waiting: Waiting, { seq, bytes }: { readonly seq: number; readonly bytes: number }): void {
  const { length, isPrompted, ahead } = waiting;
  const line = waiting.lines.shift();
  if (line === undefined || line.length + 1 !== bytes) [waiting.lines, waiting.begun] = [[], ''];
  else if (isPrompted) ahead.push({ read: seq, at: length, line: `${line}\r\n` });
  waiting.isPrompted = false;
}
