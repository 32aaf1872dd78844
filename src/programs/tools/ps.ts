/** ps(1) as procps 4 has it. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny } from '../io.ts';
import { readAccounts, type Accounts } from './accounts.ts';
import { readProcesses, type Process } from './processes.ts';
import { columnOf, type PsColumn, type PsContext } from './ps-columns.ts';
import { parsePs, type PsRequest } from './ps-options.ts';

export const ps = (): Program =>
  function* psMain(argv): Running {
    const accounts = yield* readAccounts();
    const request = parsePs(argv.slice(1), new Map([...accounts.users].map(([uid, name]) => [name, uid])));
    if (typeof request === 'string') {
      // procps ends itself where -q does not go with the rest, before it comes to its usage.
      yield* print(request.startsWith('q/-q') ? `${request}\n` : `error: ${request}\n${usage}`, 2);
      return 1;
    }
    if (request.tells !== 'processes') {
      yield* print(request.tells === 'version' ? 'ps from procps-ng 4.0.4\n' : usage);
      return 0;
    }
    const columns: PsColumn[] = [];
    for (const { name, header } of request.columns) {
      const { column, width } = columnOf(name);
      if (column === undefined) continue;
      const wide = width === undefined ? column : { ...column, width: Number(width), cuts: true, isExact: true };
      columns.push(header === null ? wide : { ...wide, header });
    }
    const all = yield* readProcesses();
    const { quick } = request;
    const chosen = quick === null ? yield* select(all, request) : all.filter(({ pid }) => quick.has(pid));
    const context = yield* readContext(accounts);
    const rows =
      request.forest === 'none'
        ? sorted(chosen, request.sort).map((process) => ({ process, prefix: '' }))
        : forest(chosen, request.forest);
    yield* print(yield* table(rows, request.hasHeader ? columns : columns.map(withoutHeader), context));
    return chosen.length > 0 ? 0 : 1;
  };

const usage = `
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`;

/** The column stays as wide as its title would have made it. */
function withoutHeader(column: PsColumn): PsColumn {
  return {
    ...column,
    header: '',
    width: column.isExact === true ? column.width : Math.max(column.width, column.header.length),
  };
}

function* readContext(accounts: Accounts): Running<PsContext> {
  const now = yield* sys.realtime();
  const uptimeSeconds = (yield* sys.monotonic()) / 1e9;
  return { accounts, nowSeconds: now.seconds, uptimeSeconds, memoryKb: yield* memoryTotal() };
}

function* memoryTotal(): Running<number> {
  return Number(/^MemTotal:\s+(\d+)/m.exec((yield* readFileIfAny('/proc/meminfo')) ?? '')?.[1] ?? '4000000');
}

/** Without a selection: those of the caller's user at the caller's terminal. */
function* select(all: readonly Process[], request: PsRequest): Running<Process[]> {
  const { selection } = request;
  if (selection === 'all') return [...all];
  const own = yield* sys.getpid();
  const self = all.find(({ pid }) => pid === own);
  if (selection === 'terminal')
    return all.filter((process) => process.tty === (self?.tty ?? 0) && process.uid === (self?.uid ?? 0));
  if (selection === 'with terminal') return all.filter((process) => process.tty !== 0);
  if (selection === 'no session leaders')
    return all.filter((process) => process.tty !== 0 && process.sid !== process.pid);
  return all.filter((process) => selection.some((test) => test(process)));
}

function sorted(processes: readonly Process[], keys: readonly string[]): Process[] {
  if (keys.length === 0) return [...processes];
  const value = (process: Process, key: string): number | string => {
    switch (key.replace(/^[-+]/, '')) {
      case 'ppid':
        return process.ppid;
      case 'comm':
      case 'cmd':
      case 'args':
        return process.comm;
      case 'start_time':
      case 'start':
      case 'etime':
        return process.startTicks;
      case 'time':
      case 'pcpu':
      case '%cpu':
        return process.ticks;
      case 'rss':
      case '%mem':
        return process.residentPages;
      default:
        return process.pid;
    }
  };
  return processes.toSorted((a, b) => {
    for (const key of keys) {
      const [one, other] = [value(a, key), value(b, key)];
      if (one !== other) return (one < other ? -1 : 1) * (key.startsWith('-') ? -1 : 1);
    }
    return 0;
  });
}

interface Row {
  readonly process: Process;
  /** The branches that `--forest` draws before the command. */
  readonly prefix: string;
}

function forest(processes: readonly Process[], kind: 'indents' | 'branches'): Row[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  const rows: Row[] = [];
  const [branch, open, last] = kind === 'branches' ? [' \\_ ', ' |  ', '    '] : ['  ', '  ', '  '];
  const walk = (siblings: readonly Process[], indent: string, isTop: boolean): void => {
    for (const [index, process] of siblings.entries()) {
      const isLast = index === siblings.length - 1;
      rows.push({ process, prefix: isTop ? '' : indent + branch });
      const below = processes.filter(({ ppid, pid }) => ppid === process.pid && pid !== process.pid);
      walk(below, isTop ? '' : indent + (isLast ? last : open), false);
    }
  };
  walk(
    processes.filter(({ ppid }) => !pids.has(ppid)),
    '',
    true,
  );
  return rows;
}

function* table(rows: readonly Row[], columns: readonly PsColumn[], context: PsContext): Running<string> {
  const cells: string[][] = [];
  for (const { process, prefix } of rows) {
    const row: string[] = [];
    for (const column of columns) row.push((column.isCommand ? prefix : '') + (yield* column.value(process, context)));
    cells.push(row);
  }
  const lines = [columns.map(({ header }) => header), ...cells];
  const shown = columns.some(({ header }) => header !== '') ? lines : cells;
  return shown.map((line) => `${lineOf(line, columns)}\n`).join('');
}

/** A cell that is wider than its column pushes what follows, until a column has room to spare. */
function lineOf(cells: readonly string[], columns: readonly PsColumn[]): string {
  let line = '';
  let end = 0;
  for (const [index, column] of columns.entries()) {
    const text = cells[index] ?? '';
    const gap = index === 0 ? '' : ' ';
    const width = column.isExact === true ? column.width : Math.max(column.width, column.header.length);
    end += gap.length + width;
    const room = Math.max(0, end - line.length - gap.length);
    const cut = column.cuts && text !== column.header ? text.slice(0, width) : text;
    line +=
      gap + (column.align === 'right' ? text.padStart(room) : index < columns.length - 1 ? cut.padEnd(room) : text);
  }
  return line;
}
