/** `docker container prune`, the same of images, networks and volumes, and `docker system prune`, all of it. */
import type { Running } from '../../kernel/abi.ts';
import { print, readSome } from '../../programs/io.ts';
import type { DockerCommand } from './arguments.ts';
import { call, callJson, CommandFailed, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { boolFlag, listFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import { humanSize } from './size.ts';

/** What went, as it is told, and how many bytes that was. */
interface Pruned {
  readonly told: string;
  readonly bytes: number;
}

export const pruneCommand = pruning('all stopped containers', pruneContainers);

export function* imagePruneCommand(docker: DockerClient, command: DockerCommand): Running {
  const which = boolFlag(command.flags, 'all') ? unusedImages : 'all dangling images';
  return yield* pruning(which, pruneImages)(docker, command);
}

export function* volumePruneCommand(docker: DockerClient, command: DockerCommand): Running {
  const which = boolFlag(command.flags, 'all') ? 'all' : 'anonymous';
  return yield* pruning(`${which} local volumes not used by at least one container`, pruneVolumes)(docker, command);
}

/** Nothing is left over where there are only networks that are always there; no sum is told. */
export function* networkPruneCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const warning = warningOf('all custom networks not used by at least one container');
  if (!boolFlag(flags, 'force') && !(yield* confirmed(warning))) return 0;
  yield* pruneNetworks(docker, flags);
  return 0;
}

const unusedImages = 'all images without at least one container associated to them';

/** docker: cli/command/system/prune.go. */
export function* systemPruneCommand(docker: DockerClient, { flags }: DockerCommand): Running {
  const [all, volumes] = [boolFlag(flags, 'all'), boolFlag(flags, 'volumes')];
  if (volumes && listFlag(flags, 'filter').some((filter) => filter.startsWith('until=')))
    throw new CommandFailed('ERROR: The "until" filter is not supported with "--volumes"\n', 1);
  const wanted = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all anonymous volumes not used by at least one container'] : []),
    all ? unusedImages : 'all dangling images',
    all ? 'all build cache' : 'unused build cache',
  ];
  const lines = (each: readonly string[]): string => each.map((one) => `  - ${one}\n`).join('');
  const filters = listFlag(flags, 'filter').filter((filter) => filter !== '');
  const filtered =
    filters.length === 0 ? '' : `  Items to be pruned will be filtered with:\n${lines(filters.toSorted())}\n`;
  const warning = `WARNING! This will remove:\n${lines(wanted)}\n${filtered}${question}`;
  if (!boolFlag(flags, 'force') && !(yield* confirmed(warning))) return 0;
  let bytes = 0;
  for (const prune of [pruneContainers, pruneNetworks, ...(volumes ? [pruneVolumes] : []), pruneImages, pruneBuilds]) {
    const pruned = yield* prune(docker, flags);
    bytes += pruned.bytes;
    if (pruned.told !== '') yield* print(`${pruned.told}\n`);
  }
  yield* print(`Total reclaimed space: ${humanSize(bytes)}\n`);
  return 0;
}

/** Who says no has changed nothing, and nothing has failed: docker 26.1.5 ends with 0 and no word. */
function pruning(which: string, prune: (docker: DockerClient, flags: ParsedFlags) => Running<Pruned>) {
  return function* (docker: DockerClient, { flags }: DockerCommand): Running {
    if (!boolFlag(flags, 'force') && !(yield* confirmed(warningOf(which)))) return 0;
    const { told, bytes } = yield* prune(docker, flags);
    if (told !== '') yield* print(`${told}\n`);
    yield* print(`Total reclaimed space: ${humanSize(bytes)}\n`);
    return 0;
  };
}

const question = 'Are you sure you want to continue? [y/N] ';

function warningOf(which: string): string {
  return `WARNING! This will remove ${which}.\n${question}`;
}

function* pruneContainers(docker: DockerClient, flags: ParsedFlags): Running<Pruned> {
  const { ContainersDeleted, SpaceReclaimed } = yield* callJson<{
    readonly ContainersDeleted: readonly string[] | null;
    readonly SpaceReclaimed: number;
  }>(docker, { method: 'POST', target: target('/containers/prune', { filters: filtersOf(flags) }) });
  return { told: listOf('Deleted Containers:', ContainersDeleted ?? []), bytes: SpaceReclaimed };
}

function* pruneNetworks(docker: DockerClient, flags: ParsedFlags): Running<Pruned> {
  yield* call(docker, { method: 'POST', target: target('/networks/prune', { filters: filtersOf(flags) }) });
  return { told: '', bytes: 0 };
}

function* pruneVolumes(docker: DockerClient, flags: ParsedFlags): Running<Pruned> {
  const { VolumesDeleted, SpaceReclaimed } = yield* callJson<{
    readonly VolumesDeleted: readonly string[];
    readonly SpaceReclaimed: number;
  }>(docker, { method: 'POST', target: target('/volumes/prune', { filters: volumeFilters(flags) }) });
  return { told: listOf('Deleted Volumes:', VolumesDeleted), bytes: SpaceReclaimed };
}

function volumeFilters(flags: ParsedFlags): string | undefined {
  const given = filtersOf(flags);
  if (!boolFlag(flags, 'all') || boolFlag(flags, 'volumes')) return given;
  const others = JSON.parse(given ?? '{}') as Readonly<Record<string, Readonly<Record<string, boolean>>>>;
  const all = Object.keys(others['all'] ?? {})[0];
  if (all !== undefined)
    throw new CommandFailed(`conflicting options: cannot specify both --all and --filter all=${all}\n`, 1);
  return JSON.stringify({ ...others, all: { true: true } });
}

function* pruneImages(docker: DockerClient, flags: ParsedFlags): Running<Pruned> {
  const given = JSON.parse(filtersOf(flags) ?? '{}') as object;
  const filters = JSON.stringify({ ...given, dangling: { [String(!boolFlag(flags, 'all'))]: true } });
  const { ImagesDeleted, SpaceReclaimed } = yield* callJson<{
    readonly ImagesDeleted: readonly { readonly Untagged?: string; readonly Deleted?: string }[] | null;
    readonly SpaceReclaimed: number;
  }>(docker, { method: 'POST', target: target('/images/prune', { filters }) });
  const lines = (ImagesDeleted ?? []).map(({ Untagged, Deleted }) =>
    Untagged === undefined ? `deleted: ${Deleted}` : `untagged: ${Untagged}`,
  );
  return { told: listOf('Deleted Images:', lines), bytes: SpaceReclaimed };
}

function* pruneBuilds(docker: DockerClient): Running<Pruned> {
  yield* call(docker, { method: 'POST', target: target('/build/prune') });
  return { told: '', bytes: 0 };
}

function listOf(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** docker: command.PromptForConfirmation(): the first line that comes is the answer. */
function* confirmed(warning: string): Running<boolean> {
  yield* print(warning);
  let answer = '';
  while (!answer.includes('\n')) {
    const part = yield* readSome(0);
    if (part === '') break;
    answer += part;
  }
  return (answer.split('\n')[0] ?? '').trim().toLowerCase() === 'y';
}
