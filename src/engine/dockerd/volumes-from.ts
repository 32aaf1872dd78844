/** `--volumes-from`: the mounts of another container. moby: daemon/volumes.go, registerMountPoints(). */
import { ApiError, badRequest } from './api-error.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import type { HostConfig, MountPoint } from './records.ts';

/** All of them by their places, those of a later container over those of an earlier one. Throws 400. */
export function mountsOfOthers(daemon: Daemon, { VolumesFrom }: HostConfig): ReadonlyMap<string, MountPoint> {
  const mounts = new Map<string, MountPoint>();
  for (const spec of VolumesFrom ?? []) {
    if (spec === '') throw badRequest('volumes-from specification cannot be an empty string');
    const [name = '', mode = ''] = spec.split(/:(.*)/s);
    const words = mode === '' ? [] : mode.split(',');
    if (!words.every((word) => /^(?:rw|ro|z|Z|nocopy)$/.test(word))) throw badRequest(`invalid mode: ${mode}`);
    for (const mount of Object.values(containerNamed(daemon, name).record.MountPoints))
      mounts.set(mount.Destination, { ...mount, Mode: '', RW: mount.RW && !words.includes('ro') });
  }
  return mounts;
}

/** That it is not there is no fault of the path that was asked for. */
function containerNamed(daemon: Daemon, name: string): ReturnType<typeof findContainer> {
  try {
    return findContainer(daemon, name);
  } catch (error) {
    throw error instanceof ApiError ? badRequest(error.message) : error;
  }
}
