/** iptables(8) and iptables-save(8): the filter and nat tables of the caller's network namespace. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import type { Chain, TableName } from '../../kernel/net/netfilter.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';
import { now } from '../clock.ts';
import { isSameRule, parseRule, ruleRow, ruleWords } from './iptables-rule.ts';

const version = 'v1.8.11 (nf_tables)';
/** What a call takes on the recorded host. */
const callNs = 2_000_000;

interface Order {
  readonly table: TableName;
  readonly verb: string;
  /** The verb's words: a chain, a number, a policy. */
  readonly operands: readonly string[];
  readonly rule: readonly string[];
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly lineNumbers: boolean;
}

const longVerbs: Readonly<Record<string, string>> = {
  '--append': '-A',
  '--check': '-C',
  '--delete': '-D',
  '--delete-chain': '-X',
  '--flush': '-F',
  '--insert': '-I',
  '--list': '-L',
  '--list-rules': '-S',
  '--new-chain': '-N',
  '--policy': '-P',
  '--zero': '-Z',
};
const verbs = 'ACDXFILSNPZ';

/** Words for standard error, and the exit code. */
class IptablesError extends Error {
  readonly status: number;
  constructor(words: string, status: number) {
    super(words);
    this.status = status;
  }
}

export const iptables: Program = function* (argv): Running {
  yield* sys.compute(callNs);
  try {
    const order = parseOrder(argv.slice(1));
    if (typeof order === 'string') {
      const hint = "Try `iptables -h' or 'iptables --help' for more information.";
      yield* print(`iptables ${version}: ${order}\n${hint}\n`, 2);
      return 2;
    }
    yield* carryOut(order);
    return 0;
  } catch (error) {
    if (error instanceof IptablesError) {
      yield* complain('iptables', error.message);
      return error.status;
    }
    if (!isErrno(error)) throw error;
    if (error.errno === 'EPERM') {
      const why = 'Could not fetch rule set generation id: Permission denied (you must be root)';
      yield* print(`iptables ${version}: ${why}\n`, 2);
      return 4;
    }
    const words = { ENOENT: 'No chain/target/match by that name.', EEXIST: 'Chain already exists.' };
    yield* complain('iptables', error.errno in words ? words[error.errno as 'ENOENT'] : `${error.message}.`);
    return 1;
  }
};

function parseOrder(words: readonly string[]): Order | string {
  const order = { table: 'filter', verb: '', operands: [] as string[], numeric: false, verbose: false };
  const rule: string[] = [];
  let lineNumbers = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = longVerbs[words[at] ?? ''] ?? words[at] ?? '';
    const bundle = /^-([vnxw]*)([A-Z])$/.exec(word);
    if (word === '-t' || word === '--table') order.table = words[(at += 1)] ?? '';
    else if (/^-[vnxw]+$/.test(word) || ['--wait', '--numeric', '--verbose'].includes(word)) {
      order.numeric ||= word.includes('n') && word !== '--wait';
      order.verbose ||= /^-\w*v/.test(word) || word === '--verbose';
    } else if (word === '--line-numbers') lineNumbers = true;
    else if (bundle !== null && verbs.includes(bundle[2] ?? '') && order.verb === '') {
      order.verb = `-${bundle[2] ?? ''}`;
      order.numeric ||= bundle[1]?.includes('n') === true;
      order.verbose ||= bundle[1]?.includes('v') === true;
      while (words[at + 1] !== undefined && !/^[-!]/.test(words[at + 1] ?? ''))
        order.operands.push(words[(at += 1)] ?? '');
    } else rule.push(word);
  }
  if (order.table !== 'filter' && order.table !== 'nat') {
    return `can't initialize iptables table \`${order.table}': Table does not exist (do you need to insmod?)`;
  }
  if (order.verb === '') return 'no command specified';
  return { ...order, table: order.table, rule, lineNumbers };
}

function* carryOut(order: Order): Running<void> {
  const { table, verb, operands } = order;
  const [chain = ''] = operands;
  switch (verb) {
    case '-A':
      yield* sys.netfilter({ op: 'append', table, chain, rule: wantedRule(order) });
      return;
    case '-I':
      yield* sys.netfilter({ op: 'insert', table, chain, rule: wantedRule(order), at: Number(operands[1] ?? 1) });
      return;
    case '-C':
      yield* placeOf(order);
      return;
    case '-D':
      yield* sys.netfilter({ op: 'remove', table, chain, at: yield* placeOf(order) });
      return;
    case '-N':
      yield* sys.netfilter({ op: 'new chain', table, chain });
      return;
    case '-P': {
      const policy = operands[1] === 'DROP' ? 'DROP' : 'ACCEPT';
      yield* sys.netfilter({ op: 'policy', table, chain, policy });
      return;
    }
    case '-F':
    case '-X':
    case '-Z': {
      const op = verb === '-F' ? 'flush' : verb === '-X' ? 'remove chain' : 'zero';
      for (const { name, policy } of yield* chainsOf(order)) {
        if (op !== 'remove chain' || policy === null || chain !== '') yield* sys.netfilter({ op, table, chain: name });
      }
      return;
    }
    default:
      yield* list(order);
  }
}

