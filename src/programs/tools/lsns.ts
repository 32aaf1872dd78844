/** lsns(8) of util-linux: the namespaces that somebody is in, with their first process. */
import { namespaceKinds, type NamespaceKind } from '../../journal/event.ts';
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print } from '../io.ts';
import { readAccounts } from './accounts.ts';
import { parseOptions, refuseOptions } from './options.ts';
import { readProcesses, type Process } from './processes.ts';

interface Row {
  readonly inode: number;
  readonly kind: NamespaceKind;
  /** In order of pid: the first one speaks for it. */
  readonly members: Process[];
}

interface Column {
  readonly header: string;
  readonly align: 'left' | 'right';
  /** It is no narrower than this. */
  readonly least?: number;
  readonly value: (row: Row) => string;
}

export const lsns = (): Program =>
  function* lsnsMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'p:t:o:nlrJuW', {
      task: 'p',
      type: 't',
      output: 'o',
      noheadings: 'n',
      list: 'l',
      raw: 'r',
      notruncate: 'W',
      json: 'J',
    });
    if (typeof options === 'string') return yield* refuseOptions('lsns', options, 'gnu');
    const types = options.all.filter(([letter]) => letter === 't').flatMap(([, value]) => value.split(','));
    const unknown = types.find((type) => !(namespaceKinds as readonly string[]).includes(type));
    if (unknown !== undefined) {
      yield* complain('lsns', `unknown namespace type: ${unknown}`);
      return 1;
    }
    const wantedPid = options.values.get('p');
    const processes = yield* readProcesses();
    if (wantedPid !== undefined && !processes.some(({ pid }) => pid === Number(wantedPid))) {
      yield* complain('lsns', `${wantedPid}: failed to find the process`);
      return 1;
    }
    const rows = (yield* readRows(processes))
      .filter(({ kind }) => types.length === 0 || types.includes(kind))
      .filter(({ members }) => wantedPid === undefined || members.some(({ pid }) => pid === Number(wantedPid)));
    const { users } = yield* readAccounts();
    const names = (options.values.get('o') ?? 'NS,TYPE,NPROCS,PID,USER,COMMAND').toUpperCase().split(',');
    const all = columnsWith(users);
    const bad = names.find((name) => all[name] === undefined);
    if (bad !== undefined) {
      yield* complain('lsns', `unknown column: ${bad.toLowerCase()}`);
      return 1;
    }
    const columns = names.flatMap((name) => all[name] ?? []);
    yield* print(options.has('J') ? json(rows, columns) : table(rows, columns, !options.has('n')));
    return 0;
  };

function columnsWith(users: ReadonlyMap<number, string>): Readonly<Record<string, Column>> {
  const first =
    (value: (process: Process) => string) =>
    ({ members }: Row): string =>
      members[0] === undefined ? '' : value(members[0]);
  return {
    NS: { header: 'NS', align: 'right', least: 10, value: ({ inode }) => String(inode) },
    TYPE: { header: 'TYPE', align: 'left', least: 5, value: ({ kind }) => kind },
    NPROCS: { header: 'NPROCS', align: 'right', value: ({ members }) => String(members.length) },
    PID: { header: 'PID', align: 'right', least: 5, value: first(({ pid }) => String(pid)) },
    PPID: { header: 'PPID', align: 'right', least: 5, value: first(({ ppid }) => String(ppid)) },
    UID: { header: 'UID', align: 'right', value: first(({ uid }) => String(uid)) },
    USER: { header: 'USER', align: 'left', value: first(({ uid }) => users.get(uid) ?? String(uid)) },
    COMMAND: {
      header: 'COMMAND',
      align: 'left',
      value: first(({ argv, comm }) => (argv.length === 0 ? comm : argv.join(' '))),
    },
    PATH: { header: 'PATH', align: 'left', value: ({ kind, members }) => `/proc/${members[0]?.pid ?? 0}/ns/${kind}` },
  };
}

/** By inode number, as util-linux sorts its tree. A process that ends meanwhile, or is a zombie, is in none. */
function* readRows(processes: readonly Process[]): Running<readonly Row[]> {
  const rows = new Map<number, Row>();
  for (const process of processes) {
    for (const kind of namespaceKinds) {
      const inode = yield* inodeOf(process.pid, kind);
      if (inode === null) continue;
      const row = rows.get(inode) ?? { inode, kind, members: [] };
      row.members.push(process);
      rows.set(inode, row);
    }
  }
  return [...rows.values()].toSorted((a, b) => a.inode - b.inode);
}

function* inodeOf(pid: number, kind: NamespaceKind): Running<number | null> {
  try {
    return Number(/\[(\d+)\]/.exec(yield* sys.readlink(`/proc/${pid}/ns/${kind}`))?.[1] ?? '0');
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}

/** libsmartcols: three spaces a level, and what stands to the right is a number. */
function json(rows: readonly Row[], columns: readonly Column[]): string {
  const objects = rows.map((row) =>
    columns.map(({ header, align, value }) => {
      const text = value(row);
      return `         "${header.toLowerCase()}": ${align === 'right' ? text : JSON.stringify(text)}`;
    }),
  );
  const bodies = objects.map((lines) => `{\n${lines.join(',\n')}\n      }`);
  return `{\n   "namespaces": [\n      ${bodies.join(',')}\n   ]\n}\n`;
}

/** libsmartcols: columns as wide as their widest cell, but as lsns.c has it; one space between, the last not padded. */
function table(rows: readonly Row[], columns: readonly Column[], hasHeader: boolean): string {
  const body = rows.map((row) => columns.map(({ value }) => value(row)));
  const cells = hasHeader ? [columns.map(({ header }) => header), ...body] : body;
  const widths = columns.map(({ least = 0 }, column) =>
    Math.max(least, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) => {
      const padded = line.map((cell, column) => {
        if (columns[column]?.align === 'right') return cell.padStart(widths[column] ?? 0);
        return column === line.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
      });
      return `${padded.join(' ')}\n`;
    })
    .join('');
}
