/**
 * How control leaves a command other than by its end. Thrown, and caught by the loop, function or shell that is meant.
 */

/** `break` and `continue`: leaves `levels` loops. */
export class LoopJump extends Error {
  readonly kind: 'break' | 'continue';
  readonly levels: number;
  constructor(kind: 'break' | 'continue', levels: number) {
    super(kind);
    this.kind = kind;
    this.levels = levels;
  }
}

/** `return`: leaves the function or the sourced file. */
export class FunctionReturn extends Error {
  readonly status: number;
  constructor(status: number) {
    super('return');
    this.status = status;
  }
}

/** `exit`, `set -e`, and errors that end a shell: unwinds to the process's outermost frame. */
export class ShellExit extends Error {
  readonly status: number;
  constructor(status: number) {
    super('exit');
    this.status = status;
  }
}

/**
 * A mistake in the script. Ends a shell that runs a script; an interactive one prints it and asks for the next line.
 */
export class ShellError extends Error {
  readonly status: number;
  /** The builtin that found it, for the message: null is the one that runs, '' none. */
  readonly command: string | null;
  constructor(message: string, status = 2, command: string | null = null) {
    super(message);
    this.status = status;
    this.command = command;
  }
}

/** Ctrl-C in an interactive shell: drops what it was doing and asks for the next line. */
export class Interrupt extends Error {}
