/** The records of an open file, as RS parts them. */
import type { Running } from '../../kernel/abi.ts';
import { mayHold, readSome } from '../io.ts';
import type { Patterns } from './patterns.ts';

export class Records {
  private readonly fd: number;
  private readonly patterns: Patterns;
  private readonly beforeReading: () => Running<void>;
  private held = '';
  private isOver = false;

  constructor(fd: number, patterns: Patterns, beforeReading: () => Running<void>) {
    this.fd = fd;
    this.patterns = patterns;
    this.beforeReading = beforeReading;
  }

  /** The next one without what parts it from the one behind it; null at the end. */
  *next(separator: string): Running<string | null> {
    let searched = 0;
    for (;;) {
      if (separator === '') this.held = this.held.replace(/^\n+/, '');
      const found = this.find(separator, searched);
      if (found !== null) {
        const record = this.held.slice(0, found.start);
        this.held = this.held.slice(found.end);
        return record;
      }
      if (this.isOver) {
        const record = separator === '' ? this.held.replace(/\n$/, '') : this.held;
        this.held = '';
        return record === '' ? null : record;
      }
      searched = this.held.length;
      yield* this.beforeReading();
      const block = yield* readSome(this.fd);
      if (block === '') this.isOver = true;
      yield* mayHold(this.held.length + block.length);
      this.held += block;
    }
  }

  private find(separator: string, searched: number): { readonly start: number; readonly end: number } | null {
    if (separator.length === 1) {
      const start = this.held.indexOf(separator, searched);
      return start === -1 ? null : { start, end: start + 1 };
    }
    const found = (separator === '' ? /\n\n+/g : this.patterns.compile(separator)).exec(this.held);
    if (found === null || found[0] === '') return null;
    const end = found.index + found[0].length;
    // What ends with the block may go on in the next one.
    return end === this.held.length && !this.isOver ? null : { start: found.index, end };
  }
}
