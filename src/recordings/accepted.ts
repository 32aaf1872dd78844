/**
 * Where the simulator is known to differ from the recording, and why. MODEL.md lists the same; an entry that nothing
 * needs fails the comparison.
 */
import type { Accepted, Difference } from './compare.ts';

type Fact = Readonly<Record<string, unknown>>;
interface Entry {
  readonly id: string;
  readonly reason: string;
  readonly where: (source: string, labels: readonly string[], kind: string) => boolean;
  readonly matches: (difference: Difference<Fact>) => boolean;
}

export const acceptedDifferences: readonly Entry[] = [];

/** The accepted differences for one list of facts. */
export function accepted(source: string, labels: readonly string[], kind: string): readonly Accepted<object>[] {
  return acceptedDifferences
    .filter((entry) => entry.where(source, labels, kind))
    .map(({ id, reason, matches }) => ({ id, reason, matches: (difference) => matches(difference as Difference<Fact>) }));
}
