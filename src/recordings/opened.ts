/**
 * What the processes of the engine open in order to write or to make it, the sockets by which they meet, and what
 * dockerd asks of the host's network devices: of the recordings under strace, process by process.
 */
import type { JournalEvent } from '../journal/event.ts';
import { labelOf, rolesOf } from '../journal/roles.ts';
import { byRole } from './calls.ts';
import type { CallFact } from './calls.ts';
import { normalise } from './normalise.ts';

/** @param symbols - for ids, as normalise() takes them. */
export function openedBy(
  journal: readonly JournalEvent[],
  fromSeq: number,
  symbols: Readonly<Record<string, string>>,
): readonly CallFact[] {
  const roles = rolesOf(journal);
  const host = journal.find((event) => event.type === 'net.link')?.namespace;
  const told = new Map<number, string[]>();
  let devices = 0;
  for (const event of journal.slice(fromSeq)) {
    const call = openedIn(event, host);
    if (call === undefined || !('pid' in event)) continue;
    // A pair of devices is made by one message: the journal tells of either.
    if (call.endsWith('KIND=veth)') && (devices += 1) % 2 === 0) continue;
    told.set(event.pid, [...(told.get(event.pid) ?? []), comparableOpening(normalise(call, symbols))]);
  }
  const times = new Map<string, number>();
  return byRole(
    Array.from(told).flatMap(([pid, list]) => {
      const role = labelOf(roles, pid);
      const time = (times.get(role) ?? 0) + 1;
      times.set(role, time);
      const who = time === 1 ? role : `${role}#${time}`;
      return /:|^dockerd$|^containerd$/.test(role) ? inFixedOrder(list).map((call) => ({ who, call })) : [];
    }),
  );
}

/** Control files are compared as they are written; databases are one file there; a memfd is not opened. */
const isElsewhere = /^\/sys\/fs\/cgroup\/|\/network\/files\/|meta\.db$|^\/memfd:/;

function openedIn(event: JournalEvent, host: number | undefined): string | undefined {
  switch (event.type) {
    case 'fd.open': {
      const { kind, name, access } = event.file;
      return (kind === 'file' || name.endsWith('exec.fifo')) && access.includes('w') && !isElsewhere.test(name)
        ? `open("${name}")`
        : undefined;
    }
    case 'call': {
      const { call, args, phase } = event;
      if (call === 'rename' && args.includes('/overlay2/')) return `rename(${args})`;
      if (!['connect', 'accept4', 'listen'].includes(call) || phase === 'enter') return undefined;
      if (call === 'listen') return 'listen()';
      const path = /sun_path="([^"]*)"/.exec(args)?.[1] ?? '';
      return `${call.replace('4', '')}("${path}")`;
    }
    case 'net.link':
      return event.namespace === host ? netlinkOf(event) : undefined;
    default:
      return undefined;
  }
}

function netlinkOf({ op, value }: Extract<JournalEvent, { type: 'net.link' }>): string | undefined {
  switch (op) {
    case 'add':
      return value === 'veth' ? 'netlink(RTM_NEWLINK IFLA_INFO_KIND=veth)' : undefined;
    case 'master':
      return 'netlink(RTM_SETLINK IFLA_MASTER)';
    case 'up':
      return 'netlink(RTM_NEWLINK IFF_UP)';
    case 'move':
      return 'netlink(RTM_SETLINK IFLA_NET_NS_FD)';
    case 'remove':
      return 'netlink(RTM_DELLINK)';
    default:
      return `netlink(${op})`;
  }
}

/** The files of the init layer come in Go's random order of maps. */
function inFixedOrder(calls: readonly string[]): readonly string[] {
  const isOfMap = (call = ''): boolean => call.includes('-init/merged/');
  const sorted = calls.filter(isOfMap).toSorted();
  const place = calls.findIndex(isOfMap);
  return [
    ...calls.slice(0, Math.max(place, 0)),
    ...sorted,
    ...calls.slice(Math.max(place, 0)).filter((call) => !isOfMap(call)),
  ];
}

/** Without random names. */
export function comparableOpening(call: string): string {
  return call
    .replace(/(?<=\.tmp-[a-z0-9.-]*?(?:json|hash|link|lower|committed))[\d*]+(?=")/, '*')
    .replace(/(?<=\/state-|runc-process|\/\$CID\/)(?:\d+|\$N)(?=")/, '*')
    .replace(/\/proc\/(?:self|\$\w+)\//, '/proc/$PID/')
    .replace(/(?<=libnetwork\/)[0-9a-f]{12}/, '$ENGINE');
}
