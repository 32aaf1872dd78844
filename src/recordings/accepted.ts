/**
 * Where the simulator is known to differ from the recording, and why. MODEL.md lists the same; an entry that nothing
 * needs fails the comparison.
 */
import { ofOlderEngine } from './accepted-older.ts';
import type { Accepted, Difference } from './compare.ts';
import { swapOf } from './compare.ts';
import { commandsLeftOut } from './left-out.ts';
import { acceptedOrders, rulesOfOlderEngine } from './older-engine.ts';

type Fact = Readonly<Record<string, unknown>>;

export interface AcceptedDifference {
  readonly id: string;
  readonly source: string;
  readonly step: string;
  readonly kind: string;
  readonly reason: string;
  /** How many differences in that list it stands for: one if not said. */
  readonly times?: number;
  readonly matches: (difference: Difference<Fact>) => boolean;
}

const is =
  (wanted: Fact) =>
  (fact: Fact): boolean =>
    Object.entries(wanted).every(([name, value]) => fact[name] === value);

const dieOfE300 = is({ type: 'container', action: 'die' });
const dieOf = (name: string) => (fact: Fact) =>
  is({ type: 'container', action: 'die' })(fact) && is({ name })((fact['attributes'] ?? {}) as Fact);
/** docker wait al, docker attach wr and docker logs -f wr. */
const isOfThreeClients = ({ request }: Fact): boolean =>
  /_ping$|\/(?:al|wr)\/wait$|\/wr\/json$|\/attach\?|\/logs\?follow/.test(String(request));
const lateDie =
  'The CLI ends with the answer to its wait call; the die event is sent at the same moment, and was recorded just after.';

const answeredBeforeDie =
  'dockerd answers as soon as the container has ended; the die event follows at once, and was recorded with the next command.';

