/** `systemctl enable` and its like: links that say what the boot starts. Man page: systemctl(1), systemd.unit(5). */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { parseUnit } from './unit.ts';

const unitDirectory = '/usr/lib/systemd/system';
const linkDirectory = '/etc/systemd/system';

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

/** Units that a link to /dev/null hides. */
export function* maskedUnits(): Running<ReadonlySet<string>> {
  const masked = new Set<string>();
  for (const { name, type } of yield* sys.readdir(linkDirectory)) {
    if (type === 'symlink' && (yield* sys.readlink(`${linkDirectory}/${name}`)) === '/dev/null') masked.add(name);
  }
  return masked;
}

/** Makes or removes the link to /dev/null; returns what systemctl says of it. */
export function* setMasked(name: string, on: boolean): Running<readonly string[]> {
  const link = `${linkDirectory}/${name}`;
  if (on === (yield* maskedUnits()).has(name)) return [];
  if (!on) {
    yield* sys.unlink(link);
    return [`Removed '${link}'.`];
  }
  yield* sys.symlink('/dev/null', link);
  return [`Created symlink '${link}' → '/dev/null'.`];
}
