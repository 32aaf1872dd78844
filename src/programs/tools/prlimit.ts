/** prlimit(1) of util-linux: a process's resource limits, shown or set; or a command with limits. */
import type { Environment, ResourceLimit, ResourceName, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';
import { become } from './everyday-tools.ts';
import { refuseOptions } from './options.ts';

interface Resource {
  readonly name: string;
  readonly letter: string;
  readonly long: string;
  readonly description: string;
  readonly unit: string;
}

/** In the order in which all are shown. */
const resources: readonly Resource[] = [
  ['AS', 'v', 'as', 'address space limit', 'bytes'],
  ['CORE', 'c', 'core', 'max core file size', 'bytes'],
  ['CPU', 't', 'cpu', 'CPU time', 'seconds'],
  ['DATA', 'd', 'data', 'max data size', 'bytes'],
  ['FSIZE', 'f', 'fsize', 'max file size', 'bytes'],
  ['LOCKS', 'x', 'locks', 'max number of file locks held', 'locks'],
  ['MEMLOCK', 'l', 'memlock', 'max locked-in-memory address space', 'bytes'],
  ['MSGQUEUE', 'q', 'msgqueue', 'max bytes in POSIX mqueues', 'bytes'],
  ['NICE', 'e', 'nice', 'max nice prio allowed to raise', ''],
  ['NOFILE', 'n', 'nofile', 'max number of open files', 'files'],
  ['NPROC', 'u', 'nproc', 'max number of processes', 'processes'],
  ['RSS', 'm', 'rss', 'max resident set size', 'bytes'],
  ['RTPRIO', 'r', 'rtprio', 'max real-time priority', ''],
  ['RTTIME', 'y', 'rttime', 'timeout for real-time tasks', 'microsecs'],
  ['SIGPENDING', 'i', 'sigpending', 'max number of pending signals', 'signals'],
  ['STACK', 's', 'stack', 'max stack size', 'bytes'],
].map(([name = '', letter = '', long = '', description = '', unit = '']) => ({
  name,
  letter,
  long,
  description,
  unit,
}));

interface Wish {
  readonly resource: Resource;
  /** `soft:hard`; undefined to show it. */
  readonly limit: string | undefined;
}

interface Request {
  pid: number | null;
  hasHeadings: boolean;
  isRaw: boolean;
  isVerbose: boolean;
  columns: readonly string[];
  readonly wishes: Wish[];
  command: readonly string[];
}

const columnNames = ['RESOURCE', 'DESCRIPTION', 'SOFT', 'HARD', 'UNITS'] as const;

class Refusal extends Error {}

export function* prlimitMain(argv: readonly string[], environment: Environment): Running {
  try {
    const request = parse(argv.slice(1));
    if (typeof request === 'string') return yield* refuseOptions('prlimit', request, 'gnu');
    if (request.pid !== null && request.command.length > 0)
      throw new Refusal('options --pid and COMMAND are mutually exclusive');
    const { pid, wishes, command } = request;
    const all = wishes.length === 0 && command.length === 0;
    const shown: Row[] = [];
    for (const wish of all ? resources.map((resource) => ({ resource, limit: undefined })) : wishes) {
      const row = yield* perform(pid ?? 0, wish, request.isVerbose);
      if (row !== null) shown.push(row);
    }
    if (shown.length > 0) yield* print(tableOf(shown, request));
    return command.length === 0 ? 0 : yield* become('prlimit', command, environment, 'gnu');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    yield* complain('prlimit', error.message);
    return 1;
  }
}

/** A complaint about the options, or what is wanted. Each resource's limit stands in the same word, behind `=`. */
function parse(words: readonly string[]): Request | string {
  const request: Request = {
    pid: null,
    hasHeadings: true,
    isRaw: false,
    isVerbose: false,
    columns: columnNames,
    wishes: [],
    command: [],
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--' || !word.startsWith('-')) {
      request.command = words.slice(word === '--' ? at + 1 : at);
      break;
    }
    const [name, value] = nameAndValue(word);
    const resource = resources.find(({ letter, long }) => name === letter || name === long);
    if (resource !== undefined) request.wishes.push({ resource, limit: value });
    else if (name === 'noheadings') request.hasHeadings = false;
    else if (name === 'raw') request.isRaw = true;
    else if (name === 'verbose') request.isVerbose = true;
    else if (name === 'pid' || name === 'p' || name === 'output' || name === 'o') {
      const given = value ?? words[(at += 1)];
      if (given === undefined)
        return name.length === 1
          ? `option requires an argument -- '${name}'`
          : `option '--${name}' requires an argument`;
      if (name.startsWith('p')) request.pid = pidOf(given);
      else request.columns = columnsOf(given);
    } else return word.startsWith('--') ? `unrecognized option '--${name}'` : `invalid option -- '${name}'`;
  }
  return request;
}