const acceptedDifferences: readonly AcceptedDifference[] = [
  ...ofOlderEngine,
  {
    id: 'die before the client has gone',
    source: 'vm-08-exit-codes',
    step: 'e300',
    kind: 'events',
    reason: lateDie,
    matches: (difference) => difference.type === 'extra' && dieOfE300(difference.fact),
  },
  {
    id: 'die after the client has gone',
    source: 'vm-08-exit-codes',
    step: 'selfkill',
    kind: 'events',
    reason: lateDie,
    matches: (difference) => difference.type === 'missing' && dieOfE300(difference.fact),
  },
  ...(
    [
      ['vm-05-kill-signals', 'pl', 'kill-default', 'kill-again'],
      ['vm-05-kill-signals', 'tr', 'stop-s', 'logs2'],
      ['vm-15-zombies', 'zz', 'stop-z', 'ps'],
    ] as const
  ).flatMap(([source, name, step, next]): readonly AcceptedDifference[] => [
    {
      id: `die of ${name} before the client has gone`,
      source,
      step,
      kind: 'events',
      reason: answeredBeforeDie,
      matches: (difference) => difference.type === 'extra' && dieOf(name)(difference.fact),
    },
    {
      id: `die of ${name} after the client has gone`,
      source,
      step: next,
      kind: 'events',
      reason: answeredBeforeDie,
      matches: (difference) => difference.type === 'missing' && dieOf(name)(difference.fact),
    },
  ]),
  ...(
    [
      ['vm-15-zombies', 'ps-z'],
      ['vm-15-zombies', 'ps-zi'],
      ['vm-15-zombies', 'ps-zs'],
      ['vm-19-lifecycle-commands', 'touch'],
      ['vm-19-lifecycle-commands', 'diff'],
    ] as const
  ).map(([source, step]) => ({
    id: 'the exec is forgotten before the client has gone',
    source,
    step,
    kind: 'rpcs',
    reason: 'dockerd forgets an exec that has ended while its client ends; it was recorded with the next command.',
    matches: ({ fact }: Difference<Fact>): boolean => String(fact['method']).endsWith('Tasks/DeleteProcess'),
  })),
  {
    id: 'two containers end at the same time',
    times: 2,
    source: 'vm-08-exit-codes',
    step: 'wait-w',
    kind: 'rpcs',
    reason: 'On the slow recorder w7 ended while dockerd was still clearing away k9; here it ends after that.',
    matches: swapOf(
      (fact) => /Tasks\/(?:Get|Delete)$/.test(String(fact['method'])) && fact['code'] === undefined,
      (fact) =>
        fact['message'] === 'task $CID11 not found' || /Containers\/(?:Get|Delete)$/.test(String(fact['method'])),
    ),
  },
  {
    id: 'which client is the first',
    times: 2,
    source: 'vm-08-exit-codes',
    step: 'wait-w',
    kind: 'api',
    reason: 'Two docker wait run side by side, each in its own time.',
    matches: swapOf(
      ({ request }) => request === 'HEAD /_ping' || request === 'POST /v1.45/containers/w7/wait',
      ({ request }) => request === 'HEAD /_ping' || request === 'POST /v1.45/containers/k9/wait',
    ),
  },
  ...(
    [
      ['vm-12b-kill9-dockerd', 2],
      ['vm-12d-kill9-dockerd-live-restore', 5],
    ] as const
  ).map(([source, times]) => ({
    id: 'which of three clients is the first',
    times,
    source,
    step: 'wait-al',
    kind: 'api',
    reason: 'docker wait, attach and logs -f run side by side; their calls came in another order in each recording.',
    matches: swapOf(isOfThreeClients, isOfThreeClients),
  })),
  {
    id: 'who is reaped first',
    source: 'vm-04a-stop-ignoring-sigterm',
    step: 'stop',
    kind: 'history',
    reason:
      'A race between two children of the shim that end together: vm-20 recorded the other order, which the simulator has.',
    matches: swapOf(is({ op: 'reap', who: 'init:web' }), is({ op: 'reap', who: 'runc-kill:web#2' })),
  },
  {
    id: 'the runtime or the container ends first',
    times: 2,
    source: 'vm-01b-run-published-port',
    step: 'rm',
    kind: 'history',
    reason:
      'A race of 0.1 ms between runc kill and what it kills: vm-20 recorded the other order, which the simulator has.',
    matches: swapOf(is({ who: 'init:web' }), is({ who: 'runc-kill:web' })),
  },
  {
    id: 'the start is told before the state is asked for',
    source: 'vm-01b-run-published-port',
    step: 'run',
    kind: 'rpcs',
    reason: 'A race between containerd and the shim: vm-01 recorded the other order, which the simulator has.',
    matches: swapOf(is({ topic: '/tasks/start' }), is({ method: 'containerd.task.v2.Task/State' })),
  },
  {
    id: 'which stage ends first',
    source: 'vm-07-exec',
    step: 'exec-noent',
    kind: 'history',
    reason:
      'A race between two stages of runc init: three of four recorded execs have stage 1 first, as the simulator has.',
    matches: swapOf(
      is({ op: 'exit', who: 'exec-init-1:web' }),
      (fact) => fact['who'] === 'exec-init-0:web' && (fact['op'] === 'exit' || fact['op'] === 'reap'),
    ),
  },
  {
    id: 'the clean-up comes to its end',
    times: 6,
    source: 'vm-13-kill9-shim',
    step: 'kill',
    kind: 'history',
    reason:
      'The emulated recorder was so slow that containerd’s time limit killed the clean-up, and the container lived on. Native 13 has what the simulator does: runc delete kills it.',
    matches: ({ fact }) =>
      ['init:web', 'runc-delete:web', 'shim-delete:web'].includes(String(fact['who'])) &&
      (fact['op'] === 'exit' || fact['op'] === 'reap'),
  },
  {
    id: 'the clean-up says why it ended',
    times: 2,
    source: 'vm-13-kill9-shim',
    step: 'log',
    kind: 'log',
    reason: 'As above: here it comes to its end.',
    matches: ({ type, fact }) => type === 'missing' && /failed to (?:delete\\?"|clean up)/.test(String(fact['line'])),
  },
  {
    id: 'the killer outlives its victim',
    times: 2,
    source: 'vm-30-pure-runc',
    step: 'traced-kill',
    kind: 'history',
    reason:
      'A race between runc kill’s end and the killed process’s: vm-04a recorded the other order, which the simulator has.',
    matches: swapOf(is({ who: 'runc-kill:c6' }), is({ who: 'init:c6' })),
  },
  {
    id: 'stage 0 ends before stage 1 is reaped',
    source: 'vm-30-pure-runc',
    step: 'traced-create',
    kind: 'history',
    reason:
      'A race of 0.14 ms between stage 0 and runc create: vm-01 and vm-02 recorded the other order, which the simulator has.',
    matches: swapOf(is({ op: 'exit', who: 'runc-init-0:c6' }), is({ op: 'reap', who: 'runc-init-1:c6' })),
  },
  {
    id: 'what follows the restart',
    times: 2,
    source: 'vm-11a-restart-docker-service',
    step: 'ps0',
    kind: 'events',
    reason: 'The recorder’s docker events ended with the daemon: it did not see how the new one starts a container.',
    matches: ({ type, fact }) => type === 'extra' && ['connect', 'start'].includes(String(fact['action'])),
  },
  {
    id: 'which stream is back first',
    source: 'vm-12a-kill9-containerd-systemd',
    step: 'kill',
    kind: 'rpcs',
    reason: 'dockerd’s two event streams come back each in its own time; here both ask before the first subscribes.',
    matches: swapOf(
      is({ method: 'grpc.health.v1.Health/Check' }),
      is({ method: 'containerd.services.events.v1.Events/Subscribe' }),
    ),
  },
  ...(
    [
      ['rpcs', 'containerd.services.containers.v1.Containers/Get'],
      ['rpcs', 'containerd.services.tasks.v1.Tasks/Exec'],
      ['rpcs', 'containerd.services.tasks.v1.Tasks/Start'],
      ['rpcs', 'containerd.services.tasks.v1.Tasks/DeleteProcess'],
      ['taskEvents', '/tasks/exec-added'],
      ['taskEvents', '/tasks/exit'],
    ] as const
  ).map(([kind, what]) => ({
    id: `a probe begins while the container is stopped: ${what}`,
    source: 'vm-23-healthcheck',
    step: 'run',
    kind,
    reason:
      'Chance: docker stop came between one probe’s Containers/Get and its Tasks/Exec. Here it comes between two probes.',
    matches: ({ type, fact }: Difference<Fact>): boolean =>
      type === 'missing' && fact['container'] === '$CID1' && (fact['method'] ?? fact['topic']) === what,
  })),
  {
    id: 'the end of the input or the start is first',
    source: 'vm-03-run-it',
    step: 'i-only',
    kind: 'rpcs',
    reason: 'A race of two threads of dockerd: vm-21 recorded the other order, which the simulator has.',
    matches: swapOf(
      is({ method: 'containerd.services.tasks.v1.Tasks/CloseIO' }),
      is({ method: 'containerd.services.tasks.v1.Tasks/Start' }),
    ),
  },
  {
    id: 'the input or the container is done with first',
    source: 'vm-21-attach-detach',
    step: 'reattach',
    kind: 'rpcs',
    reason: 'A race of two threads of dockerd: vm-03 recorded the other order, which the simulator has.',
    matches: swapOf(
      is({ method: 'containerd.services.tasks.v1.Tasks/CloseIO' }),
      is({ method: 'containerd.services.tasks.v1.Tasks/Get' }),
    ),
  },
  ...(
    [
      [
        'vm-02-run-rm-echo',
        'EventChan',
        'A race of the shim with the end of the container: vm-03 recorded it at one of six ends.',
        1,
      ],
      ['vm-23-healthcheck', 'stopped container', 'As above: no probe was about to begin when docker stop came.', 1],
      ['vm-23-healthcheck', 'closed fifo', 'The outputs of that probe.', 2],
      ['vm-06c-kill-while-paused', 'resuming exited', 'What the shim logs by itself is not modelled.', 1],
    ] as const
  ).map(([source, words, reason, times]) => ({
    id: `no line of log: ${words}`,
    times,
    source,
    step: 'log',
    kind: 'log',
    reason,
    matches: ({ type, fact }: Difference<Fact>): boolean => type === 'missing' && String(fact['line']).includes(words),
  })),
  {
    id: 'both streams ask whether containerd serves',
    source: 'vm-12c-restart-containerd-service',
    step: 'restart',
    kind: 'rpcs',
    reason: 'vm-12a recorded two such calls, one for each stream; here one stream found containerd back already.',
    matches: ({ type, fact }) => type === 'extra' && fact['method'] === 'grpc.health.v1.Health/Check',
  },
  ...(
    [
      [
        'vm-11e-exit-while-daemon-down',
        'ps1',
        'al ends and starts again all the time; here it was met between two lives.',
      ],
      ['vm-19-lifecycle-commands', 'info', 'The recorded daemon was in debug mode, on a host of another name.'],
      ['vm-19-lifecycle-commands', 'inspect', 'The recorded text is cut off; the recorded image sets no PATH.'],
      ['vm-19-lifecycle-commands', 'stats', 'The recorded container has other memory.'],
      ['vm-19-lifecycle-commands', 'diff', 'Siblings come in Go’s random order of maps.'],
      ['vm-19-lifecycle-commands', 'images', 'The recorded image is another one.'],
    ] as const
  ).map(([source, step, reason]) => ({
    id: 'other words',
    source,
    step,
    kind: 'words',
    reason,
    matches: (): boolean => true,
  })),
  {
    id: 'who starts first',
    source: 'vm-27-daemon-shutdown-order',
    step: 'stop',
    kind: 'journal',
    reason: 'systemd starts docker.socket and containerd.service at the same time; the simulator one after the other.',
    matches: swapOf(
      is({ line: 'Listening on docker.socket - Docker Socket for the API.' }),
      is({ line: 'Starting containerd.service - containerd container runtime...' }),
    ),
  },
];

/** The accepted differences for one list of facts. */
export function accepted(source: string, labels: readonly string[], kind: string): readonly Accepted<object>[] {
  return acceptedDifferences
    .filter((entry) => entry.source === source && labels.includes(entry.step) && entry.kind === kind)
    .map(({ id, reason, times = 1, matches }) => ({
      id,
      reason,
      times,
      matches: (difference) => matches(difference as Difference<Fact>),
    }));
}

/** Both lists as MODEL.md has them: Markdown tables. */
export function differencesTable(): string {
  const differences = acceptedDifferences.map(
    ({ id, source, step, kind, reason }) => `| ${id} | \`${source}\`, ${step} | ${kind} | ${reason} |`,
  );
  const commands = Object.entries(commandsLeftOut).flatMap(([source, labels]) =>
    Object.entries(labels).map(([label, reason]) => `| \`${source}\`, ${label} | ${reason} |`),
  );
  return [
    '| difference | where | in | why |',
    '|---|---|---|---|',
    ...differences,
    '',
    '| recorded command that is not run | because of |',
    '|---|---|',
    ...commands,
    '',
    '| not compared with the older engine | why |',
    '|---|---|',
    ...rulesOfOlderEngine.map(([what, why]) => `| ${what} | ${why} |`),
    ...Object.values(acceptedOrders).map(({ id, reason }) => `| order of: ${id} | ${reason} |`),
  ].join('\n');
}
