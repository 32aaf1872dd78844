/**
 * How facts of the older engine (the `native-…` recordings: Docker 20.10.24, containerd 1.6.20, cgroup v1) are compared
 * with the modelled one. What is a difference of version or host is a rule here, once for all recordings.
 */
import { inOrder } from './processes.ts';
import type { Moment } from './processes.ts';

export type Fact = Readonly<Record<string, unknown>>;

/** The rules as MODEL.md lists them. */
export const rulesOfOlderEngine: readonly (readonly [what: string, why: string])[] = [
  ['The client, and who reaps a shim', 'script(1) or timeout(1) started it; that host’s pid 1 reaped late.'],
  ['Arguments and folders of programs', 'Other state folders, no --systemd-cgroup, debug flags: the program counts.'],
  ['The set-ipv6 child of dockerd', 'The modelled version has none.'],
  ['What a dying pid 1 reaps', 'It does so inside exit(2), where no tracer looks.'],
  [
    'Containers/Get, Tasks/Get, Task/State, Version',
    'The older dockerd asks up to four times where the new asks once.',
  ],
  [
    'Of the system calls: those for cgroups, containerd’s, what dockerd renames',
    'Version 1, other folders, and another order of its files; and what runc 1.1.15 does otherwise.',
  ],
  ['Words of a failed call', 'The code is compared.'],
  ['/v1.41, GET /info and /version, ?signal=KILL, ?condition=', 'Said or asked by the older client only.'],
  ['Pids, sizes, CPU, numbers of lines', 'They follow the speed and the numbers of the recording host.'],
  [
    'Of the processes: cgroups, oom_score_adj, where the shims have their files',
    'Version 1, other folders, and dockerd starts containerd.',
  ],
  ['Names of groups', 'The recorded image has no /etc/group.'],
  ['IPv4 forwarding is disabled', 'A warning of the recording host.'],
  ['Sentences that the newer version words otherwise', 'The vm recordings have them; older-engine.ts lists the pairs.'],
];

const engine = /:|^dockerd$|^containerd$/;
const isOfEngine = (role: unknown): boolean => typeof role === 'string' && engine.test(role);
const roleFields = ['who', 'child', 'parent', 'from', 'to', 'by'];

/** What is compared of a history: the engine's processes, and the containers' as far as these act on them. */
export function comparableHistory(facts: readonly Fact[]): readonly Fact[] {
  return withoutKernelReaping(facts.filter(isCompared).map(named));
}

/** A process that was killed before it named itself after its applet. */
function named(fact: Fact): Fact {
  return JSON.parse(JSON.stringify(fact).replace(/"exe(?:#(\d+))?"/g, '"sleep#exe$1"')) as Fact;
}

