/** What a command printed, line by line, and its exit code. */
import { accepted } from './accepted.ts';
import { compareInOrder } from './compare.ts';
import type { Comparison } from './compare.ts';
import { countFacts } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { asFarAsKept } from './left-out.ts';

export interface Words {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Compares the words of a simulated command with the recorded ones: three facts, of which some lines may differ. */
export function compareWords(
  tallies: Tallies,
  source: string,
  label: string,
  recorded: Words,
  simulated: Words,
): Comparison<object> {
  const [wanted, told] = [recorded, simulated].map((words) =>
    linesOf({ ...words, stdout: asFarAsKept(source, label, recorded.stdout, words.stdout) }),
  );
  const comparison = compareInOrder(wanted ?? [], told ?? [], accepted(source, [label], 'words'));
  countFacts(tallies, source, 3, Math.sign(comparison.accepted.length));
  return comparison;
}

function linesOf({ exitCode, stdout, stderr }: Words): readonly object[] {
  return [
    { exitCode },
    ...stdout.split('\n').map((line) => ({ stdout: line })),
    ...stderr.split('\n').map((line) => ({ stderr: line })),
  ];
}
