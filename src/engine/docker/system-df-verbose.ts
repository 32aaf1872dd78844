/** `docker system df -v`. docker: cli/command/formatter/disk_usage.go, verboseWrite(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../../programs/io.ts';
import type { ListedImage } from '../dockerd/images.ts';
import type { Volume } from '../dockerd/volumes.ts';
import { CommandFailed } from './client.ts';
import { parseTemplate } from './go-template.ts';
import { GoRow } from './go-value.ts';
import { imageHeaders, imageRows } from './images.ts';
import { printList } from './list-output.ts';
import type { Row } from './list-output.ts';
import { containerHeaders, containerRow, containerTypeName } from './ps.ts';
import type { ListedContainer } from './ps.ts';
import { humanSize } from './size.ts';
import { volumeRow } from './volume.ts';

/** The answer to GET /system/df. */
export interface DiskUsage {
  readonly LayersSize: number;
  readonly Images: readonly ListedImage[];
  readonly Containers: readonly ListedContainer[];
  readonly Volumes: readonly (Volume & { readonly UsageData: { readonly Size: number; readonly RefCount: number } })[];
}

/** A table of each kind of thing, or all of them as the template has it. */
export function* showDiskUsage(usage: DiskUsage, format: string): Running {
  const { seconds } = yield* sys.realtime();
  if (format === '' || format === 'table') return yield* showTables(usage, seconds);
  const all = {
    Images: usage.Images.map((image) => new GoRow('*formatter.imageContext', imageRow(image, seconds, true))),
    Containers: usage.Containers.map((one) => new GoRow(containerTypeName, sizedRow(one, seconds, true))),
    Volumes: usage.Volumes.map((volume) => new GoRow('*formatter.volumeContext', usedVolumeRow(volume))),
    BuildCache: [],
  };
  const template = parseTemplate(format === 'json' ? '{{json .}}' : format.replace(/^table */, ''));
  if ('error' in template) throw new CommandFailed(`template parsing error: ${template.error}\n`, 1);
  const { text, error } = template.execute(new GoRow('*formatter.diskUsageContext', all));
  if (error !== undefined) throw new CommandFailed(`${error}\n`, 1);
  yield* print(text);
  return 0;
}

function* showTables({ Images, Containers, Volumes }: DiskUsage, seconds: number): Running {
  yield* print('Images space usage:\n\n');
  yield* printTable(
    Images.map((image) => imageRow(image, seconds, false)),
    '{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}',
    imageHeaders,
  );
  yield* print('\nContainers space usage:\n\n');
  yield* printTable(
    Containers.map((one) => sizedRow(one, seconds, false)),
    '{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}',
    containerHeaders,
  );
  yield* print('\nLocal Volumes space usage:\n\n');
  yield* printTable(Volumes.map(usedVolumeRow), '{{.Name}}\t{{.Links}}\t{{.Size}}', volumeHeaders);
  yield* print('\nBuild cache usage: 0B\n\n');
  return yield* printTable(
    [],
    '{{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}',
    cacheHeaders,
  );
}

const volumeHeaders = { Name: 'VOLUME NAME', Links: 'LINKS', Size: 'SIZE' };
const cacheHeaders = {
  ID: 'CACHE ID',
  CacheType: 'CACHE TYPE',
  Size: 'SIZE',
  CreatedSince: 'CREATED',
  LastUsedSince: 'LAST USED',
  UsageCount: 'USAGE',
  Shared: 'SHARED',
};

function printTable(rows: readonly Row[], usual: string, headers: Row): Running {
  return printList(rows, { format: '', quiet: false, usual, headers, id: () => '', typeName: containerTypeName });
}

/** Of its names the first alone. */
function imageRow(image: DiskUsage['Images'][number], seconds: number, isWhole: boolean): Row {
  const [row = {}] = imageRows(image, seconds, isWhole);
  return {
    ...row,
    Containers: String(image.Containers),
    Digest: '',
    SharedSize: humanSize(image.SharedSize, 4),
    UniqueSize: humanSize(image.Size - image.SharedSize, 4),
    VirtualSize: humanSize(image.Size, 4),
  };
}

/** What it has written, without what its image holds. */
function sizedRow(one: ListedContainer, seconds: number, isWhole: boolean): Row {
  return containerRow({ ...one, SizeRootFs: 0 }, seconds, isWhole);
}

function usedVolumeRow({ UsageData, ...volume }: DiskUsage['Volumes'][number]): Row {
  return { ...volumeRow(volume), Links: String(UsageData.RefCount), Size: humanSize(UsageData.Size, 4) };
}
