/** The daemon's chains and rules in the host's packet filter. moby: libnetwork/iptables, drivers/bridge. */
import type { Running } from '../../kernel/abi.ts';
import type { TableName } from '../../kernel/net/netfilter.ts';
import * as sys from '../../kernel/sys.ts';
import { run } from '../../programs/spawn.ts';
import { parseRule } from '../../programs/tools/iptables-rule.ts';

const program = '/usr/sbin/iptables';
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin' };

/** Chain and rule, as recorded on a host without containers (vm-25). */
const rules: Readonly<Record<TableName, readonly string[]>> = {
  nat: [
    'PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    'OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
    'POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
    'DOCKER -i docker0 -j RETURN',
  ],
  filter: [
    'FORWARD -j DOCKER-USER',
    'FORWARD -j DOCKER-ISOLATION-STAGE-1',
    'FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    'FORWARD -o docker0 -j DOCKER',
    'FORWARD -i docker0 ! -o docker0 -j ACCEPT',
    'FORWARD -i docker0 -o docker0 -j ACCEPT',
    'DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
    'DOCKER-ISOLATION-STAGE-1 -j RETURN',
    'DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    'DOCKER-ISOLATION-STAGE-2 -j RETURN',
    'DOCKER-USER -j RETURN',
  ],
};
const chains: Readonly<Record<TableName, readonly string[]>> = {
  nat: ['DOCKER'],
  filter: ['DOCKER', 'DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2', 'DOCKER-USER'],
};

/**
 * What the daemon finds at its start, or makes: its chains, with nothing of former containers in them. The real one
 * runs iptables some forty times for it; here it asks the kernel itself.
 */
export function* setUpFirewall(): Running<void> {
  for (const table of ['nat', 'filter'] as const) {
    const present = new Set((yield* sys.netfilter({ op: 'list', table })).map(({ name }) => name));
    const isNew = !present.has('DOCKER');
    for (const chain of chains[table]) {
      if (!present.has(chain)) yield* sys.netfilter({ op: 'new chain', table, chain });
    }
    if (!isNew) yield* sys.netfilter({ op: 'flush', table, chain: 'DOCKER' });
    for (const line of rules[table]) {
      const [chain = '', ...words] = line.split(' ');
      const rule = parseRule(words);
      if (typeof rule === 'string' || (!isNew && chain !== 'DOCKER')) continue;
      yield* sys.netfilter({ op: 'append', table, chain, rule });
    }
  }
  yield* sys.netfilter({ op: 'policy', table: 'filter', chain: 'FORWARD', policy: 'DROP' });
}

/** A rule of a container's: its table, its chain, and the words after them. */
export interface ContainerRule {
  readonly table: TableName;
  readonly chain: string;
  readonly words: readonly string[];
}

/** Adds a rule that is not there yet. False when iptables fails. moby: iptables.ProgramRule(). */
export function* addRule(rule: ContainerRule): Running<boolean> {
  return (yield* runIptables('-C', rule)) || (yield* runIptables('-A', rule));
}

/** Takes a rule away that is there. */
export function* deleteRule(rule: ContainerRule): Running<void> {
  if (yield* runIptables('-C', rule)) yield* runIptables('-D', rule);
}

function* runIptables(verb: '-A' | '-C' | '-D', { table, chain, words }: ContainerRule): Running<boolean> {
  const devNull = yield* sys.open('/dev/null', 2);
  const argv = [program, '--wait', '-t', table, verb, chain, ...words];
  const fds = { 0: devNull, 1: devNull, 2: devNull };
  const status = yield* run({ path: program, argv, env: environment, fds });
  yield* sys.close(devNull);
  return 'code' in status && status.code === 0;
}