function isCompared(fact: Fact): boolean {
  if (roleFields.some((field) => /^docker(?:#|$)/.test(String(fact[field])))) return false;
  if (fact['op'] === 'reap' && fact['by'] === 'systemd') return false;
  if (fact['op'] === 'exec' || fact['op'] === 'exit') return isOfEngine(fact['who']);
  return roleFields.some((field) => isOfEngine(fact[field]));
}

function withoutKernelReaping(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter((fact, place) => {
    const { op, by } = fact;
    if (op !== 'reap' || !String(by).startsWith('init:')) return true;
    const next = facts
      .slice(place + 1)
      .find(({ op: later, who, by: reaper }) => who === by || (reaper === by && later !== 'reap'));
    return next?.['op'] !== 'exit';
  });
}

export function comparableOperation({ op, who, path, argv: _argv, at: _at, ...rest }: Fact): Fact {
  const isStage = /-init-\d:|^setkey:/.test(String(who));
  return op === 'exec' ? { op, who, path: isStage ? undefined : path } : { op, who, ...rest };
}

const asked = /(?:Containers|Tasks)\/Get$|Task\/State$|Version$|Health\/Check$/;

/** Calls between the daemons; `hasTtrpc` says whether the recorder saw those of the shim. */
export function comparableCalls(facts: readonly Fact[], hasTtrpc: boolean): readonly Fact[] {
  const bare = (role: unknown): string => String(role).replace(/^shim:.*/, 'shim');
  return facts
    .filter(({ method, via }) => !asked.test(String(method)) && (hasTtrpc || via === 'grpc'))
    .map(({ via, from, to, ...rest }) => {
      const { method, topic, signal, code } = rest;
      return { via, from: bare(from), to: bare(to), method, topic, signal, code };
    });
}

export function comparableApi(facts: readonly Fact[], hasStatus: boolean): readonly Fact[] {
  return facts
    .map(({ request, status }) => ({
      request: String(request)
        .replace(/\/v1\.\d\d\//, '/')
        .replace(/\?(?:signal=KILL|condition=)$/, ''),
      ...(hasStatus ? { status: String(status).split(' ')[0] } : {}),
    }))
    .filter(({ request }) => !/^GET \/(?:info|version)$/.test(request));
}

/**
 * The processes that a snapshot of the older engine tells of, and those that there are now. Where its containers have
 * no names nobody has here. A frozen process of cgroup v1 is in state D; the shell of 04b waits longer here, so that it
 * is at rest.
 */
export function comparableMoment(moment: Moment = { processes: [] }, recorded: Moment): readonly object[] {
  const names = JSON.stringify(recorded).includes(':$CID') ? /(?<="(?:shim|init|exec)):[^"]*/g : /(?<="exec):[^"]*/g;
  const lasting = moment.processes.filter(({ who, args = '' }) => who !== 'docker' && !passing.test(args));
  const told = inOrder({ processes: lasting }).map((process) =>
    JSON.stringify(comparableProcess(process as Fact))
      .replace(names, '')
      .replace('"state":"D"', '"state":"S"')
      .replace(/sleep 600?(?=\b)/, 'sleep 60')
      .replace(' sleep 0.01;', ''),
  );
  return told.toSorted().map((text) => JSON.parse(text) as object);
}

/** What a loop of a container runs for a moment. */
const passing = /^(?:sleep 0|head|tr)/;

function comparableProcess({ who, comm, cgroup: _cgroup, oomScoreAdj: _score, namespaces, ...rest }: Fact): object {
  if (who === 'dockerd' || who === 'containerd') return { who, comm };
  const { files, args, ...others } = rest;
  if (String(who).startsWith('shim:')) return { who, comm, ...others, namespaces };
  const { cgroup: _shared, ...own } = namespaces as Fact;
  return { who, comm, args, files, ...others, namespaces: own };
}

const sentences: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/(?:WARNING: )?IPv4 forwarding is disabled(?:\. Networking will not work\.)?\n/g, ''],
  [/time=\S+ level=error msg="error waiting for container: context canceled"\n/g, ''],
  [/failed to create task for container: /g, ''],
  [/failed to join PID namespace: /g, ''],
  [/can't join IPC of container/g, 'failed to join IPC namespace: container'],
  [
    /^Error: No such container(?::path)?: ([^\s:]+)(?::\/etc\/passwd)?$/gm,
    'Error response from daemon: No such container: $1',
  ],
  [/^Error: No such container: web:\/nosuch$/gm, 'Error response from daemon: No such container: web'],
  [/Cannot kill container/g, 'cannot kill container'],
  [/(?:cannot (?:kill|stop) container: \S+: )?[Ii]nvalid signal/g, 'invalid signal'],
  [/Container (\S+) is not running/g, 'container $1 is not running'],
  [
    /You cannot remove a running container \S+ Stop the container before attempting removal or force remove/g,
    'cannot remove container "/web": container is running: stop the container before removing or force remove',
  ],
  [/Run a command in a new container/g, 'Create and run a new container from an image'],
  [
    /invalid restart policy 'foo'/g,
    "invalid restart policy: unknown policy 'foo'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
  ],
  [/repository name must be lowercase/g, 'repository name (library/Bad_Image!) must be lowercase'],
  [/("?\/tmp"?: )(?:permission denied: unknown|is a directory: unknown: permission denied)/g, '$1is a directory'],
  // The time and the checksum of a header of tar.
  [/(?<=(?:\W\d{7}){2}\W\d{11}\W)\d{11}\W\d{6}/g, '$TIME $SUM'],
  [/gid=0(?:\(root\))? groups=0(?:\(root\))?/g, 'gid=0 groups=0'],
  [/"ociVersion": "1\.0\.2-dev"/g, '"ociVersion": "1.2.0"'],
  [/dialing dial/g, 'dialing: dial'],
  [/\$EXEC\/containerd\/containerd\.sock|\/run\/containerd\/containerd\.sock/g, '$CONTAINERD'],
  [/\/tmp\/lab\/data2/g, '$DATA'],
];

/** What a command printed, without what only that host or version printed. */
export function comparableWords(text: string): string {
  return sentences
    .reduce((words, [pattern, newer]) => words.replace(pattern, newer), text)
    .replace(/"Pid":"[^"]*"/g, '"Pid":$PID')
    .replace(/(?:(?:\$TIME )?line \d+\n)+/g, '$LINES\n')
    .replace(/^\d+$/gm, '$N')
    .replace(/^(last) \d+$/gm, '$1 $N')
    .replace(/^(root +|)\d{3,} +\d{3,} +(?:\d+ +\d\d:\d\d|)/gm, '$1$N ')
    .replace(/^ *(?!1 )\d+( +\d+ )/gm, '$N$1')
    .replace(/pid \d+ leaves orphan \d+/g, 'pid $N leaves orphan $N')
    .replace(/\d+(?:\.\d+)?(?:KiB|MB|%)/g, '$SIZE')
    .replace(/(?<=\S) {2,}(?=\S)/g, '   ');
}

/** Recordings in which dockerd works on many containers at the same time: what is done counts, not in which order. */
export function isOfMany(source: string): boolean {
  return /^native-(?:11|12a|22)/.test(source);
}
