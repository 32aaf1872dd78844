/** `docker import`: an archive as the one layer of a new image. moby: daemon/images/image_import.go. */
import type { Running } from '../../kernel/abi.ts';
import { parseImageReference } from '../docker/reference.ts';
import type { ImageReference } from '../docker/reference.ts';
import { timestampNow } from '../timestamp.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import { badRequest } from './api-error.ts';
import { changedConfig } from './commit-config.ts';
import type { Daemon } from './daemon.ts';
import { emit } from './events.ts';
import { tagImage } from './image-tag.ts';
import { storeImage, storeLayer } from './make-image.ts';
import { queryList } from './query-list.ts';

/** Answers POST /images/create?fromSrc=-, whose body is the archive. */
export function* importImage(daemon: Daemon, exchange: HttpExchange): Running<void> {
  const { query, target, body } = exchange.request;
  const reference = referenceOf(query.get('repo') ?? '', query.get('tag') ?? '');
  const from = query.get('fromSrc') ?? '';
  const changes = queryList(target, 'changes');
  const config = changedConfig({ Env: [] }, changes);
  if (from !== '-')
    throw badRequest(`glassdock: docker import of ${from} is not modelled: there is nothing to fetch it`);
  const comment = query.get('message') || `Imported from ${from}`;
  const diffId = yield* storeLayer(body, [], '');
  const created = yield* timestampNow();
  const image = {
    architecture: 'amd64',
    comment,
    config,
    created,
    docker_version: '26.1.5+dfsg1',
    history: [{ created, created_by: '', comment }],
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [diffId] },
  };
  const id = yield* storeImage(daemon, image, '');
  yield* emit(daemon.events, 'image', 'import', id, { name: id });
  if (reference !== null) yield* tagImage(daemon, id, reference);
  const answer = yield* exchange.stream(200, 'application/json');
  yield* answer.write(`${JSON.stringify({ status: id })}\n`);
  yield* answer.end();
}

/** Throws 400. */
function referenceOf(repository: string, tag: string): ImageReference | null {
  if (repository === '') return null;
  const reference = parseImageReference(tag === '' ? repository : `${repository}:${tag}`);
  if ('error' in reference) throw badRequest(reference.error);
  if (reference.digest !== '') throw badRequest('cannot import digest reference');
  return reference;
}
