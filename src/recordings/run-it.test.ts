/** `docker run -it` against the recordings: the screen, the calls, and who forks, execs, adopts and reaps whom. */
import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from '../host/machine.ts';
import { fromUtf8 } from '../kernel/bytes.ts';
import { accepted } from './accepted.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { count, countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normalise, normaliseFact, symbolsOfContainers } from './normalise.ts';
import { logOf, observe } from './observe.ts';
import type { Observed } from './observe.ts';
import type { Recording } from './recording.ts';
import { numberFromStart } from './role-numbers.ts';
import type { CallFact } from './calls.ts';
import { newerCalls, olderCalls } from './older-calls.ts';
import native from './native-03-run-it.json' with { type: 'json' };
import modern from './vm-03-run-it.json' with { type: 'json' };
import attachDetach from './vm-21-attach-detach.json' with { type: 'json' };

const older = native as unknown as Recording;
const recording = modern as unknown as Recording;
const detaching = attachDetach as unknown as Recording;
const tallies: Tallies = new Map();
const longestNs = 600e9;

interface Session {
  /** What each terminal shows from its first command on, without the host's prompts. */
  readonly screens: readonly string[];
  /** The facts from the typing of the line at one place to that at another. */
  readonly seen: (from: number, to?: number) => Observed;
  readonly ids: Readonly<Record<string, string>>;
  /** What the daemons log from the typing of the line at this place on. */
  readonly logFrom: (place: number) => readonly string[];
  /** System calls by kind of process, from a line on. */
  readonly callsFrom: (place: number) => readonly CallFact[];
}

const prompt = 'root@glassdock:~# ';

