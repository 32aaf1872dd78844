/** net.ipv6.conf.all.disable_ipv6: a namespace with or without IPv6. Linux: net/ipv6/addrconf.c. */
import type { Kernel } from '../kernel.ts';
import { settingIn } from '../namespace/sysctl.ts';
import { isIpv6 } from './internet-address.ts';
import { address, recordLink, type NetNamespace } from './network-layer.ts';

const forAll = 'net.ipv6.conf.all.disable_ipv6';
const forNew = 'net.ipv6.conf.default.disable_ipv6';

/** Whether a device there can have the address. */
export function mayHave({ settings }: NetNamespace, cidr: string): boolean {
  return !isIpv6(cidr) || settingIn(settings, forAll) === '0';
}

/**
 * A setting of the namespace has been written. Without IPv6 each device loses its addresses of that kind, and those to
 * come get none; with it again only the loopback has its own back. Linux: addrconf_disable_ipv6().
 */
export function heedIpv6Setting(kernel: Kernel, pid: number, namespace: NetNamespace, name: string): void {
  if (name !== forAll) return;
  namespace.settings.set(forNew, settingIn(namespace.settings, forAll));
  for (const link of namespace.links.values()) {
    const isBack = link.kind === 'loopback' && link.up && !link.addresses.some(isIpv6);
    for (const cidr of link.addresses.filter((one) => !mayHave(namespace, one))) {
      link.addresses.splice(link.addresses.indexOf(cidr), 1);
      recordLink(kernel, pid, 'no address', link, cidr);
    }
    if (isBack && mayHave(namespace, '::1/128')) address(kernel, pid, link, '::1/128');
  }
}
