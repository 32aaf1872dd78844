/** A jq program as a tree. */
import type { Json } from './value.ts';

export type Expression =
  | { readonly type: 'identity' }
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'string'; readonly format: string; readonly parts: readonly (string | Expression)[] }
  | { readonly type: 'format'; readonly name: string }
  | { readonly type: 'index'; readonly of: Expression; readonly key: Expression }
  | {
      readonly type: 'slice';
      readonly of: Expression;
      readonly from: Expression | null;
      readonly to: Expression | null;
    }
  | { readonly type: 'iterate'; readonly of: Expression }
  | { readonly type: 'array'; readonly items: Expression | null }
  | { readonly type: 'object'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly type: 'negate'; readonly of: Expression }
  | { readonly type: 'pipe' | 'comma'; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'assign'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly type: 'if';
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression | null;
    }
  | { readonly type: 'try'; readonly body: Expression; readonly handler: Expression | null }
  | {
      readonly type: 'reduce';
      readonly source: Expression;
      readonly pattern: Pattern;
      readonly start: Expression;
      readonly update: Expression;
    }
  | {
      readonly type: 'foreach';
      readonly source: Expression;
      readonly pattern: Pattern;
      readonly start: Expression;
      readonly update: Expression;
      readonly extract: Expression | null;
    }
  | { readonly type: 'bind'; readonly source: Expression; readonly pattern: Pattern; readonly body: Expression }
  | { readonly type: 'define'; readonly definition: Definition; readonly body: Expression }
  | { readonly type: 'label' | 'break'; readonly name: string; readonly body: Expression | null }
  | { readonly type: 'variable'; readonly name: string; readonly at: number }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly at: number };

export type Pattern =
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'array'; readonly items: readonly Pattern[] }
  | { readonly type: 'object'; readonly entries: readonly (readonly [key: Expression, value: Pattern])[] };

export interface Definition {
  readonly name: string;
  /** `$x` takes a value, `f` a filter. */
  readonly parameters: readonly string[];
  readonly body: Expression;
}
