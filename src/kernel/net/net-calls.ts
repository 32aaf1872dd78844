/** Requests over rtnetlink(7), in the calling coroutine's network namespace. */
import type { NetlinkRequest, NetworkLink } from '../abi.ts';
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Thread } from '../kernel.ts';
import { openFileOf, requireDescriptors } from '../vfs/file-table.ts';
import { tcpSocketsOf } from '../socket/internet-socket.ts';
import { namespaceOfFile } from '../vfs/namespace-file.ts';
import { mayHave } from './ipv6.ts';
import {
  addLink,
  address,
  describeLink,
  linkOf,
  recordLink,
  removeLink,
  type Link,
  type NetNamespace,
} from './network-layer.ts';

export const netCalls: CallTable = {
  netlink,
  tcpSockets: (_kernel, thread) => tcpSocketsOf(thread.namespaces.net),
};

/** Does the request, by a socket of its own; `list` gives the devices. EMFILE, ENODEV, EEXIST, EINVAL. */
function netlink(kernel: Kernel, thread: Thread, request: NetlinkRequest): readonly NetworkLink[] {
  requireDescriptors(thread);
  const { pid } = thread.task;
  const { net } = thread.namespaces;
  switch (request.op) {
    case 'list':
      return [...net.links.values()].map(describeLink);
    case 'add':
      add(kernel, pid, net, request);
      return [];
    case 'remove':
      removeLink(kernel, pid, linkOf(net, request.name));
      return [];
    case 'rename':
      rename(kernel, pid, linkOf(net, request.name), request.to);
      return [];
    case 'master': {
      const link = linkOf(net, request.name);
      link.master = request.master === '' ? null : linkOf(net, request.master);
      recordLink(kernel, pid, 'master', link, request.master);
      return [];
    }
    case 'mac':
      linkOf(net, request.name).mac = request.mac;
      return [];
    case 'up': {
      const link = linkOf(net, request.name);
      link.up = true;
      recordLink(kernel, pid, 'up', link, '');
      // Linux gives the loopback device its address when it comes up.
      if (link.kind === 'loopback' && link.addresses.length === 0) {
        for (const cidr of ['127.0.0.1/8', '::1/128']) if (mayHave(net, cidr)) address(kernel, pid, link, cidr);
      }
      return [];
    }
    case 'address': {
      const link = linkOf(net, request.name);
      if (!mayHave(net, request.cidr)) throw new Errno('EACCES');
      if (link.addresses.includes(request.cidr)) throw new Errno('EEXIST');
      address(kernel, pid, link, request.cidr);
      return [];
    }
    case 'route': {
      const link = linkOf(net, request.name);
      link.routes.push({ to: request.to, via: request.via });
      recordLink(kernel, pid, 'route', link, request.via === '' ? request.to : `${request.to} via ${request.via}`);
      return [];
    }
    case 'move':
      move(kernel, thread, linkOf(net, request.name), request.namespaceFd);
      return [];
  }
}

function add(kernel: Kernel, pid: number, net: NetNamespace, request: Extract<NetlinkRequest, { op: 'add' }>): void {
  if (request.kind === 'bridge') {
    addLink(kernel, pid, net, 'bridge', request.name);
    return;
  }
  const peerName = request.peer ?? freeVethName(net);
  if (net.links.has(request.name) || net.links.has(peerName)) throw new Errno('EEXIST');
  const peer = addLink(kernel, pid, net, 'veth', peerName);
  const link = addLink(kernel, pid, net, 'veth', request.name);
  link.peer = peer;
  peer.peer = link;
}

function freeVethName(net: NetNamespace): string {
  let number = 0;
  while (net.links.has(`veth${number}`)) number += 1;
  return `veth${number}`;
}

function rename(kernel: Kernel, pid: number, link: Link, to: string): void {
  if (link.namespace.links.has(to)) throw new Errno('EEXIST');
  recordLink(kernel, pid, 'rename', link, to);
  link.namespace.links.delete(link.name);
  link.name = to;
  link.namespace.links.set(to, link);
}

/**
 * The device goes to another namespace: it leaves its bridge, goes down, and loses its addresses. Linux:
 * dev_change_net_namespace().
 */
function move(kernel: Kernel, thread: Thread, link: Link, namespaceFd: number): void {
  const namespace = namespaceOfFile(openFileOf(thread.task, namespaceFd));
  // Neither lo nor a bridge leaves its namespace. Linux: netns_local.
  if (namespace?.kind !== 'net' || link.kind === 'loopback' || link.kind === 'bridge') throw new Errno('EINVAL');
  const to = namespace as NetNamespace;
  if (to.links.has(link.name)) throw new Errno('EEXIST');
  recordLink(kernel, thread.task.pid, 'move', link, String(to.inode));
  link.namespace.links.delete(link.name);
  link.namespace = to;
  link.master = null;
  link.up = false;
  link.addresses.length = 0;
  link.routes.length = 0;
  to.links.set(link.name, link);
}
