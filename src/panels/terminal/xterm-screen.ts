import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { typeface } from './room.ts';
import { bytesOf } from './terminal-text.ts';
import type { ShownLine } from './typing.ts';

/** A terminal emulator whose content is a function of what it is told to show. */
export interface Screen {
  readonly show: (output: string, line: ShownLine | null) => void;
  readonly focus: () => void;
  readonly clear: () => void;
  readonly dispose: () => void;
}

interface ScreenOptions {
  readonly label: string;
  readonly onKeys: (data: string) => void;
  /** Esc was pressed; false when it is for the line that is edited. */
  readonly onLeave: () => boolean;
  /** Rows and columns, `24x80`: those it has opened with, and others that have stayed for a moment. */
  readonly onSize: (size: string) => void;
  /** Pixels. */
  readonly fontSize: number;
}

export function openScreen(element: HTMLElement, { label, onKeys, onLeave, onSize, fontSize }: ScreenOptions): Screen {
  const terminal = createTerminal(element, fontSize);
  terminal.attachCustomKeyEventHandler(createKeyFilter(terminal, onLeave));
  terminal.textarea?.setAttribute('aria-label', label);
  keepFitted(terminal, element);
  tellSize(terminal, onSize);
  terminal.onData(onKeys);

  let shown = '';
  let line: ShownLine | null = null;
  /** Rows of the edited line above its cursor: where a redraw begins. */
  let rowsAbove = 0;
  let promptColumn = 0;

  const { silence, speakAgain } = createSilence(terminal);

  const eraseLine = (): string => {
    if (line === null) return '';
    const up = rowsAbove > 0 ? `\x1b[${rowsAbove}A` : '';
    rowsAbove = 0;
    return `${up}\r${promptColumn > 0 ? `\x1b[${promptColumn}C` : ''}\x1b[J`;
  };

  const drawLine = (next: ShownLine): string => {
    const { cols } = terminal;
    const after = width(next.text.slice(next.cursor));
    const end = promptColumn + width(next.text);
    const place = end - after;
    // A line that ends exactly at the edge leaves the cursor there; a space and back takes it to the next row.
    const wrap = end > 0 && end % cols === 0 && next.text !== '' ? ' \r' : '';
    const rowsBack = Math.floor(end / cols) - Math.floor(place / cols);
    rowsAbove = Math.floor(place / cols);
    const text = next.isOffer ? `\x1b[2m${next.text}\x1b[22m` : next.text;
    const column = place % cols;
    const back = `${rowsBack > 0 ? `\x1b[${rowsBack}A` : ''}\r${column > 0 ? `\x1b[${column}C` : ''}`;
    return text + wrap + (after > 0 || wrap !== '' ? back : '');
  };

  const show = (output: string, next: ShownLine | null): void => {
    const isSame = output === shown && next?.text === line?.text && next?.cursor === line?.cursor;
    if (isSame && next?.isOffer === line?.isOffer) return;
    const added = output === shown && line !== null && next !== null ? typedAtEnd(line, next) : '';
    if (added !== '' && promptColumn + width(next?.text ?? '') < terminal.cols) {
      // Only what is new: a screen reader would read the whole line again at each key.
      terminal.write(added);
      line = next;
      return;
    }
    const isRewind = !output.startsWith(shown);
    if (isRewind) silence();
    // RIS, not reset(): that would overtake what is written and not drawn yet, and the future would stay above.
    terminal.write(isRewind ? '\x1bc' : eraseLine());
    const isNewOutput = output !== shown;
    if (isNewOutput) terminal.write(bytesOf(isRewind ? output : output.slice(shown.length)));
    shown = output;
    line = next;
    if (isNewOutput) promptColumn = width(lastLineOf(output)) % terminal.cols;
    if (next !== null) terminal.write(drawLine(next));
    if (isRewind) terminal.write('', speakAgain);
  };

  return {
    show,
    focus: () => terminal.focus(),
    clear: () => terminal.clear(),
    dispose: () => terminal.dispose(),
  };
}

function createTerminal(element: HTMLElement, fontSize: number): Terminal {
  const terminal = new Terminal({
    allowProposedApi: false,
    convertEol: false,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    fontFamily: typeface.family,
    fontSize,
    lineHeight: typeface.lineHeight,
    screenReaderMode: true,
    scrollback: 5000,
    theme: coloursOf(element),
  });
  terminal.open(element);
  keepSilent(terminal);
  return terminal;
}

/**
 * What is drawn anew because the story went back was read when it came: the emulator would have all of it read out
 * again, and at once. Its rows are there for a screen reader as soon as they are drawn.
 */
function createSilence(terminal: Terminal) {
  let rewinds = 0;
  return {
    silence: (): void => {
      rewinds += 1;
      terminal.options.screenReaderMode = false;
    },
    speakAgain: (): void => {
      rewinds -= 1;
      if (rewinds === 0) terminal.options.screenReaderMode = true;
    },
  };
}

/** As many rows and columns as there is room for, now and later. */
function keepFitted(terminal: Terminal, element: HTMLElement): void {
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  fit.fit();
  const observer = new ResizeObserver(() => fit.fit());
  observer.observe(element);
  terminal.loadAddon({ activate: () => {}, dispose: () => observer.disconnect() });
}

/** A window that is being dragged has many sizes: the one that it comes to rest with counts. */
const restMs = 200;

function tellSize(terminal: Terminal, onSize: ScreenOptions['onSize']): void {
  const tell = (): void => onSize(`${terminal.rows}x${terminal.cols}`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  tell();
  terminal.onResize(() => {
    clearTimeout(timer);
    timer = setTimeout(tell, restMs);
  });
  terminal.loadAddon({ activate: () => {}, dispose: () => clearTimeout(timer) });
}

/**
 * The emulator draws again whatever was written once: its answers to a program's questions (where is the cursor? which
 * terminal are you?) would be typed again and again.
 */
function keepSilent(terminal: Terminal): void {
  const isAnswered = (): boolean => true;
  for (const id of [{ final: 'n' }, { prefix: '?', final: 'n' }, { final: 'c' }, { prefix: '>', final: 'c' }]) {
    terminal.parser.registerCsiHandler(id, isAnswered);
  }
  for (const colour of [4, 10, 11, 12]) terminal.parser.registerOscHandler(colour, isAnswered);
}

/**
 * Esc and Shift-Tab lead out, and are no program's; Ctrl-C copies when something is selected; the browser keeps Ctrl-V
 * and Ctrl-Shift-C.
 */
function createKeyFilter(terminal: Terminal, onLeave: () => boolean): (event: KeyboardEvent) => boolean {
  return (event) => {
    if (event.type !== 'keydown') return true;
    if (event.key === 'Escape' && onLeave()) return false;
    if (event.key === 'Tab' && event.shiftKey) return false;
    const isControl = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isControl && event.key.toLowerCase() === 'c' && terminal.hasSelection()) {
      const text = terminal.getSelection();
      // Where the clipboard is refused, the selection stays, and the browser's own copying works.
      navigator.clipboard?.writeText(text).then(
        () => terminal.clearSelection(),
        () => {},
      );
      return false;
    }
    return !(isControl && (event.key === 'v' || event.key === 'V'));
  };
}

function coloursOf(element: HTMLElement) {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: value('--term'),
    foreground: value('--term-ink'),
    cursor: value('--term-ink'),
    cursorAccent: value('--term'),
    selectionBackground: '#3d5a80',
  };
}

/** What was added at the end of a line since; empty when anything else has changed. */
function typedAtEnd(before: ShownLine, { text, cursor, isOffer }: ShownLine): string {
  const isAppended = before.cursor === before.text.length && cursor === text.length && text.startsWith(before.text);
  return isAppended && !isOffer && !before.isOffer ? text.slice(before.text.length) : '';
}

function lastLineOf(output: string): string {
  return output
    .slice(output.lastIndexOf('\n') + 1)
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/^.*\r/, '');
}

/** Columns that a text takes: two for wide characters. */
function width(text: string): number {
  let columns = 0;
  for (const char of text)
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        char,
      )
        ? 2
        : 1;
  return columns;
}
