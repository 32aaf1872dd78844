/**
 * Daemons that are stopped, killed and started again, against the recorded ones. dockerd works on all its containers at
 * the same time, so each container's events are compared in order, and the calls to containerd by their numbers.
 */
import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';
import { leftOut } from './left-out.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { count, countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normaliseFact, symbolsOfContainers } from './normalise.ts';
import { observe } from './observe.ts';
import type { EventFact, Recording } from './recording.ts';
import { rerun } from './rerun.ts';
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

const journal = 'journalctl -u docker -u docker.socket -u containerd -t systemd -o cat';
/** As on the recorded host, where minutes lay between them: else systemd has its limit on starts. */
const pause = 'sleep 61';

for (const recording of recordings) {
  const { source } = recording;
  const commands = recording.commands.filter(({ label }) => leftOut(source, label) === undefined);
  const run = rerun(
    [...(recording.given ?? []), pause],
    [journal, ...commands.map(({ command }) => quoted(command)), journal],
  );
  const symbols = symbolsOfContainers(recording.containers, run.ids);
  const tell = <Told>(told: Told): Told => normaliseFact(told, symbols);
  const [boot, ...done] = run.commands;
  const end = done.at(-1);
  const step = recording.steps?.[0];
  const seen = observe(run.journal, done[0]?.fromSeq ?? 0, end?.fromSeq ?? 0);

  const methods = (facts: readonly { readonly via: string; readonly method: string }[]): readonly object[] =>
    facts
      .flatMap(({ via, method }) => (via === 'grpc' ? [method] : []))
      .toSorted()
      .map((method) => ({ method }));
  const kept = new RegExp(recording.journalFilter ?? '');
  const said = (end?.stdout ?? '').slice(boot?.stdout.length).split('\n').filter(Boolean);
  const lists: readonly (readonly [kind: string, wanted: readonly object[] | undefined, told: readonly object[]])[] = [
    ['events', step?.events && byContainer(recording, step.events, {}), byContainer(recording, seen.events, run.ids)],
    ['rpcs', step?.rpcs && methods(step.rpcs), methods(seen.rpcs)],
    [
      'journal',
      recording.journal?.map((line) => ({ line })),
      said.filter((line) => kept.test(line)).map((line) => ({ line })),
    ],
  ];

  for (const [kind, wanted, told] of lists) {
    if (wanted === undefined) continue;
    const differences = accepted(source, step?.labels ?? [], kind);
    const comparison = compareInOrder(wanted.map(tell), told.map(tell), differences);
    count(tallies, source, comparison);
    test(`${source}: ${kind}`, () => {
      expect(comparison.equal, describeComparison(`${source} ${kind}`, comparison)).toBe(true);
    });
  }
  countFacts(tallies, source, 3 * commands.length);
  for (const [index, recorded] of commands.entries()) {
    test(`${source}, ${recorded.label}: the words and the exit code`, () => {
      const { exitCode, stdout, stderr } = done[index] ?? {};
      expect(tell({ exitCode, stdout: anyPid(stdout), stderr })).toEqual(
        tell({ exitCode: recorded.exitCode, stdout: anyPid(recorded.stdout), stderr: recorded.stderr }),
      );
    });
  }
}

test('MODEL.md counts the facts of the lives of daemons', () => {
  const rows = rowsOf('lives of daemons', tallies);
  expect(rowsInModel('lives of daemons', rows)).toEqual(rows);
});

/** Formats stand unquoted in the recorded argument lists. */
function quoted(command: string): string {
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
