/** Images that are on the host before it boots, as if they had been pulled long ago. */
import type { Kernel } from '../../kernel/kernel.ts';
import { makeDirectory, makeFile, makeSymlink } from '../../kernel/vfs/host-files.ts';
import { registryImages } from '../../programs/images/registry.ts';
import { preloadedImageFiles, storeDirectories } from './image-files.ts';

/**
 * Writes images into dockerd's store, from outside the machine.
 *
 * @param names as typed: `nginx`, `busybox:latest`; those that the registry does not have are left out.
 */
export function preloadImages(kernel: Kernel, names: readonly string[]): void {
  for (const [path, mode] of storeDirectories) makeDirectory(kernel, path, mode);
  for (const entry of preloadedImageFiles(registryImages, names)) {
    if (entry.type === 'directory') makeDirectory(kernel, entry.path, entry.mode);
    else if (entry.type === 'symlink') makeSymlink(kernel, entry.path, entry.target);
    else makeFile(kernel, entry.path, entry.content, entry.mode, entry.nominalSize);
  }
}
