/** The grammar of the part of awk that is modelled: rules, expressions, print, printf, assignments. POSIX, awk. */
import { compilePattern } from './regular-expression.ts';
import type { AwkState } from './awk.ts';
import { AwkError, AwkTokens } from './awk-tokens.ts';

type Value = string | number;
type Expression = (state: AwkState) => Value;

export interface AwkRule {
  readonly when: 'BEGIN' | 'line' | 'END';
  readonly test: (state: AwkState) => boolean;
  readonly actions: readonly ((state: AwkState) => void)[];
}

/** Parses a program. Throws AwkError for what is not modelled. */
export function compileAwk(text: string): readonly AwkRule[] {
  return new Parser(text).program();
}

class Parser extends AwkTokens {
  program(): AwkRule[] {
    const rules: AwkRule[] = [];
    for (;;) {
      while (this.is(';') || this.is('\n')) this.next();
      if (this.kind === 'end') return rules;
      rules.push(this.rule());
    }
  }

  private rule(): AwkRule {
    let when: AwkRule['when'] = 'line';
    let test: (state: AwkState) => boolean = () => true;
    if (this.kind === 'name' && (this.is('BEGIN') || this.is('END'))) {
      when = this.is('END') ? 'END' : 'BEGIN';
      this.next();
    } else if (!this.is('{')) {
      const expression = this.expression();
      test = (state) => isTrue(expression(state));
    }
    if (!this.is('{')) return { when, test, actions: [printLine] };
    this.next();
    const actions: ((state: AwkState) => void)[] = [];
    while (!this.is('}')) {
      if (this.kind === 'end') throw new AwkError('a program without its closing }');
      if (this.is(';') || this.is('\n')) this.next();
      else actions.push(this.statement());
    }
    this.next();
    return { when, test, actions };
  }

  private statement(): (state: AwkState) => void {
    if (this.is('print') || this.is('printf')) {
      const isFormat = this.is('printf');
      this.next();
      const parenthesised = this.is('(');
      const values = this.list();
      if (this.is('>') || this.is('|')) throw new AwkError('redirection');
      const items = parenthesised && values.length === 1 ? values : values;
      return isFormat ? printFormat(items) : printItems(items);
    }
    if (
      this.kind === 'name' &&
      ['if', 'for', 'while', 'do', 'next', 'exit', 'delete', 'getline', 'function'].includes(this.token)
    )
      throw new AwkError(`"${this.token}"`);
    const expression = this.expression();
    return (state) => void expression(state);
  }

  private list(): Expression[] {
    const values: Expression[] = [];
    while (![';', '}', '\n', '>', '|', ')'].includes(this.token) && this.kind !== 'end') {
      values.push(this.expression(true));
      if (!this.is(',')) break;
      this.next();
    }
    return values;
  }

  /** `inPrint`: a `>` there is a redirection. */
  private expression(inPrint = false): Expression {
    const left = this.disjunction(inPrint);
    if (!this.is('?')) return left;
    this.next();
    const yes = this.expression(inPrint);
    this.take(':');
    const no = this.expression(inPrint);
    return (state) => (isTrue(left(state)) ? yes(state) : no(state));
  }

  private disjunction(inPrint: boolean): Expression {
    let left = this.conjunction(inPrint);
    while (this.is('||')) {
      this.next();
      const [one, other] = [left, this.conjunction(inPrint)];
      left = (state) => Number(isTrue(one(state)) || isTrue(other(state)));
    }
    return left;
  }

  private conjunction(inPrint: boolean): Expression {
    let left = this.comparison(inPrint);
    while (this.is('&&')) {
      this.next();
      const [one, other] = [left, this.comparison(inPrint)];
      left = (state) => Number(isTrue(one(state)) && isTrue(other(state)));
    }
    return left;
  }

  private comparison(inPrint: boolean): Expression {
    const left = this.concatenation();
    const operator = this.token;
    if (operator === '~' || operator === '!~') {
      this.next(true);
      const pattern = this.concatenation();
      return (state) =>
        Number(compilePattern(String(pattern(state)), 'extended').test(String(left(state))) === (operator === '~'));
    }
    if (!['<', '<=', '==', '!=', '>', '>='].includes(operator) || (inPrint && operator === '>')) return left;
    this.next();
    const right = this.concatenation();
    return (state) => Number(compare(left(state), operator, right(state)));
  }

  private concatenation(): Expression {
    let left = this.sum();
    while (this.kind === 'string' || this.kind === 'number' || this.kind === 'name' || this.is('$') || this.is('(')) {
      if (this.is('in')) throw new AwkError('"in"');
      const [one, other] = [left, this.sum()];
      left = (state) => text(one(state)) + text(other(state));
    }
    return left;
  }

  private sum(): Expression {
    let left = this.product();
    while (this.is('+') || this.is('-')) {
      const operator = this.token;
      this.next();
      const [one, other] = [left, this.product()];
      left = (state) =>
        operator === '+' ? number(one(state)) + number(other(state)) : number(one(state)) - number(other(state));
    }
    return left;
  }

