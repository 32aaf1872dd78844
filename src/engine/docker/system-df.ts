/** `docker system df`. docker: cli/command/formatter/disk_usage.go. */
import type { Running } from '../../kernel/abi.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { printList } from './list-output.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { humanSize } from './size.ts';
import { showDiskUsage } from './system-df-verbose.ts';
import type { DiskUsage } from './system-df-verbose.ts';

const raw = `type: {{.Type}}
total: {{.TotalCount}}
active: {{.Active}}
size: {{.Size}}
reclaimable: {{.Reclaimable}}
`;
const headers = { Active: 'ACTIVE', Reclaimable: 'RECLAIMABLE', Size: 'SIZE', TotalCount: 'TOTAL', Type: 'TYPE' };

export function* diskUsageCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const usage = yield* callJson<DiskUsage>(docker, { method: 'GET', target: target('/system/df') });
  if (boolFlag(flags, 'verbose')) return yield* showDiskUsage(usage, stringFlag(flags, 'format'));
  return yield* printList(rowsOf(usage), {
    format: stringFlag(flags, 'format'),
    quiet: false,
    usual: '{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}',
    raw: [raw, raw],
    headers,
    id: (row) => row['Type'] ?? '',
    typeName: '*formatter.diskUsageImagesContext',
  });
}

function rowsOf({ LayersSize, Images, Containers, Volumes }: DiskUsage) {
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  const inUse = Images.filter((image) => image.Containers > 0);
  const idle = Containers.filter(({ State }) => !/running|paused|restarting/.test(State));
  const written = sum(Containers.map(({ SizeRw = 0 }) => SizeRw));
  const unused = Volumes.filter(({ UsageData }) => UsageData.RefCount === 0);
  const volumes = sum(Volumes.map(({ UsageData }) => UsageData.Size));
  return [
    row('Images', Images.length, inUse.length, LayersSize, LayersSize - sum(inUse.map(ownBytes))),
    row(
      'Containers',
      Containers.length,
      Containers.length - idle.length,
      written,
      sum(idle.map(({ SizeRw = 0 }) => SizeRw)),
    ),
    row(
      'Local Volumes',
      Volumes.length,
      Volumes.length - unused.length,
      volumes,
      sum(unused.map(({ UsageData }) => UsageData.Size)),
    ),
    row('Build Cache', 0, 0, 0, 0),
  ];
}

function ownBytes({ Size, SharedSize }: DiskUsage['Images'][number]): number {
  return Size - SharedSize;
}

function row(Type: string, total: number, active: number, size: number, reclaimable: number) {
  const share = size > 0 ? ` (${Math.floor((reclaimable * 100) / size)}%)` : '';
  return {
    Active: String(active),
    Reclaimable: `${humanSize(reclaimable, 4)}${share}`,
    Size: humanSize(size, 4),
    TotalCount: String(total),
    Type,
  };
}
