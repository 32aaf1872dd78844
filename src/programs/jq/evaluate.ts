/**
 * Runs a jq program: a filter takes one value and gives any number. A value travels with the path by which it was
 * reached from where `path(…)`, an assignment or `del` began, so that all of them are the one evaluator. jq: execute.c.
 */
import { operate } from './arithmetic.ts';
import { deletePaths, getKey, slice, updatePath, type Path } from './paths.ts';
import { Break, lookUp, plain, type Closure, type Place, type Scope } from './scope.ts';
import type { Definition, Expression, Pattern } from './syntax.ts';
import { isArray, isObject, isTrue, JqError, named, numberOf, toText, type Json } from './value.ts';

export function closureOf(body: Expression, scope: Scope | null): Closure {
  return { run: (input) => run(body, input, scope) };
}

/** A definition as a new innermost name; it may call itself. */
export function define({ name, parameters, body }: Definition, outer: Scope | null): Scope {
  const scope: Scope = {
    name: `${name}/${parameters.length}`,
    outer,
    call: (args) => ({ run: (input) => applied(input, scope, 0, args) }),
  };
  function* applied(input: Place, names: Scope, at: number, args: readonly Closure[]): Generator<Place> {
    const parameter = parameters[at];
    const arg = args[at];
    if (parameter === undefined || arg === undefined) {
      yield* run(body, input, names);
      return;
    }
    if (!parameter.startsWith('$')) {
      yield* applied(input, { name: `${parameter}/0`, outer: names, call: () => arg }, at + 1, args);
      return;
    }
    for (const { value } of arg.run({ value: input.value, path: null })) {
      const inner: Scope = { name: parameter, value, outer: names };
      const constant: Closure = {
        *run() {
          yield plain(value);
        },
      };
      yield* applied(input, { name: `${parameter.slice(1)}/0`, outer: inner, call: () => constant }, at + 1, args);
    }
  }
  return scope;
}

function* run(body: Expression, input: Place, scope: Scope | null): Generator<Place> {
  switch (body.type) {
    case 'identity':
      yield input;
      return;
    case 'literal':
      yield plain(body.value);
      return;
    case 'pipe':
      for (const middle of run(body.left, input, scope)) yield* run(body.right, middle, scope);
      return;
    case 'comma':
      yield* run(body.left, input, scope);
      yield* run(body.right, input, scope);
      return;
    case 'index':
      for (const key of valuesOf(body.key, input, scope))
        for (const of of run(body.of, input, scope)) yield stepInto(of, key, getKey(of.value, key));
      return;
    case 'slice':
      yield* runSlice(body, input, scope);
      return;
    case 'iterate':
      for (const of of run(body.of, input, scope)) yield* each(of);
      return;
    case 'call':
      yield* called(body.name, body.args, scope).run(input);
      return;
    case 'variable':
      yield plain(lookUp(scope, `$${body.name}`)?.value ?? null);
      return;
    case 'define':
      yield* run(body.body, input, define(body.definition, scope));
      return;
    case 'bind':
      for (const value of valuesOf(body.source, input, scope))
        for (const names of bind(body.pattern, value, input, scope)) yield* run(body.body, input, names);
      return;
    case 'if':
      for (const condition of valuesOf(body.condition, input, scope)) {
        if (isTrue(condition)) yield* run(body.whenTrue, input, scope);
        else if (body.whenFalse === null) yield input;
        else yield* run(body.whenFalse, input, scope);
      }
      return;
    default:
      yield* runMore(body, input, scope);
  }
}

type More = Exclude<
  Expression,
  {
    readonly type:
      | 'identity'
      | 'literal'
      | 'pipe'
      | 'comma'
      | 'index'
      | 'slice'
      | 'iterate'
      | 'call'
      | 'variable'
      | 'define'
      | 'bind'
      | 'if';
  }
>;

