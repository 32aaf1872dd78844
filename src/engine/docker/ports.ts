import { goQuote } from './go-text.ts';

/**
 * What the client refuses of a `--publish` value such as `127.0.0.1:8080:80/tcp`.
 *
 * go-connections: nat.ParsePortSpec(). The long form (`published=…,target=…`) is not looked into.
 *
 * @returns the error's words, or undefined.
 */
export function checkPublish(spec: string): string | undefined {
  if (spec.includes('=')) return undefined;
  const parts = spec.split(':');
  const last = parts.at(-1) ?? '';
  const hostPort = parts.length > 1 ? (parts.at(-2) ?? '') : '';
  const address = parts.slice(0, -2).join(':');
  const [containerPort = '', protocol = 'tcp'] = last.split('/');
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
  if (text === '') return { error: 'empty string specified for ports' };
  const [first = '', last = first] = text.split(/-(.*)/s);
  for (const part of [first, last]) {
    if (!/^\d+$/.test(part)) return { error: `strconv.ParseUint: parsing ${goQuote(part)}: invalid syntax` };
    if (Number(part) > 65535) return { error: `strconv.ParseUint: parsing ${goQuote(part)}: value out of range` };
  }
  if (Number(last) < Number(first)) return { error: `Invalid range specified for the Port: ${text}` };
  return { start: Number(first), end: Number(last) };
}

function isAddress(text: string): boolean {
  const inner = text.replace(/^\[(.*)\]$/, '$1');
  if (/^\d+(\.\d+){3}$/.test(inner)) return inner.split('.').every((octet) => Number(octet) < 256);
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(inner) && inner !== text;
}
