/** Word expansion: POSIX, Shell Command Language, 2.6. */
import type { ArithmeticExpression, ParameterExpansionPart, Word, WordPart } from 'unbash';
import type { Running } from '../../kernel/abi.ts';
import { ArithmeticFault, evaluate } from './arithmetic.ts';
import { substituteCommand } from './command-substitution.ts';
import { ShellError } from './flow.ts';
import { expandPath } from './glob.ts';
import { removeMatch } from './pattern.ts';
import { addAll, fieldBreak, joined, splitFields, textOf, type Expansion, type Field } from './piece.ts';
import type { Shell } from './shell.ts';
import { assign, ifs, parameter } from './variables.ts';

/** A word as arguments: expanded, split into fields, and matched against paths. */
export function* expandToFields(shell: Shell, word: Word): Running<string[]> {
  // Nearly all words are plain text.
  if (!word.parts && !word.text.startsWith('~')) return [word.value];
  const results: string[] = [];
  for (const field of splitFields(yield* expandWord(shell, word, false), ifs(shell))) {
    const paths = shell.options.has('f') ? [] : yield* expandPath(field);
    if (paths.length > 0) addAll(results, paths);
    else results.push(textOf(field));
  }
  return results;
}

/** A word as one string: for assignments, redirections and `case`. */
export function* expandToText(shell: Shell, word: Word, isAssignment = false): Running<string> {
  return textOf(yield* expandToPattern(shell, word, isAssignment));
}

/** As `expandToText`, but still knowing what was quoted. */
export function* expandToPattern(shell: Shell, word: Word, isAssignment = false): Running<Field> {
  return joined(yield* expandWord(shell, word, isAssignment));
}

/** The parts of a here-document's body, or of an arithmetic word: as in double quotes. */
export function* expandQuoted(shell: Shell, parts: readonly WordPart[]): Running<string> {
  return textOf(joined(yield* expandParts(shell, parts, true)));
}

function* expandWord(shell: Shell, word: Word, isAssignment: boolean): Running<Expansion> {
  const parts: readonly WordPart[] = word.parts ?? [
    { type: 'Literal', text: word.text, value: word.value, pos: word.pos, end: word.end },
  ];
  const [first, ...others] = parts;
  if (first?.type !== 'Literal') return yield* expandParts(shell, parts, false);
  const begun = { text: expandTilde(shell, first.text, first.value, isAssignment), quoted: true, split: false };
  return [begun, ...(yield* expandParts(shell, others, false))];
}

/** `~` at a word's beginning, and in an assignment after each colon: $HOME. Only root's home is known by name. */
function expandTilde(shell: Shell, text: string, value: string, isAssignment: boolean): string {
  if (text !== value || !text.includes('~')) return value;
  const home = (name: string | undefined): string | undefined =>
    name === 'root' ? '/root' : name === '' ? parameter(shell, 'HOME') : undefined;
  return value
    .split(isAssignment ? ':' : /(?!)/)
    .map((part) => part.replace(/^~([a-z]*)(?=\/|$)/, (whole, name: string) => home(name) ?? whole))
    .join(':');
}

function* expandParts(shell: Shell, parts: readonly WordPart[], quoted: boolean): Running<Expansion> {
  const result: Expansion[number][] = [];
  for (const part of parts) addAll(result, yield* expandPart(shell, part, quoted));
  return result;
}

function* expandPart(shell: Shell, part: WordPart, quoted: boolean): Running<Expansion> {
  switch (part.type) {
    case 'Literal':
      return [{ text: part.value, quoted: true, split: false }];
    case 'AnsiCQuoted': {
      // dash does not know $'…': a dollar, and a quoted string.
      const text = shell.dialect.name === 'dash' ? `$${part.text.slice(2, -1)}` : part.value;
      return [{ text, quoted: true, split: false }];
    }
    case 'SingleQuoted':
      return [{ text: part.value, quoted: true, split: false }];
    case 'Glob': {
      if (part.kind !== 'bracket') return [{ text: part.text, quoted, split: false }];
      const inside = yield* expandParts(shell, part.parts, quoted);
      // What is plain in a bracket expression belongs to the pattern; what was quoted there stands for itself.
      const unquoted = inside.map((piece, index) =>
        piece !== fieldBreak && part.parts[index]?.type === 'Literal' ? { ...piece, quoted } : piece,
      );
      return [{ text: '[', quoted, split: false }, ...unquoted, { text: ']', quoted, split: false }];
    }
    case 'DoubleQuoted':
    case 'LocaleString': {
      const inside = yield* expandParts(shell, part.parts, true);
      // Neither shell has $"…": a dollar, and a quoted string.
      const sign = part.type === 'LocaleString' ? '$' : '';
      // "" is an empty field; "$@" without parameters is none.
      const isNoField =
        sign === '' && inside.length === 0 && part.parts.length > 0 && part.parts.every(isAllParameters);
      return isNoField ? [] : [{ text: sign, quoted: true, split: false }, ...inside];
    }
    case 'SimpleExpansion':
      return expandParameter(shell, part.text.slice(1), quoted);
    case 'ParameterExpansion':
      return yield* expandBraces(shell, part, quoted);
    case 'CommandExpansion':
      return [{ text: yield* substituteCommand(shell, part.script, part.text), quoted, split: !quoted }];
    case 'ArithmeticExpansion': {
      if (!part.expression)
        throw new ShellError(shell.dialect.wrongArithmetic('expecting primary', part.text.slice(3, -2)));
      return [{ text: yield* calculate(shell, part.expression, part.text.slice(3, -2)), quoted, split: !quoted }];
    }
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return [{ text: part.text, quoted: false, split: false }];
    case 'ProcessSubstitution':
      throw new ShellError(shell.dialect.unexpected('"("', null));
  }
}

