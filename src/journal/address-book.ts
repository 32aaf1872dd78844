/** Whose address is whose: what a docker-proxy passes on to is known by its address alone. */
import type { LinkFact, NamespaceFact } from './event.ts';

export interface AddressBook {
  /** Takes note of network namespaces and of the addresses that are given in them. `container` is whose `pid` is. */
  readonly note: (event: NamespaceFact | LinkFact, container: string) => void;
  /**
   * Calls back with the container that has the address, now or as the next one: dockerd starts the proxies of a
   * container before it gives it its address.
   */
  readonly whenKnown: (address: string, tell: (container: string) => void) => void;
}

export function addressBook(): AddressBook {
  const owners = new Map<number, string>();
  const holders = new Map<string, { readonly namespace: number; readonly container: string }>();
  const asked = new Map<string, ((container: string) => void)[]>();

  return {
    note: (event, container) => {
      if (event.type === 'namespace.create' && event.kind === 'net') owners.set(event.inode, container);
      if (event.type === 'namespace.end')
        for (const [address, { namespace }] of holders) if (namespace === event.inode) holders.delete(address);
      const owner = event.type === 'net.link' && event.op === 'address' ? owners.get(event.namespace) : undefined;
      if (event.type !== 'net.link' || owner === undefined || owner === '') return;
      const address = event.value.replace(/\/\d+$/, '');
      holders.set(address, { namespace: event.namespace, container: owner });
      for (const tell of asked.get(address) ?? []) tell(owner);
      asked.delete(address);
    },
    whenKnown: (address, tell) => {
      const holder = holders.get(address);
      if (holder !== undefined) tell(holder.container);
      else asked.set(address, [...(asked.get(address) ?? []), tell]);
    },
  };
}
