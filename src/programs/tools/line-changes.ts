/** Which lines of two texts differ: the shortest way from one to the other, as diff(1) finds it. */

/** Lines from `oldStart` to `oldEnd` became those from `newStart` to `newEnd`: from 0 on, without the ends. */
export interface Change {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** The changes in order; lines are equal when their texts are. */
export function changesBetween(old: readonly string[], fresh: readonly string[]): readonly Change[] {
  const isGone: boolean[] = old.map(() => false);
  const isNew: boolean[] = fresh.map(() => false);
  compare(old, fresh, isGone, isNew);
  slide(old, isGone, isNew);
  slide(fresh, isNew, isGone);
  const changes: Change[] = [];
  for (let at = 0, other = 0; at < old.length || other < fresh.length; at += 1, other += 1) {
    const [oldStart, newStart] = [at, other];
    while (isGone[at] === true) at += 1;
    while (isNew[other] === true) other += 1;
    if (at > oldStart || other > newStart) changes.push({ oldStart, oldEnd: at, newStart, newEnd: other });
  }
  return changes;
}

/**
 * Marks what is gone and what is new, by halves: where the shortest way crosses the middle, it is cut in two. E. Myers,
 * "An O(ND) difference algorithm and its variations"; gnulib: lib/diffseq.h.
 */
function compare(old: readonly string[], fresh: readonly string[], isGone: boolean[], isNew: boolean[]): void {
  const parts: [number, number, number, number][] = [[0, old.length, 0, fresh.length]];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    let [start, end, newStart, newEnd] = part;
    while (start < end && newStart < newEnd && old[start] === fresh[newStart])
      [start, newStart] = [start + 1, newStart + 1];
    while (start < end && newStart < newEnd && old[end - 1] === fresh[newEnd - 1])
      [end, newEnd] = [end - 1, newEnd - 1];
    if (start === end) isNew.fill(true, newStart, newEnd);
    else if (newStart === newEnd) isGone.fill(true, start, end);
    else {
      const [middle, newMiddle] = middleOf(old, fresh, [start, end, newStart, newEnd]);
      parts.push([start, middle, newStart, newMiddle], [middle, end, newMiddle, newEnd]);
    }
  }
}

/** Where the ways from both ends meet first. A diagonal's number is what the old place is ahead of the new one. */
function middleOf(
  old: readonly string[],
  fresh: readonly string[],
  [start, end, newStart, newEnd]: readonly [number, number, number, number],
): readonly [number, number] {
  const [lowest, highest] = [start - newEnd, end - newStart];
  const [first, last] = [start - newStart, end - newEnd];
  const isOdd = (first - last) % 2 !== 0;
  const forward = new Map([[first, start]]);
  const backward = new Map([[last, end]]);
  const far = Number.MAX_SAFE_INTEGER;
  let [forwardLow, forwardHigh, backwardLow, backwardHigh] = [first, first, last, last];
  for (;;) {
    forwardLow += forwardLow > lowest ? -1 : 1;
    forwardHigh += forwardHigh < highest ? 1 : -1;
    for (let diagonal = forwardHigh; diagonal >= forwardLow; diagonal -= 2) {
      const [below, above] = [forward.get(diagonal - 1) ?? -1, forward.get(diagonal + 1) ?? -1];
      let at = below < above ? above : below + 1;
      while (at < end && at - diagonal < newEnd && old[at] === fresh[at - diagonal]) at += 1;
      forward.set(diagonal, at);
      if (isOdd && diagonal >= backwardLow && diagonal <= backwardHigh && (backward.get(diagonal) ?? far) <= at)
        return [at, at - diagonal];
    }
    backwardLow += backwardLow > lowest ? -1 : 1;
    backwardHigh += backwardHigh < highest ? 1 : -1;
    for (let diagonal = backwardHigh; diagonal >= backwardLow; diagonal -= 2) {
      const [below, above] = [backward.get(diagonal - 1) ?? far, backward.get(diagonal + 1) ?? far];
      let at = below < above ? below : above - 1;
      while (at > start && at - diagonal > newStart && old[at - 1] === fresh[at - 1 - diagonal]) at -= 1;
      backward.set(diagonal, at);
      if (!isOdd && diagonal >= forwardLow && diagonal <= forwardHigh && at <= (forward.get(diagonal) ?? -1))
        return [at, at - diagonal];
    }
  }
}

/**
 * Moves each run of changed lines up until it meets the one before, then down as far as it goes, and back to where the
 * other text has changes too. diffutils: src/analyze.c, shift_boundaries().
 */
function slide(lines: readonly string[], isChanged: boolean[], isOtherChanged: readonly boolean[]): void {
  const count = lines.length;
  for (let end = 0, other = 0; ;) {
    while (end < count && isChanged[end] !== true) {
      while (isOtherChanged[other++] === true);
      end += 1;
    }
    if (end === count) return;
    let start = end;
    while (isChanged[++end] === true);
    while (isOtherChanged[other] === true) other += 1;
    let corresponding: number;
    let length: number;
    do {
      length = end - start;
      while (start > 0 && lines[start - 1] === lines[end - 1]) {
        isChanged[--start] = true;
        isChanged[--end] = false;
        while (isChanged[start - 1] === true) start -= 1;
        while (isOtherChanged[--other] === true);
      }
      corresponding = isOtherChanged[other - 1] === true ? end : count;
      while (end !== count && lines[start] === lines[end]) {
        isChanged[start++] = false;
        isChanged[end++] = true;
        while (isChanged[end] === true) end += 1;
        while (isOtherChanged[++other] === true) corresponding = end;
      }
    } while (length !== end - start);
    while (corresponding < end) {
      isChanged[--start] = true;
      isChanged[--end] = false;
      while (isOtherChanged[--other] === true);
    }
  }
}