  private product(): Expression {
    let left = this.unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const operator = this.token;
      this.next();
      const [one, other] = [left, this.unary()];
      left = (state) => {
        const [a, b] = [number(one(state)), number(other(state))];
        return operator === '*' ? a * b : operator === '/' ? a / b : a % b;
      };
    }
    return left;
  }

  private unary(): Expression {
    const operator = this.token;
    if (operator === '!' || operator === '-' || operator === '+') {
      this.next(operator === '!');
      const value = this.unary();
      return (state) =>
        operator === '!'
          ? Number(!isTrue(value(state)))
          : operator === '-'
            ? -number(value(state))
            : number(value(state));
    }
    return this.primary();
  }

  private primary(): Expression {
    const { token, kind } = this;
    if (token === '/') return this.regularExpression();
    this.next();
    if (kind === 'string') {
      const value = token.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char);
      return () => value;
    }
    if (kind === 'number') return () => Number(token);
    if (token === '(') {
      const value = this.expression();
      this.take(')');
      return value;
    }
    if (token === '$') {
      const index = this.primary();
      return (state) => {
        const field = number(index(state));
        return field === 0 ? state.line : (state.fields[field - 1] ?? '');
      };
    }
    if (kind === 'name') return this.name(token);
    throw new AwkError(kind === 'end' ? 'an unfinished program' : `"${token}"`);
  }

  private name(name: string): Expression {
    if (this.is('(') || name === 'length') return this.call(name);
    if (this.is('[')) throw new AwkError('an array');
    const value: Expression = (state) => state.variables.get(name) ?? '';
    const operator = this.token;
    if (operator === '++' || operator === '--') {
      this.next();
      return (state) => {
        const before = number(value(state));
        state.variables.set(name, operator === '++' ? before + 1 : before - 1);
        return before;
      };
    }
    if (!['=', '+=', '-=', '*=', '/='].includes(operator)) return value;
    this.next();
    const right = this.expression();
    return (state) => {
      const [before, amount] = [number(value(state)), right(state)];
      const results: Readonly<Record<string, Value>> = {
        '=': amount,
        '+=': before + number(amount),
        '-=': before - number(amount),
        '*=': before * number(amount),
        '/=': before / number(amount),
      };
      const result = results[operator] ?? amount;
      state.variables.set(name, result);
      return result;
    };
  }

  private call(name: string): Expression {
    const values: Expression[] = [];
    if (this.is('(')) {
      this.next();
      values.push(...this.list());
      this.take(')');
    }
    const argument = (state: AwkState, index: number): Value =>
      values[index]?.(state) ?? (index === 0 ? state.line : '');
    switch (name) {
      case 'length':
        return (state) => text(argument(state, 0)).length;
      case 'toupper':
        return (state) => text(argument(state, 0)).toUpperCase();
      case 'tolower':
        return (state) => text(argument(state, 0)).toLowerCase();
      case 'int':
        return (state) => Math.trunc(number(argument(state, 0)));
      case 'index':
        return (state) => text(argument(state, 0)).indexOf(text(argument(state, 1))) + 1;
      case 'substr':
        return (state) => {
          const from = number(argument(state, 1)) - 1;
          return text(argument(state, 0)).slice(
            Math.max(0, from),
            values[2] ? from + number(argument(state, 2)) : undefined,
          );
        };
      default:
        throw new AwkError(`${name}()`);
    }
  }

  private regularExpression(): Expression {
    const pattern = compilePattern(this.slashed(), 'extended');
    return (state) => Number(pattern.test(state.line));
  }

  private take(token: string): void {
    if (!this.is(token)) throw new AwkError(`"${this.token}"`);
    this.next();
  }
}

function printLine(state: AwkState): void {
  state.output += `${state.line}\n`;
}

function printItems(items: readonly Expression[]): (state: AwkState) => void {
  if (items.length === 0) return printLine;
  return (state) => {
    state.output += `${items.map((item) => text(item(state))).join(String(state.variables.get('OFS') ?? ' '))}\n`;
  };
}

function printFormat(items: readonly Expression[]): (state: AwkState) => void {
  return (state) => {
    const [format = '', ...values] = items.map((item) => item(state));
    let next = 0;
    state.output += String(format).replace(
      /%(-?)(0?)([0-9]*)(?:\.([0-9]+))?([dsif%xc])/g,
      (_, minus: string, zero: string, width: string, precision: string | undefined, kind: string) => {
        if (kind === '%') return '%';
        const value = values[next] ?? '';
        next += 1;
        const shown =
          kind === 's' || kind === 'c'
            ? text(value).slice(0, precision === undefined ? undefined : Number(precision))
            : kind === 'f'
              ? number(value).toFixed(Number(precision ?? 6))
              : kind === 'x'
                ? Math.trunc(number(value)).toString(16)
                : String(Math.trunc(number(value)));
        return minus === '' ? shown.padStart(Number(width), zero === '' ? ' ' : '0') : shown.padEnd(Number(width));
      },
    );
  };
}

function isTrue(value: Value): boolean {
  return typeof value === 'number' ? value !== 0 : value !== '' && (!looksNumeric(value) || Number(value) !== 0);
}

function looksNumeric(value: Value): boolean {
  return typeof value === 'number' || /^\s*[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?\s*$/.test(value);
}

function number(value: Value): number {
  return typeof value === 'number'
    ? value
    : Number(/^\s*[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?/.exec(value)?.[0] ?? 0);
}

function text(value: Value): string {
  return typeof value === 'string'
    ? value
    : Number.isInteger(value)
      ? String(value)
      : String(Number(value.toPrecision(6)));
}

function compare(a: Value, operator: string, b: Value): boolean {
  const [one, other] = looksNumeric(a) && looksNumeric(b) ? [Number(a), Number(b)] : [text(a), text(b)];
  switch (operator) {
    case '<':
      return one < other;
    case '<=':
      return one <= other;
    case '==':
      return one === other;
    case '!=':
      return one !== other;
    case '>':
      return one > other;
    default:
      return one >= other;
  }
}
