/**
 * The recordings of the older engine, less what older-engine.ts says; and by the same rules those of the modelled one
 * that a slow recorder made for one question.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';
import { comparedWords, leftOut, linesOf } from './left-out.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import type { Comparison } from './compare.ts';
import { count, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact } from './normalise.ts';
import { observe } from './observe.ts';
import {
  comparableApi,
  comparableCalls,
  comparableHistory,
  comparableMoment,
  comparableOperation,
  comparableWords,
  isOfMany,
} from './older-engine.ts';
import type { Fact } from './older-engine.ts';
import { newerCalls, olderCalls } from './older-calls.ts';
import type { RecordedStep, Recording } from './recording.ts';
import type { Moment } from './processes.ts';
import { numberFromStart } from './role-numbers.ts';
import { rerun } from './rerun.ts';
import type { RerunCommand } from './rerun.ts';
import { compareWords } from './words.ts';

const tallies: Tallies = new Map();
const names = readdirSync(import.meta.dirname).filter((name) =>
  /^(?:native-(?!03|30)|vm-09-|vm-09c-).*\.json$/.test(name),
);

for (const name of names) {
  const recording = JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as Recording;
  const { source } = recording;
  const { run, simulated, moments } = replay(recording);
  const namesOfIds = Object.fromEntries(Object.entries(run.ids).map(([container, id]) => [id, container]));
  const tell = telling(recording, Object.keys(run.ids));
  const isRun = ({ labels }: RecordedStep): boolean => labels.every((label) => leftOut(source, label) === undefined);
  const steps = (recording.steps ?? []).filter(isRun);
  const all = (kind: 'history' | 'rpcs' | 'api' | 'events' | 'taskEvents'): readonly Fact[] =>
    steps.flatMap((step) => (step[kind] ?? []) as unknown as readonly Fact[]);
  const hasStatus = all('api').some((fact) => 'status' in fact);
  const hasTtrpc = all('rpcs').some(({ via }) => via === 'ttrpc');
  const from = (place: number): number => [...simulated.values()][place]?.fromSeq ?? 0;
  const seen = observe(run.journal, from(0), run.journal.length);
  // The recorder of the calls was started anew with the daemon.
  const firstCall = steps.find(({ api }) => api !== undefined)?.labels[0] ?? '';
  const asked = observe(run.journal, simulated.get(firstCall)?.fromSeq ?? 0, run.journal.length).api;

  const lists: readonly (readonly [kind: string, wanted: readonly Fact[], told: readonly Fact[]])[] = [
    ['history', history(all('history')), history(seen.history)],
    ['rpcs', comparableCalls(all('rpcs'), hasTtrpc), comparableCalls(seen.rpcs as never, hasTtrpc)],
    ['calls', olderCalls(source) as never, newerCalls(run.journal, from(0), run.ids) as never],
    ['taskEvents', all('taskEvents'), seen.taskEvents as never],
    ['api', comparableApi(all('api'), hasStatus), comparableApi(asked as never, hasStatus)],
    [
      'events',
      named(all('events'), recording.containers),
      named(seen.events as never, Object.keys(recording.containers).length === 0 ? {} : namesOfIds),
    ],
  ];
  for (const [kind, wanted, told] of lists) {
    if (wanted.length === 0) continue;
    const comparison = compare(source, kind, wanted.map(tell), told.map(tell));
    count(tallies, source, comparison);
    test(`${source}: ${kind}`, () => {
      expect(comparison.equal, describeComparison(`${source} ${kind}`, comparison)).toBe(true);
    });
  }
  for (const snapshot of recording.snapshots ?? []) {
    // Those amid a command are in native-moments.test.ts.
    if (snapshot.after === undefined) continue;
    const [wanted, told] = [snapshot, moments.get(snapshot.after ?? '')].map((moment) =>
      comparableMoment(moment, snapshot),
    );
    const comparison = compareInOrder(wanted ?? [], told ?? [], accepted(source, ['all'], snapshot.label));
    count(tallies, source, comparison);
    test(`${source}, ${snapshot.label}: the processes`, () => {
      expect(comparison.equal, describeComparison(`${source} ${snapshot.label}`, comparison)).toBe(true);
    });
  }
  for (const [label, { exitCode, stdout, stderr }] of simulated) {
    const recorded = recording.commands.find((command) => command.label === label);
    if (recorded?.stdout === undefined) continue;
    const words = (text: string): string => comparedWords(source, label, comparableWords(tell(text)));
    const told = { exitCode, stdout: words(stdout), stderr: words(stderr) };
    const wanted = { exitCode: recorded.exitCode, stdout: words(recorded.stdout), stderr: words(recorded.stderr) };
    const comparison = compareWords(tallies, source, label, wanted, told);
    test(`${source}, ${label}: the words and the exit code`, () => {
      expect(comparison.equal, describeComparison(`${source} ${label} words`, comparison)).toBe(true);
    });
  }
}

test('MODEL.md counts the facts of the older engine', () => {
  const rows = rowsOf('the older engine', tallies);
  expect(rowsInModel('the older engine', rows)).toEqual(rows);
});

/** Runs what was recorded, and what the recorder did between; the commands by their labels. */
function replay(recording: Recording): {
  readonly run: ReturnType<typeof rerun>;
  readonly simulated: ReadonlyMap<string, RerunCommand>;
  /** What there was after a command and what the recorder did next, by its label; before the first at ''. */
  readonly moments: ReadonlyMap<string, Moment>;
} {
  const commands = recording.commands.filter(({ label }) => leftOut(recording.source, label) === undefined);
  const placesAfter = new Map([['', -1]]);
  for (const { label, then = [] } of commands) {
    placesAfter.set(label, Math.max(...placesAfter.values()) + 1 + then.length);
  }
  const run = rerun(recording.given ?? [], linesOf(recording), [...placesAfter.values()]);
  let place = 0;
  const simulated = new Map<string, RerunCommand>();
  for (const { label, then = [] } of commands) {
    const command = run.commands[place];
    if (command !== undefined) simulated.set(label, command);
    place += 1 + then.length;
  }
  const moments = new Map(
    Array.from(placesAfter, ([label, at]) => [label, run.moments.get(at) ?? { processes: [] }] as const),
  );
  return { run, simulated, moments };
}

