/** Rules of iptables(8) as words on a command line and as text in its lists. */
import { noCondition } from '../../kernel/net/netfilter.ts';
import type { Condition, CountedRule, Rule } from '../../kernel/net/netfilter.ts';

type Field = Exclude<keyof Rule, 'states' | 'comment' | 'target' | 'to'>;

const fieldOf: Readonly<Record<string, Field>> = {
  '-p': 'protocol',
  '--protocol': 'protocol',
  '-s': 'source',
  '--source': 'source',
  '--src': 'source',
  '-d': 'destination',
  '--destination': 'destination',
  '--dst': 'destination',
  '-i': 'inDevice',
  '--in-interface': 'inDevice',
  '-o': 'outDevice',
  '--out-interface': 'outDevice',
  '--sport': 'sourcePort',
  '--source-port': 'sourcePort',
  '--dport': 'destinationPort',
  '--destination-port': 'destinationPort',
  '--src-type': 'sourceType',
  '--dst-type': 'destinationType',
};

const emptyRule: Rule = {
  protocol: noCondition,
  source: noCondition,
  destination: noCondition,
  inDevice: noCondition,
  outDevice: noCondition,
  sourcePort: noCondition,
  destinationPort: noCondition,
  sourceType: noCondition,
  destinationType: noCondition,
  states: [],
  comment: '',
  target: '',
  to: '',
};

/** Reads `-p tcp -d 0/0 --dport 8080 -j DNAT …`; the complaint, without the program's name, for what it cannot. */
export function parseRule(words: readonly string[]): Rule | string {
  const rule: { -readonly [K in keyof Rule]: Rule[K] } = { ...emptyRule };
  let isNot = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '!') {
      isNot = true;
      continue;
    }
    const value = words[at + 1];
    if (value === undefined) return `option "${word}" requires an argument`;
    at += 1;
    const field = fieldOf[word];
    if (field !== undefined) rule[field] = conditionOf(field, value, isNot);
    else if (word === '-j' || word === '--jump' || word === '-g') rule.target = value;
    else if (word === '--to-destination' || word === '--to-source') rule.to = value;
    else if (word === '--ctstate' || word === '--state') rule.states = value.split(',');
    else if (word === '--comment') rule.comment = value;
    else if (word === '--reject-with') rule.to = value;
    else if (word !== '-m' && word !== '--match') return `unknown option "${word}"`;
    isNot = false;
  }
  return rule;
}

function conditionOf(field: Field, value: string, isNot: boolean): Condition {
  if (field !== 'source' && field !== 'destination') return value === 'all' ? noCondition : { value, isNot };
  if (/^0(\.0\.0\.0)?\/0$/.test(value)) return noCondition;
  return { value: value.includes('/') ? value : `${value}/32`, isNot };
}

export function isSameRule(one: Rule, other: Rule): boolean {
  return ruleWords(one) === ruleWords(other);
}

/** As `iptables -S` and iptables-save have it. */
export function ruleWords(rule: Rule): string {
  const words: string[] = [];
  const add = (option: string, { value, isNot }: Condition): void => {
    if (value !== '') words.push(`${isNot ? '! ' : ''}${option} ${value}`);
  };
  add('-s', rule.source);
  add('-d', rule.destination);
  add('-i', rule.inDevice);
  add('-o', rule.outDevice);
  add('-p', rule.protocol);
  if (rule.sourcePort.value !== '' || rule.destinationPort.value !== '') words.push(`-m ${rule.protocol.value}`);
  add('--sport', rule.sourcePort);
  add('--dport', rule.destinationPort);
  if (rule.sourceType.value !== '' || rule.destinationType.value !== '') words.push('-m addrtype');
  add('--src-type', rule.sourceType);
  add('--dst-type', rule.destinationType);
  if (rule.states.length > 0) words.push(`-m conntrack --ctstate ${statesOf(rule)}`);
  if (rule.comment !== '') words.push(`-m comment --comment ${quotedComment(rule.comment)}`);
  if (rule.target !== '') words.push(`-j ${rule.target}`);
  if (rule.to !== '') words.push(`${optionOfTarget(rule.target)} ${rule.to}`);
  return words.join(' ');
}

const order = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'];

function statesOf({ states }: Rule): string {
  return states.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)).join(',');
}

function quotedComment(comment: string): string {
  return /\s/.test(comment) ? `"${comment}"` : comment;
}

function optionOfTarget(target: string): string {
  return target === 'SNAT' ? '--to-source' : target === 'REJECT' ? '--reject-with' : '--to-destination';
}

/** A line of `iptables -L`; devices and counters only when it is `verbose`. */
export function ruleRow({ rule, packets, bytes }: CountedRule, verbose: boolean, numeric: boolean): string {
  const network = ({ value, isNot }: Condition): string => {
    const text = value === '' ? (numeric ? '0.0.0.0/0' : 'anywhere') : value.replace(/\/32$/, '');
    return `${isNot ? '!' : ' '}${text.padEnd(19)} `;
  };
  const device = ({ value, isNot }: Condition): string => `${isNot ? '!' : ''}${value === '' ? '*' : value}`.padEnd(6);
  const counters = verbose ? `${String(packets).padStart(5)} ${String(bytes).padStart(5)} ` : '';
  const devices = verbose ? `${device(rule.inDevice)} ${device(rule.outDevice)} ` : '';
  const protocol = rule.protocol.value === '' ? 'all' : rule.protocol.value;
  const start = `${counters}${rule.target.padEnd(10)} ${protocol.padEnd(4)} -- ${devices === '' ? '' : ' '}${devices}`;
  return `${start}${network(rule.source)}${network(rule.destination)}${extras(rule)}`;
}

function extras(rule: Rule): string {
  const ports = (name: string, { value, isNot }: Condition): readonly string[] =>
    value === '' ? [] : [`${name}${value.includes(':') ? 's' : ''}:${isNot ? '!' : ''}${value}`];
  const both = [...ports('spt', rule.sourcePort), ...ports('dpt', rule.destinationPort)];
  const types = [
    ...(rule.sourceType.value === '' ? [] : [`src-type ${rule.sourceType.value}`]),
    ...(rule.destinationType.value === '' ? [] : [`dst-type ${rule.destinationType.value}`]),
  ];
  return [
    ...(both.length === 0 ? [] : [` ${rule.protocol.value} ${both.join(' ')}`]),
    ...(types.length === 0 ? [] : [` ADDRTYPE match ${types.join(' ')}`]),
    ...(rule.states.length === 0 ? [] : [` ctstate ${statesOf(rule)}`]),
    ...(rule.comment === '' ? [] : [` /* ${rule.comment} */`]),
    ...(rule.to === '' ? [] : [rule.target === 'REJECT' ? ` reject-with ${rule.to}` : ` to:${rule.to}`]),
  ].join('');
}
