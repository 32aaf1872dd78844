/** `docker ps`. docker: cli/command/container/list.go, cli/command/formatter/container.go. */
import type { Running } from '../../kernel/abi.ts';
import { utf8 } from '../../kernel/bytes.ts';
import * as sys from '../../kernel/sys.ts';
import { humanDuration } from '../dockerd/human-duration.ts';
import { rfc3339 } from '../timestamp.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { goQuote } from './go-text.ts';
import { printList } from './list-output.ts';
import type { Row } from './list-output.ts';
import { boolFlag, isSet, numberFlag, stringFlag } from './pflag.ts';

interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly Command: string;
  readonly Created: number;
  readonly Ports: readonly {
    readonly PrivatePort: number;
    readonly PublicPort?: number;
    readonly IP?: string;
    readonly Type: string;
  }[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: string;
  readonly Status: string;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

const headers = {
  ID: 'CONTAINER ID',
  Names: 'NAMES',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  Ports: 'PORTS',
  State: 'STATE',
  Status: 'STATUS',
  Size: 'SIZE',
  Labels: 'LABELS',
  Mounts: 'MOUNTS',
  LocalVolumes: 'LOCAL VOLUMES',
  Networks: 'NETWORKS',
};

export function* psCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const last = numberFlag(flags, 'last');
  const latest = boolFlag(flags, 'latest') && !isSet(flags, 'last');
  const limit = latest ? 1 : last > 0 ? last : undefined;
  const query = {
    all: boolFlag(flags, 'all') || latest || limit !== undefined ? '1' : undefined,
    filters: filtersOf(flags),
    limit: limit === undefined ? undefined : String(limit),
    size: boolFlag(flags, 'size') ? '1' : undefined,
  };
  const listed = yield* callJson<readonly ListedContainer[]>(docker, {
    method: 'GET',
    target: target('/containers/json', query),
  });
  const { seconds } = yield* sys.realtime();
  const isWhole = boolFlag(flags, 'no-trunc');
  const size = boolFlag(flags, 'size') ? '\t{{.Size}}' : '';
  return yield* printList(
    listed.map((one) => rowOf(one, seconds, isWhole)),
    {
      format: stringFlag(flags, 'format'),
      quiet: boolFlag(flags, 'quiet'),
      usual: `{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}${size}`,
      headers,
      id: (row) => row['ID'] ?? '',
      typeName: '*formatter.ContainerContext',
    },
  );
}

function rowOf(one: ListedContainer, nowSeconds: number, isWhole: boolean): Row {
  return {
    Command: goQuote(isWhole ? one.Command : shortened(one.Command, 20)),
    CreatedAt: `${rfc3339(one.Created, 0).replace('T', ' ').replace('Z', '')} +0000 UTC`,
    ID: isWhole ? one.Id : one.Id.slice(0, 12),
    Image: imageName(one.Image, isWhole),
    Labels: Object.entries(one.Labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    LocalVolumes: '0',
    Mounts: '',
    Names: one.Names.map((name) => name.replace(/^\//, '')).join(','),
    Networks: Object.keys(one.NetworkSettings.Networks).toSorted().join(','),
    Ports: one.Ports.map(({ PrivatePort, Type }) => `${PrivatePort}/${Type}`).join(', '),
    RunningFor: `${humanDuration(nowSeconds - one.Created)} ago`,
    Size: '0B',
    State: one.State,
    Status: one.Status,
  };
}

function imageName(image: string, isWhole: boolean): string {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(image)?.[1];
  if (digest === undefined || isWhole) return image === '' ? '<no image>' : image;
  return digest.slice(0, 12);
}

/** docker: formatter.Ellipsis(). */
function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}${utf8('…')}`;
}
