/** Tab at the host's prompt: programs, docker's words, files. Reads the machine's disk, changes nothing. */
import { completeDocker, type DockerNames } from '../engine/docker/completion.ts';
import { commands as runcCommands } from '../engine/runc/commands.ts';
import { repositoriesPath, type Repositories } from '../engine/dockerd/image-files.ts';
import { dataRoot, type ContainerRecord } from '../engine/dockerd/records.ts';
import { isErrno } from '../kernel/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { namesAt, readFileAt } from '../kernel/vfs/host-files.ts';
import { absolutePath } from '../kernel/vfs/path-name.ts';
import { resolve } from '../kernel/vfs/vfs.ts';
import { builtinNames } from '../programs/sh/builtins/names.ts';

const programFolders = ['/usr/bin', '/usr/sbin'];

/**
 * Whole words that the line's last word could become.
 *
 * @param terminal whose foreground's working directory relative paths start from.
 * @param line what stands before the cursor.
 */
export function completeLine(kernel: Kernel, terminal: number, line: string): readonly string[] {
  const words = (line.split(/[|;&(]|\$\(/).at(-1) ?? '').trimStart().split(/\s+/);
  const assignments = words.findIndex((word) => !/^\w+=/.test(word));
  const [command = '', ...rest] = words.slice(Math.max(0, assignments));
  const word = rest.at(-1) ?? command;
  if (rest.length === 0 && !command.includes('/')) return programs(kernel, command);
  if (command === 'docker') return completeDocker(rest, namesOf(kernel));
  if (command === 'runc' && rest.length === 1 && !word.startsWith('-'))
    return Object.keys(runcCommands).filter((name) => name.startsWith(word));
  return files(kernel, terminal, word);
}

function programs(kernel: Kernel, word: string): readonly string[] {
  const all = new Set([...builtinNames, ...programFolders.flatMap((folder) => namesIn(kernel, folder))]);
  return [...all].filter((name) => name.startsWith(word)).sort();
}

/** Containers and images as they are on dockerd's disk. */
function namesOf(kernel: Kernel): DockerNames {
  const containers = namesIn(kernel, `${dataRoot}/containers`).flatMap((id) => {
    const record = readJson(kernel, `${dataRoot}/containers/${id}/config.v2.json`) as ContainerRecord | null;
    return record === null ? [] : [{ name: record.Name.replace(/^\//, ''), isRunning: record.State.Running }];
  });
  const stored = readJson(kernel, repositoriesPath) as { readonly Repositories?: Repositories } | null;
  const references = Object.values(stored?.Repositories ?? {}).flatMap((tags) => Object.keys(tags));
  const images = references.filter((name) => !name.includes('@')).map((name) => name.replace(/:latest$/, ''));
  return { containers, images };
}

function files(kernel: Kernel, terminal: number, word: string): readonly string[] {
  const slash = word.lastIndexOf('/') + 1;
  const typed = word.slice(0, slash);
  const folder = typed.startsWith('/') ? typed : `${workingDirectory(kernel, terminal)}/${typed}`;
  const start = word.slice(slash);
  return namesIn(kernel, folder)
    .filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map((name) => `${typed}${name}${isDirectory(kernel, `${folder}/${name}`) ? '/' : ''}`);
}

function workingDirectory(kernel: Kernel, terminal: number): string {
  const task = kernel.tasks.get(kernel.terminals.get(terminal)?.foreground ?? 0);
  return task === undefined ? '/' : absolutePath(task.fs.cwd, task.fs.root);
}

function namesIn(kernel: Kernel, folder: string): readonly string[] {
  return unlessMissing(() => namesAt(kernel, folder)) ?? [];
}

function isDirectory(kernel: Kernel, path: string): boolean {
  return unlessMissing(() => resolve(kernel, null, path).dentry.inode.type === 'directory') ?? false;
}

/** Null also for a file that is being written right now. */
function readJson(kernel: Kernel, path: string): unknown {
  const text = unlessMissing(() => readFileAt(kernel, path));
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function unlessMissing<Value>(look: () => Value): Value | null {
  try {
    return look();
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR') || isErrno(error, 'EISDIR')) return null;
    throw error;
  }
}
