/** Which of the host's files are there, as far as the journal tells: they are opened, renamed and unlinked. */
import type { JournalEvent } from '../journal/event.ts';

/** A file that is there, or not, from a seq on. */
interface Presence {
  readonly since: number;
  readonly isThere: boolean;
}
/** By absolute path; a file that is not named is as it was at the boot. */
export type HostFiles = ReadonlyMap<string, readonly Presence[]>;

/** Files whose presence decides what can happen to the host. */
export const hostFile = {
  runc: '/usr/sbin/runc',
  runcTakenAway: '/usr/sbin/runc.real',
  fill: '/var/lib/docker/fill',
  registry: '/etc/glassdock/registry.json',
} as const;
const watched: ReadonlySet<string> = new Set(Object.values(hostFile));

/** What becomes of them. Who lives in another mount namespace has other files of the same names. */
export function hostFilesOf(events: readonly JournalEvent[]): HostFiles {
  const files = new Map<string, Presence[]>();
  const elsewhere = new Set<number>();
  let host: number | undefined;
  const settle = (pid: number, inode: number): void => {
    host ??= inode;
    if (inode === host) elsewhere.delete(pid);
    else elsewhere.add(pid);
  };
  for (const event of events) {
    switch (event.type) {
      case 'task.fork':
        if (event.namespaces?.mnt !== undefined) settle(event.pid, event.namespaces.mnt);
        else if (elsewhere.has(event.by)) elsewhere.add(event.pid);
        break;
      case 'namespace.create':
      case 'namespace.enter':
        if (event.kind === 'mnt') settle(event.pid, event.inode);
        break;
      case 'fd.open':
      case 'call':
        for (const { path, isThere } of changesOf(event)) {
          if (!watched.has(path) || elsewhere.has(event.pid)) continue;
          files.set(path, [...(files.get(path) ?? []), { since: event.seq, isThere }]);
        }
        break;
      default:
    }
  }
  return files;
}

/** Whether a file is there at a place of the journal. */
export function isThereAt(files: HostFiles, path: string, place: number): boolean {
  return files.get(path)?.findLast(({ since }) => since < place)?.isThere ?? path === hostFile.runc;
}

/** What becomes of a path. */
export interface Change {
  readonly path: string;
  readonly isThere: boolean;
}

const nothing: readonly Change[] = [];

/** Which paths such an event makes be there, or be gone. */
export function changesOf(event: Extract<JournalEvent, { type: 'fd.open' | 'call' }>): readonly Change[] {
  if (event.type === 'fd.open')
    return watched.has(event.file.name) ? [{ path: event.file.name, isThere: true }] : nothing;
  if (event.result !== '0' || (event.call !== 'rename' && event.call !== 'unlink')) return nothing;
  const [from = '', to] = [...event.args.matchAll(/"([^"]*)"/g)].map(([, path = '']) => path);
  const gone = { path: from, isThere: false };
  return to === undefined ? [gone] : [gone, { path: to, isThere: true }];
}