function* runMore(body: More, input: Place, scope: Scope | null): Generator<Place> {
  switch (body.type) {
    case 'string':
      for (const text of joined(body.parts, body.format, input, scope)) yield plain(text);
      return;
    case 'format':
      yield* called(body.name, [], scope).run(input);
      return;
    case 'array':
      yield plain(body.items === null ? [] : [...valuesOf(body.items, input, scope)]);
      return;
    case 'object':
      yield* runObject(body.entries, new Map(), input, scope);
      return;
    case 'negate':
      for (const value of valuesOf(body.of, input, scope)) {
        const number = numberOf(value);
        if (number === null) throw new JqError(`${named(value)} cannot be negated`);
        yield plain(-number);
      }
      return;
    case 'binary':
      yield* runBinary(body.operator, body.left, body.right, input, scope);
      return;
    case 'assign':
      yield* assign(body.operator, body.left, body.right, input, scope);
      return;
    case 'try':
      yield* runTry(body.body, body.handler, input, scope);
      return;
    case 'reduce':
    case 'foreach':
      yield* fold(body, input, scope);
      return;
    case 'label':
    case 'break':
      yield* runLabel(body.name, body.body, input, scope);
  }
}

function* valuesOf(body: Expression, input: Place, scope: Scope | null): Generator<Json> {
  for (const { value } of run(body, plain(input.value), scope)) yield value;
}

function stepInto(of: Place, key: Json, value: Json): Place {
  return { value, path: of.path === null ? null : [...of.path, key] };
}

/** `.[]`. */
export function* each(of: Place): Generator<Place> {
  const { value } = of;
  if (isArray(value)) for (const [index, item] of value.entries()) yield stepInto(of, index, item);
  else if (isObject(value)) for (const [key, item] of value) yield stepInto(of, key, item);
  else throw new JqError(`Cannot iterate over ${named(value)}`);
}

function* runSlice(body: Extract<Expression, { type: 'slice' }>, input: Place, scope: Scope | null): Generator<Place> {
  const bound = function* (part: Expression | null): Generator<Json> {
    if (part === null) yield null;
    else yield* valuesOf(part, input, scope);
  };
  for (const to of bound(body.to)) {
    for (const from of bound(body.from)) {
      const key = new Map([
        ['start', from],
        ['end', to],
      ]);
      for (const of of run(body.of, input, scope)) yield stepInto(of, key, slice(of.value, from, to));
    }
  }
}

function called(name: string, args: readonly Expression[], scope: Scope | null): Closure {
  const found = lookUp(scope, `${name}/${args.length}`);
  if (found?.call === undefined) throw new Error(`${name}/${args.length} is not defined`);
  return found.call(args.map((arg) => closureOf(arg, scope)));
}

function* bind(pattern: Pattern, value: Json, input: Place, scope: Scope | null): Generator<Scope | null> {
  if (pattern.type === 'variable') {
    yield { name: `$${pattern.name}`, value, outer: scope };
    return;
  }
  const parts: readonly (readonly [Expression, Pattern])[] =
    pattern.type === 'array'
      ? pattern.items.map((item, index) => [{ type: 'literal', value: index }, item] as const)
      : pattern.entries;
  const bindFrom = function* (at: number, names: Scope | null): Generator<Scope | null> {
    const part = parts[at];
    if (part === undefined) {
      yield names;
      return;
    }
    for (const key of valuesOf(part[0], input, names))
      for (const inner of bind(part[1], getKey(value, key), input, names)) yield* bindFrom(at + 1, inner);
  };
  yield* bindFrom(0, scope);
}

function* joined(
  parts: readonly (string | Expression)[],
  format: string,
  input: Place,
  scope: Scope | null,
): Generator<string> {
  const [first, ...rest] = parts;
  if (first === undefined) {
    yield '';
    return;
  }
  for (const tail of joined(rest, format, input, scope)) {
    if (typeof first === 'string') yield first + tail;
    else for (const value of valuesOf(first, input, scope)) yield inFormat(value, format, scope) + tail;
  }
}

function inFormat(value: Json, format: string, scope: Scope | null): string {
  if (format === '') return typeof value === 'string' ? value : toText(value);
  const [text] = called(format, [], scope).run(plain(value));
  return typeof text?.value === 'string' ? text.value : '';
}

function* runObject(
  entries: readonly (readonly [Expression, Expression])[],
  made: ReadonlyMap<string, Json>,
  input: Place,
  scope: Scope | null,
): Generator<Place> {
  const [first, ...rest] = entries;
  if (first === undefined) {
    yield plain(made);
    return;
  }
  for (const key of valuesOf(first[0], input, scope)) {
    if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
    for (const value of valuesOf(first[1], input, scope))
      yield* runObject(rest, new Map([...made, [key, value]]), input, scope);
  }
}

