/** `ctr namespaces`. containerd: cmd/ctr/commands/namespaces. */
import type { Running } from '../../kernel/abi.ts';
import { print } from '../../programs/io.ts';
import { tabulate } from '../docker/tabwriter.ts';
import { say } from '../log.ts';
import { methods } from '../wire/containerd-api.ts';
import { ask, CtrError, dial } from './client.ts';
import type { CtrOptions } from './client.ts';

interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function* listNamespaces(options: CtrOptions): Running {
  const client = yield* dial(options);
  const { namespaces } = yield* ask<{ readonly namespaces: readonly Namespace[] }>(client, methods.namespacesList, {});
  if (options.flags['quiet'] === 'true') {
    yield* print(namespaces.map(({ name }) => `${name}\n`).join(''));
    return 0;
  }
  const rows = namespaces.map(({ name, labels }) => {
    const list = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    return `${name}\t${list.toSorted().join(',')}\t`;
  });
  yield* print(tabulate(['NAME\tLABELS\t', ...rows], { leastWidth: 1, padding: 1 }));
  return 0;
}

export function* createNamespace(options: CtrOptions): Running {
  const [name, labels] = namedWithLabels(options);
  const client = yield* dial(options);
  yield* ask(client, methods.namespacesCreate, { namespace: { name, labels: Object.fromEntries(labels) } });
  return 0;
}

/** A request for each label. */
export function* labelNamespace(options: CtrOptions): Running {
  const [name, labels] = namedWithLabels(options);
  const client = yield* dial(options);
  for (const [label, value] of labels)
    yield* ask(client, methods.namespacesUpdate, { namespace: { name, labels: { [label]: value } } });
  return 0;
}

function namedWithLabels({ args }: CtrOptions): readonly [string, readonly (readonly [string, string])[]] {
  const [name = '', ...labels] = args;
  if (name === '') throw new CtrError('please specify a namespace');
  return [
    name,
    labels.map((label) => {
      const [key = '', value = 'true'] = label.split(/=(.*)/s);
      return [key, value];
    }),
  ];
}

/** One that is not there is removed already. */
export function* removeNamespaces(options: CtrOptions): Running {
  const client = yield* dial(options);
  let first: CtrError | null = null;
  for (const name of options.args) {
    try {
      yield* ask(client, methods.namespacesDelete, { name });
    } catch (error) {
      if (!(error instanceof CtrError)) throw error;
      if (!error.message.endsWith('not found')) {
        first ??= new CtrError(`unable to delete ${name}: ${error.message}`);
        yield* say('error', `unable to delete ${name}`, { error: error.message });
        continue;
      }
    }
    yield* print(`${name}\n`);
  }
  if (first !== null) throw first;
  return 0;
}
