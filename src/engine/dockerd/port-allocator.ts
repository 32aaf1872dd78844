/** Which host ports are given away. moby: libnetwork/portallocator. */
import type { Running } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { ApiError } from './api-error.ts';

export interface PortAllocator {
  /** As `tcp 0.0.0.0 8080`. An address knows nothing of the others: where they meet, the proxy cannot listen. */
  readonly taken: Set<string>;
  /** From where a port comes that nobody named. */
  readonly range: readonly number[];
  /** What came last from a range of an address, as `tcp 0.0.0.0 32768-60999`: the search goes on after it. */
  readonly last: Map<string, number>;
}

/** With the range that the kernel has as the daemon starts. moby: getDynamicPortRange(), and what it falls back on. */
export function* newPortAllocator(): Running<PortAllocator> {
  const range = (yield* readFileIfAny('/proc/sys/net/ipv4/ip_local_port_range')) ?? '49153\t65535';
  return { taken: new Set(), range: range.trim().split('\t').map(Number), last: new Map() };
}

const nameOf = (protocol: string, hostIp: string, port: number): string => `${protocol} ${hostIp} ${port}`;

/** Whether nobody named a port: `-p 80`, `-p 0:80`. */
export const isAnyPort = (wanted: string): boolean => Number(wanted) === 0;

/**
 * Takes the port that is wanted (`8080`), one of a range (`8000-8010`), or any. Throws an ApiError when there is none.
 * moby: RequestPortInRange().
 */
export function requestPort(
  { taken, range, last }: PortAllocator,
  protocol: string,
  hostIp: string,
  wanted: string,
): number {
  const [first = 0, end = first] = isAnyPort(wanted) ? range : wanted.split('-').map(Number);
  const key = `${protocol} ${hostIp} ${first}-${end}`;
  let port = last.get(key) ?? end;
  for (let tries = first; tries <= end; tries += 1) {
    port = port >= end ? first : port + 1;
    if (taken.has(nameOf(protocol, hostIp, port))) continue;
    taken.add(nameOf(protocol, hostIp, port));
    last.set(key, port);
    return port;
  }
  if (first !== end) throw new ApiError(500, 'all ports are allocated');
  throw new ApiError(500, `Bind for ${hostIp}:${first} failed: port is already allocated`);
}

export function releasePort({ taken }: PortAllocator, protocol: string, hostIp: string, port: number): void {
  taken.delete(nameOf(protocol, hostIp, port));
}
