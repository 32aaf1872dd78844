/** `docker ps`. docker: cli/command/container/list.go, cli/command/formatter/container.go. */
import type { Running } from '../../kernel/abi.ts';
import { shortened } from './ellipsis.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import { humanDuration } from '../dockerd/human-duration.ts';
import { rfc3339 } from '../timestamp.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { parseTemplate } from './go-template.ts';
import { goQuote } from '../go-text.ts';
import { GoRow } from './go-value.ts';
import { printList } from './list-output.ts';
import type { Row } from './list-output.ts';
import { boolFlag, isSet, numberFlag, stringFlag } from './pflag.ts';
import { displayablePorts } from './ports.ts';
import type { ListedPort } from './ports.ts';
import { humanSize } from './size.ts';

/** What the daemon's lists say of a container. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly Command: string;
  readonly Created: number;
  readonly Ports: readonly ListedPort[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: string;
  readonly Status: string;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
  readonly Mounts: readonly { readonly Name?: string; readonly Source: string; readonly Driver?: string }[];
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
}

export const containerHeaders = {
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

export const containerTypeName = '*formatter.ContainerContext';

const raw = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state:{{pad .State 1 0}}
status:{{pad .Status 1 0}}
names: {{.Names}}
labels:{{pad .Labels 1 0}}
ports:{{pad .Ports 1 0}}
`;

export function* psCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const format = stringFlag(flags, 'format');
  const quiet = boolFlag(flags, 'quiet');
  const wantsSize = isSet(flags, 'size') ? boolFlag(flags, 'size') : !quiet && asksForSize(format);
  const last = numberFlag(flags, 'last');
  const latest = boolFlag(flags, 'latest') && !isSet(flags, 'last');
  const limit = latest ? 1 : last > 0 ? last : undefined;
  if (quiet && format !== '')
    yield* print('WARNING: Ignoring custom format, because both --format and --quiet are set.\n', 2);
  const query = {
    all: boolFlag(flags, 'all') || latest || limit !== undefined ? '1' : undefined,
    filters: filtersOf(flags),
    limit: limit === undefined ? undefined : String(limit),
    size: wantsSize ? '1' : undefined,
  };
  const listed = yield* callJson<readonly ListedContainer[]>(docker, {
    method: 'GET',
    target: target('/containers/json', query),
  });
  const { seconds } = yield* sys.realtime();
  const isWhole = boolFlag(flags, 'no-trunc');
  const size = boolFlag(flags, 'size') ? '\t{{.Size}}' : '';
  return yield* printList(
    listed.map((one) => containerRow(one, seconds, isWhole)),
    {
      format: quiet && format !== 'raw' ? '' : format,
      quiet,
      usual: `{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}${size}`,
      raw: [boolFlag(flags, 'size') ? `${raw}size: {{.Size}}\n` : raw, 'container_id: {{.ID}}'],
      headers: containerHeaders,
      id: (row) => row['ID'] ?? '',
      typeName: containerTypeName,
      labels: listed.map(({ Labels }) => Labels),
    },
  );
}

/**
 * Tries the template on a container of which nothing is known, to see whether it asks for the size, which the daemon
 * has to add up. Throws the CLI's words for a bad template. docker: buildContainerListOptions().
 */
function asksForSize(format: string): boolean {
  if (format === '') return false;
  const template = parseTemplate(format);
  if ('error' in template) throw new CommandFailed(`failed to parse template: ${template.error}\n`, 1);
  let asked = false;
  const fields = {
    ...unknownRow,
    get Size() {
      asked = true;
      return '0B';
    },
  };
  const { error } = template.execute(new GoRow(containerTypeName, fields, { Label: () => '' }));
  if (error !== undefined) throw new CommandFailed(`failed to execute template: ${error}\n`, 1);
  return asked;
}

const unknownRow: Row = {
  Command: '""',
  CreatedAt: '1970-01-01 00:00:00 +0000 UTC',
  ID: '',
  Image: '<no image>',
  Labels: '',
  LocalVolumes: '0',
  Mounts: '',
  Names: '',
  Networks: '',
  Ports: '',
  RunningFor: '56 years ago',
  State: '',
  Status: '',
};

/** What `--format` may ask of a container. */
export function containerRow(one: ListedContainer, nowSeconds: number, isWhole: boolean): Row {
  return {
    Command: goQuote(isWhole ? one.Command : shortened(one.Command, 20)),
    CreatedAt: `${rfc3339(one.Created, 0).replace('T', ' ').replace('Z', '')} +0000 UTC`,
    ID: isWhole ? one.Id : one.Id.slice(0, 12),
    Image: imageName(one.Image, isWhole),
    Labels: Object.entries(one.Labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    LocalVolumes: String(one.Mounts.filter(({ Driver }) => Driver === 'local').length),
    Mounts: one.Mounts.map(({ Name, Source }) => mountName(Name ?? Source, isWhole)).join(','),
    Names: namesOf(one.Names, isWhole).join(','),
    Networks: Object.keys(one.NetworkSettings.Networks).toSorted().join(','),
    Ports: displayablePorts(one.Ports),
    RunningFor: `${humanDuration(nowSeconds - one.Created)} ago`,
    Size: sizeText(one),
    State: one.State,
    Status: one.Status,
  };
}

function mountName(name: string, isWhole: boolean): string {
  return isWhole ? name : shortened(name, 15);
}

/** What the container has written, and how much it holds with its image. */
function sizeText({ SizeRw = 0, SizeRootFs = 0 }: ListedContainer): string {
  const virtual = SizeRootFs > 0 ? ` (virtual ${humanSize(SizeRootFs, 3)})` : '';
  return `${humanSize(SizeRw, 3)}${virtual}`;
}

function imageName(image: string, isWhole: boolean): string {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(image)?.[1];
  if (digest === undefined || isWhole) return image === '' ? '<no image>' : image;
  return digest.slice(0, 12);
}

/** Names that it has with others have a slash: cut short, only its own is shown. docker: ContainerContext.Names(). */
function namesOf(listed: readonly string[], isWhole: boolean): readonly string[] {
  const names = listed.map((name) => name.replace(/^\//, ''));
  const own = names.find((name) => !name.includes('/'));
  return isWhole || own === undefined ? names : [own];
}
