/** The script of sed(1), read once: commands in a row, with places to jump to instead of braces and labels. */
import { compilePattern, PatternError } from './regular-expression.ts';
import { referencesOf, type Replacement } from './sed-replacement.ts';
import { SedError, SedReader, type SedSource } from './sed-reader.ts';

export type Address =
  | { readonly type: 'line'; readonly line: number }
  | { readonly type: 'step'; readonly first: number; readonly step: number }
  | { readonly type: 'last' }
  /** Null is the empty one, which means the one that was used last. */
  | { readonly type: 'match'; readonly pattern: RegExp | null };

/** The end of a range may be told from its beginning as well. */
export type EndAddress =
  | Address
  | { readonly type: 'more'; readonly lines: number }
  | { readonly type: 'multiple'; readonly of: number };

export interface SedCommand {
  readonly from: Address | null;
  readonly to: EndAddress | null;
  readonly negated: boolean;
  readonly name: string;
  /** Null is the empty one of s, which means the one that was used last. */
  readonly pattern: RegExp | null;
  readonly replacement: Replacement;
  /** The text of a, i and c, null when there is none; the label of b, t, T and `:`; the file of r, w and s///w. */
  readonly text: string | null;
  /** The characters of y. */
  readonly characters: ReadonlyMap<string, string>;
  readonly flags: string;
  /** The exit code of q, the width of l, which of the matches s is about. */
  readonly number: number | null;
  /** Amid the lines from one address to the other. */
  active: boolean;
  /** The line at which it is over, where that is known. */
  end: number;
  /** Where to go on: after the brace that `{` opens, at the label of b, t and T. */
  target: number;
}

export function parseScript(sources: readonly SedSource[], kind: 'basic' | 'extended'): SedCommand[] {
  const commands: SedCommand[] = [];
  const braces: SedCommand[] = [];
  const reader = new Reader(sources, kind);
  for (;;) {
    reader.take(/^[\s;]+/);
    if (reader.rest === '') break;
    const command = reader.command();
    if (command.name === '}') {
      const open = braces.pop();
      if (!open) throw reader.error("unexpected `}'");
      if (command.from) throw reader.error("} doesn't want any addresses");
      reader.endOfCommand();
      open.target = commands.length;
    } else if (command.name !== '#') commands.push(command);
    if (command.name === '{') braces.push(command);
  }
  if (braces.length > 0) throw new SedError("-e expression #1, char 0: unmatched `{'");
  for (const command of commands.filter(({ name }) => name === 'b' || name === 't' || name === 'T')) {
    const label = commands.findIndex(({ name, text }) => name === ':' && text === command.text);
    if (command.text !== '' && label === -1) throw new SedError(`can't find label for jump to \`${command.text}'`, 4);
    command.target = command.text === '' ? commands.length : label;
  }
  return commands;
}

const nothing = {
  pattern: null,
  replacement: [],
  text: null,
  characters: new Map<string, string>(),
  flags: '',
  number: null,
};
type Meaning = Pick<SedCommand, keyof typeof nothing>;

class Reader extends SedReader {
  private readonly kind: 'basic' | 'extended';

  constructor(sources: readonly SedSource[], kind: 'basic' | 'extended') {
    super(sources);
    this.kind = kind;
  }

  /** GNU sed: sed/compile.c, compile_program(). */
  command(): SedCommand {
    const from = this.address();
    if (from?.type === 'more' || from?.type === 'multiple')
      throw this.error('invalid usage of +N or ~N as first address');
    this.take(/^\s*/);
    const hasEnd = from !== null && this.take(/^,\s*/) !== null;
    const to = hasEnd ? this.address() : null;
    if (hasEnd && to === null) {
      this.take(/^[^]/);
      throw this.error("unexpected `,'");
    }
    const negated = this.take(/^\s*!\s*/) !== null;
    this.take(/^\s*/);
    const name = this.take(/^[^]/)?.[0] ?? '';
    const first = from?.type === 'step' && from.step === 0 ? { type: 'line' as const, line: from.first } : from;
    const isBefore = first?.type === 'line' && first.line === 0;
    if (isBefore && to?.type !== 'match') throw this.error('invalid usage of line address 0');
    if (negated && name === '!') throw this.error("multiple `!'s");
    return {
      from: first,
      to,
      negated,
      name,
      ...nothing,
      ...this.meaning(name, from !== null, to !== null),
      active: isBefore,
      end: Number.POSITIVE_INFINITY,
      target: 0,
    };
  }

