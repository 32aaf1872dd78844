/**
 * The bytes of a file in memory: pieces in a row, so that appending and reading the end both cost what they touch. What
 * repeats itself is a run, and costs what its unit does: a file of gigabytes that nobody wrote, or that `yes` wrote.
 */
import { ownCopy } from '../bytes.ts';

type Piece = string | Run;

/** `length` bytes of `unit` again and again, from its byte `phase` on. */
interface Run {
  readonly unit: string;
  readonly phase: number;
  readonly length: number;
}

/** Of so many bytes it pays to look whether they repeat themselves. */
const runBytes = 4096;
const longestUnit = 1024;
const zeros = (length: number): Run => ({ unit: '\0', phase: 0, length });

function textOf({ unit, phase, length }: Run): string {
  return unit.repeat(Math.ceil((phase + length) / unit.length)).slice(phase, phase + length);
}

const heldBy = (piece: Piece): number => (typeof piece === 'string' ? piece.length : piece.unit.length);

/** The run that a text is; null when it is none. */
function runOf(text: string): Run | null {
  const period = text.indexOf(text.slice(0, 16), 1);
  if (period < 1 || period > longestUnit || text.slice(period) !== text.slice(0, -period)) return null;
  return { unit: ownCopy(text.slice(0, period)), phase: 0, length: text.length };
}

/** The run with the text behind it; null when that does not go on as it does. */
function longer(run: Run, text: string): Run | null {
  const { unit, phase, length } = run;
  const next = { unit, phase: (phase + length) % unit.length, length: text.length };
  return textOf(next) === text ? { unit, phase, length: length + text.length } : null;
}

function part(piece: Piece, start: number, end: number): Piece {
  if (typeof piece === 'string') return piece.slice(start, end);
  const { unit, phase, length } = piece;
  return { unit, phase: (phase + start) % unit.length, length: Math.max(0, Math.min(end, length) - start) };
}

export class Content {
  #pieces: Piece[] = [];
  #starts: number[] = [];
  #size = 0;
  #heldBytes = 0;

  constructor(text = '') {
    if (text !== '') this.append(text);
  }

  /** What it takes in the simulator: of a run its unit. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get size(): number {
    return this.#size;
  }

  append(data: Piece): void {
    if (data.length === 0) return;
    const last = this.#pieces.length - 1;
    const piece = this.#pieces[last];
    const joined = piece === undefined ? null : join(piece, data);
    const added = joined ?? ((typeof data === 'string' && data.length >= runBytes && runOf(data)) || data);
    if (joined === null || piece === undefined) {
      this.#pieces.push(added);
      this.#starts.push(this.#size);
    } else {
      this.#pieces[last] = joined;
      this.#heldBytes -= heldBy(piece);
    }
    this.#heldBytes += heldBy(added);
    this.#size += data.length;
  }

  slice(start: number, end: number): string {
    const stop = Math.min(end, this.#size);
    if (start >= stop) return '';
    let text = '';
    for (const piece of this.#between(start, stop)) text += typeof piece === 'string' ? piece : textOf(piece);
    return text;
  }

  /** Writes over what is there; a gap beyond the end fills with zero bytes. */
  write(offset: number, data: string): void {
    if (data === '') return;
    if (offset > this.#size) this.append(zeros(offset - this.#size));
    if (offset === this.#size) this.append(data);
    else this.#replace([...this.#between(0, offset), data, ...this.#between(offset + data.length, this.#size)]);
  }

  truncate(size: number): void {
    if (size > this.#size) this.append(zeros(size - this.#size));
    else if (size < this.#size) this.#replace(this.#between(0, size));
  }

  #replace(pieces: readonly Piece[]): void {
    this.#pieces = [];
    this.#starts = [];
    this.#size = 0;
    this.#heldBytes = 0;
    for (const piece of pieces) this.append(piece);
  }

  #between(start: number, stop: number): readonly Piece[] {
    const pieces: Piece[] = [];
    if (start >= stop) return pieces;
    for (let index = this.#pieceAt(start); index < this.#pieces.length; index += 1) {
      const from = this.#starts[index] ?? 0;
      if (from >= stop) break;
      pieces.push(part(this.#pieces[index] ?? '', Math.max(0, start - from), stop - from));
    }
    return pieces;
  }

  /** Index of the piece that holds the byte at `offset`. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Both as one piece; null when they stay two. */
function join(piece: Piece, data: Piece): Piece | null {
  if (typeof piece === 'string') {
    return typeof data === 'string' && piece.length + data.length < 16384 ? piece + data : null;
  }
  if (typeof data === 'string') return longer(piece, data);
  const goesOn = piece.unit === data.unit && (piece.phase + piece.length) % piece.unit.length === data.phase;
  return goesOn ? { ...piece, length: piece.length + data.length } : null;
}
