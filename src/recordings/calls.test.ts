/** The system calls of the recordings that were made under strace. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';
import traced from './calls.json' with { type: 'json' };
import { byRole, callsOf, comparableCall } from './calls.ts';
import type { CallFact } from './calls.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { count, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normalise } from './normalise.ts';
import opened from './opened.json' with { type: 'json' };
import { comparableOpening, openedBy } from './opened.ts';
import type { Recording } from './recording.ts';
import { rerun } from './rerun.ts';

const tallies: Tallies = new Map();
const openedTallies: Tallies = new Map();

for (const { source, processes } of traced) {
  const recording = JSON.parse(readFileSync(`${import.meta.dirname}/${source}.json`, 'utf8')) as Recording;
  const run = rerun(
    recording.given ?? [],
    recording.commands.map(({ command }) => command.replace(/(?<=\bsh -c )(.*)$/, "'$1'")),
  );
  const [name = ''] = Object.keys(run.ids);
  const told = callsOf(run.journal, run.commands[0]?.fromSeq ?? 0, { [run.ids[name] ?? '']: '$CID' });
  const simulated = told.map(({ who, call }) => ({ who: named(who), call: named(call) }));
  const recorded = processes.flatMap(({ who, calls }) =>
    calls.flatMap((call): readonly CallFact[] => {
      const text = comparableCall(normalise(call));
      return text === undefined ? [] : [{ who, call: text }];
    }),
  );
  const comparison = compareInOrder<CallFact>(byRole(recorded), simulated, accepted(source, ['all'], 'calls'));
  count(tallies, source, comparison);
  test(`${source}: the system calls`, () => {
    expect(comparison.equal, describeComparison(`${source} calls`, comparison)).toBe(true);
  });

  const wanted = (opened.find((each) => each.source === source)?.processes ?? []).flatMap(({ who, calls }) =>
    calls.map((call): CallFact => ({ who, call: comparableOpening(normalise(call)) })),
  );
  const openings = openedBy(run.journal, run.commands[0]?.fromSeq ?? 0, { [run.ids[name] ?? '']: '$CID' }).map(
    ({ who, call }): CallFact => ({ who: named(who), call: named(call) }),
  );
  const compared = compareInOrder<CallFact>(byRole(wanted), openings, accepted(source, ['all'], 'opened'));
  count(openedTallies, source, compared);
  test(`${source}: what is opened, and which sockets`, () => {
    expect(compared.equal, describeComparison(`${source} opened`, compared)).toBe(true);
  });

  /** A container that chose its own name is `unnamed`. */
  function named(text: string): string {
    return text.replace(`:${name}`, `:${Object.values(recording.containers)[0] ?? name}`);
  }
}

test('MODEL.md counts the system calls', () => {
  const rows = rowsOf('system calls', tallies);
  expect(rowsInModel('system calls', rows)).toEqual(rows);
});

test('MODEL.md counts what is opened', () => {
  const rows = rowsOf('files and sockets opened', openedTallies);
  expect(rowsInModel('files and sockets opened', rows)).toEqual(rows);
});
