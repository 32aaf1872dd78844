/**
 * The simulated engine against the recorded one: who forks, execs, adopts and reaps whom, the calls in order, the CLI's
 * words.
 */
import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';
import { comesInRounds, comparedWords, inContext, isBeside, isOnTerminal, leftOut } from './left-out.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { exitsOf } from './exits.ts';
import { count, countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact, symbolsOfContainers } from './normalise.ts';
import { logOf, observe } from './observe.ts';
import { asRecorded, inOrder, snapshotsAtRest } from './processes.ts';
import type { EventFact, Recording, RpcFact, TaskEventFact } from './recording.ts';
import { numberFromStart } from './role-numbers.ts';
import { inRounds } from './rounds.ts';
import { rerun } from './rerun.ts';
import { compareWords } from './words.ts';
import runDetached from './vm-01-run-detached.json' with { type: 'json' };
import runPublished from './vm-01b-run-published-port.json' with { type: 'json' };
import runEcho from './vm-02-run-rm-echo.json' with { type: 'json' };
import runIt from './vm-03-run-it.json' with { type: 'json' };
import stopIgnored from './vm-04a-stop-ignoring-sigterm.json' with { type: 'json' };
import stopHandled from './vm-04b-stop-handling-sigterm.json' with { type: 'json' };
import killSignals from './vm-05-kill-signals.json' with { type: 'json' };
import pauseUnpause from './vm-06-pause-unpause.json' with { type: 'json' };
import killPaused from './vm-06c-kill-while-paused.json' with { type: 'json' };
import exec from './vm-07-exec.json' with { type: 'json' };
import exitCodes from './vm-08-exit-codes.json' with { type: 'json' };
import killShim from './vm-13-kill9-shim.json' with { type: 'json' };
import killInit from './vm-14-kill9-init-from-host.json' with { type: 'json' };
import oomOfChild from './vm-09b-oom-child.json' with { type: 'json' };
import pidsLimit from './vm-10-pids-limit.json' with { type: 'json' };
import zombies from './vm-15-zombies.json' with { type: 'json' };
import sharing from './vm-17-namespace-sharing.json' with { type: 'json' };
import errors from './vm-18-errors.json' with { type: 'json' };
import lifecycle from './vm-19-lifecycle-commands.json' with { type: 'json' };
import healthcheck from './vm-23-healthcheck.json' with { type: 'json' };
import lifecycleTexts from './vm-19-texts.json' with { type: 'json' };
import removeForced from './vm-20-rm-f.json' with { type: 'json' };
import attachDetach from './vm-21-attach-detach.json' with { type: 'json' };

const recordings = [
  runDetached,
  runPublished,
  runEcho,
  runIt,
  stopIgnored,
  stopHandled,
  killSignals,
  pauseUnpause,
  killPaused,
  exec,
  removeForced,
  exitCodes,
  errors,
  lifecycle,
  lifecycleTexts,
  attachDetach,
  killShim,
  killInit,
  oomOfChild,
  pidsLimit,
  zombies,
  healthcheck,
  sharing,
] as unknown as readonly Recording[];

const tallies: Tallies = new Map();

/** How long a container ran and when it ended, in a line of dockerd's log. */
const runTime = /(?<=execDuration=)\S+|\d{4}-\d\d-\d\d [\d:.]+ \+0000 UTC/g;

