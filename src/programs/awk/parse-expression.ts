/** The expressions of awk, by their precedence. */
import type { Expression, Target } from './syntax.ts';
import { AwkSyntaxError, tokensOf, type Token } from './tokens.ts';

/** In what is printed a `>` is a redirection. */
type Place = 'printed' | 'anywhere';

export class ExpressionParser {
  protected at = 0;
  protected readonly tokens: readonly Token[];
  /** Functions that are called, and where first. */
  protected readonly called = new Map<string, number>();
  private braces = 0;
  private parentheses = 0;

  constructor(text: string) {
    this.tokens = tokensOf(text);
  }

  protected get token(): Token {
    return this.peek(0);
  }

  protected peek(by: number): Token {
    return this.tokens[Math.min(this.at + by, this.tokens.length - 1)] ?? { type: 'end', text: '', line: 1 };
  }

  protected is(...texts: readonly string[]): boolean {
    const { type, text } = this.token;
    return (type === 'sign' || type === 'keyword') && texts.includes(text);
  }

  protected next(): Token {
    const token = this.token;
    if (this.is('{')) this.braces += 1;
    if (this.is('}')) this.braces -= 1;
    if (this.is('(')) this.parentheses += 1;
    if (this.is(')')) this.parentheses -= 1;
    this.at += 1;
    return token;
  }

  protected accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  protected take(text: string): void {
    if (!this.accept(text)) this.fail(text === ')' || text === '}' ? text : undefined);
  }

  protected skipNewlines(): void {
    while (this.token.type === 'newline') this.next();
  }

  protected fail(missing?: string): never {
    const { type, text, line } = this.token;
    const shown =
      type === 'newline' ? 'end of line' : type === 'end' ? 'end of file' : type === 'pattern' ? `/${text}/` : text;
    const isOver = type === 'end' && this.braces > 0;
    if (isOver) throw new AwkSyntaxError(line, 'missing } near end of file', undefined, Math.max(1, line - 1));
    if (missing === ')' && (type === 'newline' || type === 'end' || text === ';' || text === '{' || text === '}'))
      throw new AwkSyntaxError(line, `missing ) near ${shown}`);
    if (text === ')' && type === 'sign' && this.parentheses === 0) throw new AwkSyntaxError(line, "extra ')'");
    throw new AwkSyntaxError(line, `syntax error at or near ${shown}`);
  }

  protected expression(place: Place = 'anywhere'): Expression {
    const left = this.conditional(place);
    if (!isTarget(left) || !this.is('=', '+=', '-=', '*=', '/=', '%=', '^=')) return left;
    const operator = this.next().text.slice(0, -1);
    this.skipNewlines();
    return { type: 'assign', target: left, operator, value: this.expression(place) };
  }

  /** Up to a closing mark. */
  protected list(place: Place = 'anywhere'): Expression[] {
    const values = [this.expression(place)];
    while (this.accept(',')) {
      this.skipNewlines();
      values.push(this.expression(place));
    }
    return values;
  }

  private conditional(place: Place): Expression {
    const test = this.binary(0, place);
    if (!this.accept('?')) return test;
    this.skipNewlines();
    const yes = this.expression(place);
    this.skipNewlines();
    this.take(':');
    this.skipNewlines();
    return { type: 'conditional', test, yes, no: this.expression(place) };
  }

  /** Levels from `||` to `~`; what compares is below them. */
  private binary(level: number, place: Place): Expression {
    const operators = [['||'], ['&&'], ['in'], ['~', '!~']][level];
    if (operators === undefined) return this.comparison(place);
    let left = this.binary(level + 1, place);
    while (this.is(...operators)) {
      const { text: operator, line } = this.next();
      if (operator === 'in') {
        const array = this.next();
        if (array.type !== 'name') this.fail();
        left = { type: 'in', keys: left.type === 'list' ? left.values : [left], array: array.text };
        continue;
      }
      this.skipNewlines();
      left = { type: 'binary', operator, left, right: this.withAssignment(this.binary(level + 1, place), place), line };
    }
    return left;
  }

  /** `a && b = c` assigns, for nothing else can be meant. */
  private withAssignment(value: Expression, place: Place): Expression {
    if (!isTarget(value) || !this.is('=', '+=', '-=', '*=', '/=', '%=', '^=')) return value;
    const operator = this.next().text.slice(0, -1);
    return { type: 'assign', target: value, operator, value: this.expression(place) };
  }

