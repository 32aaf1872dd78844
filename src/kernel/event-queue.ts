/**
 * What is due when: a binary heap ordered by (time, order of arrival), so that two things due at once happen in the
 * order they were planned.
 */
export interface Due {
  readonly atNs: number;
  readonly order: number;
  /** Null once it is no longer planned. */
  kind: DueKind | null;
  readonly run: () => void;
}

/**
 * `awaited`: a step of work that whoever runs the machine waits for; `delay`: the end of a sleep that belongs to such
 * work; `busy`: other work; `timer`: the end of any other sleep.
 */
export const dueKinds = ['awaited', 'delay', 'busy', 'timer'] as const;
export type DueKind = (typeof dueKinds)[number];

export interface EventQueue {
  /** Plans `run` for a virtual time, not before now. */
  push(atNs: number, kind: DueKind, run: () => void): Due;
  /** What it was planned for has come about otherwise: nobody waits for it any more. */
  disregard(due: Due): void;
  /** Time of the next one; Infinity when nothing is planned. */
  nextNs(): number;
  pop(): Due | undefined;
  /** How many of a kind are planned. */
  count(kind: DueKind): number;
}

export function eventQueue(): EventQueue {
  const heap: Due[] = [];
  const counts: Record<DueKind, number> = { awaited: 0, delay: 0, busy: 0, timer: 0 };
  let arrivals = 0;

  function before(one: Due, other: Due): boolean {
    return one.atNs < other.atNs || (one.atNs === other.atNs && one.order < other.order);
  }

  function push(atNs: number, kind: DueKind, run: () => void): Due {
    const due: Due = { atNs, order: arrivals++, kind, run };
    counts[kind]++;
    let index = heap.length;
    heap.push(due);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (!parent || !before(due, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = due;
    return due;
  }

  function disregard(due: Due): void {
    if (due.kind !== null) counts[due.kind]--;
    due.kind = null;
  }

  function pop(): Due | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first) disregard(first);
    if (!first || !last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const left = heap[below];
      if (!left) break;
      const right = heap[below + 1];
      let least = left;
      if (right && before(right, left)) {
        below++;
        least = right;
      }
      if (!before(least, last)) break;
      heap[index] = least;
      index = below;
    }
    heap[index] = last;
    return first;
  }

  return {
    push,
    disregard,
    pop,
    nextNs: () => heap[0]?.atNs ?? Number.POSITIVE_INFINITY,
    count: (kind) => counts[kind],
  };
}
