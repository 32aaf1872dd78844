/** A bundle: the directory with config.json, read and checked before anything is made. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readFile } from '../../programs/io.ts';
import { RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';
import { decodeJson } from '../go-json.ts';
import { kindOf } from './bootstrap.ts';
import { hasNamespace } from './spec.ts';
import type { ProcessSpec, Spec } from './spec.ts';
import { decodeSpec } from './spec-shape.ts';

export interface Bundle {
  readonly path: string;
  /** With the root file system's absolute path. */
  readonly spec: Spec;
}

/** Goes into the bundle that `--bundle` names, if any, and reads it. Throws a RuncError in runc's words. */
export function* openBundle(options: RuncOptions): Running<Bundle> {
  yield* enterBundle(options);
  const path = yield* sys.getcwd();
  const spec = yield* readSpec();
  checkProcess(spec.process);
  if (spec.root === undefined) throw new RuncError('root must be specified');
  const root = spec.root.path === '' ? path : absolute(path, spec.root.path);
  return { path, spec: { ...(spec as Spec), root: { ...spec.root, path: root } } };
}

/** Goes into the bundle that `--bundle` names, if any. Throws a RuncError in runc's words. */
export function* enterBundle({ flags }: RuncOptions): Running<void> {
  const directory = flags['bundle'];
  if (directory === undefined) return;
  try {
    yield* sys.chdir(directory);
  } catch (error) {
    if (isErrno(error)) throw new RuncError(`chdir ${directory}: ${strerror(error.errno).toLowerCase()}`);
    throw error;
  }
}

function* readSpec(): Running<Partial<Spec>> {
  let text: string;
  try {
    text = yield* readFile('config.json');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new RuncError('JSON specification file config.json not found');
    throw error;
  }
  return decodeSpec(parseJson(text));
}

/** JSON out of a file. */
export function parseJson(text: string): unknown {
  const read = decodeJson(text);
  if ('complaint' in read) throw new RuncError(read.complaint);
  return read.value;
}

/** runc: utils_linux.go, validateProcessSpec(). */
export function checkProcess(process: ProcessSpec | undefined): asserts process is ProcessSpec {
  if (process === undefined) throw new RuncError('process property must not be empty');
  if (process.cwd === '') throw new RuncError('Cwd property must not be empty');
  if (!process.cwd.startsWith('/')) throw new RuncError('Cwd must be an absolute path');
  if (process.args.length === 0) throw new RuncError('args must not be empty');
}

/** runc: libcontainer/configs/validate, rootfs(). */
export function* checkRoot(path: string): Running<void> {
  try {
    yield* sys.stat(path);
  } catch (error) {
    if (isErrno(error)) throw new RuncError(`invalid rootfs: stat ${path}: ${strerror(error.errno).toLowerCase()}`);
    throw error;
  }
}

/** runc: libcontainer/specconv, CreateLibcontainerConfig(). */
export function checkNamespaces(spec: Spec): void {
  for (const { type, path = '' } of spec.linux?.namespaces ?? [])
    if (!Object.hasOwn(kindOf, type)) throw new RuncError(`namespace {"${type}" "${path}"} does not exist`);
}

/**
 * Without a namespace of its own a container would change the host's name, or cover the host's files. runc:
 * libcontainer/configs/validate, uts(), security().
 */
export function checkPrivacy(spec: Spec): void {
  if ((spec.hostname ?? '') !== '' && !hasNamespace(spec, 'uts'))
    throw new RuncError('unable to set hostname without a private UTS namespace');
  const { maskedPaths = [], readonlyPaths = [] } = spec.linux ?? {};
  if (maskedPaths.length + readonlyPaths.length > 0 && !hasNamespace(spec, 'mount'))
    throw new RuncError('unable to restrict sys entries without a private MNT namespace');
}

/** `path` as seen from where the caller is: only a relative one asks for it; it may be gone. Go: filepath.Abs(). */
export function* absolutePath(path: string): Running<string> {
  return path.startsWith('/') ? path : absolute(yield* sys.getcwd(), path);
}

function absolute(directory: string, path: string): string {
  return path.startsWith('/') ? path : `${directory === '/' ? '' : directory}/${path}`;
}
