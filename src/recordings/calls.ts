/**
 * The system calls that the recorder's strace and the journal both tell of, process by process: mounts, namespaces,
 * what a process makes of itself, signals, control files, fifos and what is put into its place by rename.
 */
import type { JournalEvent } from '../journal/event.ts';
import { labelOf, rolesOf } from '../journal/roles.ts';
import { normalise } from './normalise.ts';

export interface CallFact {
  readonly who: string;
  readonly call: string;
}

/**
 * What each process of the engine and of its containers called, in its own order; the processes by their roles, of
 * which the second of a name is `#2`. The shells, the client, systemd and who is not of the engine were not traced.
 *
 * @param symbols - for ids, as normalise() takes them.
 */
export function callsOf(
  journal: readonly JournalEvent[],
  fromSeq: number,
  symbols: Readonly<Record<string, string>>,
): readonly CallFact[] {
  return byRole(callsInOrder(journal, fromSeq, symbols));
}

/** As callsOf(); who called first is first. */
export function callsInOrder(
  journal: readonly JournalEvent[],
  fromSeq: number,
  symbols: Readonly<Record<string, string>>,
): readonly CallFact[] {
  const roles = rolesOf(journal);
  const calls = new Map<number, string[]>();
  for (const event of journal.slice(fromSeq)) {
    const [pid, text] = callOf(event, (of) => labelOf(roles, of)) ?? [0, ''];
    const call = comparableCall(normalise(text, symbols));
    if (call !== undefined) calls.set(pid, [...(calls.get(pid) ?? []), call]);
  }
  const times = new Map<string, number>();
  return Array.from(calls).flatMap(([pid, list]) => {
    const role = labelOf(roles, pid);
    const time = (times.get(role) ?? 0) + 1;
    times.set(role, time);
    const who = time === 1 ? role : `${role}#${time}`;
    return isOfTheEngine.test(role) ? list.map((call) => ({ who, call })) : [];
  });
}

const isOfTheEngine = /:|^dockerd$|^containerd$/;

export function byRole(calls: readonly CallFact[]): readonly CallFact[] {
  return calls.toSorted((one, other) => (one.who < other.who ? -1 : Number(one.who > other.who)));
}

type Told = readonly [pid: number, text: string];

/** The calls that the journal tells of as what they bring about, and those that it tells of as they are. */
function callOf(event: JournalEvent, role: (pid: number) => string): Told | undefined {
  switch (event.type) {
    case 'task.session':
      return [event.pid, event.sid === event.pid ? 'setsid()' : 'setpgid(0, 0)'];
    case 'task.name':
      return [event.pid, `prctl(PR_SET_NAME ${event.comm})`];
    case 'cgroup.write': {
      const path = `/sys/fs/cgroup${event.path}/${event.file}`.replace('//', '/');
      return [event.pid, `write("${path}", "${event.value}")`];
    }
    case 'cgroup.move':
      return [event.by, `write("/sys/fs/cgroup${event.path}/cgroup.procs", "$PID")`];
    case 'signal.send':
      return [event.from, `kill(${role(event.pid)}, ${event.signal})`];
    case 'call': {
      const { pid, call, args, phase, result = '' } = event;
      // Whoever opens a fifo for writing waits for its reader.
      if (call === 'kill' || (phase !== undefined && (phase === 'enter') !== args.endsWith('O_WRONLY')))
        return undefined;
      return [pid, `${call.replace(/at$/, '')}(${args})${/^E[A-Z]+$/.test(result) ? ` = ${result}` : ''}`];
    }
    default:
      return undefined;
  }
}

const compared = [
  /^(?:mount|pivot_root|sethostname|unshare|setns|setgroups|keyctl|bpf|capset|prctl|setsid|setpgid|rename|kill)\(/,
  /^umount2\([^=]*$/,
  /^mknod\(.*S_IFIFO/,
  /^bind\(.*"\/run\/containerd\/s\//,
  /^write\("\/(?:proc|sys)\//,
  /^(?:open|unlink)\(.*exec\.fifo/,
];
/** A child's end; what the real dockerd keeps in a database; layers, which opened.ts has. */
const leftOut = /^kill\(.*SIGCHLD|^rename\(.*\/(?:network\/files|overlay2)\//;

/** The call without what is chance or of the recorder's host; undefined for what is not compared. */
export function comparableCall(text: string): string | undefined {
  if (!compared.some((pattern) => pattern.test(text)) || leftOut.test(text)) return undefined;
  return replacements
    .reduce((call, [pattern, words]) => call.replace(pattern, words), text)
    .replace(/[\w<]+(?:\|[\w<]+)+/g, (flags) => flags.split('|').toSorted().join('|'));
}

const replacements: readonly (readonly [RegExp, string])[] = [
  // Numbers of descriptors, modes, random names, values of switches under /proc/sys.
  [/(?<=^setns\()\d+, /, ''],
  [/(?<=^mknod\(.*S_IFIFO)\|\d+/, ''],
  [/(?<=^bind\()\d+, .*sun_path=("[^"]*").*(?=\)(?: = E|$))/, '$1'],
  [/(?<=\.tmp-[a-z0-9.]*(?:json|hash)|\/state-|\$CID\/)\d+(?=")/, '*'],
  [/(?<=\/overlay2\/l\/)(?:\$LINK|[A-Z0-9]{26})/g, '$LINK'],
  [/(?<=^write\("\/proc\/sys\/[^"]*"), "[^"]*"/, ''],
  [/(?<=^kill\([^,]*)#\d+/, ''],
  // Below the new root everything is mounted on a descriptor, so that no link leads elsewhere.
  [
    /(?<=^mount\([^,]*, )"(?:(?:\$DATA\/overlay2\/\$HEX\/merged|\/tmp\/lab\/bundle\/rootfs)\/[^"]*|\/proc\/self\/fd\/\d+)"/,
    '"/proc/self/fd/$N"',
  ],
  [/(?<=NO_NEW_PRIVS, 1)(?:, 0)+/, ''],
];
