/** The rules, functions and statements of awk. */
import { AwkUnmodelled } from './failure.ts';
import { ExpressionParser } from './parse-expression.ts';
import type { AwkProgram, Expression, Redirection, Rule, Statement, UserFunction } from './syntax.ts';
import { AwkSyntaxError } from './tokens.ts';

/** What both have and this has not. */
const unmodelled = new Set(['strftime', 'mktime']);

/** Parses a program. Throws AwkSyntaxError, and AwkUnmodelled. */
export function parseAwk(text: string): AwkProgram {
  return new Parser(text).program();
}

class Parser extends ExpressionParser {
  private readonly functions = new Map<string, UserFunction>();
  private loops = 0;
  private place: 'BEGIN' | 'END' | 'record' | 'function' = 'record';

  program(): AwkProgram {
    const rules: Rule[] = [];
    for (this.skipEnds(); this.token.type !== 'end'; this.skipEnds()) {
      if (this.accept('function') || this.accept('func')) this.userFunction();
      else rules.push(this.rule());
    }
    const end = this.token.line;
    for (const name of this.called.keys()) {
      if (unmodelled.has(name) && !this.functions.has(name)) throw new AwkUnmodelled(`${name}()`);
      if (!this.functions.has(name))
        throw new AwkSyntaxError(
          end,
          `function ${name} never defined`,
          'Call to undefined function',
          Math.max(1, end - 1),
        );
    }
    return { rules, functions: this.functions };
  }

  private userFunction(): void {
    const { text: name, type } = this.next();
    if (type !== 'called' && type !== 'name') this.fail();
    this.take('(');
    const parameters: string[] = [];
    while (this.token.type === 'name') {
      parameters.push(this.next().text);
      if (!this.accept(',')) break;
      this.skipNewlines();
    }
    this.take(')');
    this.skipNewlines();
    this.place = 'function';
    this.functions.set(name, { parameters, body: this.block() });
  }

  private rule(): Rule {
    this.place = 'record';
    if (this.is('BEGIN', 'END')) {
      const when = this.next().text === 'END' ? 'END' : 'BEGIN';
      this.place = when;
      if (!this.is('{')) this.fail();
      return { when, from: null, to: null, body: this.block() };
    }
    const from = this.is('{') ? null : this.expression();
    let to: Expression | null = null;
    if (from !== null && this.accept(',')) {
      this.skipNewlines();
      to = this.expression();
    }
    if (this.is('{')) return { when: 'record', from, to, body: this.block() };
    if (!['newline', 'end'].includes(this.token.type) && !this.is(';')) this.fail();
    return { when: 'record', from, to, body: null };
  }

  private skipEnds(): void {
    while (this.token.type === 'newline' || this.is(';')) this.next();
  }

  private block(): Statement[] {
    this.take('{');
    const body: Statement[] = [];
    for (this.skipEnds(); !this.is('}'); this.skipEnds()) body.push(this.statement());
    this.next();
    return body;
  }

  private statement(): Statement {
    if (this.is('{')) return { type: 'block', body: this.block() };
    if (this.accept('if')) return this.ifStatement();
    if (this.accept('while')) {
      const test = this.condition();
      if (this.accept(';')) return { type: 'while', test, body: { type: 'block', body: [] } };
      return { type: 'while', test, body: this.loopBody() };
    }
    if (this.accept('for')) return this.forStatement();
    if (this.accept('do')) {
      const body = this.loopBody();
      this.skipEnds();
      this.take('while');
      const test = this.condition();
      this.endOfStatement();
      return { type: 'do', test, body };
    }
    if (this.accept(';')) return { type: 'block', body: [] };
    const statement = this.simple();
    this.endOfStatement();
    return statement;
  }

  private endOfStatement(): void {
    if (this.is('}')) return;
    if (this.token.type !== 'newline' && !this.is(';')) this.fail();
    this.next();
  }

  private condition(): Expression {
    this.take('(');
    const test = this.expression();
    this.take(')');
    return test;
  }

  private body(): Statement {
    this.skipNewlines();
    return this.statement();
  }

  private loopBody(): Statement {
    this.loops += 1;
    const body = this.body();
    this.loops -= 1;
    return body;
  }

  private ifStatement(): Statement {
    const test = this.condition();
    const yes = this.body();
    const before = this.at;
    this.skipEnds();
    if (this.accept('else')) return { type: 'if', test, yes, no: this.body() };
    this.at = before;
    return { type: 'if', test, yes, no: null };
  }

  private forStatement(): Statement {
    this.take('(');
    if (this.token.type === 'name' && this.peek(1).text === 'in' && this.peek(3).text === ')') {
      const name = this.next().text;
      this.next();
      const array = this.next().text;
      this.next();
      return { type: 'for in', name, array, body: this.forBody() };
    }
    const before = this.is(';') ? null : this.simple();
    this.take(';');
    this.skipNewlines();
    const test = this.is(';') ? null : this.expression();
    this.take(';');
    this.skipNewlines();
    const after = this.is(')') ? null : this.simple();
    this.take(')');
    return { type: 'for', before, test, after, body: this.forBody() };
  }

  private forBody(): Statement {
    return this.accept(';') ? { type: 'block', body: [] } : this.loopBody();
  }

  private simple(): Statement {
    const { text, line } = this.token;
    if (this.accept('print')) return this.print('print');
    if (this.accept('printf')) return this.print('printf');
    if (this.accept('delete')) {
      const name = this.next().text;
      const keys = this.accept('[') ? this.list() : null;
      if (keys !== null) this.take(']');
      return { type: 'delete', name, keys };
    }
    if (this.accept('exit') || this.accept('return')) {
      if (text === 'return' && this.place !== 'function')
        throw new AwkSyntaxError(line, 'return outside function body');
      return { type: text === 'exit' ? 'exit' : 'return', value: this.endsHere() ? null : this.expression() };
    }
    if (this.accept('next') || this.accept('nextfile')) {
      if (this.place === 'BEGIN' || this.place === 'END') throw new AwkSyntaxError(line, `improper use of ${text}`);
      return { type: text === 'next' ? 'next' : 'nextfile' };
    }
    if (this.accept('break') || this.accept('continue')) {
      if (this.loops === 0)
        throw new AwkSyntaxError(line, `${text} statement outside of loop`, `'${text}' not in a loop`);
      return { type: text === 'break' ? 'break' : 'continue' };
    }
    return { type: 'expression', value: this.expression() };
  }

  private endsHere(): boolean {
    return this.token.type === 'newline' || this.is(';', '}');
  }

  private print(type: 'print' | 'printf'): Statement {
    const listed = this.endsHere() || this.is('>', '>>', '|') ? [] : this.list('printed');
    const [first] = listed;
    const values = listed.length === 1 && first?.type === 'list' ? first.values : listed;
    let redirection: Redirection | null = null;
    if (this.is('>', '>>', '|')) {
      const sign = this.next().text;
      redirection = { sign: sign === '>' ? '>' : sign === '>>' ? '>>' : '|', to: this.expression('printed') };
    }
    return { type, values, redirection };
  }
}
