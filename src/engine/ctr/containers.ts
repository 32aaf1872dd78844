/** `ctr containers …`, `ctr namespaces ls`, `ctr version`, `ctr events`. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import { tabulate } from '../docker/tabwriter.ts';
import { methods } from '../wire/containerd-api.ts';
import type { ContainerRecord, Envelope } from '../wire/containerd-api.ts';
import { nextOf, subscribeRpc } from '../wire/rpc.ts';
import { ask, askGrpc, CtrError, dial, loadContainer } from './client.ts';
import type { CtrOptions } from './client.ts';
import type { ServerInfo } from './stores.ts';
import { encodedOptions, jsonOfEvent } from './json-of-messages.ts';

type Kept = ContainerRecord & { readonly created_at?: string; readonly updated_at?: string };

export function* listContainers(options: CtrOptions): Running {
  const client = yield* dial(options);
  // A list without elements is not on the wire.
  const request = options.args.length === 0 ? {} : { filters: options.args };
  const { containers } = yield* ask<{ readonly containers: readonly Kept[] }>(client, methods.containersList, request);
  if (options.flags['quiet'] === 'true') {
    yield* print(containers.map(({ id }) => `${id}\n`).join(''));
    return 0;
  }
  const rows = containers.map(({ id, image, runtime }) => `${id}\t${image === '' ? '-' : image}\t${runtime.name}\t`);
  yield* print(tabulate(['CONTAINER\tIMAGE\tRUNTIME\t', ...rows], { leastWidth: 4, padding: 4 }));
  return 0;
}

/** The record with its whole spec, as JSON. */
export function* containerInfo(options: CtrOptions): Running {
  if (options.args.length === 0) throw new CtrError('container id must be provided: invalid argument');
  const client = yield* dial(options);
  const record = (yield* loadContainer(client, options.args[0])) as Kept;
  if (options.flags['spec'] === 'true') {
    yield* print(`${JSON.stringify(record.spec.value, null, 4)}\n`);
    return 0;
  }
  const shown = {
    ID: record.id,
    Labels: record.labels,
    Image: record.image,
    Runtime: { Name: record.runtime.name, Options: encodedOptions(record.runtime.options) },
    SnapshotKey: '',
    Snapshotter: '',
    CreatedAt: record.created_at ?? '',
    UpdatedAt: record.updated_at ?? '',
    Extensions: {},
    SandboxID: '',
    Spec: record.spec.value,
  };
  yield* print(`${JSON.stringify(shown, null, 4)}\n`);
  return 0;
}

const own = { version: '1.7.24~ds1', revision: '1.7.24~ds1-6+deb13u1' };
export function* version(options: CtrOptions): Running {
  if (options.args.length > 0) throw new CtrError(`extra arguments: [${options.args.join(' ')}]`);
  yield* print(`Client:\n  Version:  ${own.version}\n  Revision: ${own.revision}\n  Go version: go1.24.4\n\n`);
  const client = yield* dial(options);
  const server = yield* ask<{ readonly version: string; readonly revision: string }>(client, methods.version, {});
  const { uuid } = yield* ask<ServerInfo>(client, methods.introspectionServer, {});
  yield* print(`Server:\n  Version:  ${server.version}\n  Revision: ${server.revision}\n  UUID: ${uuid}\n`);
  return 0;
}

/** Prints what happens until it is interrupted: of all namespaces. */
export function* events(options: CtrOptions): Running {
  const client = yield* dial(options);
  const stream = yield* subscribeRpc(client, methods.eventsSubscribe, { filters: options.args });
  for (;;) {
    const envelope = (yield* askGrpc(() => nextOf(stream))) as Envelope | null;
    if (envelope === null) return 0;
    const { timestamp, namespace, topic, event } = envelope;
    const time = timestamp.replace('T', ' ').replace(/Z$/, ' +0000 UTC');
    yield* print(`${time} ${namespace} ${topic} ${jsonOfEvent(event)}\n`);
  }
}
