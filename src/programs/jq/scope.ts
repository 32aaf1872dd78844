/** What a running program's names mean, and what flows between its filters. */
import type { Path } from './paths.ts';
import type { Json } from './value.ts';

export interface Place {
  readonly value: Json;
  /** Null where nobody asks for the path. */
  readonly path: Path | null;
}

/** A filter with the names that it may use. */
export interface Closure {
  readonly run: (input: Place) => Generator<Place>;
}

/** What a name means, innermost first: `$x` a value, `f/1` a filter. */
export interface Scope {
  readonly name: string;
  readonly value?: Json;
  readonly call?: (args: readonly Closure[]) => Closure;
  readonly outer: Scope | null;
  /** Names that all see each other: those that every program has. */
  readonly table?: ReadonlyMap<string, Scope>;
}

/** Filters that are not written in jq, by `name/arity`. */
export type Native = (input: Place, args: readonly Closure[]) => Generator<Place>;

/** Leaves the values of a `label`. */
export class Break extends Error {
  readonly label: object;
  constructor(label: object) {
    super('break');
    this.label = label;
  }
}

export function lookUp(scope: Scope | null, name: string): Scope | null {
  for (let at = scope; at !== null; at = at.outer) {
    const found = at.name === name ? at : at.table?.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

/** A value that nobody can say a path of. */
export function plain(value: Json): Place {
  return { value, path: null };
}
