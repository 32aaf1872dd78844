/** The bytes of a file in memory: pieces in a row, so that appending and reading the end both cost what they touch. */
export class Content {
  #pieces: string[] = [];
  #starts: number[] = [];
  #size = 0;

  constructor(text = '') {
    if (text !== '') this.append(text);
  }

  get size(): number {
    return this.#size;
  }

  append(data: string): void {
    const last = this.#pieces.length - 1;
    const piece = this.#pieces[last];
    if (piece !== undefined && piece.length + data.length < 16384) this.#pieces[last] = piece + data;
    else {
      this.#pieces.push(data);
      this.#starts.push(this.#size);
    }
    this.#size += data.length;
  }

  slice(start: number, end: number): string {
    const stop = Math.min(end, this.#size);
    if (start >= stop) return '';
    let text = '';
    for (let index = this.#pieceAt(start); index < this.#pieces.length; index += 1) {
      const from = this.#starts[index] ?? 0;
      if (from >= stop) break;
      text += (this.#pieces[index] ?? '').slice(Math.max(0, start - from), stop - from);
    }
    return text;
  }

  /** Writes over what is there; a gap beyond the end fills with zero bytes. */
  write(offset: number, data: string): void {
    if (data === '') return;
    if (offset > this.#size) this.append('\0'.repeat(offset - this.#size));
    if (offset === this.#size) {
      this.append(data);
      return;
    }
    const whole = this.slice(0, this.#size);
    this.#replace(whole.slice(0, offset) + data + whole.slice(offset + data.length));
  }

  truncate(size: number): void {
    if (size > this.#size) this.append('\0'.repeat(size - this.#size));
    else if (size < this.#size) this.#replace(this.slice(0, size));
  }

  #replace(text: string): void {
    this.#pieces = text === '' ? [] : [text];
    this.#starts = text === '' ? [] : [0];
    this.#size = text.length;
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