/** Types lines, one after the other, each on one of the host's terminals, which have no size, as the recorder's had. */
function play(lines: readonly (readonly [terminal: number, text: string])[]): Session {
  const journal: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => journal.push(event) });
  for (const terminal of [0, 1]) machine.openTerminal(terminal, 0, 0);
  machine.settle(machine.nowNs() + longestNs);
  const places: number[] = [];
  for (const [terminal, text] of lines) {
    places.push(journal.length);
    machine.input(terminal, text);
    machine.settle(machine.nowNs() + (text === '\x03' || /sleep \d00/.test(text) ? 2e9 : longestNs));
  }
  machine.settle(machine.nowNs() + longestNs);
  machine.quiesce(machine.nowNs() + longestNs);
  const shown = journal.slice(places[0]).flatMap((event) => (event.type === 'terminal.output' ? [event] : []));
  const containers = journal.flatMap((event) =>
    event.type === 'container' ? [[event.name.replace(/^\//, ''), event.id] as const] : [],
  );
  return {
    screens: [0, 1].map((terminal) =>
      shown
        .filter((event) => event.terminal === terminal)
        .map(({ data }) => data)
        .join('')
        .replaceAll(prompt, ''),
    ),
    seen: (from, to = lines.length) => observe(journal, places[from] ?? 0, places[to] ?? journal.length),
    ids: Object.fromEntries(containers),
    logFrom: (place) => logOf(journal, places[place] ?? 0),
    callsFrom: (place) => newerCalls(journal, places[place] ?? 0, Object.fromEntries(containers)),
  };
}
const inspect = "docker inspect -f '{{json .State}}' it";
const inspectIt = `docker inspect -f '${/\{\{.*\}\}|Tty=.*\}\}/.exec(recording.commands[2]?.command ?? '')?.[0]}' it`;

const session = play([
  [0, 'docker run -it --name it --network none busybox sh\n'],
  [0, 'tty; echo $$; stty size\n'],
  [0, 'ps -o pid,ppid,pgid,sid,tty,comm\n'],
  [1, 'docker ps\n'],
  [1, `${inspectIt}\n`],
  [0, 'sleep 500\n'],
  [0, '\x03'],
  [0, 'echo rc=$?\n'],
  [0, 'exit 5\n'],
  [1, `${inspect}\n`],
  [1, 'docker logs it\n'],
  [0, 'docker start it >/dev/null\n'],
  [0, 'docker exec -it it sh\n'],
  [0, 'tty; ps -o pid,ppid,sid,tty,args\n'],
  [0, 'exit 6\n'],
]);
const interrupted = play([
  [0, 'docker run -it --rm --network none busybox sleep 100\n'],
  [0, '\x03'],
]);

/** What stands on a screen between two lines that were typed. */
function between(screen: string | undefined, line: string, next?: string): string {
  const shown = (screen ?? '').split(`${line}\r\n`)[1] ?? '';
  return next === undefined ? shown : (shown.split(next)[0] ?? '');
}

/**
 * How many numbers the threads of runc init used up before differs from run to run of the real engine; script(1) tells
 * the exit code. A line that lists descriptors of ls, which opens others here, is left out.
 */
function comparable(text: string): string {
  return text
    .replace(/ls -l \/proc\/self\/fd[^]*?(?=sleep 500)/, '')
    .replace(/script rc=\d+\n$/, '')
    .replace(/^[ \d]+(?= 136,)/gm, (numbers) => numbers.replace(/ *\b(?:[2-9]|\d\d+)\b/g, ' N'))
    .replace(/\r+\n/g, '\n');
}

const attached = play([
  [0, "docker run --name e7 --network none busybox sh -c 'echo out; exit 7'\n"],
  [0, 'docker run -dit --name d2 --network none busybox sh\n'],
  [0, 'docker run -it --name d1 --network none busybox sh\n'],
  [0, 'echo in-container\n'],
  [0, '\x10\x11'],
  [1, 'docker ps\n'],
  [0, 'docker attach d1\n'],
  [0, 'echo back\n'],
  [0, 'exit 3\n'],
  [1, 'docker ps -a\n'],
  [0, 'docker attach --detach-keys ctrl-d d2\n'],
  [0, 'x\x04'],
  [1, 'docker logs d1\n'],
]);

const [person, other] = session.screens;
const [one, two] = attached.screens.map(fromUtf8);
/** What was recorded; what the person sees here, and the facts. */
const compared: readonly (readonly [Recording, label: string, screen: string, seen?: Observed])[] = [
  [recording, 'it', between(person, 'busybox sh', 'docker start'), session.seen(0, 9)],
  [recording, 'ps', between(other, 'docker ps', inspectIt)],
  [recording, 'inspect-it', between(other, inspectIt, inspect)],
  [recording, 'inspect', between(other, inspect, 'docker logs it'), session.seen(9, 10)],
  [recording, 'logs', between(other, 'docker logs it'), session.seen(10, 11)],
  [recording, 'sig-int', between(interrupted.screens[0], 'sleep 100'), interrupted.seen(0)],
  [recording, 'exec-it', between(person, 'docker exec -it it sh'), session.seen(11)],
  [detaching, 'detach', between(one, '--name d1 --network none busybox sh', 'docker attach d1'), attached.seen(2, 5)],
  [detaching, 'ps-detached', between(two, 'docker ps', 'docker ps -a'), attached.seen(5, 6)],
  [detaching, 'reattach', between(one, 'docker attach d1', 'docker attach --detach'), attached.seen(6, 9)],
  [detaching, 'ps-exited', between(two, 'docker ps -a', 'docker logs d1'), attached.seen(9, 10)],
  [detaching, 'detachkeys', between(one, 'ctrl-d d2'), attached.seen(10, 12)],
  [detaching, 'logs-tty', between(two, 'docker logs d1'), attached.seen(12)],
];

for (const [{ source, commands, containers, steps = [] }, label, screen, seen] of compared) {
  const ids = source === recording.source ? (label === 'sig-int' ? {} : session.ids) : attached.ids;
  const [unnamed = ''] = Object.keys(interrupted.ids);
  const symbols = {
    ...symbolsOfContainers(containers, ids),
    ...(label === 'sig-int' ? { [interrupted.ids[unnamed] ?? '']: '$CID5' } : {}),
  };
  const recorded = comparable(commands.find((command) => command.label === label)?.stdout ?? '');
  countFacts(tallies, source, recorded.split('\n').length);
  test(`${source}, ${label}: what the person sees`, () => {
    expect(comparable(normalise(screen, symbols))).toBe(normalise(recorded, symbols));
  });
  const told = (fact: object): object => {
    const text = JSON.stringify(normaliseFact(fact, symbols)).replaceAll(unnamed, 'unnamed-4');
    return JSON.parse(text) as object;
  };
  const step = steps.find(({ labels }) => labels[0] === label);
  for (const [kind, simulated] of [
    ['api', seen?.api.map(({ request }) => ({ request }))],
    ['rpcs', seen?.rpcs.filter(({ via }) => via === 'grpc')],
    ['events', seen?.events],
    ['taskEvents', seen?.taskEvents],
  ] as const) {
    if (simulated === undefined) continue;
    const wanted: readonly object[] = step?.[kind] ?? [];
    const comparison = compareInOrder<object>(wanted.map(told), simulated.map(told), accepted(source, [label], kind));
    count(tallies, source, comparison);
    test(`${source}, ${label}: ${kind}`, () => {
      expect(comparison.equal, describeComparison(`${source} ${label} ${kind}`, comparison)).toBe(true);
    });
  }
}

const typedLog = (typed: Session, symbols: Readonly<Record<string, string>>, from = 0): readonly string[] =>
  typed.logFrom(from).map((line) => normalise(line, symbols));
const logs = [
  [
    recording,
    [
      ...typedLog(session, symbolsOfContainers(recording.containers, session.ids)),
      ...typedLog(interrupted, { [Object.values(interrupted.ids)[0] ?? '']: '$CID5' }),
    ],
  ],
  [detaching, typedLog(attached, symbolsOfContainers(detaching.containers, attached.ids), 2)],
] as const;
for (const [{ source, logOnTerminal = [] }, log] of logs) {
  const lines = (texts: readonly string[]): readonly object[] => texts.toSorted().map((line) => ({ line }));
  const comparison = compareInOrder(lines(logOnTerminal), lines(log), accepted(source, ['typed'], 'log'));
  count(tallies, source, comparison);
  test(`${source}: what the daemons log meanwhile`, () => {
    expect(comparison.equal, describeComparison(`${source} log`, comparison)).toBe(true);
  });
}

test('native-03: who forks, execs, adopts and reaps whom, to exit 3', () => {
  const { seen, ids, screens, callsFrom } = play([
    [0, 'docker run -it --name tty --hostname box --network none busybox sh\n'],
    [0, 'tty; echo pid=$$\n'],
    [0, 'sleep 0.2 | cat\n'],
    [0, 'exit 3\n'],
  ]);
  const symbols = { [ids['tty'] ?? '']: '$CID' };
  const screen = between(screens[0], 'busybox sh').replaceAll('\r', '');
  expect(normalise(screen, symbols)).toBe(older.commands[0]?.stdout);
  // Only the engine's and the container's: script(1) is the recorder's, set-ipv6 the older dockerd's (see
  // `differences`).
  const isShown = (fact: object): boolean =>
    !/"(script|set-ipv6|sh|docker)"/.test(
      JSON.stringify(Object.values(fact).filter((value) => typeof value === 'string')),
    );
  const wanted = (older.steps?.[0]?.history ?? []).filter(isShown).map(withoutArguments);
  const simulated = seen(0).history.filter(isShown).map(withoutArguments);
  const comparison = compareInOrder<object>(
    numberFromStart(wanted as never),
    numberFromStart(simulated as never),
    accepted(older.source, ['all'], 'history'),
  );
  count(tallies, older.source, comparison);
  expect(comparison.equal, describeComparison('native-03 it history', comparison)).toBe(true);
  const calls = compareInOrder<object>(
    olderCalls(older.source),
    callsFrom(0),
    accepted(older.source, ['all'], 'calls'),
  );
  count(tallies, older.source, calls);
  expect(calls.equal, describeComparison('native-03 it calls', calls)).toBe(true);
});

test('MODEL.md counts the facts of a terminal', () => {
  const rows = rowsOf('a terminal', tallies);
  expect(rowsInModel('a terminal', rows)).toEqual(rows);
});

/** The older engine's programs have other folders and flags; whom they concern is the same. */
function withoutArguments(fact: object): object {
  const { argv: _argv, path, at: _at, ...rest } = fact as Record<string, unknown>;
  return { ...rest, ...(typeof path === 'string' ? { path: path.replace(/\/proc\/\d+\//, '/proc/$PID/') } : {}) };
}
