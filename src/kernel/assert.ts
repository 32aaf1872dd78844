/** Ours: a broken invariant stops the machine at once, with a sentence that says which. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${message}`);
}
