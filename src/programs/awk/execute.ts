/** The statements of awk. */
import type { Running } from '../../kernel/abi.ts';
import { sprintf } from './builtins.ts';
import { evaluate, keyOf, textOf } from './evaluate.ts';
import { AwkExit, AwkNext } from './failure.ts';
import { countStep, type Awk } from './machine.ts';
import { orderOfKeys } from './key-order.ts';
import type { Expression, Statement } from './syntax.ts';
import { isTrue, toNumber, toText } from './values.ts';

/** How a statement ended. */
type Ended = 'done' | 'break' | 'continue' | 'return';

/** Runs one after the other. Throws AwkExit and AwkNext. */
export function* executeAll(awk: Awk, body: readonly Statement[]): Running<Ended> {
  for (const statement of body) {
    const ended = yield* execute(awk, statement);
    if (ended !== 'done') return ended;
  }
  return 'done';
}

function* execute(awk: Awk, statement: Statement): Running<Ended> {
  switch (statement.type) {
    case 'expression':
      yield* evaluate(awk, statement.value);
      return 'done';
    case 'print':
    case 'printf':
      yield* print(awk, statement);
      return 'done';
    case 'block':
      return yield* executeAll(awk, statement.body);
    case 'if':
      if (isTrue(yield* evaluate(awk, statement.test))) return yield* execute(awk, statement.yes);
      return statement.no === null ? 'done' : yield* execute(awk, statement.no);
    case 'while':
      return yield* loop(awk, statement.test, statement.body, null);
    case 'do': {
      const ended = yield* execute(awk, statement.body);
      if (ended === 'return') return ended;
      return ended === 'break' ? 'done' : yield* loop(awk, statement.test, statement.body, null);
    }
    case 'for':
      if (statement.before !== null) yield* execute(awk, statement.before);
      return yield* loop(awk, statement.test, statement.body, statement.after);
    case 'for in':
      for (const key of orderOfKeys(awk.memory.array(statement.array), awk.flavour)) {
        awk.memory.set(statement.name, key);
        yield* countStep(awk);
        const ended = yield* execute(awk, statement.body);
        if (ended === 'return') return ended;
        if (ended === 'break') break;
      }
      return 'done';
    case 'delete': {
      const array = awk.memory.array(statement.name);
      if (statement.keys === null) array.clear();
      else array.delete(yield* keyOf(awk, statement.keys));
      return 'done';
    }
    case 'exit':
      if (statement.value !== null) awk.exitCode = toNumber(yield* evaluate(awk, statement.value)) & 0xff;
      throw new AwkExit();
    case 'return':
      awk.returned = statement.value === null ? null : yield* evaluate(awk, statement.value);
      return 'return';
    case 'next':
    case 'nextfile':
      throw new AwkNext(statement.type === 'nextfile');
    case 'break':
    case 'continue':
      return statement.type;
  }
}

function* loop(awk: Awk, test: Expression | null, body: Statement, after: Statement | null): Running<Ended> {
  while (test === null || isTrue(yield* evaluate(awk, test))) {
    yield* countStep(awk);
    const ended = yield* execute(awk, body);
    if (ended === 'return') return ended;
    if (ended === 'break') break;
    if (after !== null) yield* execute(awk, after);
  }
  return 'done';
}

function* print(awk: Awk, statement: Statement & { readonly type: 'print' | 'printf' }): Running<void> {
  const { memory } = awk;
  const values = [];
  for (const value of statement.values) values.push(yield* evaluate(awk, value));
  let text: string;
  if (statement.type === 'printf') text = sprintf(awk, values, 'printf');
  else if (values.length === 0) text = textOf(awk, memory.field(0)) + memory.text('ORS');
  else {
    const form = memory.form('OFMT');
    text = values.map((value) => toText(value, form)).join(memory.text('OFS')) + memory.text('ORS');
  }
  const { redirection } = statement;
  if (redirection === null) yield* awk.streams.write(text);
  else yield* awk.streams.write(text, textOf(awk, yield* evaluate(awk, redirection.to)), redirection.sign);
}
