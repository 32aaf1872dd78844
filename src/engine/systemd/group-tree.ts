/** The tree of control groups with who is in them. systemd: src/shared/cgroup-show.c. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { processesIn } from './cgroup.ts';
import { propertiesOf } from './systemctl-bus.ts';

interface Tree {
  /** Whom to ask which groups are delegated: systemd marks these by an extended attribute, which no file has here. */
  readonly bus: RpcClient;
  /** Also of groups that nobody is in. */
  readonly showsEmpty: boolean;
}

/** A group's processes, then the groups below it, each line behind `prefix` and cut at `columns`. */
export function* groupTree(tree: Tree, path: string, prefix: string, columns: number): Running<readonly string[]> {
  const below: string[] = [];
  for (const name of yield* groupsIn(path))
    if (tree.showsEmpty || (yield* isPopulated(`${path}/${name}`))) below.push(name);
  const lines = [...(yield* processLines(path, prefix, columns, below.length > 0))];
  for (const [index, name] of below.entries()) {
    const isLast = index === below.length - 1;
    const isDelegated = (yield* propertiesOf(tree.bus, name))?.['Delegate'] === 'yes';
    lines.push(`${prefix}${isLast ? '└─' : '├─'}${name}${isDelegated ? ' …' : ''}`);
    lines.push(...(yield* groupTree(tree, `${path}/${name}`, `${prefix}${isLast ? '  ' : '│ '}`, columns - 2)));
  }
  return lines;
}

/** Who is in a group itself, in order of their numbers. */
function* processLines(path: string, prefix: string, columns: number, goesOn: boolean): Running<string[]> {
  const members = (yield* processesIn(path)).toSorted((a, b) => a.pid - b.pid);
  const width = String(members.at(-1)?.pid ?? '').length;
  const lines: string[] = [];
  for (const [index, { pid, comm }] of members.entries()) {
    const argv = ((yield* readFileIfAny(`/proc/${pid}/cmdline`)) ?? '').split('\0').join(' ').trim();
    const isLast = index === members.length - 1 && !goesOn;
    const text = cut(argv === '' ? `[${comm}]` : argv, columns - width - 3);
    lines.push(`${prefix}${isLast ? '└─' : '├─'}${String(pid).padStart(width)} ${text}`);
  }
  return lines;
}

const cut = (text: string, columns: number): string =>
  text.length > columns ? `${text.slice(0, columns - 1)}…` : text;

function* groupsIn(path: string): Running<readonly string[]> {
  try {
    return (yield* sys.readdir(path)).filter(({ type }) => type === 'directory').map(({ name }) => name);
  } catch (error) {
    // It went meanwhile.
    if (!isErrno(error, 'ENOENT')) throw error;
    return [];
  }
}

function* isPopulated(path: string): Running<boolean> {
  return ((yield* readFileIfAny(`${path}/cgroup.events`)) ?? '').includes('populated 1');
}