for (const whole of recordings) {
  const recording = {
    ...whole,
    commands: whole.commands.filter(
      ({ label }) => leftOut(whole.source, label) === undefined && !isOnTerminal(whole.source, label),
    ),
  };
  const snapshots = snapshotsAtRest(recording);
  const run = rerun(
    recording.given ?? [],
    recording.commands.map(({ command, label }) => {
      const line = inContext(recording.source, label, quoted(command));
      return isBeside(recording.source, label) ? { beside: line } : line;
    }),
    snapshots.map(({ place }) => place),
  );
  const hasTrace = recording.note === undefined;
  // Without a trace of system calls nobody saw containerd talk to the shim, nor HTTP statuses.
  const sees = (fact: object): boolean => hasTrace || !('via' in fact && fact.via === 'ttrpc');
  const symbols = symbolsOfContainers(recording.containers, run.ids);
  const unnamed = Object.keys(run.ids).filter((name) => !Object.values(recording.containers).includes(name));
  const tell = <Told>(told: Told): Told => anonymous(normaliseFact(told, symbols), recording, unnamed);

  for (const step of recording.steps ?? []) {
    const simulated = step.labels.map(
      (name) => run.commands[recording.commands.findIndex(({ label }) => label === name)],
    );
    const [first, last] = [simulated[0], simulated.at(-1)];
    if (!first || !last) continue;
    const seen = observe(run.journal, first.fromSeq, last.toSeq);
    for (const kind of ['history', 'rpcs', 'api', 'events', 'taskEvents'] as const) {
      const facts = step[kind];
      if (!facts || (kind !== 'api' && comesInRounds(recording.source))) continue;
      const title = `${recording.source} ${step.labels.join(' ')} ${kind}`;
      const told = (kind === 'history' ? numberFromStart(seen.history) : seen[kind]) as readonly object[];
      const wanted = (kind === 'history' ? numberFromStart(step.history ?? []) : facts) as readonly object[];
      const comparison = compareInOrder(
        wanted.map((fact) => comparable(tell(fact), hasTrace)),
        told
          .filter(isOfTheEngine)
          .filter(sees)
          .map((fact) => comparable(tell(fact), hasTrace)),
        accepted(recording.source, step.labels, kind),
      );
      count(tallies, recording.source, comparison);
      test(`${recording.source}, ${step.labels.join(' ')}: ${kind}`, () => {
        expect(comparison.equal, describeComparison(title, comparison)).toBe(true);
      });
    }
  }

  for (const { label, place, ...moment } of snapshots) {
    const wanted = inOrder(tell(moment));
    countFacts(tallies, recording.source, wanted.length);
    test(`${recording.source}, ${label}: the processes and the engine’s files`, () => {
      expect(inOrder(tell(asRecorded(moment, run.moments.get(place))))).toEqual(wanted);
    });
  }

  const all = observe(run.journal, run.commands[0]?.fromSeq ?? 0, run.commands.at(-1)?.toSeq ?? 0, true);
  for (const kind of comesInRounds(recording.source) ? (['rpcs', 'events', 'taskEvents'] as const) : []) {
    const facts = (recording.steps ?? []).flatMap(
      (step): readonly (RpcFact | EventFact | TaskEventFact)[] => step[kind] ?? [],
    );
    const comparison = compareInOrder<object>(
      inRounds(facts, tell),
      inRounds(all[kind].filter(isOfTheEngine).filter(sees), tell),
      accepted(recording.source, ['run'], kind),
    );
    count(tallies, recording.source, comparison);
    test(`${recording.source}: ${kind}, in rounds`, () => {
      expect(comparison.equal, describeComparison(`${recording.source} ${kind}`, comparison)).toBe(true);
    });
  }

  for (const { wanted, told } of exitsOf(recording.source, run.journal.slice(run.commands[0]?.fromSeq), run.ids)) {
    const comparison = compareInOrder(wanted, told, accepted(recording.source, ['log'], 'exits'));
    count(tallies, recording.source, comparison);
    test(`${recording.source}: who ends with which status`, () => {
      expect(comparison.equal, describeComparison(`${recording.source} exits`, comparison)).toBe(true);
    });
  }

  // Two daemons, and several containers at a time: whose line comes first is chance.
  const lines = (log: readonly string[]): readonly object[] =>
    log
      .map((line) => tell(line.replace(runTime, '$TIME')))
      .toSorted()
      .map((line) => ({ line }));
  for (const log of recording.log === undefined ? [] : [recording.log]) {
    const until = recording.commands.findIndex(({ label }) => label === recording.logUntil);
    const said = lines(logOf(run.journal, run.commands[0]?.fromSeq ?? 0, run.commands[until]?.fromSeq));
    const comparison = compareInOrder(lines(log), said, accepted(recording.source, ['log'], 'log'));
    count(tallies, recording.source, comparison);
    test(`${recording.source}: what the daemons log`, () => {
      expect(comparison.equal, describeComparison(`${recording.source} log`, comparison)).toBe(true);
    });
  }

  for (const [index, recorded] of recording.commands.entries()) {
    const simulated = run.commands[index];
    const words = (text = ''): string => comparedWords(recording.source, recorded.label, tell(text));
    const [wanted, told] = [recorded, simulated].map((command) => ({
      exitCode: command?.exitCode,
      stdout: words(command?.stdout),
      stderr: words(command?.stderr),
    }));
    if (!wanted || !told) continue;
    const comparison = compareWords(tallies, recording.source, recorded.label, wanted, told);
    test(`${recording.source}, ${recorded.label}: the words and the exit code`, () => {
      expect(comparison.equal, describeComparison(`${recording.source} ${recorded.label} words`, comparison)).toBe(
        true,
      );
    });
  }
}

