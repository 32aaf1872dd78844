/**
 * Compares what the recording says with what the simulator did: every recorded fact must be there, in the recorded
 * order, and nothing else. A difference that is known and meant is accepted as it stands, word for word; an acceptance
 * that is no longer needed is itself a difference, so that the list cannot rot.
 */
export function compareInOrder<Fact extends object>(
  recorded: readonly Fact[],
  simulated: readonly Fact[],
  acceptances: readonly Accepted[] = [],
): Comparison<Fact> {
  const places = matchPlaces(recorded.map(keyOf), simulated.map(keyOf));
  const found = [
    ...missingFacts(recorded, places),
    ...movedFacts(recorded, places),
    ...extraFacts(simulated, places),
  ].toSorted((one, other) => one.at - other.at);

  const open = [...found];
  const accepted: { readonly id: string; readonly reason: string; readonly times: number }[] = [];
  const unmet: UnmetAcceptance[] = [];
  for (const { id, reason, differences } of acceptances) {
    let times = 0;
    for (const difference of differences) {
      const place = open.findIndex((other) => tellDifference(other) === difference);
      if (place === -1) unmet.push({ type: 'accepted but not met', id, difference });
      else open.splice(place, 1);
      if (place !== -1) times += 1;
    }
    if (times > 0) accepted.push({ id, reason, times });
  }

  return {
    compared: recorded.length,
    equal: open.length === 0 && unmet.length === 0,
    differences: [...open, ...unmet],
    accepted,
  };
}

/** How a simulated run differs from its recording at one fact. `at` is an index into the list that holds the fact. */
export type Difference<Fact> =
  | { readonly type: 'missing'; readonly fact: Fact; readonly at: number; readonly after: Fact | undefined }
  | { readonly type: 'extra'; readonly fact: Fact; readonly at: number; readonly after: Fact | undefined }
  | {
      readonly type: 'order';
      readonly fact: Fact;
      readonly at: number;
      /** Facts that the recording puts after this one, and the simulator before it. */
      readonly before: readonly Fact[];
      /** Facts that the recording puts before this one, and the simulator after it. */
      readonly behind: readonly Fact[];
    };

export interface UnmetAcceptance {
  readonly type: 'accepted but not met';
  readonly id: string;
  readonly difference: string;
}

/** Differences that are meant: `id` and `reason` as MODEL.md lists them. */
export interface Accepted {
  readonly id: string;
  readonly reason: string;
  /** Each as `tellDifference` has it, as often as it is there. */
  readonly differences: readonly string[];
}

export interface Comparison<Fact> {
  /** Number of recorded facts that were looked for. */
  readonly compared: number;
  readonly equal: boolean;
  readonly differences: readonly (Difference<Fact> | UnmetAcceptance)[];
  readonly accepted: readonly { readonly id: string; readonly reason: string; readonly times: number }[];
}

/** The comparison as text: a title with the count, then one line for each difference. Empty lines never. */
export function describeComparison<Fact extends object>(title: string, comparison: Comparison<Fact>): string {
  const { compared, differences, accepted } = comparison;
  const missing = differences.filter(({ type }) => type === 'missing').length;
  return [
    `${title}: ${compared - missing} of ${compared} recorded facts found, ${differences.length} differences`,
    ...differences.map(describeDifference),
    ...accepted.map(({ id, reason, times }) => `  = ${id}, ${times} times: ${reason}`),
  ].join('\n');
}

/**
 * A difference in a line: `- FACT` is recorded and missing here, `+ FACT` is here only, `~ FACT | before FACT | after
 * FACT` stands elsewhere, and the recording has it before and after these.
 */
function tellDifference<Fact extends object>(difference: Difference<Fact>): string {
  const fact = describeFact(difference.fact);
  if (difference.type !== 'order') return `${difference.type === 'missing' ? '-' : '+'} ${fact}`;
  const before = difference.before.map((other) => ` | before ${describeFact(other)}`);
  const behind = difference.behind.map((other) => ` | after ${describeFact(other)}`);
  return `~ ${fact}${[...before, ...behind].join('')}`;
}

function describeDifference<Fact extends object>(difference: Difference<Fact> | UnmetAcceptance): string {
  if (difference.type === 'accepted but not met') {
    return `  ? accepted, but no such difference: ${difference.difference}  (${difference.id})`;
  }
  return `  ${tellDifference(difference)}${difference.type === 'order' ? '' : whereAfter(difference.after)}`;
}

function whereAfter(fact: object | undefined): string {
  return fact === undefined ? '  (at the start)' : `  (after ${describeFact(fact)})`;
}

