/** The script of sed(1), read once: commands in a row, with places to jump to instead of braces and labels. */
import { compilePattern } from './regular-expression.ts';

export type Address =
  | { readonly type: 'line'; readonly line: number }
  | { readonly type: 'last' }
  | { readonly type: 'match'; readonly pattern: RegExp };

export interface SedCommand {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly name: string;
  readonly pattern: RegExp | null;
  /** The text of a, i and c, the replacement of s, both sets of y, the label of b, t and `:`. */
  readonly text: string;
  readonly flags: string;
  /** Amid the lines from one address to the other. */
  active: boolean;
  /** Where to go on: after the brace that `{` opens, at the label of b and t. */
  target: number;
}

export class SedError extends Error {}

export function parseScript(script: string, kind: 'basic' | 'extended'): SedCommand[] {
  const commands: SedCommand[] = [];
  const braces: SedCommand[] = [];
  const reader = new Reader(script, kind);
  for (;;) {
    reader.take(/^[\s;]+/);
    if (reader.rest === '') break;
    if (reader.take(/^#[^\n]*/)) continue;
    if (reader.take(/^\}/)) {
      const open = braces.pop();
      if (!open) throw reader.error("unexpected `}'");
      open.target = commands.length;
      continue;
    }
    const command = reader.command();
    commands.push(command);
    if (command.name === '{') braces.push(command);
  }
  if (braces.length > 0) throw new SedError("-e expression #1, char 0: unmatched `{'");
  for (const command of commands.filter(({ name }) => name === 'b' || name === 't')) {
    const label = commands.findIndex(({ name, text }) => name === ':' && text === command.text);
    if (command.text !== '' && label === -1) throw new SedError(`can't find label for jump to \`${command.text}'`);
    command.target = command.text === '' ? commands.length : label;
  }
  return commands;
}

class Reader {
  rest: string;
  private readonly length: number;
  private readonly kind: 'basic' | 'extended';

  constructor(script: string, kind: 'basic' | 'extended') {
    this.rest = script;
    this.length = script.length;
    this.kind = kind;
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.rest);
    if (found) this.rest = this.rest.slice(found[0].length);
    return found;
  }

  error(words: string): SedError {
    return new SedError(`-e expression #1, char ${this.length - this.rest.length}: ${words}`);
  }

  command(): SedCommand {
    const from = this.address();
    const to = this.take(/^\s*,\s*/) ? this.address() : null;
    const negated = this.take(/^\s*!/) !== null;
    this.take(/^\s*/);
    const name = this.take(/^[^]/)?.[0] ?? '';
    const base = { from, to, negated, name, pattern: null, text: '', flags: '', active: false, target: 0 };
    if (name === 's' || name === 'y') return { ...base, ...this.parts(name) };
    if ('aic'.includes(name) && name !== '') return { ...base, text: this.take(/^(?:\\\n)?\s*([^\n]*)\n?/)?.[1] ?? '' };
    if ('bt:'.includes(name) && name !== '') return { ...base, text: this.take(/^\s*([^\s;}]*)/)?.[1] ?? '' };
    if (name === '') throw this.error('missing command');
    if (!'{=dDgGhHlnNpPqQx'.includes(name)) throw this.error(`unknown command: \`${name}'`);
    const end = name === '{' || this.take(/^\s*(?=[;}#\n]|$)/);
    if (!end && /[qQ]/.test(name)) return { ...base, text: this.take(/^\s*(\d+)/)?.[1] ?? '' };
    if (!end) throw this.error('extra characters after command');
    return base;
  }

  private address(): Address | null {
    const found = this.take(
      /^(?:([0-9]+)|(\$)|\/((?:\[\^?\]?[^\]\n]*\]|(?!\[\^?\]?[^\]\n]*\])[^/\\]|\\[^])*)\/|\\([^\n])((?:(?!\4)[^\\]|\\[^])*)\4)/,
    );
    if (!found) return null;
    if (found[1] !== undefined) return { type: 'line', line: Number(found[1]) };
    if (found[2] !== undefined) return { type: 'last' };
    const source = found[3] ?? (found[5] ?? '').replaceAll(`\\${found[4]}`, found[4] ?? '');
    return { type: 'match', pattern: compilePattern(source, this.kind, this.take(/^I/) ? 'i' : '') };
  }

  /** `s/…/…/flags` and `y/…/…/`, with any delimiter. */
  private parts(name: string): Pick<SedCommand, 'pattern' | 'text' | 'flags'> {
    const delimiter = this.rest.charAt(0);
    // What stands in brackets is no delimiter there.
    const bracket = String.raw`\[\^?\]?[^\]\n]*\]`;
    const char = `[^\\\\${/[\]^-]/.test(delimiter) ? `\\${delimiter}` : delimiter}]|\\\\[^]`;
    const escaped = delimiter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    const found = this.take(
      new RegExp(
        `^${escaped}((?:${bracket}|(?!${bracket})(?:${char}))*)${escaped}((?:${char})*)${escaped}([0-9gpiIe]*)`,
      ),
    );
    if (!found) throw new SedError(`-e expression #1, char ${this.length}: unterminated \`${name}' command`);
    const [, first = '', text = '', flags = ''] = found;
    const source = delimiter === '/' ? first.replaceAll('\\/', '/') : first.replaceAll(`\\${delimiter}`, delimiter);
    const pattern = name === 's' ? compilePattern(source, this.kind, /i/i.test(flags) ? 'gi' : 'g') : null;
    return { pattern, text: name === 'y' ? `${first}\n${text}` : text.replaceAll(`\\${delimiter}`, delimiter), flags };
  }
}
