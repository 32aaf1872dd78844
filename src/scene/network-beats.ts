/** Requests that reach a container over the network, by docker-proxy, by a rule of the kernel, or as they are. */
import type { JournalEvent } from '../journal/event.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { publishedBy } from './names.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** dockerd starts a docker-proxy for each address that a port is published on: for a whole port one for each family. */
export function proxyBorn({ pid, argv }: Of<'task.exec'>, cursor: Cursor): Telling | undefined {
  const published = publishedBy(argv);
  if (published === undefined) return undefined;
  const isIpv6 = published.address.includes(':');
  const label = cursor.label(pid);
  return {
    kind: 'exec',
    anchor: isIpv6 ? `${label} IPv6` : label,
    key: isIpv6 ? 'proxy.born-ipv6' : 'proxy.born',
    params: { port: published.port, container: cursor.containerOf(pid) },
    focus: [pid, cursor.parentOf(pid)],
    weight: isIpv6 ? 1600 : 2200,
  };
}

/** DNAT: the client asks one address, and the kernel has it talk to another. */
export function translation({ pid, asked, reached }: Of<'net.translate'>, cursor: Cursor): Telling {
  const params = { who: cursor.title(pid), asked, reached };
  return { kind: 'device', anchor: `${asked} ${reached}`, key: 'net.translated', params, focus: [pid], weight: 3000 };
}

/**
 * What travels by TCP to a container or a docker-proxy, and the answer when it says how it went. Within a container,
 * and to programs of the host, is no story of the engine.
 */
export function segment(event: Of<'message.send'>, cursor: Cursor): Telling | undefined {
  const { pid } = event;
  const receiver = cursor.receiver(event);
  const [from, to] = [cursor.memberOf(pid), cursor.memberOf(receiver)];
  const isProxied = cursor.role(pid)?.part === 'docker-proxy';
  const isForProxy = cursor.role(receiver)?.part === 'docker-proxy';
  if (from === to && !isProxied && !isForProxy) return undefined;
  if (event.kind === 'response' ? event.status === undefined : to === '' && !isForProxy) return undefined;
  const about = {
    anchor: event.label,
    focus: [pid, receiver],
    params: {
      who: cursor.title(pid),
      whom: cursor.title(receiver),
      container: to,
      label: event.label,
      status: event.status ?? '',
      asked: cursor.dialed(pid),
    },
  } as const;
  if (event.kind === 'response') {
    return isForProxy ? undefined : { ...about, kind: 'response', key: 'net.answers', weight: 2000 };
  }
  if (isForProxy) return { ...about, kind: 'request', key: 'net.asks-proxy', weight: 2600 };
  return { ...about, kind: 'request', key: isProxied ? 'net.proxy-asks' : 'net.asks', weight: 2600 };
}
