/** `systemctl enable` and its like: links that say what the boot starts. Man page: systemctl(1), systemd.unit(5). */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { exists, makeDirectories } from '../directories.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';
import { parseUnit } from './unit.ts';

const unitDirectory = '/usr/lib/systemd/system';
const linkDirectory = '/etc/systemd/system';
/** Of links that the next boot does not see. */
const runtimeDirectory = '/run/systemd/system';

export interface MaskRequest {
  readonly name: string;
  readonly runtime: boolean;
}

/** Where a unit's link stands: by its WantedBy=. */
function* linkOf(name: string): Running<string> {
  const file = parseUnit((yield* readFileIfAny(`${unitDirectory}/${name}`)) ?? '');
  return `${linkDirectory}/${file.get('Install.WantedBy') ?? 'multi-user.target'}.wants/${name}`;
}

export function* isEnabled(name: string): Running<boolean> {
  try {
    yield* sys.lstat(yield* linkOf(name));
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Makes or removes the link; returns what systemctl says of it. */
export function* setEnabled(name: string, on: boolean): Running<readonly string[]> {
  const link = yield* linkOf(name);
  if (on === (yield* isEnabled(name))) return [];
  if (!on) {
    yield* sys.unlink(link);
    return [`Removed '${link}'.`];
  }
  yield* sys.symlink(`${unitDirectory}/${name}`, link);
  return [`Created symlink '${link}' → '${unitDirectory}/${name}'.`];
}

/** Units that a link to /dev/null hides, for good or until the next boot. */
export function* maskedUnits(): Running<ReadonlySet<string>> {
  return new Set([...(yield* maskedIn(linkDirectory)), ...(yield* maskedIn(runtimeDirectory))]);
}

function* maskedIn(directory: string): Running<ReadonlySet<string>> {
  const masked = new Set<string>();
  if (!(yield* exists(directory))) return masked;
  for (const { name, type } of yield* sys.readdir(directory)) {
    if (type === 'symlink' && (yield* sys.readlink(`${directory}/${name}`)) === '/dev/null') masked.add(name);
  }
  return masked;
}

/** What a link to /dev/null makes of a unit, as of now: `masked`, with `mask --runtime` `masked-runtime`. */
export function* maskOf(name: string): Running<'masked' | 'masked-runtime' | null> {
  if ((yield* maskedIn(linkDirectory)).has(name)) return 'masked';
  return (yield* maskedIn(runtimeDirectory)).has(name) ? 'masked-runtime' : null;
}

/** Names that unit_name_is_valid() takes; systemctl has escaped the others that it does not refuse by itself. */
const validName = /^[\w:.\\-][\w:.\\@-]*\.[a-z]+$/;
const longestName = 255;

/**
 * Makes or removes the link to /dev/null; returns what systemctl says of it. A link or a file of another's is not
 * replaced. systemd: shared/install.c, unit_file_mask(), create_symlink(), install_changes_dump().
 */
export function* setMasked({ name, runtime }: MaskRequest, on: boolean): Running<readonly string[]> {
  if (!validName.test(name) || name.length > longestName)
    throw new RpcError(rpcCode.invalidArgument, 'Invalid unit name');
  const directory = runtime ? runtimeDirectory : linkDirectory;
  const link = `${directory}/${name}`;
  if (on === (yield* maskedIn(directory)).has(name)) return [];
  if (!on) {
    yield* sys.unlink(link);
    return [`Removed '${link}'.`];
  }
  if (runtime) yield* makeDirectories(runtimeDirectory);
  try {
    yield* sys.symlink('/dev/null', link);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    const isLink = (yield* sys.lstat(link)).type === 'symlink';
    const rest = isLink ? ` and is a symlink to '${yield* sys.readlink(link)}'` : '';
    throw new RpcError(rpcCode.alreadyExists, `File '${link}' already exists${rest}.`);
  }
  return [`Created symlink '${link}' → '/dev/null'.`];
}
