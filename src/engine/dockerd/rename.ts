/** `docker rename`. moby: daemon/rename.go. */
import type { Running } from '../../kernel/abi.ts';
import { ApiError, badRequest, serverError } from './api-error.ts';
import { announce, isRunning, whileLocked } from './container.ts';
import type { Container } from './container.ts';
import { reserveName } from './create.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { save } from './disk.ts';
import { renameLinks } from './links.ts';
import { emitContainerEvent } from './events.ts';

/**
 * Gives the container `oldName` another name. Throws an ApiError: 400 for a name that cannot be, 404 without the
 * container, 409 when the name is taken.
 */
export function* renameContainer(daemon: Daemon, oldName: string, newName: string): Running<void> {
  if (oldName === '' || newName === '') throw badRequest('Neither old nor new names may be empty');
  const container = findContainer(daemon, oldName);
  yield* whileLocked(container, () => rename(daemon, container, newName));
}

function* rename(daemon: Daemon, container: Container, newName: string): Running<void> {
  const { record } = container;
  const wanted = newName.startsWith('/') ? newName : `/${newName}`;
  const before = record.Name;
  if (before === wanted) throw badRequest('Renaming a container with the same name as its current name');
  const name = yield* reserve(daemon, record.ID, wanted);
  try {
    renameSandbox(container);
    record.Name = `/${name}`;
    yield* save(container);
  } catch (error) {
    record.Name = before;
    daemon.names.delete(name);
    throw error;
  }
  daemon.names.delete(before.slice(1));
  renameLinks(daemon, before.slice(1), name);
  yield* emitContainerEvent(daemon.events, container, 'rename', { oldName: before });
  yield* announce(container);
}

/** Throws 500 while a container that is to be started anew has none (asked of 26.1.5). moby: Sandbox.Rename(). */
function renameSandbox(container: Container): void {
  const { SandboxID } = container.record.NetworkSettings;
  if (isRunning(container) && container.sandbox === null && SandboxID !== '')
    throw serverError(`sandbox ${SandboxID} not found`);
}

function* reserve(daemon: Daemon, id: string, name: string): Running<string> {
  try {
    return yield* reserveName(daemon, id, name);
  } catch (error) {
    if (error instanceof ApiError) throw new ApiError(error.status, `Error when allocating new name: ${error.message}`);
    throw error;
  }
}
