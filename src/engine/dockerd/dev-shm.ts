/** /dev/shm of a container whose IPC namespace others may share, or that shares one. moby: setupIPCDirs(). */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { MountSpec } from '../runc/spec.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { makeDirectories } from '../directories.ts';
import { containerOfMode } from './host-config.ts';
import { ipcDonor, joinPrefixed } from './namespaces.ts';
import { containerDirectory } from './records.ts';

/** A shareable one is mounted by dockerd, on the host; a private one is runc's business. */
export function* prepareSharedMemory(daemon: Daemon, { record, host }: Container): Running<void> {
  // Made in any case. moby: setupContainerMountsRoot().
  yield* makeDirectories(`${containerDirectory(record.ID)}/mounts`, 0o710);
  const donor = containerOfMode(host.IpcMode);
  record.ShmPath = host.IpcMode === 'host' ? '/dev/shm' : '';
  if (donor !== undefined) record.ShmPath = (yield* joinPrefixed('IPC', () => ipcDonor(daemon, donor))).record.ShmPath;
  if (host.IpcMode !== 'shareable') return;
  const path = shareablePath(record.ID);
  yield* makeDirectories(path, 0o700);
  yield* sys.mount('shm', path, 'tmpfs', ['MS_NOEXEC', 'MS_NOSUID', 'MS_NODEV'], `mode=1777,size=${host.ShmSize}`);
  record.ShmPath = path;
}

/** The end of what was mounted. moby: UnmountIpcMount(). */
export function* releaseSharedMemory({ record }: Container): Running<void> {
  const own = record.ShmPath === shareablePath(record.ID);
  record.ShmPath = '';
  if (own) yield* unmountStaleSharedMemory(record.ID);
}

/** Also what a daemon that was killed left mounted. */
export function* unmountStaleSharedMemory(id: string): Running<void> {
  try {
    yield* sys.umount2(shareablePath(id), ['MNT_DETACH']);
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOENT')) throw error;
  }
}

const shareablePath = (id: string): string => `${containerDirectory(id)}/mounts/shm`;

/** The mount that takes the place of the spec's own /dev/shm; none for a private one. */
export function sharedMemoryMounts({ record }: Container): readonly MountSpec[] {
  if (record.ShmPath === '') return [];
  return [{ destination: '/dev/shm', type: 'bind', source: record.ShmPath, options: ['rbind', 'rprivate'] }];
}
