/** pstree(1) as psmisc 23 draws it. */
import type { Program, Running } from '../../kernel/abi.ts';
import { utf8 } from '../../kernel/bytes.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';
import { readAccounts } from './accounts.ts';
import { parseOptions, refuseOptions } from './options.ts';
import { readProcesses, readThreads, type Process } from './processes.ts';

interface Node {
  readonly name: string;
  readonly pid: number;
  readonly args: readonly string[];
  readonly children: Node[];
}

interface Drawing {
  readonly withPids: boolean;
  readonly withArguments: boolean;
  readonly compacts: boolean;
  readonly width: number;
}

const defaultWidth = 132;

export const pstree = (): Program =>
  function* pstreeMain(argv): Running {
    const options = parseOptions(argv.slice(1), 'aAcghlnNpsStTuUVZ', {
      arguments: 'a',
      ascii: 'A',
      'compact-not': 'c',
      long: 'l',
      'numeric-sort': 'n',
      'show-pids': 'p',
      'show-parents': 's',
      'hide-threads': 'T',
      'thread-names': 't',
      unicode: 'U',
    });
    if (typeof options === 'string') return yield* refuseOptions('pstree', options, 'gnu');
    if (options.has('V')) {
      yield* print('pstree (PSmisc) 23.7\n', 2);
      return 0;
    }
    const processes = yield* readProcesses();
    const nodes = yield* buildNodes(processes, !options.has('T'), options.has('n'));
    const roots = yield* chooseRoots(nodes, processes, options.operands[0]);
    if (typeof roots === 'string') {
      yield* print(`${roots}\n`, 2);
      return 1;
    }
    const drawing: Drawing = {
      withPids: options.has('p'),
      withArguments: options.has('a'),
      compacts: !options.has('p') && !options.has('c'),
      width: options.has('l') ? Number.POSITIVE_INFINITY : yield* outputWidth(),
    };
    const pictures = roots.map((root) => {
      const start = options.has('s') ? ancestorsOf(root, processes) : root;
      const lines = drawing.withArguments ? drawDown(start, drawing) : drawAcross(start, drawing);
      return lines.map((line) => `${utf8(cut(line, drawing.width))}\n`).join('');
    });
    // psmisc sets a user's trees apart by an empty line.
    yield* print(pictures.join('\n'));
    return 0;
  };

/** The trees to draw: init's, a process's, or all of a user's whose parents are another's. A string is a complaint. */
function* chooseRoots(
  nodes: ReadonlyMap<number, Node>,
  processes: readonly Process[],
  operand: string | undefined,
): Running<readonly Node[] | string> {
  const none = 'No processes found.';
  if (operand === undefined || /^[0-9]+$/.test(operand)) {
    const root = nodes.get(Number(operand ?? 1)) ?? (operand === undefined ? nodes.values().next().value : undefined);
    return root ? [root] : none;
  }
  const { users } = yield* readAccounts();
  const uid = [...users].find(([, name]) => name === operand)?.[0];
  if (uid === undefined) return `No such user name: ${operand}`;
  const theirs = new Map(processes.filter((one) => one.uid === uid).map((one) => [one.pid, one]));
  const roots = [...theirs.values()].filter(({ ppid }) => !theirs.has(ppid)).flatMap(({ pid }) => nodes.get(pid) ?? []);
  return roots.length > 0 ? roots : none;
}

