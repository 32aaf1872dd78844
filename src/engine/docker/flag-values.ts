import { isAddress, isSearchDomain } from '../addresses.ts';
import { checkDeviceBytes, checkDeviceOperations, checkDeviceWeight } from './block-device-option.ts';
import type { FlagKind } from './command.ts';
import { checkDeviceRule } from './device-option.ts';
import { parseDuration } from './duration.ts';
import { goQuote } from '../go-text.ts';
import { readGpuRequest } from './gpu-request.ts';
import { readMount } from './mount-option.ts';
import { parseRational } from './rational.ts';
import { parseBytes } from './size.ts';

/** What a flag holds: text, a number (bytes, nanoseconds, billionths of a processor), yes or no, or a list of texts. */
export type FlagValue = boolean | number | string | readonly string[];

/** A value as read, or the words with which Go refuses it. */
export type ValueResult<T> = { readonly type: 'value'; readonly value: T } | Refusal;

/** Why a value is not accepted. */
export interface Refusal {
  readonly type: 'refusal';
  readonly because: string;
}

/** The value that a flag of this kind has when nobody sets it. */
export function zeroValue(kind: FlagKind): FlagValue {
  if (kind === 'bool') return false;
  if (numberReaders[kind] !== undefined) return 0;
  return kind === 'string' ? '' : [];
}

/**
 * Reads the text given to a flag; a list grows by what it gets.
 *
 * @param before the flag's value so far.
 */
export function readValue(kind: FlagKind, text: string, before: FlagValue): ValueResult<FlagValue> {
  if (kind === 'bool') return readBool(text);
  const readNumber = numberReaders[kind];
  if (readNumber !== undefined) return readNumber(text);
  if (kind === 'string') return accepted(text);
  const because = listChecks[kind]?.(text);
  if (because !== undefined) return { type: 'refusal', because };
  const items = kind === 'strings' ? text.split(',') : [text];
  return accepted([...(Array.isArray(before) ? (before as readonly string[]) : []), ...items]);
}

function accepted<T>(value: T): ValueResult<T> {
  return { type: 'value', value };
}

function refused(because: string): Refusal {
  return { type: 'refusal', because };
}

