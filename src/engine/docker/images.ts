/** `docker images`. docker: cli/command/image/list.go, cli/command/formatter/image.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { humanDuration } from '../dockerd/human-duration.ts';
import type { ListedImage } from '../dockerd/images.ts';
import { rfc3339 } from '../timestamp.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { filtersOf } from './filters.ts';
import { printList } from './list-output.ts';
import type { Row } from './list-output.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { parseImageReference } from './reference.ts';
import { humanSize } from './size.ts';

export const imageHeaders = {
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  Containers: 'CONTAINERS',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
  VirtualSize: 'SIZE',
};

export function* imagesCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const query = {
    all: boolFlag(flags, 'all') ? '1' : undefined,
    filters: filtersOf(flags) ?? referenceFilter(args[0]),
  };
  const listed = yield* callJson<readonly ListedImage[]>(docker, {
    method: 'GET',
    target: target('/images/json', query),
  });
  const { seconds } = yield* sys.realtime();
  const isWhole = boolFlag(flags, 'no-trunc');
  const digest = boolFlag(flags, 'digests') ? '\t{{.Digest}}' : '';
  const rawDigest = digest === '' ? '' : 'digest: {{.Digest}}\n';
  return yield* printList(
    listed.flatMap((image) => imageRows(image, seconds, isWhole)),
    {
      format: stringFlag(flags, 'format'),
      quiet: boolFlag(flags, 'quiet'),
      usual: `{{.Repository}}\t{{.Tag}}${digest}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}`,
      raw: [
        `repository: {{.Repository}}\ntag: {{.Tag}}\n${rawDigest}image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\n` +
          'virtual_size: {{.Size}}\n',
        'image_id: {{.ID}}',
      ],
      headers: imageHeaders,
      id: (row) => row['ID'] ?? '',
      typeName: '*formatter.imageContext',
    },
  );
}

function referenceFilter(name: string | undefined): string | undefined {
  return name === undefined ? undefined : JSON.stringify({ reference: { [name]: true } });
}

/** A row a tag; one for an image that has none. */
export function imageRows(image: ListedImage, nowSeconds: number, isWhole: boolean): readonly Row[] {
  const tags = image.RepoTags.length === 0 ? ['<none>:<none>'] : image.RepoTags;
  return tags.map((name) => {
    const repository = name.slice(0, name.lastIndexOf(':'));
    const digest = image.RepoDigests.find((one) => one.startsWith(`${repository}@`))?.split('@')[1] ?? '<none>';
    const size = humanSize(image.Size, 3);
    return {
      Containers: 'N/A',
      CreatedAt: `${rfc3339(image.Created, 0).replace('T', ' ').replace('Z', '')} +0000 UTC`,
      CreatedSince: `${humanDuration(nowSeconds - image.Created)} ago`,
      Digest: digest,
      ID: isWhole ? image.Id : image.Id.slice(7, 19),
      Repository: familiar(repository),
      SharedSize: 'N/A',
      Size: size,
      Tag: name.slice(name.lastIndexOf(':') + 1),
      UniqueSize: 'N/A',
      VirtualSize: size,
    };
  });
}

function familiar(repository: string): string {
  const reference = parseImageReference(repository);
  return 'error' in reference ? repository : reference.familiarName;
}
