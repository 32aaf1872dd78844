/** The main input: what ARGV names, one record after the other. */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords } from '../io.ts';
import type { Flavour } from '../tools/options.ts';
import type { Memory } from './memory.ts';
import type { Records } from './records.ts';
import type { Streams } from './streams.ts';
import { unescapeAwk } from './tokens.ts';
import { fromInput, toNumber, toText } from './values.ts';

export class Operands {
  /** An operand of busybox could not be read, which was said. */
  hasFailed = false;
  private readonly flavour: Flavour;
  private readonly memory: Memory;
  private readonly streams: Streams;
  private at = 1;
  private isOver = false;
  private wasFileNamed = false;
  private current: { readonly fd: number; readonly records: Records } | null = null;

  constructor(flavour: Flavour, memory: Memory, streams: Streams) {
    this.flavour = flavour;
    this.memory = memory;
    this.streams = streams;
  }

  /** The next record, which is counted; null after the last. Throws MainInputError. */
  *next(): Running<string | null> {
    for (;;) {
      if (this.current === null && !(yield* this.open())) return null;
      const record: string | null = this.current === null ? null : yield* this.read(this.current.records);
      if (record === null) {
        yield* this.skipFile();
        continue;
      }
      this.memory.add('NR', 1);
      this.memory.add('FNR', 1);
      return record;
    }
  }

  /** As nextfile does. */
  *skipFile(): Running<void> {
    if (this.current !== null && this.current.fd !== 0) yield* sys.close(this.current.fd);
    this.current = null;
  }

  private *read(records: Records): Running<string | null> {
    try {
      return yield* records.next(this.memory.text('RS'));
    } catch (error) {
      if (!isErrno(error, 'EISDIR', 'EIO')) throw error;
      if (this.flavour === 'gnu') throw new MainInputError(`read error (${errnoWords(error)})`);
      yield* complain('awk', `cmd. line:1: ${errnoWords(error)}`);
      this.hasFailed = true;
      return null;
    }
  }

  private *open(): Running<boolean> {
    for (; this.at < toNumber(this.memory.get('ARGC')); this.at += 1) {
      const operand = toText(this.memory.array('ARGV').get(String(this.at)) ?? null, this.memory.form());
      const assigned = /^([A-Za-z_]\w*)=([^]*)$/.exec(operand);
      if (assigned) this.memory.set(assigned[1] ?? '', fromInput(unescapeAwk(assigned[2] ?? '')));
      else if (operand !== '') {
        this.at += 1;
        this.wasFileNamed = true;
        if (yield* this.openFile(operand)) return true;
        this.at -= 1;
      }
    }
    if (this.isOver || this.wasFileNamed) return false;
    this.isOver = true;
    return yield* this.openFile('-');
  }

  private *openFile(path: string): Running<boolean> {
    try {
      const fd = path === '-' ? 0 : yield* sys.open(path, O.RDONLY | O.CLOEXEC);
      this.current = { fd, records: this.streams.records(fd) };
      if (this.wasFileNamed) this.memory.set('FILENAME', path);
      this.memory.set('FNR', 0);
      return true;
    } catch (error) {
      const words = errnoWords(error);
      if (this.flavour === 'gnu') throw new MainInputError(`cannot open ${path} (${words})`);
      yield* this.streams.flushAll();
      yield* complain('awk', `${path}: ${words}`);
      this.hasFailed = true;
      return false;
    }
  }
}

/** mawk ends with what it cannot read. */
export class MainInputError extends Error {}
