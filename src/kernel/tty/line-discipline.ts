/** N_TTY: what becomes of typed bytes. Man page: termios(3); Linux: drivers/tty/n_tty.c. */
import type { Terminal } from './terminal.ts';

interface Heard {
  /** What goes back to the master. */
  readonly echo: string;
  readonly signals: readonly ('SIGINT' | 'SIGQUIT' | 'SIGTSTP')[];
}

const signalKeys: Readonly<Record<string, 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'>> = {
  '\x03': 'SIGINT',
  '\x1c': 'SIGQUIT',
  '\x1a': 'SIGTSTP',
};

/** Takes typed bytes: edits the line, or hands them on as they are in raw mode. */
export function receive(terminal: Terminal, data: string): Heard {
  const { modes } = terminal;
  const signals: ('SIGINT' | 'SIGQUIT' | 'SIGTSTP')[] = [];
  let echo = '';
  let raw = '';
  for (const typed of data) {
    const char = typed === '\r' && modes.inputCrToNl ? '\n' : typed;
    const signal = modes.signals ? signalKeys[char] : undefined;
    if (signal !== undefined) {
      signals.push(signal);
      // Linux flushes what was typed but not read.
      terminal.line = '';
      terminal.input.length = 0;
      raw = '';
      if (modes.echo) echo += shown(char);
    } else if (modes.canonical) {
      echo += edit(terminal, char);
    } else {
      raw += char;
      if (modes.echo) echo += newlines(terminal, char === '\n' ? char : shown(char));
    }
  }
  if (raw !== '') terminal.input.push(raw);
  return { echo, signals };
}

/** One byte into the line that is being edited; returns the echo. */
function edit(terminal: Terminal, char: string): string {
  const { echo } = terminal.modes;
  switch (char) {
    case '\x7f':
    case '\b':
      return erase(terminal, terminal.line === '' ? 0 : lastCharacter(terminal.line));
    case '\x15':
      return erase(terminal, terminal.line.length);
    case '\x17':
      return erase(terminal, (/[^\s]*\s*$/.exec(terminal.line)?.[0] ?? '').length);
    case '\x04':
      // End of file on an empty line, else the line as it is, without a newline.
      terminal.input.push(terminal.line);
      terminal.line = '';
      return '';
    case '\n':
      terminal.input.push(`${terminal.line}\n`);
      terminal.line = '';
      return echo ? newlines(terminal, '\n') : '';
    default:
      terminal.line += char;
      return echo ? shown(char) : '';
  }
}

/** Takes bytes off the end of the line, and what they showed off the screen. */
function erase(terminal: Terminal, bytes: number): string {
  const gone = terminal.line.slice(terminal.line.length - bytes);
  terminal.line = terminal.line.slice(0, terminal.line.length - bytes);
  if (!terminal.modes.echo) return '';
  // Only a character's first byte takes up a column.
  const columns = Array.from(gone).reduce((sum, byte) => sum + (/[\x80-\xbf]/.test(byte) ? 0 : shown(byte).length), 0);
  return '\b \b'.repeat(columns);
}

/** Bytes of the last UTF-8 character. */
function lastCharacter(line: string): number {
  return /[\xc0-\xff]?[\x80-\xbf]+$/.exec(line)?.[0].length ?? 1;
}

/** A control character is echoed as ^C; a tab as itself. */
function shown(char: string): string {
  const code = char.charCodeAt(0);
  if (code === 127) return '^?';
  return code < 32 && char !== '\t' && char !== '\n' ? `^${String.fromCharCode(code + 64)}` : char;
}

function newlines(terminal: Terminal, text: string): string {
  return terminal.modes.outputCrLf ? text.replaceAll('\n', '\r\n') : text;
}