function describeFact(fact: object): string {
  return Object.entries(fact)
    .filter(([name]) => !isPlace(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** Where a fact stands is compared by the order of the list; these say it a second time. */
function isPlace(name: string): boolean {
  return name === 'at' || name === 'answeredAt' || name === 'inferred';
}

/** The fact as text that is equal for equal facts, whatever the order in which its fields were written. */
function keyOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(keyOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const fields = Object.entries(value)
    .filter(([name, field]) => !isPlace(name) && field !== undefined)
    .map(([name, field]) => `${JSON.stringify(name)}:${keyOf(field)}`)
    .toSorted();
  return `{${fields.join(',')}}`;
}

/**
 * For each recorded fact the place of the same fact in the simulated list, or undefined. The longest subsequence
 * of both comes first, so that one fact out of place is told as one; what is left is paired in order.
 */
function matchPlaces(recorded: readonly string[], simulated: readonly string[]): readonly (number | undefined)[] {
  const places = longestSubsequenceOfBoth(recorded, simulated);
  const taken = new Set(places);
  const free = new Map<string, number[]>();
  for (const [place, key] of simulated.entries()) {
    if (taken.has(place)) continue;
    const others = free.get(key);
    if (others === undefined) free.set(key, [place]);
    else others.push(place);
  }
  return recorded.map((key, index) => places[index] ?? free.get(key)?.shift());
}

function longestSubsequenceOfBoth(one: readonly string[], other: readonly string[]): readonly (number | undefined)[] {
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = one.length - 1; row >= 0; row -= 1) {
    for (let column = other.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        one[row] === other[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1));
    }
  }
  const places: (number | undefined)[] = [];
  let column = 0;
  for (let row = 0; row < one.length; row += 1) {
    while (column < other.length && one[row] !== other[column] && lengthAt(row, column) === lengthAt(row, column + 1)) {
      column += 1;
    }
    const isInBoth = column < other.length && one[row] === other[column];
    places.push(isInBoth ? column : undefined);
    if (isInBoth) column += 1;
  }
  return places;
}

function missingFacts<Fact>(
  recorded: readonly Fact[],
  places: readonly (number | undefined)[],
): readonly Difference<Fact>[] {
  return recorded.flatMap((fact, at) =>
    places[at] === undefined ? [{ type: 'missing', fact, at, after: recorded[at - 1] } as const] : [],
  );
}

function extraFacts<Fact>(
  simulated: readonly Fact[],
  places: readonly (number | undefined)[],
): readonly Difference<Fact>[] {
  const taken = new Set(places);
  return simulated.flatMap((fact, at) =>
    taken.has(at) ? [] : [{ type: 'extra', fact, at, after: simulated[at - 1] } as const],
  );
}

/** The fewest facts whose removal puts the rest in order, each with the facts that it changed places with. */
function movedFacts<Fact>(
  recorded: readonly Fact[],
  places: readonly (number | undefined)[],
): readonly Difference<Fact>[] {
  const present = recorded.flatMap((fact, at) => {
    const place = places[at];
    return place === undefined ? [] : [{ fact, at, place }];
  });
  const steady = longestRisingRun(present.map(({ place }) => place));
  return present.flatMap((moved, index) => {
    if (steady.has(index)) return [];
    const swapped = present.filter((other) => other.at < moved.at !== other.place < moved.place && other !== moved);
    return [
      {
        type: 'order',
        fact: moved.fact,
        at: moved.at,
        before: swapped.filter((other) => other.at > moved.at).map(({ fact }) => fact),
        behind: swapped.filter((other) => other.at < moved.at).map(({ fact }) => fact),
      } as const,
    ];
  });
}

/** The indices of a longest strictly rising subsequence. */
function longestRisingRun(values: readonly number[]): ReadonlySet<number> {
  const best: { readonly length: number; readonly previous: number }[] = [];
  let last = -1;
  for (const [index, value] of values.entries()) {
    let length = 1;
    let previous = -1;
    for (let earlier = 0; earlier < index; earlier += 1) {
      const candidate = best[earlier]?.length ?? 0;
      if ((values[earlier] ?? value) < value && candidate + 1 > length) {
        length = candidate + 1;
        previous = earlier;
      }
    }
    best.push({ length, previous });
    if (length > (best[last]?.length ?? 0)) last = index;
  }
  const run = new Set<number>();
  for (let index = last; index >= 0; index = best[index]?.previous ?? -1) run.add(index);
  return run;
}