/** Go: strconv.ParseBool(). */
function readBool(text: string): ValueResult<boolean> {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return accepted(true);
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return accepted(false);
  return refused(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}

const integer = /^[+-]?(0[xX](_?[0-9a-fA-F])+|0[bB](_?[01])+|0[oO]?(_?[0-7])+|[1-9](_?[0-9])*|0)$/;

/** Go: strconv.ParseInt() and ParseUint() with base 0. Beyond 2^53 the number is rounded. */
function readInteger(text: string, least: bigint, most: bigint): ValueResult<number> {
  const name = least < 0n ? 'ParseInt' : 'ParseUint';
  if (!integer.test(text) || (least === 0n && /^[+-]/.test(text))) {
    return refused(`strconv.${name}: parsing ${goQuote(text)}: invalid syntax`);
  }
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  const magnitude = BigInt(digits.replace(/^0[oO]?(?=[0-7])/, '0o'));
  const value = text.startsWith('-') ? -magnitude : magnitude;
  if (value < least || value > most) return refused(`strconv.${name}: parsing ${goQuote(text)}: value out of range`);
  return accepted(Number(value));
}

/** A share of processors in billionths. docker: opts.ParseCPUs(). */
function readCpus(text: string): ValueResult<number> {
  const share = parseRational(text);
  if (share === undefined) return refused(`failed to parse ${text} as a rational number`);
  const [numerator, denominator] = share;
  if ((numerator * 1_000_000_000n) % denominator !== 0n) return refused('value is too precise');
  // What does not fit is taken modulo 2^64. Go: big.Int.Int64().
  return accepted(Number(BigInt.asIntN(64, (numerator * 1_000_000_000n) / denominator)));
}

function readBytes(text: string): ValueResult<number> {
  const value = parseBytes(text);
  return value === undefined ? refused(`invalid size: '${text}'`) : accepted(value);
}

function readDuration(text: string): ValueResult<number> {
  const result = parseDuration(text);
  return typeof result === 'number' ? accepted(result) : refused(result.error);
}

const numberReaders: Partial<Record<FlagKind, (text: string) => ValueResult<number>>> = {
  int: (text) => readInteger(text, -(2n ** 63n), 2n ** 63n - 1n),
  uint: (text) => readInteger(text, 0n, 2n ** 64n - 1n),
  uint16: (text) => readInteger(text, 0n, 65535n),
  duration: readDuration,
  bytes: readBytes,
  // docker: opts.MemSwapBytes, where -1 means no limit.
  swap: (text) => (text === '-1' ? accepted(-1) : readBytes(text)),
  decimal: readCpus,
};

/** What docker's own list types refuse, with the words that follow `invalid argument "…" for "…" flag: `. */
const listChecks: Partial<Record<FlagKind, (text: string) => string | undefined>> = {
  env: (text) => (text === '' || text.startsWith('=') ? `invalid environment variable: ${text}` : undefined),
  label: (text) => (text === '' || text.startsWith('=') ? `invalid label '${text}': empty name` : undefined),
  'add-host': checkHost,
  attach: (text) => (/^(stdin|stdout|stderr)$/i.test(text) ? undefined : 'valid streams are STDIN, STDOUT and STDERR'),
  ip: (text) => (isAddress(text.trim()) ? undefined : `IP address is not correctly formatted: ${text}`),
  'search-domain': (text) => (isSearchDomain(text) ? undefined : `${text} is not a valid domain`),
  link: checkLink,
  filter: (text) => (text === '' || text.includes('=') ? undefined : 'bad format of filter (expected name=value)'),
  sysctl: checkSysctl,
  ulimit: checkUlimit,
  'device-rule': checkDeviceRule,
  'device-weight': checkDeviceWeight,
  'device-bytes': checkDeviceBytes,
  'device-operations': checkDeviceOperations,
  'gpu-request': (text) => refusalOf(readGpuRequest(text)),
  mount: (text) => refusalOf(readMount(text, '/')),
};

/** docker: opts.ParseLink(). */
function checkLink(text: string): string | undefined {
  if (text === '') return 'empty string specified for links';
  return text.split(':').length > 2 ? `bad format for links: ${text}` : undefined;
}

function refusalOf(result: object): string | undefined {
  return 'error' in result ? String(result.error) : undefined;
}

/** docker: opts.ValidateExtraHost(). */
function checkHost(text: string): string | undefined {
  const [, host = '', address = ''] = /^([^:=]*)[:=](.*)$/s.exec(text) ?? [];
  if (host === '' || address === '') return `bad format for add-host: ${goQuote(text)}`;
  const plain = address.replace(/^\[(.*)\]$/, '$1');
  if (plain === 'host-gateway' || isAddress(plain)) return undefined;
  return `invalid IP address in add-host: ${goQuote(plain)}`;
}

const sysctls: readonly string[] = [
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
];

/** docker: opts.ValidateSysctl(). */
function checkSysctl(text: string): string | undefined {
  const name = text.split('=')[0] ?? '';
  const known = sysctls.includes(name) || /^(net|fs\.mqueue)\./.test(name);
  return text.includes('=') && known ? undefined : `sysctl '${text}' is not allowed`;
}

/** units.ParseUlimit(). */
function checkUlimit(text: string): string | undefined {
  const [name, limits] = [text.split('=')[0] ?? '', text.split('=').slice(1).join('=')];
  if (!text.includes('=')) return `invalid ulimit argument: ${text}`;
  if (
    !/^(core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack)$/.test(name)
  ) {
    return `invalid ulimit type: ${name}`;
  }
  const [soft = '', hard, ...more] = limits.split(':');
  if (more.length > 0) return `too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``;
  for (const part of [soft, hard ?? soft]) {
    if (!/^[+-]?\d+$/.test(part)) return `strconv.ParseInt: parsing ${goQuote(part)}: invalid syntax`;
  }
  const atMost = Number(hard ?? soft);
  if (Number(soft) !== -1 && atMost !== -1 && Number(soft) > atMost) {
    return `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`;
  }
  return undefined;
}
