/** How many facts were compared and how many differ, as a table that MODEL.md has and a test holds to the truth. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Comparison } from './compare.ts';

export interface Tally {
  facts: number;
  /** Accepted differences; others fail their test. */
  differ: number;
}

/** By recording. */
export type Tallies = Map<string, Tally>;

const begin = '<!-- facts compared -->';
const end = '<!-- /facts compared -->';
const head = '| recording | compared | facts | of them accepted as different |\n|---|---|---|---|';

/** Adds what a comparison found to the recording's sum. */
export function count(tallies: Tallies, source: string, { compared, accepted }: Comparison<object>): void {
  countFacts(
    tallies,
    source,
    compared,
    accepted.reduce((times, each) => times + each.times, 0),
  );
}

/** Adds facts that were compared by themselves, as the words and the exit code of a command are. */
export function countFacts(tallies: Tallies, source: string, facts: number, differ = 0): void {
  const sum = tallies.get(source) ?? { facts: 0, differ: 0 };
  tallies.set(source, { facts: sum.facts + facts, differ: sum.differ + differ });
}

/**
 * The rows of one kind of comparison, as MODEL.md is to have them.
 *
 * @param what was compared, in the words of the table's second column.
 */
export function rowsOf(what: string, tallies: Tallies): readonly string[] {
  return Array.from(
    tallies,
    ([source, { facts, differ }]) => `| \`${source}\` | ${what} | ${facts} | ${differ} |`,
  ).toSorted();
}

/** The rows that MODEL.md has of this kind. UPDATE_MODEL=1 writes `rows` first. */
export function rowsInModel(what: string, rows: readonly string[]): readonly string[] {
  console.log(rows.join('\n'));
  const [before = '', rest = ''] = readFileSync('MODEL.md', 'utf8').split(begin);
  const [table = '', after = ''] = rest.split(end);
  const told = table.trim().split('\n').slice(2);
  const isOfThese = (row: string): boolean => row.split(' | ')[1] === what;
  if (process.env['UPDATE_MODEL'] === undefined) return told.filter(isOfThese);
  const all = [...told.filter((row) => row !== '' && !isOfThese(row)), ...rows].toSorted();
  writeFileSync('MODEL.md', `${before}${begin}\n${head}\n${all.join('\n')}\n${end}${after}`);
  return rows;
}
