/** A task's directory: config.json for runc, the shim's address, its log. containerd: runtime/v2/bundle.go. */
import { makeDirectories, removeTree } from '../directories.ts';
import { O } from '../../kernel/abi.ts';
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, writeAll } from '../../programs/io.ts';
import { containerdDurations } from '../durations.ts';
import { rpcCode, RpcError } from '../wire/rpc.ts';

const plugin = 'io.containerd.runtime.v2.task';
export const bundlesOf = (namespace: string): string => `/run/containerd/${plugin}/${namespace}`;
export const bundleOf = (namespace: string, id: string): string => `${bundlesOf(namespace)}/${id}`;
const workOf = (namespace: string, id: string): string => `/var/lib/containerd/${plugin}/${namespace}/${id}`;

/**
 * Makes the bundle, or nothing at all: what it has made goes again when it fails. Throws an RpcError when there is one
 * of the same container already. containerd: NewBundle().
 */
export function* makeBundle(namespace: string, id: string, spec: unknown): Running<void> {
  yield* sys.compute(containerdDurations.bundle);
  const bundle = bundleOf(namespace, id);
  const work = workOf(namespace, id);
  yield* makeDirectories(bundlesOf(namespace), 0o711);
  try {
    yield* sys.mkdir(bundle, 0o700);
  } catch (error) {
    throw new RpcError(rpcCode.unknown, `mkdir ${bundle}: ${errnoWords(error).toLowerCase()}`);
  }
  try {
    yield* sys.mkdir(`${bundle}/rootfs`, 0o711);
    yield* makeDirectories(work, 0o711);
    yield* sys.symlink(work, `${bundle}/work`);
    yield* writeFile(`${bundle}/config.json`, JSON.stringify(spec));
    yield* sys.mkfifo(`${bundle}/log`, 0o700);
  } catch (error) {
    for (const made of [bundle, work]) yield* removeTree(made);
    throw error;
  }
}

/** Removes it under a name that no restart would take for a bundle. */
export function* removeBundle(namespace: string, id: string): Running<void> {
  for (const parent of [bundlesOf(namespace), workOf(namespace, '').slice(0, -1)]) {
    try {
      yield* sys.rename(`${parent}/${id}`, `${parent}/.${id}`);
      yield* removeTree(`${parent}/.${id}`);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
}

export function* writeFile(path: string, text: string, mode = 0o644): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC | O.CLOEXEC, mode);
  yield* writeAll(fd, text);
  yield* sys.close(fd);
}
