/** IPv4 addresses as text and as numbers; of IPv6 there are only `::` and `::1`. Man pages: ip(7), ipv6(7). */

/** One end of a TCP connection. */
export interface InternetAddress {
  /** Dotted, or `::`, `::1`. */
  readonly address: string;
  readonly port: number;
}

/** The number that a dotted address stands for; null for anything else. inet_pton(3). */
export function numberOfAddress(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Whether an IPv4 address lies in a network such as `172.17.0.0/16`; without a length the network is one address. */
export function isInNetwork(address: string, network: string): boolean {
  const [base = '', bits = '32'] = network.split('/');
  const one = numberOfAddress(address);
  const other = numberOfAddress(base === '0' ? '0.0.0.0' : base);
  if (one === null || other === null) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(one / size) === Math.floor(other / size);
}

/** 127.0.0.0/8 and ::1: what never leaves a machine. RFC 1122, 3.2.1.3. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

export function isIpv6(address: string): boolean {
  return address.includes(':');
}

/** As strace prints a socket address. */
export function describeAddress({ address, port }: InternetAddress): string {
  return isIpv6(address)
    ? `{sa_family=AF_INET6, sin6_port=htons(${port}), inet_pton(AF_INET6, "${address}")}`
    : `{sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("${address}")}`;
}
