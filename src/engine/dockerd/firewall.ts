/** The daemon's chains and rules in the host's packet filter. moby: libnetwork/iptables, drivers/bridge. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { TableName } from '../../kernel/net/netfilter.ts';
import * as sys from '../../kernel/sys.ts';
import { lookPath, spawn, waitFor } from '../../programs/spawn.ts';
import { readAll } from '../../programs/io.ts';
import { failureOf } from '../go-process-state.ts';
import { isSameRule, parseRule } from '../../programs/tools/iptables-rule.ts';
import type { Log } from '../log.ts';
import { serverError } from './api-error.ts';

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin' };

/**
 * Chain and rule, as recorded on a host without containers (vm-25). Without docker-proxy it is the rules that bring
 * what comes from the host's loopback and from the bridge itself to a published port (hairpin mode). moby:
 * drivers/bridge, setupIPTablesInternal().
 */
const rules = (isHairpin: boolean): Readonly<Record<TableName, readonly string[]>> => ({
  nat: [
    'PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    `OUTPUT ${isHairpin ? '' : '! -d 127.0.0.0/8 '}-m addrtype --dst-type LOCAL -j DOCKER`,
    ...(isHairpin ? ['POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE'] : []),
    'POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
    ...(isHairpin ? [] : ['DOCKER -i docker0 -j RETURN']),
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
});
const chains: Readonly<Record<TableName, readonly string[]>> = {
  nat: ['DOCKER'],
  filter: ['DOCKER', 'DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2', 'DOCKER-USER'],
};

/**
 * What the daemon finds at its start, or makes: its chains, with nothing of former containers in them. The real one
 * runs iptables some forty times for it; here it asks the kernel itself.
 */
export function* setUpFirewall(isHairpin: boolean): Running<void> {
  for (const table of ['nat', 'filter'] as const) {
    yield* removeRules(
      table,
      rules(!isHairpin)[table].filter((line) => !rules(isHairpin)[table].includes(line)),
    );
    const present = new Map((yield* sys.netfilter({ op: 'list', table })).map((chain) => [chain.name, chain]));
    const isNew = !present.has('DOCKER');
    for (const chain of chains[table]) {
      if (!present.has(chain)) yield* sys.netfilter({ op: 'new chain', table, chain });
    }
    if (!isNew) yield* sys.netfilter({ op: 'flush', table, chain: 'DOCKER' });
    for (const line of rules(isHairpin)[table]) {
      const [chain = '', ...words] = line.split(' ');
      const rule = parseRule(words);
      if (typeof rule === 'string') continue;
      const isThere = present.get(chain)?.rules.some((one) => isSameRule(one.rule, rule)) === true;
      if (isThere && chain !== 'DOCKER') continue;
      yield* sys.netfilter({ op: 'append', table, chain, rule });
    }
  }
  yield* sys.netfilter({ op: 'policy', table: 'filter', chain: 'FORWARD', policy: 'DROP' });
}

/** Takes away what a daemon with the other mode has left. */
function* removeRules(table: TableName, lines: readonly string[]): Running<void> {
  for (const line of lines) {
    const [chain = '', ...words] = line.split(' ');
    const rule = parseRule(words);
    const found = (yield* sys.netfilter({ op: 'list', table })).find(({ name }) => name === chain);
    const at = typeof rule === 'string' ? undefined : found?.rules.findIndex((one) => isSameRule(one.rule, rule));
    if (at !== undefined && at >= 0) yield* sys.netfilter({ op: 'remove', table, chain, at: at + 1 });
  }
}

/**
 * There is a packet filter only where there is its program. moby: libnetwork/iptables, detectIptables(); asked of
 * 26.1.5.
 *
 * @returns where it is: it is run from there.
 * @throws ApiError
 */
export function* requireIptables(log: Log, env: Environment): Running<string> {
  try {
    return yield* lookPath('iptables', env);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* log('warn', 'failed to find iptables', { error: 'exec: "iptables": executable file not found in $PATH' });
    const why = 'failed to register "bridge" driver: failed to create NAT chain DOCKER: iptables not found';
    throw serverError(`Error initializing network controller: error obtaining controller instance: ${why}`);
  }
}

/** A rule of a container's: its table, its chain, and the words after them. */
export interface ContainerRule {
  readonly table: TableName;
  readonly chain: string;
  readonly words: readonly string[];
}

/**
 * Adds a rule that is not there yet. moby: iptables.ProgramRule().
 *
 * @throws ApiError with what iptables said, or why it could not be run.
 */
export function* addRule(program: string, rule: ContainerRule): Running<void> {
  if ((yield* runIptables(program, '-C', rule)) === null) return;
  const failure = yield* runIptables(program, '-A', rule);
  if (failure !== null) throw serverError(failure);
}

/** Takes a rule away that is there. */
export function* deleteRule(program: string, rule: ContainerRule): Running<void> {
  if ((yield* runIptables(program, '-C', rule)) === null) yield* runIptables(program, '-D', rule);
}

/** Null when it has worked, else moby's words for it. moby: IPTable.raw() within RawCombinedOutput(). */
function* runIptables(
  program: string,
  verb: '-A' | '-C' | '-D',
  { table, chain, words }: ContainerRule,
): Running<string | null> {
  const args = ['--wait', '-t', table, verb, chain, ...words];
  const failed = (output: string, why: string) => ` (iptables failed: iptables ${args.join(' ')}: ${output} (${why}))`;
  const devNull = yield* sys.open('/dev/null', O.RDWR | O.CLOEXEC);
  const [reader, writer] = yield* sys.pipe2(O.CLOEXEC);
  try {
    const pid = yield* spawn({
      path: program,
      argv: [program, ...args],
      env: environment,
      fds: { 0: devNull, 1: writer, 2: writer },
    });
    yield* sys.close(writer);
    const output = yield* readAll(reader);
    const failure = failureOf(yield* waitFor(pid));
    return failure === null ? null : failed(output, failure);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* sys.close(writer);
    return failed('', `fork/exec ${program}: ${error.message.toLowerCase()}`);
  } finally {
    yield* sys.close(reader);
    yield* sys.close(devNull);
  }
}