function* outputWidth(): Running<number> {
  return (yield* sys.isatty(1)) ? (yield* sys.getWindowSize(1)).columns || defaultWidth : defaultWidth;
}

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}+` : line;
}

function* buildNodes(
  processes: readonly Process[],
  withThreads: boolean,
  byNumber: boolean,
): Running<Map<number, Node>> {
  const nodes = new Map<number, Node>();
  for (const { pid, comm, argv } of processes) nodes.set(pid, { name: comm, pid, args: argv.slice(1), children: [] });
  for (const process of processes) {
    const node = nodes.get(process.pid);
    nodes.get(process.ppid)?.children.push(...(node && process.ppid !== process.pid ? [node] : []));
    if (!withThreads || process.threads < 2) continue;
    for (const { tid, comm } of yield* readThreads(process.pid))
      node?.children.push({ name: `{${comm}}`, pid: tid, args: [], children: [] });
  }
  const byName = (a: Node, b: Node): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.pid - b.pid);
  for (const { children } of nodes.values()) children.sort(byNumber ? (a, b) => a.pid - b.pid : byName);
  return nodes;
}

/** `-s`: the way from pid 1 down to the process. */
function ancestorsOf(node: Node, processes: readonly Process[]): Node {
  const parent = processes.find(({ pid }) => pid === processes.find((one) => one.pid === node.pid)?.ppid);
  if (!parent) return node;
  return ancestorsOf({ name: parent.comm, pid: parent.pid, args: parent.argv.slice(1), children: [node] }, processes);
}

/** Children that look the same are drawn once with their number. */
function grouped(children: readonly Node[], { compacts }: Drawing): { readonly node: Node; readonly count: number }[] {
  const groups: { node: Node; count: number }[] = [];
  for (const node of children) {
    const same = compacts ? groups.find((group) => looksLike(group.node, node)) : undefined;
    if (same) same.count += 1;
    else groups.push({ node, count: 1 });
  }
  return groups;
}

function looksLike(a: Node, b: Node): boolean {
  return (
    a.name === b.name &&
    a.children.length === b.children.length &&
    a.children.every((child, index) => looksLike(child, b.children[index] as Node))
  );
}

/** Each process after its parent on the same line where it is the first child. */
function drawAcross(root: Node, drawing: Drawing): string[] {
  const lines: string[] = [];
  const draw = (node: Node, count: number, before: string, indent: string): void => {
    const title = `${count > 1 ? `${count}*[` : ''}${node.name}${drawing.withPids ? `(${node.pid})` : ''}`;
    const groups = grouped(node.children, drawing);
    const close = count > 1 ? ']' : '';
    if (groups.length === 0) {
      lines.push(before + title + close);
      return;
    }
    const blank = indent + ' '.repeat(title.length);
    const isSingle = groups.length === 1;
    const from = lines.length;
    for (const [index, group] of groups.entries()) {
      const isFirst = index === 0;
      const isLast = index === groups.length - 1;
      const branch = isSingle ? '───' : isFirst ? '─┬─' : isLast ? ' └─' : ' ├─';
      draw(
        group.node,
        group.count,
        (isFirst ? before + title : blank) + branch,
        `${blank}${isSingle || isLast ? '   ' : ' │ '}`,
      );
    }
    if (close !== '') lines[lines.length > from ? from : 0] = `${lines[from] ?? ''}${close}`;
  };
  draw(root, 1, '', '');
  return lines;
}

/** `-a`: a line each, with the arguments. */
function drawDown(root: Node, drawing: Drawing): string[] {
  const lines: string[] = [];
  const draw = (node: Node, count: number, before: string, indent: string): void => {
    const args = node.args.map((arg) => ` ${quoteArgument(arg)}`).join('');
    const title = `${node.name}${drawing.withPids ? `,${node.pid}` : ''}${args}`;
    lines.push(`${before}${count > 1 ? `${count}*[${title}]` : title}`);
    const groups = grouped(node.children, drawing);
    for (const [index, group] of groups.entries()) {
      const isLast = index === groups.length - 1;
      draw(group.node, group.count, `${indent}${isLast ? '└─' : '├─'}`, `${indent}${isLast ? '    ' : '│   '}`);
    }
  };
  draw(root, 1, '', '  ');
  return lines;
}

/** pstree escapes what a terminal could not show. */
function quoteArgument(text: string): string {
  return text.replace(/[\\\x00-\x20\x7f]/g, (char) =>
    char === ' ' ? ' ' : char === '\\' ? '\\\\' : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}
