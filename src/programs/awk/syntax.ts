/** A program of awk as it is parsed. POSIX, awk, "Grammar". */

export type Expression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'pattern'; readonly source: string }
  | Target
  | { readonly type: 'list'; readonly values: readonly Expression[] }
  | { readonly type: 'unary'; readonly operator: string; readonly value: Expression }
  | {
      readonly type: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    }
  | { readonly type: 'in'; readonly keys: readonly Expression[]; readonly array: string }
  | { readonly type: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly type: 'assign'; readonly target: Target; readonly operator: string; readonly value: Expression }
  | { readonly type: 'count'; readonly target: Target; readonly by: 1 | -1; readonly isBefore: boolean }
  | { readonly type: 'call'; readonly name: string; readonly values: readonly Expression[] }
  | { readonly type: 'builtin'; readonly name: string; readonly values: readonly Expression[] }
  | {
      readonly type: 'getline';
      readonly from: 'input' | 'file' | 'command';
      readonly source: Expression | null;
      readonly target: Target | null;
    };

/** What can be assigned to. */
export type Target =
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'field'; readonly index: Expression }
  | { readonly type: 'element'; readonly name: string; readonly keys: readonly Expression[] };

export interface Redirection {
  readonly sign: '>' | '>>' | '|';
  readonly to: Expression;
}

export type Statement =
  | { readonly type: 'expression'; readonly value: Expression }
  | {
      readonly type: 'print' | 'printf';
      readonly values: readonly Expression[];
      readonly redirection: Redirection | null;
    }
  | { readonly type: 'block'; readonly body: readonly Statement[] }
  | { readonly type: 'if'; readonly test: Expression; readonly yes: Statement; readonly no: Statement | null }
  | { readonly type: 'while' | 'do'; readonly test: Expression; readonly body: Statement }
  | {
      readonly type: 'for';
      readonly before: Statement | null;
      readonly test: Expression | null;
      readonly after: Statement | null;
      readonly body: Statement;
    }
  | { readonly type: 'for in'; readonly name: string; readonly array: string; readonly body: Statement }
  | { readonly type: 'delete'; readonly name: string; readonly keys: readonly Expression[] | null }
  | { readonly type: 'exit' | 'return'; readonly value: Expression | null }
  | { readonly type: 'next' | 'nextfile' | 'break' | 'continue' };

export interface Rule {
  readonly when: 'BEGIN' | 'record' | 'END';
  readonly from: Expression | null;
  /** The end of a range. */
  readonly to: Expression | null;
  /** Null prints the record. */
  readonly body: readonly Statement[] | null;
}

export interface UserFunction {
  readonly parameters: readonly string[];
  readonly body: readonly Statement[];
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, UserFunction>;
}
