/** Volumes: who has which, as the disk says, and whether those go that nobody named, with the container they are of. */
import { containersOf } from '../journal/look-up.ts';
import type { World } from '../journal/world.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Complaint } from './agreement.ts';
import { namesIn, textOf } from './disk.ts';

const root = '/var/lib/docker/volumes';
const directory = '/var/lib/docker/containers';
const log = '/var/log/journal/system.journal';
/** Of a volume that nobody named. */
const anonymous = /^[0-9a-f]{64}$/;

function volumesOf(kernel: Kernel, id: string): readonly string[] {
  const text = textOf(kernel, `${directory}/${id}/config.v2.json`);
  if (text === '') return [];
  const { MountPoints } = JSON.parse(text) as { readonly MountPoints: Record<string, { readonly Name: string }> };
  return Object.values(MountPoints).flatMap(({ Name }) => (Name === '' ? [] : [Name]));
}

/** What `docker volume ls -f dangling=true` says wrong. */
export function wrongVolumes(kernel: Kernel, world: World, dangling: readonly string[]): readonly Complaint[] {
  const used = new Set(containersOf(world).flatMap(({ id }) => volumesOf(kernel, id)));
  const free = namesIn(kernel, root).filter((name) => !used.has(name));
  const say = (name: string, text: string): Complaint => ({
    of: '',
    kind: 'answers',
    what: `${root}/${name}`,
    text: `the volume ${name} ${text}`,
  });
  return [
    ...free
      .filter((name) => !dangling.includes(name))
      .map((name) => say(name, 'is of no container, and dockerd keeps it')),
    ...dangling
      .filter((name) => !free.includes(name))
      .map((name) => say(name, 'is in use, and dockerd says it is not')),
  ];
}

/**
 * Looks after the volumes of containers that remove themselves, which they do once they have run. One that a
 * `docker rm` without -v was faster to remove leaves them, and dockerd has said then that it could not.
 */
export type VolumesLeft = (kernel: Kernel, world: World) => readonly Complaint[];

export function startVolumes(): VolumesLeft {
  const own = new Map<string, readonly string[]>();
  return (kernel, world) => {
    const containers = containersOf(world);
    for (const { id, status } of containers) {
      if (
        own.has(id) ||
        status === 'created' ||
        !textOf(kernel, `${directory}/${id}/hostconfig.json`).includes('"AutoRemove":true')
      )
        continue;
      own.set(
        id,
        volumesOf(kernel, id).filter((name) => anonymous.test(name)),
      );
    }
    const present = new Set(namesIn(kernel, root));
    const gone = [...own].filter(([id]) => !containers.some((container) => container.id === id));
    for (const [id, names] of gone)
      if (!names.some((name) => present.has(name)) || wasRemovedByOthers(kernel, id)) own.delete(id);
    const left = gone.filter(([id]) => own.has(id));
    return left.flatMap(([of, names]) =>
      names
        .filter((name) => present.has(name))
        .map((name): Complaint => ({ of, kind: 'volume', what: '', text: `the volume ${name} is left of ${of}` })),
    );
  };
}

function wasRemovedByOthers(kernel: Kernel, id: string): boolean {
  return textOf(kernel, log).includes(`error removing container\\" container=${id} `);
}
