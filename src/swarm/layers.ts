/** What a container has on dockerd's disk for as long as it is there, whether it runs or not. */
import type { Kernel } from '../kernel/kernel.ts';
import { resolve } from '../kernel/vfs/vfs.ts';
import { namesIn, textOf } from './disk.ts';
import type { Trace, TraceKind } from './traces.ts';

/** How many of each a container has: of layers the one it writes to and, below, that of the files mounted over. */
export const lasting: ReadonlyMap<TraceKind, number> = new Map([
  ['layer', 2],
  ['link to a layer', 2],
  ['record of layers', 1],
  ['directory', 1],
]);

const overlay = '/var/lib/docker/overlay2';
const records = '/var/lib/docker/image/overlay2/layerdb';
const directories = '/var/lib/docker/containers';

/** What there is, but for the layers of images. */
export function lastingTracesOn(kernel: Kernel): readonly Trace[] {
  const owners = new Map(layersOn(kernel));
  const images = new Set(
    namesIn(kernel, `${records}/sha256`).map((id) => textOf(kernel, `${records}/sha256/${id}/cache-id`)),
  );
  const layers = namesIn(kernel, overlay).filter((name) => name !== 'l' && !images.has(name));
  const links = namesIn(kernel, `${overlay}/l`)
    .map((name) => [name, linkedFrom(kernel, `${overlay}/l/${name}`)] as const)
    .filter(([, layer]) => !images.has(layer));
  const owner = (layer: string): string => owners.get(layer) ?? '';
  return [
    ...layers.map((name): Trace => ({ kind: 'layer', of: owner(name), what: `${overlay}/${name}` })),
    ...links.map(([name, layer]): Trace => ({
      kind: 'link to a layer',
      of: owner(layer),
      what: `${overlay}/l/${name}`,
    })),
    ...below(kernel, 'record of layers', `${records}/mounts`),
    ...below(kernel, 'directory', directories),
  ];
}

function below(kernel: Kernel, kind: TraceKind, directory: string): readonly Trace[] {
  return namesIn(kernel, directory).map((name) => ({ kind, of: name, what: `${directory}/${name}` }));
}

/** Container ids by the layers that are theirs alone. */
export function layersOn(kernel: Kernel): readonly (readonly [layer: string, id: string])[] {
  const mounts = `${records}/mounts`;
  return namesIn(kernel, mounts).flatMap((id) =>
    ['mount-id', 'init-id'].map((name) => [textOf(kernel, `${mounts}/${id}/${name}`), id] as const),
  );
}

/** Of `../LAYER/diff`, which a link says. */
function linkedFrom(kernel: Kernel, path: string): string {
  const { inode } = resolve(kernel, null, path, { followLast: false }).dentry;
  const target = inode.body.type === 'symlink' ? inode.body.target({ kernel, thread: null }) : '';
  return target.split('/')[1] ?? '';
}