  endOfCommand(): void {
    if (this.take(/^[^\S\n]*(?=[;}#\n]|$)/)) return;
    this.take(/^\s*[^]/);
    throw this.error('extra characters after command');
  }

  private meaning(name: string, hasAddress: boolean, hasRange: boolean): Partial<Meaning> {
    switch (name) {
      case '':
        throw this.error('missing command');
      case '{':
      case '}':
        return {};
      case '#':
        if (hasAddress) throw this.error("comments don't accept any addresses");
        this.take(/^[^\n]*/);
        return {};
      case ':': {
        if (hasAddress) throw this.error(": doesn't want any addresses");
        const text = this.take(/^[^\S\n]*([^\s;}]*)/)?.[1] ?? '';
        if (text === '') throw this.error('":" lacks a label');
        return { text };
      }
      case 'b':
      case 't':
      case 'T':
        return { text: this.take(/^[^\S\n]*([^\s;}]*)/)?.[1] ?? '' };
      case 'a':
      case 'i':
      case 'c':
        return { text: this.addedText() };
      case 'r':
      case 'w':
        return { text: this.fileName() };
      case 's':
        return this.substitution();
      case 'y':
        return { characters: this.transliteration() };
      case 'q':
      case 'Q':
      case 'l': {
        if (name !== 'l' && hasRange) throw this.error('command only uses one address');
        const number = this.take(/^[^\S\n]*(\d+)/)?.[1];
        this.endOfCommand();
        return { number: number === undefined ? null : Number(number) };
      }
      default:
        if ('eFRvW'.includes(name)) throw new SedError(`glassdock: the command ${name} of sed is not modelled yet`);
        if (!'=dDgGhHnNpPxz'.includes(name)) throw this.error(`unknown command: \`${name}'`);
        this.endOfCommand();
        return {};
    }
  }

  private address(): EndAddress | null {
    const number = (text: string | undefined): number => Number(text ?? 0);
    const line = this.take(/^(\d+)(?:[^\S\n]*~[^\S\n]*(\d*))?/);
    if (line?.[2] !== undefined) return { type: 'step', first: number(line[1]), step: number(line[2]) };
    if (line) return { type: 'line', line: number(line[1]) };
    const relative = this.take(/^([+~])(\d+)/);
    if (relative?.[1] === '+') return { type: 'more', lines: number(relative[2]) };
    if (relative) return { type: 'multiple', of: number(relative[2]) };
    if (this.take(/^\$/)) return { type: 'last' };
    const delimiter = this.take(/^(?:\/|\\([^\n]))/);
    if (!delimiter) return null;
    const source = this.delimited(delimiter[1] ?? '/', 'pattern');
    if (source === null) throw this.error('unterminated address regex');
    return { type: 'match', pattern: this.compile(source, this.take(/^[^\S\n]*[IM]+/)?.[0] ?? '') };
  }

  /** Null for the empty one. */
  private compile(source: string, flags: string): RegExp | null {
    if (source === '') {
      if (/[im]/i.test(flags)) throw this.error('cannot specify modifiers on empty regexp');
      return null;
    }
    try {
      return compilePattern(source, this.kind, `g${/i/i.test(flags) ? 'i' : ''}${/m/i.test(flags) ? 'm' : ''}`);
    } catch (error) {
      if (error instanceof PatternError) throw this.error(error.message);
      throw error;
    }
  }

  private substitution(): Partial<Meaning> {
    const delimiter = this.take(/^[^]/)?.[0] ?? '\n';
    const source = this.delimited(delimiter, 'pattern');
    const text = source === null ? null : this.delimited(delimiter, 'replacement');
    if (source === null || text === null) throw this.error("unterminated `s' command");
    const replacement = this.replacement(text);
    const { flags, number, file } = this.substitutionFlags();
    const pattern = this.compile(source, flags.replaceAll(/[gp]/g, ''));
    const groups = pattern === null ? 9 : (new RegExp(`${pattern.source}|`).exec('')?.length ?? 1) - 1;
    const wrong = referencesOf(replacement).find((group) => group > groups);
    if (wrong !== undefined) throw this.error(`invalid reference \\${wrong} on \`s' command's RHS`);
    return { pattern, replacement, flags, number, text: file };
  }

  private substitutionFlags(): {
    readonly flags: string;
    readonly number: number | null;
    readonly file: string | null;
  } {
    let flags = '';
    let number: number | null = null;
    for (;;) {
      this.take(/^[^\S\n]+/);
      if (this.take(/^(?:[;\n]|(?=[}#])|$)/)) return { flags, number, file: null };
      const [flag = ''] = this.take(/^(?:\d+|[^])/) ?? [];
      if (flag === 'w') return { flags, number, file: this.fileName() };
      if (flag === 'e') throw new SedError('glassdock: s///e of sed is not modelled yet');
      if (/\d/.test(flag)) {
        if (number !== null) throw this.error("multiple number options to `s' command");
        number = Number(flag);
        if (number === 0) throw this.error("number option to `s' command may not be zero");
      } else if (!'gpiImM'.includes(flag)) throw this.error("unknown option to `s'");
      else if ((flag === 'g' || flag === 'p') && flags.includes(flag))
        throw this.error(`multiple \`${flag}' options to \`s' command`);
      else flags += flag;
    }
  }

  private transliteration(): ReadonlyMap<string, string> {
    const delimiter = this.take(/^[^]/)?.[0] ?? '\n';
    const from = this.delimited(delimiter, 'replacement');
    const to = from === null ? null : this.delimited(delimiter, 'replacement');
    if (from === null || to === null) throw this.error("unterminated `y' command");
    const [wanted, given] = [this.unescaped(from), this.unescaped(to)];
    if (wanted.length !== given.length) throw this.error("strings for `y' command are different lengths");
    this.endOfCommand();
    // Of two for one character the first holds.
    return new Map(Array.from(wanted, (char, at) => [char, given.charAt(at)] as const).toReversed());
  }
}