function* calculate(shell: Shell, expression: ArithmeticExpression, text: string): Running<string> {
  try {
    return String(yield* evaluate(shell, expression, expandQuoted));
  } catch (error) {
    if (error instanceof ArithmeticFault) throw new ShellError(shell.dialect.wrongArithmetic(error.message, text));
    throw error;
  }
}

/** `$@` or `${@}`. */
function isAllParameters(part: WordPart): boolean {
  return part.type === 'SimpleExpansion'
    ? part.text === '$@'
    : part.type === 'ParameterExpansion' && part.text === '${@}';
}

/** A parameter's value; "$@" is a field each. */
function expandParameter(shell: Shell, name: string, quoted: boolean): Expansion {
  if (name === '@' || (name === '*' && !quoted)) {
    return shell.positional.flatMap((text, index) => {
      const piece = { text, quoted, split: !quoted };
      return index === 0 ? [piece] : [fieldBreak, piece];
    });
  }
  const value = parameter(shell, name);
  if (value === undefined && shell.options.has('u') && name !== '*') throw new ShellError(`${name}: parameter not set`);
  return [{ text: value ?? '', quoted, split: !quoted }];
}

/** `${…}` */
function* expandBraces(shell: Shell, part: ParameterExpansionPart, quoted: boolean): Running<Expansion> {
  const { parameter: name, operation } = part;
  if (part.prefix === '!' || part.index || name === '') throw new ShellError(shell.dialect.badSubstitution);
  const value = parameter(shell, name);
  if (part.prefix === '#') {
    if (value === undefined && shell.options.has('u') && name !== '@' && name !== '*')
      throw new ShellError(`${name}: parameter not set`);
    const length = name === '@' || name === '*' ? shell.positional.length : (value ?? '').length;
    return [{ text: String(length), quoted, split: !quoted }];
  }
  if (!operation) return expandParameter(shell, name, quoted);
  if (operation.type === 'Remove') {
    const pattern = yield* expandToPattern(shell, operation.operand);
    return [{ text: removeMatch(value ?? '', pattern, operation.operator), quoted, split: !quoted }];
  }
  if (operation.type !== 'Default') throw new ShellError(shell.dialect.badSubstitution);
  const isMissing = value === undefined || (operation.operator.startsWith(':') && value === '');
  switch (operation.operator) {
    case '-':
    case ':-':
      return isMissing ? yield* expandOperand(shell, operation.operand, quoted) : expandParameter(shell, name, quoted);
    case '+':
    case ':+':
      return isMissing ? [] : yield* expandOperand(shell, operation.operand, quoted);
    case '=':
    case ':=': {
      if (!isMissing) return expandParameter(shell, name, quoted);
      const text = textOf(joined(yield* expandOperand(shell, operation.operand, quoted)));
      assign(shell, name, text);
      return [{ text, quoted, split: !quoted }];
    }
    case '?':
    case ':?': {
      if (!isMissing) return expandParameter(shell, name, quoted);
      const text = textOf(joined(yield* expandOperand(shell, operation.operand, quoted)));
      throw new ShellError(
        `${name}: ${text === '' ? `parameter not set${operation.operator === ':?' ? ' or null' : ''}` : text}`,
      );
    }
  }
}

/** The word after `:-` and its kin: outside quotes its plain text is split as an expansion's is. */
function* expandOperand(shell: Shell, operand: Word, quoted: boolean): Running<Expansion> {
  if (!operand.parts) {
    const text = quoted ? operand.value : expandTilde(shell, operand.text, operand.value, false);
    return [{ text, quoted, split: !quoted }];
  }
  const pieces: Expansion[number][] = [];
  for (const part of operand.parts) {
    const expanded = yield* expandPart(shell, part, quoted);
    pieces.push(
      ...expanded.map((piece) =>
        part.type === 'Literal' && piece !== fieldBreak && !quoted ? { ...piece, quoted: false, split: true } : piece,
      ),
    );
  }
  return pieces;
}
