/** What a request to create a container wants of its network. moby: daemon/container_operations.go. */
import { badRequest } from './api-error.ts';

/** moby: api/types/network.EndpointSettings, as far as it is read here. */
export interface EndpointRequest {
  readonly IPAMConfig?: { readonly IPv4Address?: string; readonly IPv6Address?: string };
}

/** Throws 400 for an address that is asked for: none of the networks here has a subnet of the user's. */
export function checkEndpoints(endpoints: Readonly<Record<string, EndpointRequest>>): void {
  for (const [name, { IPAMConfig = {} }] of Object.entries(endpoints)) {
    const { IPv4Address = '', IPv6Address = '' } = IPAMConfig;
    if (IPv4Address === '' && IPv6Address === '') continue;
    const complaints = [
      'user specified IP address is supported on user defined networks only',
      ...(IPv4Address === '' || isIpv4(IPv4Address) ? [] : [`invalid IPv4 address: ${IPv4Address}`]),
      ...(IPv6Address === '' || IPv6Address.includes(':') ? [] : [`invalid IPv6 address: ${IPv6Address}`]),
      'user specified IP address is supported only when connecting to networks with user configured subnets',
    ];
    const network = name === 'default' ? 'bridge' : name;
    throw badRequest(`invalid config for network ${network}: invalid endpoint settings:\n* ${complaints.join('\n* ')}`);
  }
}

function isIpv4(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256);
}
