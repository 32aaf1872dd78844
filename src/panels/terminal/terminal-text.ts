import type { JournalEvent } from '../../journal/event.ts';
import type { Journal } from '../../journal/journal.ts';
import { tasksOf } from '../../journal/look-up.ts';
import { lookUp, valuesOf } from '../../journal/table.ts';
import type { TaskState, World } from '../../journal/world.ts';
import { createLinesAhead } from './lines-ahead.ts';

/** All that was ever shown on each terminal, grown as the journal grows: a moment's screen is a beginning of it. */
interface Screens {
  length: number;
  first: unknown;
  readonly texts: Map<number, string>;
  /** Where each terminal has shown something. */
  readonly outputs: Map<number, number[]>;
  readonly linesAhead: ReturnType<typeof createLinesAhead>;
}

const screens = new WeakMap<Journal, Screens>();

/**
 * What a terminal shows at a place, as a byte string: what came out of it, and behind their prompts the lines that were
 * typed ahead, as readline shows them once more.
 */
export function outputAt(journal: Journal, terminal: number, place: number): string {
  const length = lookUp(journal.worldAt(place).terminals, terminal)?.outputLength ?? 0;
  const { texts, linesAhead } = screensOf(journal);
  const text = texts.get(terminal) ?? '';
  let shown = '';
  let from = 0;
  for (const { read, at, line } of linesAhead.of(terminal)) {
    if (read >= place) break;
    shown += text.slice(from, at) + line;
    from = at;
  }
  return shown + text.slice(from, length);
}

function screensOf(journal: Journal): Screens {
  let known = screens.get(journal);
  // A journal that was cut and has grown another future is told by its last event known.
  if (known === undefined || journal.length < known.length || journal.events[known.length - 1] !== known.first) {
    known = {
      length: 0,
      first: undefined,
      texts: new Map(),
      outputs: new Map(),
      linesAhead: createLinesAhead(isAtPrompt),
    };
    screens.set(journal, known);
  }
  for (; known.length < journal.length; known.length += 1) {
    const event = journal.events[known.length];
    known.first = event;
    if (event === undefined) continue;
    known.linesAhead.pass(event);
    if (event.type !== 'terminal.output') continue;
    known.texts.set(event.terminal, (known.texts.get(event.terminal) ?? '') + event.data);
    const outputs = known.outputs.get(event.terminal) ?? [];
    known.outputs.set(event.terminal, outputs);
    outputs.push(event.seq);
  }
  return known;
}

/** Bytes as a terminal takes them. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Whether the host's shell waits for a command there: then the page edits the line. */
export function isAtPrompt(output: string): boolean {
  const line = output.slice(output.lastIndexOf('\n') + 1);
  return /(^|\r|\x1b\[[0-9;]*[A-Za-z])root@[\w-]+:[^\r]*[#$] $/.test(line) || /^> $/.test(line);
}

/** Whether Ctrl-C was pressed since the host's shell last prompted, and who runs has not even ended the line. */
export function hasOutlastedInterrupt(output: string): boolean {
  const at = output.lastIndexOf('^C');
  return at > output.lastIndexOf('root@') && !/^[\r\n]/.test(output.slice(at + 2));
}

type Input = Extract<JournalEvent, { type: 'input' }>;

/** What was done to a terminal before a place. */
function inputsBefore({ inputs, events }: Journal, terminal: number, place: number): readonly Input[] {
  return inputs.flatMap((seq) => {
    const event = seq < place ? events[seq] : undefined;
    return event?.type === 'input' && event.terminal === terminal ? [event] : [];
  });
}

/**
 * What was typed before the prompt came and is not ended yet: the terminal holds it, so it must be taken back first.
 */
export function typedAhead(journal: Journal, terminal: number, place: number): string {
  let typed = '';
  for (const { action, data } of inputsBefore(journal, terminal, place).toReversed()) {
    if (action === 'resize') continue;
    if (action !== 'data') break;
    const end = Math.max(...['\r', '\n', '\x03', '\x15', '\x04'].map((key) => data.lastIndexOf(key)));
    typed = data.slice(end + 1) + typed;
    if (end !== -1) break;
  }
  return typed;
}

/** What was typed last and the terminal has not shown yet; empty as soon as it has shown anything since. */
export function unshownAt(journal: Journal, terminal: number, place: number): string {
  const last = inputsBefore(journal, terminal, place).at(-1);
  if (last?.action !== 'data') return '';
  const outputs = screensOf(journal).outputs.get(terminal) ?? [];
  return outputs.some((seq) => seq > last.seq && seq < place) ? '' : last.data;
}

/**
 * What was typed ahead as a line to go on with. Control keys were meant for a program that has read them, as Ctrl-P
 * Ctrl-Q was.
 */
export function lineAhead(journal: Journal, terminal: number, place: number): string {
  let kept = '';
  for (const char of typedAhead(journal, terminal, place)) kept = char === '\x7f' ? kept.slice(0, -1) : kept + char;
  return /[\x00-\x1f]/.test(kept) ? '' : kept;
}

/** Whether nobody reads the terminal any more: its shell has ended, and all that was started from it. */
export function isDeserted(world: World, terminal: number): boolean {
  const state = lookUp(world.terminals, terminal);
  if (state === undefined || state.outputLength === 0) return false;
  return holdersOf(world, terminal).length === 0;
}

function holdersOf(world: World, terminal: number): readonly TaskState[] {
  const device = `/dev/pts/${terminal}`;
  return tasksOf(world).filter(({ files }) =>
    valuesOf(files).some(({ file }) => file.kind === 'tty' && file.name === device),
  );
}

/** Whether a shell prompts there from within a container: docker, which has the terminal, hands on what is typed. */
export function isInside(world: World, terminal: number, output: string): boolean {
  const isPrompted = /[#$] (\x1b\[[0-9;?]*[A-Za-z])*$/.test(output) && !isAtPrompt(output);
  return isPrompted && holdersOf(world, terminal).some(({ comm }) => comm === 'docker');
}

/** Plain text of a terminal's output, for the screen that stands in until the emulator has come. */
export function plainText(output: string): string {
  const text = new TextDecoder().decode(bytesOf(output));
  return text
    .replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Za-z0-9]|\x1b[78=>]/g, '')
    .replace(/[^\n]*\r(?=[^\n])/g, '')
    .replaceAll('\r', '')
    .replace(/[^\n]\x08/g, '');
}
