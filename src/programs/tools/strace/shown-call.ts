/** What strace prints of a call and its arguments. strace: src/*.c; the words are those of its version 6.1. */
import type { Request } from '../../../kernel/abi.ts';
import { fileShapes } from './file-shapes.ts';
import { taskShapes } from './task-shapes.ts';

/** How one call is printed: what is known when it begins, and what only its return tells. */
export interface Shape {
  readonly name: string;
  /** Arguments that are known at the entry. */
  readonly entry: string;
  /** Arguments that the kernel fills in; `value` is null when the call failed. */
  readonly exit?: (value: unknown) => string;
  /** What it returned, where that is not the number itself. */
  readonly result?: (value: unknown) => string;
}

/** `text` is a string as strace quotes it, shortened to what -s says. */
export type ShapeOf = (args: readonly unknown[], text: (bytes: string) => string) => Shape;

const shapes: Readonly<Record<string, ShapeOf>> = { ...taskShapes, ...fileShapes };

/** Undefined for calls that are none of Linux's, and for those between the coroutines of a process (futex). */
export function shapeOf({ call, args }: Request, text: (bytes: string) => string): Shape | undefined {
  return shapes[call]?.(args, text);
}

/** Calls that the journal notes by itself and that are printed from their requests already. */
export const notedTwice: ReadonlySet<string> = new Set(['openat', 'write', 'kill', 'unlink']);
