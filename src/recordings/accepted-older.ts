/** What differs from the recordings of the older engine beyond the rules of older-engine.ts, and why. */
import type { AcceptedDifference } from './accepted.ts';
import type { Difference } from './compare.ts';
import type { Fact } from './older-engine.ts';

/** Of a whole recording, by kind of fact. */
const lists: readonly (readonly [
  id: string,
  source: string,
  kind: string,
  reason: string,
  matches: (difference: Difference<Fact>) => boolean,
  times?: number,
])[] = [
  [
    'out of memory before the start is told',
    'native-09-oom',
    'events',
    'The program takes its memory in no time here, before dockerd tells of the start.',
    ({ type, fact }) => type === 'order' && fact['action'] === 'oom',
  ],
  ...(['rpcs', 'taskEvents', 'events'] as const).map(
    (kind) =>
      [
        'the oom event',
        'vm-09-oom',
        kind,
        'The traced shim came too late to read memory.events; in all eight untraced runs it was in time (vm-09c).',
        ({ type, fact }: Difference<Fact>) =>
          type === 'extra' && String(fact['action'] ?? fact['topic']).endsWith('oom'),
      ] as const,
  ),
  [
    'the clean-up comes to its end',
    'vm-09-oom',
    'history',
    'The recorder was so slow that containerd’s time limit killed the clean-up.',
    ({ fact }) => /^(?:runc-delete:oom#2|shim-delete:oom)$/.test(String(fact['child'] ?? fact['who'])),
    6,
  ],
  ...(
    [
      ['history', 1],
      ['rpcs', 3],
      ['taskEvents', 1],
      ['api', 1],
      ['events', 1],
    ] as const
  ).map(
    ([kind, times]) =>
      [
        'two execs at once',
        'native-07-exec',
        kind,
        'One ran beside others; which of them goes on first is chance.',
        ({ type }: Difference<Fact>) => type === 'order',
        times,
      ] as const,
  ),
  ...(['taskEvents', 'events'] as const).map(
    (kind) =>
      [
        'what follows the restart',
        'native-11a-dockerd-restart-no-live-restore',
        kind,
        'The recorder’s listeners ended with the daemon.',
        ({ type, fact }: Difference<Fact>) =>
          type === 'extra' && /connect|start|create/.test(String(fact['action'] ?? fact['topic'])),
        6,
      ] as const,
  ),
  [
    'the inspection of the container of --userns',
    'native-17-namespace-sharing',
    'api',
    'There is none here.',
    ({ type, fact }) => type === 'missing' && /usernshost|_ping/.test(String(fact['request'])),
    2,
  ],
  [
    'closing the input of what has ended',
    'native-18-errors',
    'rpcs',
    'The newer dockerd tries it (vm-03).',
    ({ type, fact }) => type === 'extra' && String(fact['method']).endsWith('CloseIO'),
  ],
  [
    'greetings before the flags are read',
    'native-18-errors',
    'api',
    'The older client calls /_ping before it finds that it does not know a flag.',
    ({ type, fact }) => type === 'missing' && fact['request'] === 'HEAD /_ping',
    2,
  ],
  [
    'the default bridge',
    'native-18-errors',
    'events',
    'The recording host had none; and the older dockerd tells of the end of what it could not create.',
    ({ type, fact }) => type !== 'order' && /connect|destroy/.test(String(fact['action'])),
    3,
  ],
  [
    'a lease that is gone',
    'native-19-lifecycle-commands',
    'rpcs',
    'The older dockerd deletes a lease of a removed image.',
    ({ type, fact }) => type === 'missing' && String(fact['method']).endsWith('Leases/Delete'),
  ],
  ...(
    [
      ['native-17-namespace-sharing', 2],
      ['native-22b-twenty-containers', 11],
    ] as const
  ).map(
    ([source, times]) =>
      [
        'the stream is incomplete',
        source,
        'taskEvents',
        'The recorder in the middle of the line lost messages: dockerd tells of more ends than it had heard of.',
        ({ type }: Difference<Fact>) => type === 'extra',
        times,
      ] as const,
  ),
];

/** Commands whose words differ. */
const otherWords: Readonly<Record<string, readonly [reason: string, ...labels: readonly string[]]>> = {
  'vm-09-oom': ['OOMKilled is true here, as in all eight untraced runs (vm-09c)', 'inspect'],
  'native-13-kill9-shim': ['137 then, 255 in the modelled version (vm-13)', 'ps', 'ps2', 'inspect'],
  'native-17-namespace-sharing': ['other processes and containers on the recording host', 'pidhost-ps', 'ps'],
  'native-18-errors': ['vm-18 has the newer sentence', 'cp-noent2'],
  'native-19-lifecycle-commands': [
    'another version, image or host; a text that is cut off; an archive with the times of that host',
    'inspect',
    'cp-out',
    'info',
    'version',
    'export',
    'volume-ls',
  ],
  'native-30-pure-runc': [
    'another version, kernel, or cgroup v1',
    'version',
    'proc-created',
    'state.json',
    'events-c1',
  ],
};

export const ofOlderEngine: readonly AcceptedDifference[] = [
  ...lists.map(([id, source, kind, reason, matches, times = 1]) => ({
    id,
    source,
    step: 'all',
    kind,
    reason,
    matches,
    times,
  })),
  ...Object.entries(otherWords).flatMap(([source, [reason, ...labels]]) =>
    labels.map((step) => ({ id: 'other words', source, step, kind: 'words', reason, matches: () => true })),
  ),
];
