/** What a program of awk remembers: its variables, and the record with its fields. */
import { AwkFailure } from './failure.ts';
import type { Flavour } from '../tools/options.ts';
import { Patterns } from './patterns.ts';
import { splitText } from './text-functions.ts';
import { fromInput, toNumber, toText, type AwkArray, type NumberForm, type Value } from './values.ts';

/** A variable. What was never used is yet to become a value or an array, in a function and in who called it. */
export interface Cell {
  held: Value | AwkArray;
  readonly caller: Cell | null;
}

export class Memory {
  readonly patterns: Patterns;
  readonly flavour: Flavour;
  /** Those of the function that runs; null outside of all. */
  locals: Map<string, Cell> | null = null;
  private readonly globals = new Map<string, Cell>();
  private record = '';
  private fields: Value[] = [];
  /** Fields are told from the record, or the record from its fields, only once somebody asks. */
  private state: 'whole' | 'split' | 'changed' = 'whole';

  constructor(flavour: Flavour) {
    this.flavour = flavour;
    this.patterns = new Patterns(flavour);
    const start: Readonly<Record<string, Value>> = {
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      NR: 0,
      FNR: 0,
      RSTART: 0,
      RLENGTH: -1,
    };
    for (const [name, value] of Object.entries(start)) this.set(name, value);
  }

  cell(name: string): Cell {
    const known = this.locals?.get(name) ?? this.globals.get(name);
    if (known !== undefined) return known;
    const made: Cell = { held: null, caller: null };
    this.globals.set(name, made);
    return made;
  }

  get(name: string): Value {
    if (name === 'NF') {
      this.split();
      return this.fields.length;
    }
    const { held } = this.cell(name);
    if (held instanceof Map) throw new AwkFailure(`type error in use of array ${name}`);
    return held;
  }

  set(name: string, value: Value): void {
    if (name === 'NF') {
      this.split();
      this.resize(toNumber(value));
      this.state = 'changed';
      return;
    }
    const cell = this.cell(name);
    if (cell.held instanceof Map) throw new AwkFailure(`type error in use of array ${name}`);
    cell.held = value;
  }

  array(name: string): AwkArray {
    return arrayOf(this.cell(name), name);
  }

  text(name: string): string {
    return toText(this.get(name), { format: '%.6g', largestWhole: this.largestWhole });
  }

  /** How numbers become texts: by CONVFMT, or by OFMT where they are printed. */
  form(name: 'CONVFMT' | 'OFMT' = 'CONVFMT'): NumberForm {
    return { format: this.text(name), largestWhole: this.largestWhole };
  }

  private get largestWhole(): number {
    return this.flavour === 'gnu' ? 2 ** 31 - 1 : 2 ** 63;
  }

  add(name: string, amount: number): void {
    this.set(name, toNumber(this.get(name)) + amount);
  }

  setRecord(text: string): void {
    this.record = text;
    this.state = 'whole';
  }

  field(index: number): Value {
    if (index === 0) {
      if (this.state === 'changed') {
        const form = this.form();
        this.record = this.fields.map((value) => toText(value, form)).join(this.text('OFS'));
        this.state = 'split';
      }
      return fromInput(this.record);
    }
    this.refuseNegative(index);
    this.split();
    return this.fields[index - 1] ?? null;
  }

  setField(index: number, value: Value): void {
    if (index === 0) {
      this.setRecord(toText(value, this.form()));
      return;
    }
    this.refuseNegative(index);
    this.split();
    if (index > this.fields.length) this.resize(index);
    this.fields[index - 1] = value;
    this.state = 'changed';
  }

  /** By FS, or by what split was given in its place. */
  parts(text: string, separator: string): string[] {
    if (separator === '') return Array.from(text);
    if (separator === ' ') return splitText(text, null);
    // A single character is itself, but a backslash.
    const isPlain = separator.length === 1 && separator !== '\\';
    // The lines of a paragraph part fields too, but not for mawk.
    if (this.flavour === 'busybox' && isPlain && this.text('RS') === '')
      return text.split('\n').flatMap((line) => splitText(line, separator));
    return splitText(text, isPlain ? separator : this.patterns.compile(separator));
  }

  private refuseNegative(index: number): void {
    if (index < 0) throw new AwkFailure(`negative field index $${index}`);
  }

  private resize(size: number): void {
    while (this.fields.length < size) this.fields.push('');
    this.fields.length = Math.max(0, Math.trunc(size));
  }

  private split(): void {
    if (this.state !== 'whole') return;
    this.fields = this.parts(this.record, this.text('FS')).map(fromInput);
    this.state = 'split';
  }
}

function arrayOf(cell: Cell, name: string): AwkArray {
  if (cell.held instanceof Map) return cell.held;
  if (cell.held !== null) throw new AwkFailure(`type error in use of scalar ${name}`);
  const made = cell.caller === null ? new Map<string, Value>() : arrayOf(cell.caller, name);
  cell.held = made;
  return made;
}