function wantedRule({ rule }: Order): Exclude<ReturnType<typeof parseRule>, string> {
  const parsed = parseRule(rule);
  if (typeof parsed === 'string') throw new IptablesError(parsed, 2);
  return parsed;
}

/** The chains that are asked for: the named one, or all. ENOENT. */
function* chainsOf({ table, operands }: Order): Running<readonly Chain[]> {
  const chains = yield* sys.netfilter({ op: 'list', table });
  const [name] = operands;
  const named = name === undefined ? chains : chains.filter((chain) => chain.name === name);
  if (named.length === 0) throw new IptablesError('No chain/target/match by that name.', 1);
  return named;
}

/** The number of the rule that is meant, from 1. */
function* placeOf(order: Order): Running<number> {
  const [chain] = yield* chainsOf(order);
  const number = order.operands[1];
  const place =
    number === undefined
      ? (chain?.rules.findIndex(({ rule }) => isSameRule(rule, wantedRule(order))) ?? -1)
      : Number(number) - 1;
  if (chain?.rules[place] !== undefined) return place + 1;
  if (number !== undefined) throw new IptablesError('Index of deletion too big.', 1);
  throw new IptablesError('Bad rule (does a matching rule exist in that chain?).', 1);
}

function* list(order: Order): Running<void> {
  const chains = yield* chainsOf(order);
  if (order.verb === '-S') {
    const heads = chains.map(({ name, policy }) => (policy === null ? `-N ${name}` : `-P ${name} ${policy}`));
    yield* print([...sortedHeads(heads), ...appendLines(chains)].map((line) => `${line}\n`).join(''));
    return;
  }
  const all = yield* sys.netfilter({ op: 'list', table: order.table });
  const texts = chains.map((chain) => chainText(chain, all, order));
  yield* print(texts.join('\n'));
}

function sortedHeads(heads: readonly string[]): readonly string[] {
  return [
    ...heads.filter((line) => line.startsWith('-P')),
    ...heads.filter((line) => line.startsWith('-N')).toSorted(),
  ];
}

/** Built-in chains first, the others by name, as nft lists them. */
function appendLines(chains: readonly Chain[]): readonly string[] {
  const ordered = [
    ...chains.filter(({ policy }) => policy !== null),
    ...chains.filter(({ policy }) => policy === null).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  ];
  return ordered.flatMap(({ name, rules }) => rules.map(({ rule }) => `-A ${name} ${ruleWords(rule)}`));
}

function chainText(chain: Chain, all: readonly Chain[], order: Order): string {
  const { verbose, numeric, lineNumbers } = order;
  const uses = all.flatMap(({ rules }) => rules).filter(({ rule }) => rule.target === chain.name).length;
  const counters = verbose ? ` ${chain.packets} packets, ${chain.bytes} bytes` : '';
  const about = chain.policy === null ? `${uses} references` : `policy ${chain.policy}${counters}`;
  const devices = verbose ? 'in     out     ' : '';
  const counts = verbose ? ' pkts bytes ' : '';
  const columns = `${counts}target     prot opt ${devices}${'source'.padEnd(21)}destination         `;
  const number = (text: string): string => (lineNumbers ? `${text.padEnd(4)} ` : '');
  const rows = chain.rules.map((rule, index) => `${number(String(index + 1))}${ruleRow(rule, verbose, numeric)}\n`);
  return `Chain ${chain.name} (${about})\n${number('num')}${columns}\n${rows.join('')}`;
}

export const iptablesSave: Program = function* (argv): Running {
  const at = argv.indexOf('-t');
  const tables: readonly TableName[] = at < 0 ? ['filter', 'nat'] : [argv[at + 1] === 'nat' ? 'nat' : 'filter'];
  const time = yield* now();
  const date = `${time.year}-${time.month}-${time.day} ${time.hour}:${time.minute}:${time.second}`;
  for (const table of tables) {
    const chains = yield* sys.netfilter({ op: 'list', table });
    const heads = chains.map(
      ({ name, policy, packets, bytes }) =>
        `:${name} ${policy ?? '-'} [${policy === null ? '0:0' : `${packets}:${bytes}`}]`,
    );
    const lines = [`# Generated by iptables-save v1.8.11 (nf_tables) on ${date}`, `*${table}`];
    yield* print([...lines, ...heads, ...appendLines(chains), 'COMMIT', `# Completed on ${date}`, ''].join('\n'));
  }
  return 0;
};
