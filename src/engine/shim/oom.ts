/**
 * Tells that something in the container was killed for want of memory. containerd: pkg/oom/v2; containerd/cgroups:
 * cgroup2, EventChan().
 */
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';

/**
 * Sleeps in inotify(7) until the cgroup's memory.events changes; ends with the cgroup's last process. What happens in a
 * cgroup that is gone before its file could be read is never known (recorded: vm-09).
 *
 * @param tell is called whenever `oom_kill` has grown.
 */
export function* watchOom(cgroup: string, tell: () => Running<void>): Running<void> {
  const fd = yield* sys.inotifyInit(O.CLOEXEC);
  try {
    for (const file of ['memory.events', 'cgroup.events']) {
      yield* sys.inotifyAddWatch(fd, `${cgroup}/${file}`, ['IN_MODIFY']);
    }
    let known = 0;
    for (;;) {
      yield* sys.read(fd);
      const killed = yield* valueIn(`${cgroup}/memory.events`, 'oom_kill');
      if (killed === null) break;
      if (killed > known) yield* tell();
      known = killed;
      if (((yield* valueIn(`${cgroup}/cgroup.events`, 'populated')) ?? 0) === 0) break;
    }
  } catch (error) {
    // The container has ended, and its cgroup with it.
    if (!isErrno(error, 'ENOENT', 'ENODEV')) throw error;
  }
  yield* sys.close(fd);
}

/** A line `NAME NUMBER` of a file; null when the file is gone. */
function* valueIn(path: string, name: string): Running<number | null> {
  const text = yield* readFileIfAny(path);
  if (text === null) return null;
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
