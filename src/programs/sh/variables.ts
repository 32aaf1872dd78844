/** Variables and special parameters. */
import type { Environment } from '../../kernel/abi.ts';
import { ShellError } from './flow.ts';
import { currentLine, type Shell, type ShellOption, type Variable } from './shell.ts';

/** As $- shows them. dash: src/options.c, optletters, from its end. */
const optionOrder = 'ubaCvxsnmife';

const unset: Variable = { value: undefined, exported: false, readonly: false };

/**
 * The value of a parameter by its name: a variable, a position, or one of `? $ ! # - 0`. Undefined when it is not set.
 * `@` and `*` join with spaces.
 */
export function parameter(shell: Shell, name: string): string | undefined {
  if (/^[0-9]+$/.test(name)) return name === '0' ? shell.name : shell.positional[Number(name) - 1];
  switch (name) {
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.rootPid);
    case '!':
      return shell.backgroundPid === null ? undefined : String(shell.backgroundPid);
    case '#':
      return String(shell.positional.length);
    case '-':
      return Array.from(optionOrder, (letter) => (shell.options.has(letter as ShellOption) ? letter : '')).join('');
    case '@':
      return shell.positional.length === 0 ? undefined : shell.positional.join(' ');
    case '*':
      return shell.positional.length === 0 ? undefined : shell.positional.join(ifs(shell).slice(0, 1));
    case 'LINENO':
      // Debian's dash is built without it.
      return shell.dialect.name === 'ash' ? String(currentLine(shell)) : shell.variables.get(name)?.value;
    default:
      return shell.variables.get(name)?.value;
  }
}

/** $IFS; space, tab and newline while it is not set. */
export function ifs(shell: Shell): string {
  return shell.variables.get('IFS')?.value ?? ' \t\n';
}

/** Sets a variable. Throws ShellError for one that is readonly. */
export function assign(shell: Shell, name: string, value: string): void {
  const old = shell.variables.get(name) ?? unset;
  if (old.readonly) throw new ShellError(`${name}: is read only`);
  if (name === 'OPTIND' && shell.dialect.name === 'dash' && !/^\d+$/.test(value))
    throw new ShellError(`Illegal number: ${value}`);
  shell.variables.set(name, { ...old, value, exported: old.exported || shell.options.has('a') });
  if (name === 'OPTIND') shell.optionOffset = 0;
}

export function mark(shell: Shell, name: string, as: 'exported' | 'readonly'): void {
  shell.variables.set(name, { ...(shell.variables.get(name) ?? unset), [as]: true });
}

export function unsetVariable(shell: Shell, name: string): void {
  if (shell.variables.get(name)?.readonly) throw new ShellError(`${name}: is read only`);
  shell.variables.delete(name);
}

/** `local NAME`: the variable's value comes back when the function returns. */
export function makeLocal(shell: Shell, name: string): void {
  const scope = shell.localScopes.at(-1);
  if (!scope) throw new ShellError('not in a function');
  if (!scope.has(name)) scope.set(name, shell.variables.get(name));
}

export function leaveScope(shell: Shell): void {
  for (const [name, variable] of shell.localScopes.pop() ?? []) {
    if (variable) shell.variables.set(name, variable);
    else shell.variables.delete(name);
  }
}

/**
 * The environment for a program: every exported variable that has a value, in the order of the shells' hash table
 * (dash and ash: var.c, listvars() and hashvar()).
 */
export function environmentOf(shell: Shell): Environment {
  const exported = [...shell.variables].flatMap(([name, { value, exported: isExported }]) =>
    isExported && value !== undefined ? [{ name, value, bucket: bucketOf(name) }] : [],
  );
  const inOrder = exported.toSorted((one, other) => one.bucket - other.bucket);
  return Object.fromEntries(inOrder.map(({ name, value }) => [name, value]));
}

const buckets = 39;

function bucketOf(name: string): number {
  const sum = Array.from(name, (letter) => letter.charCodeAt(0)).reduce((one, other) => one + other, 0);
  return (name.charCodeAt(0) * 16 + sum) % buckets;
}

/** Text that the shell reads back as the same string: `'a b'`, as dash's `export -p` and `set` print. */
export function quoteForShell(text: string): string {
  const pieces = text.split(/('+)/).filter((piece) => piece !== '');
  const quoted = pieces.map((piece) => (piece.startsWith("'") ? `"${piece}"` : `'${piece}'`)).join('');
  return quoted.startsWith("'") ? quoted : `''${quoted}`;
}
