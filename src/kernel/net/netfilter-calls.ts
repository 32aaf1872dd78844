/** Requests over netlink(7)'s NETLINK_NETFILTER: the calling coroutine's network namespace gets other rules. */
import { Errno } from '../errno.ts';
import type { CallTable, Kernel, Thread } from '../kernel.ts';
import { recordCall } from '../record-call.ts';
import { chainOf, newChain } from './netfilter.ts';
import type { Chain, CountedRule, Rule, Table, TableName } from './netfilter.ts';
import { isCapable } from '../task/powers.ts';

/** What iptables(8) asks the kernel for. `at` counts from 1. */
export type NetfilterRequest =
  | { readonly op: 'list'; readonly table: TableName }
  | { readonly op: 'append'; readonly table: TableName; readonly chain: string; readonly rule: Rule }
  | {
      readonly op: 'insert';
      readonly table: TableName;
      readonly chain: string;
      readonly rule: Rule;
      readonly at: number;
    }
  | { readonly op: 'remove'; readonly table: TableName; readonly chain: string; readonly at: number }
  | { readonly op: 'flush' | 'zero' | 'remove chain' | 'new chain'; readonly table: TableName; readonly chain: string }
  | {
      readonly op: 'policy';
      readonly table: TableName;
      readonly chain: string;
      readonly policy: 'ACCEPT' | 'DROP';
    };

const messages: Readonly<Record<Exclude<NetfilterRequest['op'], 'list'>, string>> = {
  append: 'NFT_MSG_NEWRULE',
  insert: 'NFT_MSG_NEWRULE',
  remove: 'NFT_MSG_DELRULE',
  flush: 'NFT_MSG_DELRULE',
  zero: 'NFT_MSG_GETRULE_RESET',
  policy: 'NFT_MSG_NEWCHAIN',
  'new chain': 'NFT_MSG_NEWCHAIN',
  'remove chain': 'NFT_MSG_DELCHAIN',
};

export const netfilterCalls: CallTable = { netfilter };

/** Does the request; `list` gives the table's chains. EPERM, ENOENT, EEXIST, EBUSY (a chain in use or not empty). */
function netfilter(kernel: Kernel, thread: Thread, request: NetfilterRequest): readonly Chain[] {
  if (!isCapable(thread.task, 'NET_ADMIN', thread.namespaces.net.owner)) throw new Errno('EPERM');
  const table = thread.namespaces.net.netfilter[request.table];
  if (request.op === 'list') return structuredChains(table);
  change(table, request);
  const args = `NETLINK_NETFILTER, ${messages[request.op]}, table=${request.table}, chain=${request.chain}`;
  recordCall(kernel, thread, 'sendmsg', args, '0');
  return [];
}

function change(table: Table, request: Exclude<NetfilterRequest, { op: 'list' }>): void {
  if (request.op === 'new chain') {
    if (table.has(request.chain)) throw new Errno('EEXIST');
    table.set(request.chain, newChain(request.chain, null));
    return;
  }
  const chain = chainOf(table, request.chain);
  switch (request.op) {
    case 'append':
      chain.rules.push(counted(table, request.rule));
      return;
    case 'insert':
      chain.rules.splice(request.at - 1, 0, counted(table, request.rule));
      return;
    case 'remove':
      if (chain.rules[request.at - 1] === undefined) throw new Errno('ENOENT');
      chain.rules.splice(request.at - 1, 1);
      return;
    case 'flush':
      chain.rules = [];
      return;
    case 'zero':
      for (const each of [chain, ...chain.rules]) Object.assign(each, { packets: 0, bytes: 0 });
      return;
    case 'policy':
      if (chain.policy === null) throw new Errno('EINVAL');
      chain.policy = request.policy;
      return;
    case 'remove chain':
      if (chain.policy !== null || chain.rules.length > 0 || isJumpedTo(table, chain.name)) throw new Errno('EBUSY');
      table.delete(chain.name);
      return;
  }
}

const ownTargets: readonly string[] = ['', 'ACCEPT', 'DROP', 'REJECT', 'RETURN', 'DNAT', 'SNAT', 'MASQUERADE'];

function counted(table: Table, rule: Rule): CountedRule {
  if (!ownTargets.includes(rule.target)) chainOf(table, rule.target);
  return { rule, packets: 0, bytes: 0 };
}

function isJumpedTo(table: Table, name: string): boolean {
  return [...table.values()].some(({ rules }) => rules.some(({ rule }) => rule.target === name));
}

/** A copy: programs share no memory with the kernel. */
function structuredChains(table: Table): readonly Chain[] {
  return [...table.values()].map((chain) => ({ ...chain, rules: chain.rules.map((each) => ({ ...each })) }));
}
