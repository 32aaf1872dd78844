/** From the name in a URL to a connection: addresses as they are, names out of /etc/hosts. There is no name server. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { Errno } from '../../kernel/errno.ts';
import { numberOfAddress } from '../../kernel/net/internet-address.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../io.ts';

export interface Url {
  readonly scheme: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** Host, and port where it was written. */
  readonly authority: string;
  /** Path and query, at least `/`. */
  readonly target: string;
}

/** Reads `http://127.0.0.1:8080/x`; without a scheme it is http. Null for what is no URL. */
export function parseUrl(text: string): Url | null {
  const parts =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/i.exec(text);
  if (parts === null) return null;
  const [, scheme = 'http', name = '', port = '', path = '/'] = parts;
  const host = name.replace(/^\[(.*)\]$/, '$1');
  if (host === '') return null;
  return {
    scheme: scheme.toLowerCase(),
    host,
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
    authority: port === '' ? name : `${name}:${port}`,
    target: path.startsWith('/') ? path : `/${path}`,
  };
}

/** What a `Location` field means, seen from the URL that was asked: RFC 3986, 5.2. */
export function relativeUrl({ scheme, authority, target }: Url, location: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return location;
  if (location.startsWith('//')) return `${scheme}:${location}`;
  if (location.startsWith('/')) return `${scheme}://${authority}${location}`;
  return `${scheme}://${authority}${target.replace(/[^/]*(\?.*)?$/, '')}${location}`;
}

/** The address of a host; null when nobody knows the name. getaddrinfo(3) as far as files go. */
export function* resolveHost(host: string): Running<string | null> {
  if (numberOfAddress(host) !== null || host.includes(':')) return host;
  const lines = ((yield* readFileIfAny('/etc/hosts')) ?? '').split('\n').map((line) => line.replace(/#.*/, ''));
  for (const line of lines) {
    const [address = '', ...names] = line.trim().split(/\s+/);
    if (names.includes(host) && numberOfAddress(address) !== null) return address;
  }
  return host === 'localhost' ? '127.0.0.1' : null;
}

/** connect(2) with a time limit: the descriptor, the failure, or null when the time was up before either. */
export function* connectWithin(
  to: string | { readonly address: string; readonly port: number },
  limitNs: number | undefined,
): Running<number | Errno | null> {
  const state: { outcome: number | Errno | null } = { outcome: null };
  yield* sys.go(function* () {
    try {
      state.outcome = yield* sys.connect(to);
    } catch (error) {
      if (!isErrno(error)) throw error;
      state.outcome = error;
    }
    yield* sys.futexWake(state);
  });
  if (state.outcome === null) yield* sys.futexWait(state, limitNs);
  return state.outcome;
}