test('MODEL.md counts the facts of the engine', () => {
  const rows = rowsOf('the engine', tallies);
  expect(rowsInModel('the engine', rows)).toEqual(rows);
});

/**
 * The recorded command lines are argument lists joined by spaces: what was one argument of `sh -c` or `-f` is quoted
 * again.
 */
function quoted(command: string): string {
  const script = /^(.*?\bsh -c) (.*)$/s.exec(command);
  if (script) return `${script[1]} '${(script[2] ?? '').replaceAll("'", "'\\''")}'`;
  return command.replace(/\{\{.*\}\}|table \{\{.*\}\}/, (format) => `'${format}'`);
}

/**
 * Containers that chose their own name are `unnamed` here and there, and their ids any id: which of several a command
 * made is told by its place in the lists.
 */
function anonymous<Told>(told: Told, recording: Recording, chosen: readonly string[]): Told {
  const symbols = Object.entries(recording.containers).flatMap(([symbol, name]) =>
    name.startsWith('unnamed') ? [symbol] : [],
  );
  let text = JSON.stringify(told).replace(/unnamed-\d+/g, 'unnamed');
  for (const name of chosen) text = text.replaceAll(name, 'unnamed');
  for (const symbol of symbols.toSorted((a, b) => b.length - a.length)) text = text.replaceAll(symbol, '$HEX');
  return JSON.parse(text) as Told;
}

/** The shell that a command runs in is the test's own: its birth and end are not compared. */
function isOfTheEngine(fact: object): boolean {
  return !('who' in fact && fact.who === 'sh' && !('child' in fact)) && !('child' in fact && fact.child === 'sh');
}

/**
 * What is written differently on both sides and means the same: the recorded CLI was started by its full path;
 * dockerd's random id in the name of the hook's socket; an HTTP status with or without its words. Bodies of answers are
 * compared by what the CLI prints.
 */
function comparable(fact: object, hasStatus: boolean): object {
  const { body: _body, inferred: _inferred, ...whole } = fact as Record<string, unknown>;
  const { message: _message, ...silent } = whole;
  const rest = whole['via'] === 'ttrpc' ? silent : whole;
  const argv = rest['argv'];
  const status = rest['status'];
  return {
    ...rest,
    ...(Array.isArray(argv)
      ? {
          argv: argv.map((word: string) =>
            word === '/usr/bin/docker' ? 'docker' : /^[0-9a-f]{12}$/.test(word) ? '$ENGINE' : word,
          ),
        }
      : {}),
    ...(typeof status === 'string' ? { status: hasStatus ? status.split(' ')[0] : undefined } : {}),
  };
}