  private comparison(place: Place): Expression {
    let left = this.piped(this.concatenation());
    while (this.is('<', '<=', '==', '!=', '>', '>=') && !(place === 'printed' && this.is('>'))) {
      const { text: operator, line } = this.next();
      left = { type: 'binary', operator, left, right: this.concatenation(), line };
    }
    return left;
  }

  private piped(command: Expression): Expression {
    let left = command;
    while (this.is('|') && this.peek(1).text === 'getline') {
      this.next();
      this.next();
      left = { type: 'getline', from: 'command', source: left, target: this.targetIfAny() };
    }
    return left;
  }

  protected concatenation(): Expression {
    let left = this.sum();
    while (this.startsOperand()) {
      const { line } = this.token;
      left = { type: 'binary', operator: ' ', left, right: this.sum(), line };
    }
    return left;
  }

  private startsOperand(): boolean {
    const { type } = this.token;
    if (type === 'sign') return this.is('$', '(', '++', '--');
    return ['number', 'string', 'pattern', 'name', 'called', 'builtin'].includes(type);
  }

  private sum(): Expression {
    let left = this.product();
    while (this.is('+', '-')) {
      const { text: operator, line } = this.next();
      left = { type: 'binary', operator, left, right: this.product(), line };
    }
    return left;
  }

  private product(): Expression {
    let left = this.unary();
    while (this.is('*', '/', '%')) {
      const { text: operator, line } = this.next();
      left = { type: 'binary', operator, left, right: this.unary(), line };
    }
    return left;
  }

  private unary(): Expression {
    if (!this.is('!', '-', '+')) return this.power();
    const operator = this.next().text;
    return { type: 'unary', operator, value: this.unary() };
  }

  private power(): Expression {
    const left = this.counted();
    if (!this.is('^')) return left;
    const { line } = this.next();
    const right = this.is('-', '+', '!') ? this.unary() : this.power();
    return { type: 'binary', operator: '^', left, right, line };
  }

  private counted(): Expression {
    if (this.is('++', '--')) {
      const by = this.next().text === '++' ? 1 : -1;
      const target = this.primary();
      return isTarget(target) ? { type: 'count', target, by, isBefore: true } : this.fail();
    }
    const value = this.primary();
    if (!isTarget(value) || !this.is('++', '--')) return value;
    return { type: 'count', target: value, by: this.next().text === '++' ? 1 : -1, isBefore: false };
  }

  private targetIfAny(): Target | null {
    if (!this.is('$') && this.token.type !== 'name') return null;
    const target = this.primary();
    return isTarget(target) ? target : this.fail();
  }

  private primary(): Expression {
    const { type, text, line } = this.token;
    switch (type) {
      case 'number':
        this.next();
        return { type: 'number', value: Number(text) };
      case 'string':
        this.next();
        return { type: 'string', value: text };
      case 'pattern':
        this.next();
        return { type: 'pattern', source: text };
      case 'called':
        this.next();
        if (!this.called.has(text)) this.called.set(text, line);
        return { type: 'call', name: text, values: this.values() };
      case 'builtin':
        this.next();
        if (!this.is('(') && text !== 'length') this.fail();
        return { type: 'builtin', name: text, values: this.is('(') ? this.values() : [] };
      case 'name':
        this.next();
        if (!this.accept('[')) return { type: 'variable', name: text };
        return { type: 'element', name: text, keys: this.closed(']') };
      default:
    }
    if (this.accept('(')) {
      const values = this.closed(')');
      const [value] = values;
      // A variable in brackets is no longer assigned to by what stands behind them.
      return values.length === 1 && value !== undefined && !isTarget(value) ? value : { type: 'list', values };
    }
    if (this.accept('$')) {
      return {
        type: 'field',
        index: this.is('-', '+', '!') ? this.unary() : this.is('++', '--') ? this.counted() : this.primary(),
      };
    }
    if (this.accept('getline')) {
      const target = this.targetIfAny();
      if (!this.accept('<')) return { type: 'getline', from: 'input', source: null, target };
      return { type: 'getline', from: 'file', source: this.primary(), target };
    }
    return this.fail();
  }

  private values(): Expression[] {
    this.take('(');
    this.skipNewlines();
    if (this.accept(')')) return [];
    return this.closed(')');
  }

  private closed(by: ')' | ']'): Expression[] {
    const values = this.list();
    this.skipNewlinesIn(by);
    this.take(by);
    return values;
  }

  private skipNewlinesIn(by: string): void {
    if (this.token.type === 'newline' && this.peek(1).text === by) this.next();
  }
}

function isTarget(value: Expression): value is Target {
  return value.type === 'variable' || value.type === 'field' || value.type === 'element';
}
