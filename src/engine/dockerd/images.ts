/** `docker images` and `docker image inspect`. moby: daemon/images. */
import { parseRfc3339 } from '../timestamp-fixed.ts';
import type { Daemon } from './daemon.ts';
import { overlayRoot } from './graph-driver.ts';
import { findImage, namesOf } from './image-store.ts';
import type { Image } from './image-store.ts';
import { booleanFilter, isTrue, matchesLabels, parseFilters } from './filters.ts';
import { untilOf } from './prune.ts';

const knownFilters = ['before', 'dangling', 'label', 'label!', 'reference', 'since', 'until'];

/** When the image that a filter names was made. Throws 404 `No such image: NAME`. */
function momentOf(daemon: Daemon, names: readonly string[] | undefined): string | undefined {
  return names?.map((name) => findImage(daemon.images, name).created).at(-1);
}

/** moby: api/types/image.Summary; -1 where nobody has counted. */
export interface ListedImage {
  readonly Containers: number;
  readonly Created: number;
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly ParentId: string;
  readonly RepoDigests: readonly string[];
  readonly RepoTags: readonly string[];
  readonly SharedSize: number;
  readonly Size: number;
}

/** The answer to GET /images/json: the newest first. */
export function listImages(
  daemon: Daemon,
  query: ReadonlyMap<string, string>,
  nowSeconds: number,
): readonly ListedImage[] {
  const filters = parseFilters(query.get('filters') ?? '', knownFilters);
  const until = untilOf(filters, nowSeconds);
  const references = filters.get('reference') ?? [];
  const dangling = booleanFilter(filters, 'dangling');
  const youngest = momentOf(daemon, filters.get('before'));
  const oldest = momentOf(daemon, filters.get('since'));
  const all = [...daemon.images.images.values()];
  const parents = new Set(isTrue(query.get('all')) ? [] : all.map(({ parent }) => parent));
  return (
    all
      .toSorted((a, b) => (a.created < b.created ? 1 : -1))
      .map((image) => ({ image, names: namesOf(daemon.images, image.id) }))
      // What lost its name and still has images on top of it is shown by --all only.
      .filter(({ image, names }) => names.tags.length + names.digests.length > 0 || !parents.has(image.id))
      .map(({ image, names }) => ({ image, names: namesThatMatch(names, references) }))
      .filter(({ names }) => references.length === 0 || names.tags.length + names.digests.length > 0)
      .filter(
        ({ image, names }) =>
          (dangling === undefined || (names.tags.length === 0) === dangling) &&
          (youngest === undefined || image.created < youngest) &&
          (oldest === undefined || image.created > oldest) &&
          (parseRfc3339(image.created)?.seconds ?? 0) < until &&
          matchesLabels(filters, image.config.Labels ?? {}),
      )
      .map(({ image, names }) => ({
        Containers: -1,
        Created: parseRfc3339(image.created)?.seconds ?? 0,
        Id: image.id,
        Labels: image.config.Labels ?? null,
        ParentId: image.parent,
        RepoDigests: names.digests,
        RepoTags: names.tags,
        SharedSize: -1,
        Size: image.size,
      }))
  );
}

/** Of an image's names those that a filter asks for; all without one. */
function namesThatMatch(names: ReturnType<typeof namesOf>, patterns: readonly string[]): ReturnType<typeof namesOf> {
  const isMeant = (name: string): boolean =>
    patterns.length === 0 || patterns.some((pattern) => matchesReference(name, pattern));
  return { tags: names.tags.filter(isMeant), digests: names.digests.filter(isMeant) };
}

function matchesReference(tag: string, pattern: string): boolean {
  const expression = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );
  return expression.test(tag) || expression.test(tag.split('@')[0]?.replace(/:[^:/]*$/, '') ?? '');
}

/** The answer to GET /images/{name}/json. */
export function inspectImage(daemon: Daemon, name: string): unknown {
  const image = findImage(daemon.images, name);
  const names = namesOf(daemon.images, image.id);
  const directory = `${overlayRoot}/${image.layer}`;
  return {
    Id: image.id,
    RepoTags: names.tags,
    RepoDigests: names.digests,
    Parent: image.parent,
    Comment: image.comment,
    Created: image.created,
    DockerVersion: '',
    Author: image.author,
    Config: configOf(image),
    Architecture: 'amd64',
    Os: 'linux',
    Size: image.size,
    GraphDriver: {
      Data: { MergedDir: `${directory}/merged`, UpperDir: `${directory}/diff`, WorkDir: `${directory}/work` },
      Name: 'overlay2',
    },
    RootFS: { Type: 'layers', Layers: image.diffIds },
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  };
}

function configOf(image: Image): unknown {
  const { config } = image;
  return {
    Hostname: '',
    Domainname: '',
    User: config.User ?? '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(config.ExposedPorts === undefined ? {} : { ExposedPorts: config.ExposedPorts }),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: config.Env,
    Cmd: config.Cmd ?? null,
    ...(config.Healthcheck === undefined ? {} : { Healthcheck: config.Healthcheck }),
    Image: '',
    Volumes: config.Volumes ?? null,
    WorkingDir: config.WorkingDir ?? '',
    Entrypoint: config.Entrypoint ?? null,
    OnBuild: config.OnBuild ?? null,
    Labels: config.Labels ?? null,
    ...(config.StopSignal === undefined ? {} : { StopSignal: config.StopSignal }),
  };
}
