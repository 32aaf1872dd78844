/** A copy that shares nothing that changes: of maps, sets, lists and plain objects, however deep. */
export function copyOf<Value>(value: Value): Value {
  return copied(value) as Value;
}

function copied(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, of]) => [key, copied(of)]));
  if (value instanceof Set) return new Set(value);
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, copied(of)]));
}