function* runBinary(
  operator: string,
  left: Expression,
  right: Expression,
  input: Place,
  scope: Scope | null,
): Generator<Place> {
  if (operator === '//') {
    yield* alternative(left, right, input, scope);
    return;
  }
  if (operator === 'and' || operator === 'or') {
    for (const one of valuesOf(left, input, scope)) {
      if (isTrue(one) === (operator === 'or')) yield plain(operator === 'or');
      else for (const other of valuesOf(right, input, scope)) yield plain(isTrue(other));
    }
    return;
  }
  for (const other of valuesOf(right, input, scope))
    for (const one of valuesOf(left, input, scope)) yield plain(operate(operator, one, other));
}

/** What is true on the left, errors aside; the right if there is nothing. */
function* alternative(left: Expression, right: Expression, input: Place, scope: Scope | null): Generator<Place> {
  let any = false;
  try {
    for (const place of run(left, input, scope)) {
      if (!isTrue(place.value)) continue;
      any = true;
      yield place;
    }
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
  }
  if (!any) yield* run(right, input, scope);
}

/** The paths that a filter names in a value. Throws where it names none. */
export function* pathsOf(closure: Closure, value: Json): Generator<Path> {
  for (const place of closure.run({ value, path: [] })) {
    if (place.path === null)
      throw new JqError(`Invalid path expression with result ${named(place.value).replace(/^\w+ \((.*)\)$/, '$1')}`);
    yield place.path;
  }
}

function* assign(
  operator: string,
  left: Expression,
  right: Expression,
  input: Place,
  scope: Scope | null,
): Generator<Place> {
  const paths = (): readonly Path[] => [...pathsOf(closureOf(left, scope), input.value)];
  if (operator === '|=') {
    yield plain(modify(input.value, paths(), closureOf(right, scope)));
    return;
  }
  for (const value of valuesOf(right, input, scope)) {
    const changed = (old: Json): Json => (operator === '=' ? value : operate(operator.slice(0, -1), old, value));
    yield plain(paths().reduce((whole, path) => updatePath(whole, path, changed), input.value));
  }
}

/** `|=`: the first value that the filter gives; a path for which it gives none is deleted. */
export function modify(value: Json, paths: readonly Path[], update: Closure): Json {
  const empty: Path[] = [];
  const changed = paths.reduce(
    (whole, path) =>
      updatePath(whole, path, (old) => {
        const [first] = update.run(plain(old));
        if (first === undefined) empty.push(path);
        return first === undefined ? old : first.value;
      }),
    value,
  );
  return empty.length === 0 ? changed : deletePaths(changed, empty);
}

function* runTry(body: Expression, handler: Expression | null, input: Place, scope: Scope | null): Generator<Place> {
  const values = run(body, input, scope);
  for (;;) {
    let next: IteratorResult<Place>;
    try {
      next = values.next();
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      if (handler !== null) yield* run(handler, plain(error.value), scope);
      return;
    }
    if (next.done === true) return;
    yield next.value;
  }
}

function* fold(
  body: Extract<Expression, { type: 'reduce' | 'foreach' }>,
  input: Place,
  scope: Scope | null,
): Generator<Place> {
  for (const start of run(body.start, input, scope)) {
    let state: Place | null = start;
    for (const value of valuesOf(body.source, input, scope)) {
      for (const names of bind(body.pattern, value, input, scope)) {
        if (body.type === 'reduce') {
          let last: Place | null = null;
          for (const place of run(body.update, state ?? plain(null), names)) last = place;
          state = last;
          continue;
        }
        for (const place of run(body.update, state ?? plain(null), names)) {
          state = place;
          if (body.extract === null) yield place;
          else yield* run(body.extract, place, names);
        }
      }
    }
    if (body.type === 'reduce') yield state ?? plain(null);
  }
}

function* runLabel(name: string, body: Expression | null, input: Place, scope: Scope | null): Generator<Place> {
  const key = `*${name}/0`;
  if (body === null) {
    yield* called(`*${name}`, [], scope).run(input);
    return;
  }
  const label = {};
  const leave: Closure = {
    // oxlint-disable-next-line require-yield -- it ends the values of what is around it.
    *run() {
      throw new Break(label);
    },
  };
  try {
    yield* run(body, input, { name: key, outer: scope, call: () => leave });
  } catch (error) {
    if (!(error instanceof Break) || error.label !== label) throw error;
  }
}
