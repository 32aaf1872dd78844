/**
 * Networks and sandboxes on disk, so that a daemon with live-restore finds them again. The real one is libnetwork's
 * bolt database local-kv.db; here it is a file of JSON for each.
 */
import { makeDirectories } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import type { Container } from './container.ts';
import { unlinkIfAny } from '../unlink.ts';
import { namesIn, readJson, writeAtomically } from './disk.ts';
import { addressOf } from './network.ts';
import type { NetworkController, Sandbox } from './network.ts';
import { publishAgain, unpublish } from './publish.ts';
import { dataRoot } from './records.ts';

const directory = `${dataRoot}/network/files`;
const idsFile = 'networks.json';
const fileOf = (container: Container): string => `${directory}/${container.record.ID}.json`;

/** Writes down the container's sandbox. */
export function* keepSandbox(container: Container): Running<void> {
  yield* makeDirectories(directory, 0o750);
  yield* writeAtomically(fileOf(container), JSON.stringify(container.sandbox));
}

/** Takes up the sandbox of a container that has outlived its daemon. */
export function* adoptSandbox(controller: NetworkController, container: Container): Running<void> {
  const sandbox = (yield* readJson(fileOf(container))) as Sandbox | null;
  if (sandbox === null) return;
  sandbox.isMounted = true;
  container.sandbox = sandbox;
  if (sandbox.number !== 0) controller.used.add(sandbox.number);
  yield* publishAgain(controller, sandbox, addressOf(sandbox.number));
}

/** The sandbox is no more. */
export function* forgetSandbox(container: Container): Running<void> {
  yield* unlinkIfAny(fileOf(container));
}

/**
 * Sandboxes that no container has any more go, their published ports after these have been taken up again (asked of
 * 26.1.5: no rule is left). moby: libnetwork/sandbox_store.go, sandboxCleanup().
 */
export function* removeOtherSandboxes(controller: NetworkController, kept: readonly Sandbox[]): Running<void> {
  for (const name of yield* namesIn(directory)) {
    const sandbox = name === idsFile ? null : ((yield* readJson(`${directory}/${name}`)) as Sandbox | null);
    if (sandbox === null || kept.some(({ id }) => id === sandbox.id)) continue;
    yield* publishAgain(controller, sandbox, addressOf(sandbox.number));
    yield* controller.log('info', `Removing stale sandbox ${sandbox.id} (${name.replace('.json', '')})`);
    // Leaving the sandbox has changed the endpoint in the database: the first try is with what was read before. It is
    // said of each stale sandbox in the recordings (12b, 11c, vm-11e, vm-12b, vm-12e); there is no database here.
    const why = 'Unable to complete atomic operation, key modified';
    const object = `[endpoint ${controller.ids[sandbox.network]} ${sandbox.endpoint}]`;
    yield* controller.log('warn', `Error (${why}) deleting object ${object}, retrying....`);
    for (const publication of sandbox.publications) yield* unpublish(controller, publication);
    yield* unlinkIfAny(`${directory}/${name}`);
  }
}

/** Ids of the networks as the last daemon had them. */
export function* readNetworkIds(): Running<NetworkController['ids'] | null> {
  return (yield* readJson(`${directory}/${idsFile}`)) as NetworkController['ids'] | null;
}

export function* writeNetworkIds(ids: NetworkController['ids']): Running<void> {
  yield* makeDirectories(directory, 0o750);
  yield* writeAtomically(`${directory}/${idsFile}`, JSON.stringify(ids));
}
