/**
 * `docker diff`: what a container has changed in its image. The real engine tells siblings in Go's random order of
 * maps; here they come by name. moby: pkg/archive/changes.go.
 */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import { lowerDirectories, overlayRoot } from './graph-driver.ts';

/** moby: archive.ChangeType. */
const kinds = { modified: 0, added: 1, deleted: 2 } as const;

export interface Change {
  readonly Path: string;
  readonly Kind: 0 | 1 | 2;
}

/** The answer to GET /containers/{id}/changes: null when there are none, as Go has an empty list. */
export function* changesOf(container: Container): Running<readonly Change[] | null> {
  yield* untilUnlocked(container);
  const { layer } = container;
  const lowers = yield* lowerDirectories(layer);
  const changes = yield* changesUnder(`${overlayRoot}/${layer}/diff`, lowers, '');
  return changes.length === 0 ? null : changes;
}

function* changesUnder(upper: string, lowers: readonly string[], path: string): Running<readonly Change[]> {
  const changes: Change[] = [];
  for (const { name, type } of yield* sys.readdir(`${upper}${path}`)) {
    const at = `${path}/${name}`;
    const isBelow = yield* existsBelow(lowers, at);
    // An overlay's mark for "gone" is a device.
    if (type === 'character' && isBelow) changes.push({ Path: at, Kind: kinds.deleted });
    else if (type !== 'character' || !isBelow) changes.push({ Path: at, Kind: isBelow ? kinds.modified : kinds.added });
    if (type === 'directory') changes.push(...(yield* changesUnder(upper, lowers, at)));
  }
  return changes;
}

/** Whether the layers below show something at the path: the nearest one that has it, or its mark, decides. */
function* existsBelow(lowers: readonly string[], path: string): Running<boolean> {
  for (const lower of lowers) {
    try {
      return (yield* sys.lstat(`${lower}${path}`)).type !== 'character';
    } catch (error) {
      if (isErrno(error, 'ENOTDIR')) return false;
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
  return false;
}
