/** systemd-cgls(1): all control groups, or those below the ones that are named. systemd: src/cgls/cgls.c. */
import type { Environment, Running } from '../../kernel/abi.ts';
import { utf8 } from '../../kernel/bytes.ts';
import * as sys from '../../kernel/sys.ts';
import { print, writeError } from '../../programs/io.ts';
import { parseOptions } from '../../programs/tools/options.ts';
import { exists } from '../directories.ts';
import { dialRpc } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { busSocket } from './bus.ts';
import { cgroupTree } from './cgroup.ts';
import { groupTree } from './group-tree.ts';
import { propertiesOf, unitName } from './systemctl-bus.ts';

const defaultColumns = 80;

/** `systemd-cgls [-al] [--no-pager] [-u UNIT… | CGROUP…]` */
export function* cglsProgram(argv: readonly string[], env: Environment): Running {
  const options = parseOptions(argv.slice(1), 'aluxcP', { all: 'a', full: 'l', unit: 'u', 'no-pager': 'P' });
  if (typeof options === 'string') {
    yield* writeError(`systemd-cgls: ${options}\n`);
    return 1;
  }
  // A pager takes lines of any length; without one they are cut.
  const isWhole = options.has('l') || ((yield* sys.isatty(1)) && !options.has('P'));
  const columns = isWhole ? Number.POSITIVE_INFINITY : Number(env['COLUMNS']) || defaultColumns;
  const tree = { bus: yield* dialRpc(busSocket, 'D-Bus'), showsEmpty: options.has('a') };
  if (options.operands.length === 0) {
    const cwd = yield* sys.getcwd();
    yield* print(isInTree(cwd) ? `Working directory ${cwd}:\n` : 'CGroup /:\n-.slice\n');
    yield* printLines(yield* groupTree(tree, isInTree(cwd) ? cwd : cgroupTree, '', columns));
    return 0;
  }
  let isMissing = false;
  for (const name of options.operands) {
    const { heading, path } = options.has('u') ? yield* ofUnit(tree.bus, unitName(name)) : ofGroup(name);
    yield* print(`${heading}\n`);
    if (path !== null && (yield* exists(path))) yield* printLines(yield* groupTree(tree, path, '', columns));
    else isMissing = true;
  }
  if (isMissing) yield* writeError('Failed to list cgroup tree: No such file or directory\n');
  return isMissing ? 1 : 0;
}

interface Wanted {
  readonly heading: string;
  readonly path: string | null;
}

function* ofUnit(bus: RpcClient, name: string): Running<Wanted> {
  const group = (yield* propertiesOf(bus, name))?.['ControlGroup'];
  if (!group) return { heading: `Unit ${name} not found.`, path: null };
  return { heading: `Unit ${name} (${group}):`, path: `${cgroupTree}${group}` };
}

function ofGroup(name: string): Wanted {
  if (isInTree(name)) return { heading: `Directory ${name}:`, path: name };
  const group = name.startsWith('/') ? name : `/${name}`;
  return { heading: `CGroup ${group}:`, path: `${cgroupTree}${group === '/' ? '' : group}` };
}

const isInTree = (path: string): boolean => path === cgroupTree || path.startsWith(`${cgroupTree}/`);

function* printLines(lines: readonly string[]): Running<void> {
  yield* print(utf8(lines.map((line) => `${line}\n`).join('')));
}
