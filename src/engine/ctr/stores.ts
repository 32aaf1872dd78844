/** What containerd keeps for its own clients, and what it is made of: `ctr images content snapshots plugins` … */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import { tabulate } from '../docker/tabwriter.ts';
import { methods } from '../wire/containerd-api.ts';
import { ask, CtrError, dial } from './client.ts';
import type { CtrOptions } from './client.ts';

const dense = { leastWidth: 1, padding: 1 };

/** A list of what dockerd with overlay2 never puts there: its heading alone, with `-q` nothing. */
function emptyList(method: string, heading: string, failure = ''): (options: CtrOptions) => Running {
  return function* (options): Running {
    yield* listed(options, method, failure);
    if (options.flags['quiet'] !== 'true') yield* print(heading);
    return 0;
  };
}

export const listImages = emptyList(
  methods.imagesList,
  'REF TYPE DIGEST SIZE PLATFORMS LABELS \n',
  'failed to list images: ',
);
export const checkImages = emptyList(methods.imagesList, '', 'failed listing images: ');
export const listContent = emptyList(methods.contentList, 'DIGEST\tSIZE\tAGE\tLABELS\n');
export const activeContent = emptyList(methods.contentListStatuses, 'REF\tSIZE\tAGE\t\n');
export const listSnapshots = emptyList(methods.snapshotsList, 'KEY PARENT KIND \n');
export const snapshotTree = emptyList(methods.snapshotsList, '');
export const listSandboxes = emptyList(methods.sandboxesList, 'ID CREATED RUNTIME \n', 'failed to list sandboxes: ');

function* listed<T>(options: CtrOptions, method: string, failure: string): Running<T> {
  const client = yield* dial(options);
  const filters = options.args.length === 0 ? {} : { filters: options.args };
  try {
    return yield* ask<T>(client, method, { ...filters, snapshotter: options.flags['snapshotter'] ?? 'overlayfs' });
  } catch (error) {
    throw error instanceof CtrError ? new CtrError(`${failure}${error.message}`) : error;
  }
}

export function* listLeases(options: CtrOptions): Running {
  const { leases } = yield* listed<{
    readonly leases: readonly { readonly id: string; readonly created_at: string }[];
  }>(options, methods.leasesList, 'failed to list leases: ');
  if (options.flags['quiet'] === 'true') yield* print(leases.map(({ id }) => `${id}\n`).join(''));
  else {
    const rows = leases.map(({ id, created_at }) => `${id}\t${created_at.replace(/\.\d+/, '')}\t-\t`);
    yield* print(tabulate(['ID\tCREATED AT\tLABELS\t', ...rows], dense));
  }
  return 0;
}

interface Plugin {
  readonly type: string;
  readonly id: string;
  readonly platforms: readonly string[];
  readonly isSkipped: boolean;
}

export function* listPlugins(options: CtrOptions): Running {
  if (options.flags['detailed'] === 'true')
    throw new CtrError(
      'glassdock: ctr plugins list --detailed is not modelled yet; without it there is a line for each',
    );
  const { plugins } = yield* listed<{ readonly plugins: readonly Plugin[] }>(options, methods.pluginsList, '');
  if (options.flags['quiet'] === 'true') {
    yield* print(plugins.map(({ id }) => `${id}\n`).join(''));
    return 0;
  }
  const rows = plugins.map(({ type, id, platforms, isSkipped }) => {
    return `${type}\t${id}\t${platforms.join(',') || '-'}\t${isSkipped ? 'skip' : 'ok'}\t`;
  });
  yield* print(tabulate(['TYPE\tID\tPLATFORMS\tSTATUS\t', ...rows], { leastWidth: 4, padding: 4 }));
  return 0;
}

export interface ServerInfo {
  readonly uuid: string;
  readonly pid: number;
  readonly pidns: number;
}

export function* info(options: CtrOptions): Running {
  const client = yield* dial(options);
  const { uuid, pid, pidns } = yield* ask<ServerInfo>(client, methods.introspectionServer, {});
  yield* print(`${JSON.stringify({ server: { uuid, pid, pidns } }, null, 4)}\n`);
  return 0;
}

/** Nothing that this host's containerd is asked to do is on its way out. */
export function* listDeprecations(options: CtrOptions): Running {
  yield* ask(yield* dial(options), methods.introspectionServer, {});
  return 0;
}
