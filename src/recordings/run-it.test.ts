/** `docker run -it` against the recordings: the screen, the calls, and who forks, execs, adopts and reaps whom. */
import { expect, test } from 'vitest';
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from '../host/machine.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { count, countFacts, rowsInModel, rowsOf } from './facts-table.ts';
import type { Tallies } from './facts-table.ts';
import { normalise, normaliseFact } from './normalise.ts';
import { observe } from './observe.ts';
import type { Observed } from './observe.ts';
import type { Recording } from './recording.ts';
import { numberFromStart } from './role-numbers.ts';
import native from './native-03-run-it.json' with { type: 'json' };
import modern from './vm-03-run-it.json' with { type: 'json' };

const older = native as unknown as Recording;
const recording = modern as unknown as Recording;
const tallies: Tallies = new Map();
const longestNs = 600e9;

interface Session {
  readonly screen: string;
  readonly seen: Observed;
  readonly id: string;
}

/**
 * Types a command and then, one after the other, what is said to it; the screen from its first answer to the host's
 * prompt.
 */
function play(command: string, said: readonly string[]): Session {
  const journal: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => journal.push(event) });
  machine.openTerminal(0, 24, 80);
  machine.settle(machine.nowNs() + longestNs);
  const fromSeq = journal.length;
  for (const text of [`${command}\n`, ...said]) {
    machine.input(0, text);
    machine.settle(machine.nowNs() + (text === '\x03' || text.startsWith('sleep 500') ? 2e9 : longestNs));
  }
  machine.quiesce(machine.nowNs() + longestNs);
  const output = journal.slice(fromSeq).map((event) => (event.type === 'terminal.output' ? event.data : ''));
  const container = journal.find((event) => event.type === 'container');
  return {
    screen: output
      .join('')
      .slice(command.length + 2)
      .replace(/root@glassdock:~# $/, ''),
    seen: observe(journal, fromSeq, journal.length),
    id: container?.type === 'container' ? container.id : '',
  };
}

test('vm-03: what the person sees, from the banner to exit 5', () => {
  const { screen } = play('docker run -it --name it --network none busybox sh', [
    'tty; echo $$; stty size\n',
    'ps -o pid,ppid,pgid,sid,tty,comm\n',
    'sleep 500\n',
    '\x03',
    'echo rc=$?\n',
    'exit 5\n',
  ]);
  // The recorded terminal had no size; and a line that lists descriptors of ls, which opens others here, is left out.
  const recorded = (recording.commands[0]?.stdout ?? '')
    .replace('stty: standard input\r\n', '24 80\r\n')
    .replace(/ls -l \/proc\/self\/fd[^]*?(?=sleep 500)/, '')
    .replace(/script rc=5\n$/, '');
  // How many numbers the threads of runc init used up before differs from run to run of the real engine.
  const numberless = (text: string): string =>
    text.replace(/^ +\d+ +1 +\d+ +1 136,0 +ps/m, '    N     1     N     1 136,0  ps');
  countFacts(tallies, recording.source, recorded.split('\n').length);
  expect(numberless(screen)).toBe(numberless(recorded));
});

test('vm-03: the calls of docker, of dockerd, and the events', () => {
  const { seen, id } = play('docker run -it --name it --network none busybox sh', ['exit 5\n']);
  const symbols = { [id]: '$CID1' };
  const step = recording.steps?.[0];
  const isOwn = ({ request }: { readonly request: string }): boolean => !request.endsWith('/json');
  // Both beside it: the recorder's own ps and inspect, and the resize that a terminal with a size asks for.
  const asked = (step?.api ?? []).filter(isOwn).map(({ request }) => ({ request }));
  const pings = asked.filter(({ request }) => request === 'HEAD /_ping').length - 1;
  for (let index = 0; index < pings; index++)
    asked.splice(
      asked.findLastIndex(({ request }) => request === 'HEAD /_ping'),
      1,
    );
  const told = seen.api.filter(({ request }) => !request.includes('/resize')).map(({ request }) => ({ request }));
  const lists = [
    ['api', asked, told],
    ['rpcs', step?.rpcs ?? [], seen.rpcs.filter(({ via, method }) => via === 'grpc' && !method.endsWith('ResizePty'))],
    ['events', step?.events ?? [], seen.events.filter(({ action }) => action !== 'resize')],
  ] as const;
  for (const [kind, wanted, simulated] of lists) {
    const comparison = compareInOrder<object>(
      wanted.map((fact) => normaliseFact(fact, symbols)),
      simulated.map((fact) => normaliseFact(fact, symbols)),
    );
    count(tallies, recording.source, comparison);
    expect(comparison.equal, describeComparison(`vm-03 it ${kind}`, comparison)).toBe(true);
  }
});

test('native-03: who forks, execs, adopts and reaps whom, to exit 3', () => {
  const { seen, id, screen } = play('docker run -it --name tty --hostname box --network none busybox sh', [
    'tty; echo pid=$$\n',
    'sleep 0.2 | cat\n',
    'exit 3\n',
  ]);
  const symbols = { [id]: '$CID' };
  expect(normalise(screen.replaceAll('\r', ''), symbols)).toBe(older.commands[0]?.stdout);
  // Only the engine's and the container's: script(1) is the recorder's, set-ipv6 the older dockerd's (see
  // `differences`).
  const isShown = (fact: object): boolean =>
    !/"(script|set-ipv6|sh|docker)"/.test(
      JSON.stringify(Object.values(fact).filter((value) => typeof value === 'string')),
    );
  const wanted = (older.steps?.[0]?.history ?? []).filter(isShown).map(withoutArguments);
  const simulated = seen.history.filter(isShown).map(withoutArguments);
  const comparison = compareInOrder<object>(numberFromStart(wanted as never), numberFromStart(simulated as never), [
    {
      id: 'the clean-up and the end of the shim',
      reason:
        'The older containerd forked shim delete before the shim had ended; the modelled one after (vm-02, vm-04, vm-20).',
      matches: (difference) =>
        difference.type === 'order' && /shim:tty|shim-delete:tty/.test(JSON.stringify(difference.fact)),
    },
    {
      id: 'the two ends of a pipeline',
      reason: 'sleep and cat run at the same time.',
      matches: (difference) =>
        difference.type === 'order' && /"who":"(sleep|cat)"/.test(JSON.stringify(difference.fact)),
    },
  ]);
  count(tallies, `native-${older.source.replace('native-', '')}`, comparison);
  expect(comparison.equal, describeComparison('native-03 it history', comparison)).toBe(true);
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
