/**
 * A container's files as it sees them: its root file system with the volumes, binds and the network's three files over
 * it, whether it runs or not. moby: daemon/containerfs_linux.go, openContainerFS().
 */
import { O, type Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords } from '../../programs/io.ts';
import { makeDirectories } from '../directories.ts';
import { serverError } from './api-error.ts';
import type { Container } from './container.ts';
import { mountSpecs, networkMounts } from './mount-points.ts';
import { resolveInRoot } from '../resolve-in-root.ts';
import { withRootfs } from './rootfs.ts';

/**
 * Does something where the container's root is `/`: in a coroutine of its own, whose mount namespace nobody else is in.
 * It ends with the coroutine, and all mounts in it.
 */
export function* inContainerFiles<T>(container: Container, body: () => Running<T>): Running<T> {
  return yield* withRootfs(container, function* (root) {
    const told: { result?: { readonly value: T } | { readonly error: unknown } } = {};
    yield* sys.go(function* () {
      try {
        yield* enter(container, root);
        told.result = { value: yield* body() };
      } catch (error) {
        told.result = { error };
      }
      yield* sys.futexWake(told);
    });
    while (told.result === undefined) yield* sys.futexWait(told);
    if ('error' in told.result) throw told.result.error;
    return told.result.value;
  });
}

function* enter(container: Container, root: string): Running<void> {
  yield* sys.unshare('CLONE_NEWNS');
  yield* sys.mount('', '/', '', ['MS_REC', 'MS_SLAVE']);
  for (const { source = '', destination, options = [] } of [...mountSpecs(container), ...networkMounts(container)]) {
    // A tmpfs is the running container's own: nobody else sees what is in it.
    if (source === '' || !options.includes('rbind')) continue;
    const target = `${root}${yield* resolveInRoot(root, destination, true, serverError)}`;
    yield* saying(`mount ${source}:${target}`, function* () {
      yield* makeTarget(source, target);
      yield* sys.mount(source, target, '', ['MS_BIND', 'MS_REC']);
      if (options.includes('rro')) yield* sys.mount('', target, '', ['MS_REMOUNT', 'MS_BIND', 'MS_RDONLY']);
      yield* sys.mount('', target, '', ['MS_REC', 'MS_PRIVATE']);
    });
  }
  yield* sys.chroot(root);
  yield* sys.chdir('/');
}

function* saying(what: string, body: () => Running<void>): Running<void> {
  try {
    yield* body();
  } catch (error) {
    if (isErrno(error)) throw serverError(`${what}: ${errnoWords(error).toLowerCase()}`);
    throw error;
  }
}

/** moby: fileutils.CreateIfNotExists(). */
function* makeTarget(source: string, target: string): Running<void> {
  const { type } = yield* sys.stat(source);
  if (type === 'directory') return yield* makeDirectories(target);
  try {
    yield* sys.close(yield* sys.open(target, O.WRONLY | O.CREAT | O.EXCL | O.CLOEXEC, 0o755));
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}