function nameAndValue(word: string): readonly [name: string, value: string | undefined] {
  if (word.startsWith('--')) {
    const [name = '', value] = word.slice(2).split(/=(.*)/s);
    return [name, value];
  }
  const rest = word.slice(2).replace(/^=/, '');
  return [word.charAt(1), rest === '' ? undefined : rest];
}

function pidOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new Refusal(`invalid PID argument: '${text}'`);
  return Number(text);
}

function columnsOf(text: string): readonly string[] {
  const wanted = text.toUpperCase().split(',');
  const unknown = wanted.find((name) => !columnNames.some((column) => column === name));
  if (unknown !== undefined) throw new Refusal(`unknown column: ${unknown}`);
  return wanted;
}

interface Row extends ResourceLimit {
  readonly resource: Resource;
}

function* perform(pid: number, { resource, limit }: Wish, isVerbose: boolean): Running<Row | null> {
  const kernelName = `RLIMIT_${resource.name}` as ResourceName;
  const old = yield* call(`get the ${resource.name}`, () => sys.prlimit(pid, kernelName));
  if (limit === undefined) return { resource, ...old };
  const wanted = limitOf(limit, old, resource.name);
  yield* call(`set the ${resource.name}`, () => sys.prlimit(pid, kernelName, wanted));
  if (isVerbose) {
    const whose = pid === 0 ? yield* sys.getpid() : pid;
    yield* print(`New ${resource.name} limit for pid ${whose}: <${word(wanted.soft)}:${word(wanted.hard)}>\n`);
  }
  return null;
}

function* call(what: string, body: () => Running<ResourceLimit>): Running<ResourceLimit> {
  try {
    return yield* body();
  } catch (error) {
    if (isErrno(error)) throw new Refusal(`failed to ${what} resource limit: ${strerror(error.errno)}`);
    throw error;
  }
}

/** `soft:hard`, `soft:`, `:hard`, or one for both. */
function limitOf(text: string, old: ResourceLimit, name: string): ResourceLimit {
  const parts = text.split(':');
  const numbers = parts.map((part) => {
    if (part === 'unlimited' || part === '-1') return Number.POSITIVE_INFINITY;
    return part === '' ? undefined : /^\d+$/.test(part) ? Number(part) : Number.NaN;
  });
  if (text === '' || parts.length > 2 || numbers.some(Number.isNaN)) throw new Refusal(`failed to parse ${name} limit`);
  const [soft = old.soft, hard = parts.length === 1 ? soft : old.hard] = numbers;
  if (soft > hard) throw new Refusal(`the soft limit ${name} cannot exceed the hard limit`);
  return { soft, hard };
}

function word(value: number): string {
  return Number.isFinite(value) ? String(value) : 'unlimited';
}

/** libsmartcols: texts to the left, numbers to the right, the last column as long as it is. */
function tableOf(rows: readonly Row[], { columns, hasHeadings, isRaw }: Request): string {
  const lines = [
    ...(hasHeadings ? [columns] : []),
    ...rows.map(({ resource, soft, hard }) => {
      const cells: Readonly<Record<string, string>> = {
        RESOURCE: resource.name,
        DESCRIPTION: isRaw ? resource.description.replaceAll(' ', '\\x20') : resource.description,
        SOFT: word(soft),
        HARD: word(hard),
        UNITS: resource.unit,
      };
      return columns.map((column) => cells[column] ?? '');
    }),
  ];
  const widths = columns.map((_, index) => (isRaw ? 0 : Math.max(...lines.map((cells) => cells[index]?.length ?? 0))));
  return lines
    .map((cells) => {
      const padded = cells.map((cell, index) => {
        if (columns[index] === 'SOFT' || columns[index] === 'HARD') return cell.padStart(widths[index] ?? 0);
        return index === cells.length - 1 ? cell : cell.padEnd(widths[index] ?? 0);
      });
      return `${padded.join(' ')}\n`;
    })
    .join('');
}
