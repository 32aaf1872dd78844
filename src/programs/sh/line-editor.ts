/** busybox's line editor: the terminal in raw mode, echo and history by the shell. libbb/lineedit.c. */
import { writeError } from '../io.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { Interrupt } from './flow.ts';
import { showPrompt, type Prompt } from './prompt.ts';
import type { Shell } from './shell.ts';
import { runTraps } from './traps.ts';

export interface Editor {
  readonly history: string[];
  /** Keys that have come and are not used yet. */
  pending: string;
}

/**
 * Asks the terminal where its cursor is, as busybox does after each prompt (recorded). The answer comes as if typed,
 * and is dropped.
 */
const askPosition = '\x1b[6n';

/**
 * Reads one line with its newline; '' when the terminal is at its end or Ctrl-D was typed on an empty line. Throws
 * Interrupt on Ctrl-C that is not trapped.
 */
export function* readEdited(shell: Shell, editor: Editor, prompt: Prompt): Running<string> {
  const before = yield* sys.tcgetattr(0);
  const line: Line = { prompt: prompt.text, text: '', cursor: 0, place: editor.history.length, typed: '' };
  yield* sys.tcsetattr(0, { canonical: false, echo: false, signals: false });
  // busybox: win_changed(). The line is drawn anew (recorded: vm-21).
  const heard = yield* sys.sigaction('SIGWINCH', () => redraw(line));
  try {
    yield* showPrompt(prompt, askPosition);
    return yield* editLine(shell, editor, line);
  } finally {
    yield* sys.sigaction('SIGWINCH', heard);
    yield* sys.tcsetattr(0, before);
  }
}

function* redraw({ prompt, text, cursor }: Line): Running<void> {
  yield* writeError(`\r${prompt}${text}\x1b[J${'\b'.repeat(text.length - cursor)}`);
}

interface Line {
  readonly prompt: string;
  text: string;
  cursor: number;
  /** Place in the history; its length for the line being typed. */
  place: number;
  typed: string;
}

function* editLine(shell: Shell, editor: Editor, line: Line): Running<string> {
  for (;;) {
    const key = yield* readKey(shell, editor);
    switch (key) {
      case '':
        return '';
      case '\r':
      case '\n':
        yield* writeError('\n');
        if (line.text !== '' && editor.history.at(-1) !== line.text) editor.history.push(line.text);
        return `${line.text}\n`;
      case '\x03':
        yield* writeError('^C');
        if (!shell.traps.has('INT')) throw new Interrupt();
        // The key is made the signal; what was typed becomes an empty line. ash: preadfd().
        yield* sys.kill(yield* sys.getpid(), 'SIGINT');
        yield* runTraps(shell);
        return '\n';
      case '\x04':
        if (line.text !== '') break;
        yield* writeError('\n');
        return '';
      case '\x0c':
        yield* writeError(`\x1b[H\x1b[J${line.prompt}${line.text}`);
        break;
      default:
        yield* applyKey(editor, line, key);
    }
  }
}

/** One key, an escape sequence being one; '' at the end of the input. */
function* readKey(shell: Shell, editor: Editor): Running<string> {
  for (;;) {
    if (editor.pending === '') {
      try {
        editor.pending = yield* sys.read(0, 4096);
      } catch (error) {
        if (isErrno(error, 'EIO')) return '';
        if (!isErrno(error, 'EINTR')) throw error;
        yield* runTraps(shell);
        continue;
      }
      if (editor.pending === '') return '';
    }
    const key = /^(?:\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|[^])/.exec(editor.pending)?.[0] ?? '';
    editor.pending = editor.pending.slice(key.length);
    if (!/^\x1b\[[0-9]+;[0-9]+R$/.test(key)) return key;
  }
}

function* applyKey(editor: Editor, line: Line, key: string): Running<void> {
  const { text, cursor } = line;
  switch (key) {
    case '\x7f':
    case '\b':
      if (cursor > 0) yield* replace(line, text.slice(0, cursor - 1) + text.slice(cursor), cursor - 1);
      return;
    case '\x1b[3~':
      yield* replace(line, text.slice(0, cursor) + text.slice(cursor + 1), cursor);
      return;
    case '\x15':
      yield* replace(line, text.slice(cursor), 0);
      return;
    case '\x0b':
      yield* replace(line, text.slice(0, cursor), cursor);
      return;
    case '\x17': {
      const kept = text.slice(0, cursor).replace(/\S*\s*$/, '');
      yield* replace(line, kept + text.slice(cursor), kept.length);
      return;
    }
    case '\x1b[D':
    case '\x02':
      yield* replace(line, text, Math.max(0, cursor - 1));
      return;
    case '\x1b[C':
    case '\x06':
      yield* replace(line, text, Math.min(text.length, cursor + 1));
      return;
    case '\x1b[H':
    case '\x1b[1~':
    case '\x01':
      yield* replace(line, text, 0);
      return;
    case '\x1b[F':
    case '\x1b[4~':
    case '\x05':
      yield* replace(line, text, text.length);
      return;
    case '\x1b[A':
    case '\x10':
      yield* recall(editor, line, -1);
      return;
    case '\x1b[B':
    case '\x0e':
      yield* recall(editor, line, 1);
      return;
    default:
      if (/^[ -~\x80-\xff]$/.test(key)) yield* insert(line, key);
  }
}

function* insert(line: Line, key: string): Running<void> {
  if (line.cursor === line.text.length) {
    line.text += key;
    line.cursor += 1;
    yield* writeError(key);
  } else {
    yield* replace(line, line.text.slice(0, line.cursor) + key + line.text.slice(line.cursor), line.cursor + 1);
  }
}

function* recall(editor: Editor, line: Line, step: -1 | 1): Running<void> {
  const place = line.place + step;
  if (place < 0 || place > editor.history.length) {
    // busybox rings twice at the oldest line, once behind the youngest (asked of a real one).
    yield* writeError(step < 0 ? '\x07\x07' : '\x07');
    return;
  }
  if (line.place === editor.history.length) line.typed = line.text;
  line.place = place;
  line.text = editor.history[place] ?? line.typed;
  line.cursor = line.text.length;
  yield* redraw(line);
}

/** Shows another text and cursor by moving from where the cursor stands. */
function* replace(line: Line, text: string, cursor: number): Running<void> {
  let output = '';
  if (text !== line.text) {
    output += '\b'.repeat(line.cursor) + text + '\x1b[J';
    output += '\b'.repeat(text.length - cursor);
  } else if (cursor < line.cursor) output += '\b'.repeat(line.cursor - cursor);
  else output += text.slice(line.cursor, cursor);
  line.text = text;
  line.cursor = cursor;
  if (output !== '') yield* writeError(output);
}
