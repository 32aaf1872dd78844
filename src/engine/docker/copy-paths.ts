/**
 * Where a copied file goes: the rules of cp(1), on names in an archive. moby: pkg/archive/copy.go; docker vendors it.
 */
import type { TarMember } from '../../programs/tar/format.ts';
import { CommandFailed } from './client.ts';

/** One end of a copy. */
export interface CopyEnd {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
  /** The name that the file goes by, where a symbolic link was followed to another one. */
  readonly rebasedName: string;
}

/** What has to be done with an archive: where to unpack it, and what its members are called there. */
export interface CopyPlan {
  readonly directory: string;
  readonly rename: (member: TarMember) => TarMember;
}

/** Go: filepath.Clean() of an absolute or a relative path. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !path.startsWith('/')) parts.push(part);
  }
  return path.startsWith('/') ? `/${parts.join('/')}` : parts.join('/') || '.';
}

/** Directory and last name; a path that ends in `/.` has `.` as its last name. moby: SplitPathDirEntry(). */
export function splitPath(path: string): readonly [directory: string, name: string] {
  const clean = cleanPath(path);
  const isDotted = path === '' || path === '.' || path.endsWith('/.');
  if (isDotted) return [clean, '.'];
  const slash = clean.lastIndexOf('/');
  if (slash < 0) return ['.', clean];
  return [slash === 0 ? '/' : clean.slice(0, slash), clean === '/' ? '/' : clean.slice(slash + 1)];
}

/** Whether the path says that a directory is meant. */
function assertsDirectory(path: string): boolean {
  return path === '' || path.endsWith('/') || path.endsWith('/.') || path === '.';
}

/**
 * Says where the members of an archive of `source` go. Throws the CLI's words when they cannot go to `destination`.
 * moby: PrepareArchiveCopy().
 */
export function planCopy(source: CopyEnd, destination: CopyEnd): CopyPlan {
  const [directory, name] = splitPath(destination.path);
  const [, sourceName] = splitPath(source.path);
  if (destination.exists && destination.isDirectory) return { directory: destination.path, rename: (member) => member };
  if (destination.exists && source.isDirectory) throw new CommandFailed('cannot copy directory\n', 1);
  if (!destination.exists && !source.isDirectory && assertsDirectory(destination.path))
    throw new CommandFailed('no such directory\n', 1);
  return { directory, rename: rebasing(source.rebasedName || sourceName, name) };
}

/** Gives what begins with `from` the name `to`. moby: RebaseArchiveEntries(). */
export function rebasing(from: string, to: string): (member: TarMember) => TarMember {
  const old = from === '/' ? '' : from;
  const rebased = (name: string): string =>
    name.startsWith(old) ? to + (old === '' ? '/' : '') + name.slice(old.length) : name;
  return (member) => ({
    ...member,
    name: rebased(member.name),
    target: member.type === 'hard link' ? rebased(member.target) : member.target,
  });
}
