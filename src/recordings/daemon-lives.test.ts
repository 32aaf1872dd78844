/**
 * Daemons that are stopped, killed and started again, against the recorded ones. dockerd works on all its containers at
 * the same time, so the events, the calls to containerd and its events are compared container by container, each one's
 * in order. The clients' calls are in order: no HTTP status was recorded.
 */
import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';
import { comparedWords, inContext, leftOut } from './left-out.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { exitsOf } from './exits.ts';
import { count, countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact, symbolsOfContainers } from './normalise.ts';
import { logOf, observe } from './observe.ts';
import type { Observed } from './observe.ts';
import { asRecorded, inOrder, snapshotsAtRest } from './processes.ts';
import type { EventFact, RecordedStep, Recording } from './recording.ts';
import { rerun } from './rerun.ts';
import { compareWords } from './words.ts';
import restart from './vm-11a-restart-docker-service.json' with { type: 'json' };
import liveRestart from './vm-11b-restart-docker-live-restore.json' with { type: 'json' };
import exitWhileDown from './vm-11e-exit-while-daemon-down.json' with { type: 'json' };
import killContainerd from './vm-12a-kill9-containerd-systemd.json' with { type: 'json' };
import kill from './vm-12b-kill9-dockerd.json' with { type: 'json' };
import restartContainerd from './vm-12c-restart-containerd-service.json' with { type: 'json' };
import liveKill from './vm-12d-kill9-dockerd-live-restore.json' with { type: 'json' };
import killUnlessStopped from './vm-12e-kill9-dockerd-unless-stopped.json' with { type: 'json' };
import shutdownOrder from './vm-27-daemon-shutdown-order.json' with { type: 'json' };

const recordings = [
  restart,
  liveRestart,
  exitWhileDown,
  killContainerd,
  kill,
  restartContainerd,
  liveKill,
  killUnlessStopped,
  shutdownOrder,
] as unknown as readonly Recording[];

const tallies: Tallies = new Map();

const journal = "journalctl -u docker -u docker.socket -u containerd -t systemd -t '(dockerd)' -o cat";
/** CPU time and memory of a unit; how long a container ran and when it ended; how long a daemon took. */
const usage = /(?<=Consumed ).* CPU time, \S+(?= memory peak)/;
const runTime = /(?<=execDuration=)\S+|\d{4}-\d\d-\d\d [\d:.]+ \+0000 UTC|(?<=booted in )[\d.]+s/g;

/** As on the recorded host, where minutes lay between them: else systemd has its limit on starts. */
const pause = 'sleep 61';

for (const recording of recordings) {
  const { source } = recording;
  const commands = recording.commands.filter(({ label }) => leftOut(source, label) === undefined);
  const snapshots = snapshotsAtRest({ ...recording, commands });
  const run = rerun(
    [...(recording.given ?? []), pause],
    [journal, ...commands.map(({ command, label }) => inContext(source, label, quoted(command))), journal],
    snapshots.map(({ place }) => place + 1),
  );
  const symbols = symbolsOfContainers(recording.containers, run.ids);
  const tell = <Told>(told: Told): Told => normaliseFact(told, symbols);
  const [boot, ...done] = run.commands;
  const end = done.at(-1);
  const step = recording.steps?.[0];
  const seen = asFarAsRecorded(source, step, observe(run.journal, done[0]?.fromSeq ?? 0, end?.fromSeq ?? 0, true));

  const said = (end?.stdout ?? '').slice(boot?.stdout.length).split('\n').filter(Boolean);
  const logged = asFarAsKept(recording, logOf(run.journal, done[0]?.fromSeq ?? 0, end?.fromSeq));
  const [exits] = exitsOf(source, run.journal.slice(done[0]?.fromSeq), run.ids);
  const lists: readonly (readonly [kind: string, wanted: readonly object[] | undefined, told: readonly object[]])[] = [
    ['events', step?.events && byContainer(recording, step.events, {}), byContainer(recording, seen.events, run.ids)],
    [
      'rpcs',
      step?.rpcs && byWhom(step.rpcs, tell),
      byWhom(
        seen.rpcs.filter(({ via }) => via === 'grpc'),
        tell,
      ),
    ],
    ['taskEvents', step?.taskEvents && byWhom(step.taskEvents, tell), byWhom(seen.taskEvents, tell)],
    ['exits', exits?.wanted, exits?.told ?? []],
    ['api', step?.api, seen.api.map(({ request }) => ({ request }))],
    [
      'journal',
      recording.journal?.map((line) => ({ line })),
      said.map((line) => ({ line: line.replace(/(?<=process )\d+/, '$PID').replace(usage, '$TIME CPU time, $SIZE') })),
    ],
    [
      'log',
      recording.log && logByWhom(recording.log, tell),
      asOftenAsRecorded(recording, logByWhom(logged, tell), tell),
    ],
  ];

  for (const [kind, wanted, told] of lists) {
    if (wanted === undefined) continue;
    const differences = accepted(source, [...(step?.labels ?? []), 'log'], kind);
    const comparison = compareInOrder(wanted.map(tell), told.map(tell), differences);
    count(tallies, source, comparison);
    test(`${source}: ${kind}`, () => {
      expect(comparison.equal, describeComparison(`${source} ${kind}`, comparison)).toBe(true);
    });
  }
  for (const { label, place, ...moment } of snapshots) {
    const wanted = inOrder(tell(moment));
    countFacts(tallies, source, wanted.length);
    test(`${source}, ${label}: the processes and the engine’s files`, () => {
      expect(inOrder(tell(asRecorded(moment, run.moments.get(place + 1))))).toEqual(wanted);
    });
  }
  for (const [index, recorded] of commands.entries()) {
    const [wanted, told] = [recorded, done[index]].map((command) => ({
      exitCode: command?.exitCode,
      stdout: comparedWords(source, recorded.label, tell(anyPid(command?.stdout))),
      stderr: tell(command?.stderr ?? ''),
    }));
    if (!wanted || !told) continue;
    const comparison = compareWords(tallies, source, recorded.label, wanted, told);
    test(`${source}, ${recorded.label}: the words and the exit code`, () => {
      expect(comparison.equal, describeComparison(`${source} ${recorded.label} words`, comparison)).toBe(true);
    });
  }
}

