import type { PortBinding } from '../dockerd/records.ts';
import { goQuote } from '../go-text.ts';

/**
 * What the client refuses of a `--publish` value such as `127.0.0.1:8080:80/tcp`.
 *
 * go-connections: nat.ParsePortSpec(), which is given the long form (`published=…,target=…`) as the short one (asked of
 * a real client).
 *
 * @returns the error's words, or undefined.
 */
export function checkPublish(given: string): string | undefined {
  const spec = shortForm(given);
  const parts = spec.split(':');
  const last = parts.at(-1) ?? '';
  const hostPort = parts.length > 1 ? (parts.at(-2) ?? '') : '';
  const address = parts.slice(0, -2).join(':');
  const [containerPort = '', named] = last.split('/');
  const protocol = named || 'tcp';
  const brokenOff = splitRefusal(address);
  if (brokenOff !== undefined) return `Invalid ip address ${address}: address ${address}:: ${brokenOff}`;
  if (address !== '' && !isAddress(address)) return `Invalid ip address: ${address}`;
  if (containerPort === '') return `No port specified: ${spec}<empty>`;
  const inside = parsePortRange(containerPort);
  if ('error' in inside) return `Invalid containerPort: ${containerPort}`;
  if (hostPort !== '') {
    const outside = parsePortRange(hostPort);
    if ('error' in outside) return `Invalid hostPort: ${hostPort}`;
    const fits = inside.end === inside.start || inside.end - inside.start === outside.end - outside.start;
    if (!fits) return `Invalid ranges specified for container and host Ports: ${containerPort} and ${hostPort}`;
  }
  return /^(tcp|udp|sctp)$/i.test(protocol) ? undefined : `Invalid proto: ${protocol}`;
}

/** Reads `80` or `8000-8010`. go-connections: nat.ParsePortRange(). */
export function parsePortRange(
  text: string,
): { readonly start: number; readonly end: number } | { readonly error: string } {
  if (text === '') return { error: 'Empty string specified for ports.' };
  const [first = '', last = first] = text.split(/-(.*)/s);
  const error = portRefusal(first) ?? portRefusal(last);
  if (error !== undefined) return { error };
  if (Number(last) < Number(first)) return { error: `Invalid range specified for the Port: ${text}` };
  return { start: Number(first), end: Number(last) };
}

/** Why a text is no port, in the words of Go's strconv.ParseUint(). */
export function portRefusal(text: string): string | undefined {
  if (!/^\d+$/.test(text)) return `strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`;
  return Number(text) > 65535 ? `strconv.ParseUint: parsing ${goQuote(text)}: value out of range` : undefined;
}

/** What Go's net.SplitHostPort() refuses of an address with an empty port. */
function splitRefusal(address: string): string | undefined {
  if (address.startsWith('[')) return address.includes(']') ? undefined : "missing ']' in address";
  return address.includes(':') ? 'too many colons in address' : undefined;
}

function isAddress(text: string): boolean {
  const inner = text.replace(/^\[(.*)\]$/, '$1');
  if (/^\d+(\.\d+){3}$/.test(inner)) return inner.split('.').every((octet) => Number(octet) < 256);
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(inner) && inner !== text;
}

/** What `-p` and `--expose` put into the request: the image's ports come from the daemon. */
export interface PortSettings {
  readonly exposed: Readonly<Record<string, Record<string, never>>>;
  readonly bindings: Readonly<Record<string, readonly PortBinding[]>>;
}

/** Reads values that `checkPublish` and the check of `--expose` let pass. docker: parse(); nat.ParsePortSpecs(). */
export function portSettings(published: readonly string[], exposed: readonly string[]): PortSettings {
  const settings: { exposed: Record<string, Record<string, never>>; bindings: Record<string, PortBinding[]> } = {
    exposed: {},
    bindings: {},
  };
  for (const { port, binding } of published.map(shortForm).flatMap(bindingsOf)) {
    settings.exposed[port] = {};
    (settings.bindings[port] ??= []).push(binding);
  }
  for (const spec of exposed) {
    const [text = '', protocol = 'tcp'] = spec.split('/');
    for (const port of portsIn(text)) settings.exposed[`${port}/${protocol.toLowerCase()}`] = {};
  }
  return settings;
}

/** `published=8080,target=80,protocol=tcp` as `8080:80/tcp`. docker: opts.PortOpt. */
function shortForm(spec: string): string {
  if (!spec.includes('=')) return spec;
  const values = new Map(spec.split(',').map((part) => part.split(/=(.*)/s) as [string, string]));
  return `${values.get('published') ?? ''}:${values.get('target') ?? ''}/${values.get('protocol') ?? 'tcp'}`;
}

function bindingsOf(spec: string): readonly { readonly port: string; readonly binding: PortBinding }[] {
  const parts = spec.split(':');
  const [inside = '', given] = (parts.at(-1) ?? '').split('/');
  const protocol = given || 'tcp';
  const outside = parts.length > 1 ? (parts.at(-2) ?? '') : '';
  const HostIp = parts
    .slice(0, -2)
    .join(':')
    .replace(/^\[(.*)\]$/, '$1');
  const hostPorts = portsIn(outside);
  const ports = portsIn(inside);
  return ports.map((port, index) => {
    // A range for one port: the daemon takes a free one of it.
    const HostPort = ports.length === 1 ? outside : String(hostPorts[index] ?? '');
    return { port: `${port}/${protocol.toLowerCase()}`, binding: { HostIp, HostPort } };
  });
}

function portsIn(text: string): readonly number[] {
  const range = parsePortRange(text);
  if ('error' in range) return [];
  return Array.from({ length: range.end - range.start + 1 }, (_, index) => range.start + index);
}

/** A port of the list that the API gives. */
export interface ListedPort {
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly IP?: string;
  readonly Type: string;
}

/** The column PORTS: neighbours in one range, what goes elsewhere by itself. docker: formatter.DisplayablePorts(). */
export function displayablePorts(ports: readonly ListedPort[]): string {
  const groups = new Map<string, { first: number; last: number }>();
  const result: string[] = [];
  const mappings: string[] = [];
  const close = (key: string, { first, last }: { readonly first: number; readonly last: number }): void => {
    const [kind = '', ip = ''] = key.split('/').toReversed();
    const range = first === last ? String(first) : `${first}-${last}`;
    result.push(ip === '' ? `${range}/${kind}` : `${ip}:${range}->${range}/${kind}`);
  };
  for (const { IP = '', PrivatePort, PublicPort, Type } of ports.toSorted(comparePorts)) {
    if (IP !== '' && PublicPort !== PrivatePort) {
      mappings.push(`${IP}:${PublicPort ?? 0}->${PrivatePort}/${Type}`);
      continue;
    }
    const key = IP === '' ? Type : `${IP}/${Type}`;
    const group = groups.get(key);
    if (group?.last === PrivatePort - 1) group.last = PrivatePort;
    else {
      if (group !== undefined) close(key, group);
      groups.set(key, { first: PrivatePort, last: PrivatePort });
    }
  }
  for (const [key, group] of groups) close(key, group);
  return [...result, ...mappings].join(', ');
}

function comparePorts(one: ListedPort, other: ListedPort): number {
  const [a = '', b = ''] = [one.IP, other.IP];
  return (
    one.PrivatePort - other.PrivatePort ||
    (a < b ? -1 : a > b ? 1 : 0) ||
    (one.PublicPort ?? 0) - (other.PublicPort ?? 0) ||
    (one.Type < other.Type ? -1 : one.Type > other.Type ? 1 : 0)
  );
}
