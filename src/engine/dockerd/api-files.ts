/** The calls about a container's files, and about images as things with names. moby: api/server/router. */
import { isTrue } from './filters.ts';
import { exportContainer, receiveArchive, sendArchive, statInContainer } from './archive.ts';
import { changesOf } from './changes.ts';
import { commitContainer } from './commit.ts';
import { findContainer } from './daemon.ts';
import { emit } from './events.ts';
import { deleteImage } from './image-delete.ts';
import { tagByName } from './image-tag.ts';
import { diskUsage, imageHistory } from './disk-usage.ts';
import { pruneImages } from './image-prune.ts';
import { pruneContainers } from './prune.ts';
import { queryList } from './query-list.ts';
import { route } from './route.ts';
import type { Route } from './route.ts';
import { sendStats } from './stats.ts';

export const fileRoutes: readonly Route[] = [
  route('HEAD', '/containers/(.+)/archive', statInContainer),
  route('GET', '/containers/(.+)/archive', sendArchive),
  route('PUT', '/containers/(.+)/archive', receiveArchive),
  route('GET', '/containers/(.+)/export', exportContainer),
  route('GET', '/containers/(.+)/changes', function* (daemon, exchange, name) {
    yield* exchange.json(200, yield* changesOf(findContainer(daemon, name)));
  }),
  route('GET', '/containers/(.+)/stats', sendStats),
  route('POST', '/containers/prune', function* (daemon, exchange) {
    yield* exchange.json(200, yield* pruneContainers(daemon, exchange.request.query));
  }),
  route('POST', '/images/prune', function* (daemon, exchange) {
    yield* exchange.json(200, yield* pruneImages(daemon, exchange.request.query));
  }),
  route('GET', '/images/(.+)/history', function* (daemon, exchange, name) {
    yield* exchange.json(200, yield* imageHistory(daemon, name));
  }),
  route('GET', '/system/df', function* (daemon, exchange) {
    yield* exchange.json(200, yield* diskUsage(daemon));
  }),
  route('POST', '/build/prune', function* (daemon, exchange) {
    yield* emit(daemon.events, 'builder', 'prune', '', { reclaimed: '0' });
    yield* exchange.json(200, { CachesDeleted: null, SpaceReclaimed: 0 });
  }),
  route('POST', '/commit', function* (daemon, exchange) {
    const { query, target } = exchange.request;
    const id = yield* commitContainer(daemon, {
      container: query.get('container') ?? '',
      repository: query.get('repo') ?? '',
      tag: query.get('tag') ?? '',
      author: query.get('author') ?? '',
      comment: query.get('comment') ?? '',
      changes: queryList(target, 'changes'),
      pause: isTrue(query.get('pause') ?? '1'),
    });
    yield* exchange.json(201, { Id: id });
  }),
  route('POST', '/images/(.+)/tag', function* (daemon, exchange, name) {
    const { query } = exchange.request;
    yield* tagByName(daemon, name, query.get('repo') ?? '', query.get('tag') ?? '');
    yield* exchange.empty(201);
  }),
  route('DELETE', '/images/(.+)', function* (daemon, exchange, name) {
    yield* exchange.json(200, yield* deleteImage(daemon, name, isTrue(exchange.request.query.get('force'))));
  }),
];