function compare(source: string, kind: string, wanted: readonly Fact[], told: readonly Fact[]): Comparison<Fact> {
  const inOrder = (facts: readonly Fact[]): readonly Fact[] =>
    isOfMany(source) ? facts.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)) : facts;
  return compareInOrder<Fact>(inOrder(wanted), inOrder(told), accepted(source, ['all'], kind));
}

function history(facts: readonly Fact[]): readonly Fact[] {
  return (numberFromStart(comparableHistory(facts) as never) as unknown as readonly Fact[]).map(comparableOperation);
}

/** Events of a container's network with its name in place of its id. */
function named(facts: readonly Fact[], names: Readonly<Record<string, string>>): readonly Fact[] {
  return facts.map((fact) => {
    const attributes = fact['attributes'] as Readonly<Record<string, string>>;
    const { container } = attributes;
    if (container === undefined) return fact;
    const name = Object.keys(names).length === 0 ? 'of many' : (names[container] ?? container);
    return { ...fact, attributes: { ...attributes, container: name } };
  });
}

/** Ids are any ids: the names tell the containers apart. A name that nobody gave is `unnamed`. */
function telling(recording: Recording, simulated: readonly string[]): <Told>(told: Told) => Told {
  const unnamed = [...Object.values(recording.containers), ...simulated].filter((each) => each.includes('_'));
  return <Told>(told: Told): Told => {
    let text = JSON.stringify(normaliseFact(told))
      .replace(/\$CID\d*|\$HEX\d+/g, '$HEX')
      .replace(/\$HEX\[:12\]|(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])/g, '$HEX[:12]');
    for (const each of unnamed) text = text.replaceAll(each, 'unnamed');
    return JSON.parse(text) as Told;
  };
}
