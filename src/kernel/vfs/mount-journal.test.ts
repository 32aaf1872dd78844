import { expect, test } from 'vitest';
import { O } from '../abi.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

/** Folds the mount facts of a namespace, as a reader of the journal does: `id target options`. */
function told(events: ReturnType<typeof boot>['events'], namespace: number): readonly string[] {
  let mounts: readonly { readonly id: number; readonly target: string; readonly options: string }[] = [];
  for (const event of events) {
    if (event.type === 'mount.table' && event.namespace === namespace) {
      const told = new Set(event.mounts.map(({ id }) => id));
      mounts = [...mounts.filter(({ id }) => !told.has(id)), ...event.mounts];
    }
    if (event.type === 'mount.add' && event.namespace === namespace) mounts = [...mounts, event];
    if (event.type === 'mount.remove' && event.namespace === namespace) {
      mounts = mounts.filter(({ id }) => id !== event.id && event.above?.includes(id) !== true);
    }
  }
  return mounts.map(({ id, target, options }) => `${id} ${target} ${options.split(',')[0] ?? ''}`).toSorted();
}

test("the journal tells of a namespace's mounts what its mountinfo shows", () => {
  const bench = boot();
  let namespace = 0;
  let shown: readonly string[] = [];
  bench.run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mkdir('/tmp/rootfs');
    yield* sys.mkdir('/tmp/rootfs/proc');
    yield* sys.mkdir('/tmp/rootfs/run');
    const child = yield* sys.fork(function* () {
      yield* sys.unshare('CLONE_NEWNS');
      namespace = (yield* sys.namespaces()).mnt;
      yield* sys.mount('', '/', '', ['MS_SLAVE', 'MS_REC']);
      yield* sys.mount('/tmp/rootfs', '/tmp/rootfs', '', ['MS_BIND', 'MS_REC']);
      yield* sys.mount('proc', '/tmp/rootfs/proc', 'proc', []);
      yield* sys.mount('tmpfs', '/tmp/rootfs/run', 'tmpfs', []);
      yield* sys.chdir('/tmp/rootfs');
      yield* sys.pivotRoot('.', '.');
      yield* sys.umount2('.', ['MNT_DETACH']);
      yield* sys.chdir('/');
      yield* sys.mount('', '/run', '', ['MS_REMOUNT', 'MS_BIND', 'MS_RDONLY']);
      const fd = yield* sys.open('/proc/self/mountinfo', O.RDONLY);
      const lines = (yield* sys.read(fd)).trimEnd().split('\n');
      shown = lines.map((line) => {
        const fields = line.split(' ');
        return `${fields[0]} ${fields[4]} ${fields[5]?.split(',')[0]}`;
      });
      return 0;
    });
    yield* sys.wait4(child);
    return 0;
  });
  expect(told(bench.events, namespace)).toEqual(shown.toSorted());
  expect(shown.map((line) => line.replace(/^\d+ /, ''))).toEqual(['/ rw', '/proc rw', '/run ro']);
});