test('MODEL.md counts the facts of the lives of daemons', () => {
  const rows = rowsOf('lives of daemons', tallies);
  expect(rowsInModel('lives of daemons', rows)).toEqual(rows);
});

/** Container by container, those of none at the end; each one's in their order. */
function byWhom<Fact extends { readonly container?: string }>(facts: readonly Fact[], tell: (fact: Fact) => Fact) {
  const whose = (fact: Fact): string => fact.container ?? '~';
  return facts.map(tell).toSorted((one, other) => (whose(one) < whose(other) ? -1 : whose(one) > whose(other) ? 1 : 0));
}

/** Where the recorder kept two hundred lines, with those for debugging: as far as the last of them. */
function asFarAsKept({ log = [], logIsCut }: Recording, lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line === log.at(-1));
  return logIsCut === true && last >= 0 ? lines.slice(0, last + 1) : lines;
}

/** Where a container is restarted over and over when the recording ends. */
function asOftenAsRecorded(
  { source, log = [] }: Recording,
  told: readonly { readonly line: string }[],
  tell: (line: string) => string,
): readonly object[] {
  if (source !== 'vm-11e-exit-while-daemon-down') return told;
  const left = logByWhom(log, tell).map(({ line }) => line);
  return told.filter(({ line }) => {
    const place = left.indexOf(line);
    if (place >= 0) left.splice(place, 1);
    return place >= 0 || !/\$CID1|dead shim/.test(line);
  });
}

/**
 * The lines that name a container together, in their order; so are those of none, but for the end of a shim, which is
 * told without its name.
 */
function logByWhom(log: readonly string[], tell: (line: string) => string): readonly { readonly line: string }[] {
  const whose = (line: string): string =>
    /(?:container|id)=\$CID\d?|\(\$CID\d?\)/.exec(line)?.[0] ?? (/dead shim|deleting object/.test(line) ? '~' : '');
  const lines = log.map((line) => tell(line.replace(runTime, '$TIME')));
  return lines
    .toSorted((one, other) => (whose(one) < whose(other) ? -1 : Number(whose(one) > whose(other))))
    .map((line) => ({ line }));
}

/** One recording ends while a container is restarted over and over: what came after its last fact is left out. */
function asFarAsRecorded(source: string, step: RecordedStep | undefined, seen: Observed): Observed {
  if (source !== 'vm-11e-exit-while-daemon-down') return seen;
  return {
    ...seen,
    rpcs: seen.rpcs.filter(({ via }) => via === 'grpc').slice(0, step?.rpcs?.length),
    taskEvents: seen.taskEvents.slice(0, step?.taskEvents?.length),
    events: seen.events.slice(0, step?.events?.length),
  };
}

/** Formats and scripts stand unquoted in the recorded argument lists. */
function quoted(command: string): string {
  if (command.startsWith('sh -c ')) return command.replace(/(?<=^sh -c ).*$/s, (script) => `'${script}'`);
  return command.startsWith('docker inspect -f {{')
    ? command.replace(/\{\{.*\}\}/, (format) => `'${format}'`)
    : command;
}

function anyPid(text: string | undefined): string {
  return (text ?? '')
    .replace(/(?<=\bpid=|MainPID=)(?:\$\w+|[1-9]\d*)/gi, '$PID')
    .replace(/"Pid":"?[$\w]+"?/g, '"Pid":$PID');
}

/** Container by container, in order of name; each one's events in their order. */
function byContainer(
  { containers }: Recording,
  events: readonly EventFact[],
  ids: Readonly<Record<string, string>>,
): readonly EventFact[] {
  const named = (event: EventFact): string => {
    const { name = '', container } = event.attributes;
    if (container === undefined) return name;
    return containers[container] ?? Object.entries(ids).find(([, id]) => id === container)?.[0] ?? container;
  };
  return events.toSorted((one, other) => (named(one) < named(other) ? -1 : named(one) > named(other) ? 1 : 0));
}
