/**
 * The bytes of a file in memory: pieces in a row, so that appending and reading the end both cost what they touch. A
 * number is a run of so many zero bytes: a file of gigabytes that nobody wrote costs nothing.
 */
type Piece = string | number;

const lengthOf = (piece: Piece): number => (typeof piece === 'number' ? piece : piece.length);

function part(piece: Piece, start: number, end: number): Piece {
  return typeof piece === 'number' ? Math.max(0, Math.min(end, piece) - start) : piece.slice(start, end);
}

export class Content {
  #pieces: Piece[] = [];
  #starts: number[] = [];
  #size = 0;

  constructor(text = '') {
    if (text !== '') this.append(text);
  }

  get size(): number {
    return this.#size;
  }

  append(data: Piece): void {
    const length = lengthOf(data);
    if (length === 0) return;
    const last = this.#pieces.length - 1;
    const piece = this.#pieces[last];
    if (typeof piece === 'string' && typeof data === 'string' && piece.length + length < 16384)
      this.#pieces[last] = piece + data;
    else if (typeof piece === 'number' && typeof data === 'number') this.#pieces[last] = piece + data;
    else {
      this.#pieces.push(data);
      this.#starts.push(this.#size);
    }
    this.#size += length;
  }

  slice(start: number, end: number): string {
    const stop = Math.min(end, this.#size);
    if (start >= stop) return '';
    let text = '';
    for (const piece of this.#between(start, stop)) text += typeof piece === 'number' ? '\0'.repeat(piece) : piece;
    return text;
  }

  /** Writes over what is there; a gap beyond the end fills with zero bytes. */
  write(offset: number, data: string): void {
    if (data === '') return;
    if (offset > this.#size) this.append(offset - this.#size);
    if (offset === this.#size) this.append(data);
    else this.#replace([...this.#between(0, offset), data, ...this.#between(offset + data.length, this.#size)]);
  }

  truncate(size: number): void {
    if (size > this.#size) this.append(size - this.#size);
    else if (size < this.#size) this.#replace(this.#between(0, size));
  }

  #replace(pieces: readonly Piece[]): void {
    this.#pieces = [];
    this.#starts = [];
    this.#size = 0;
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
