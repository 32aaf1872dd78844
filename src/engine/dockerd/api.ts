/** The Engine API: which request goes to which verb. moby: api/server/router. */
import { networkRoutes } from './api-networks.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import type { Running } from '../../kernel/abi.ts';
import type { RegistryImage } from '../../programs/images/image.ts';
import { apiVersions } from '../api-version.ts';
import { decodeAs, UnmarshalTypeError } from '../go-decoder.ts';
import type { Shape } from '../go-decoder.ts';
import { decodeJson } from '../go-json.ts';
import { parseImageReference } from '../docker/reference.ts';
import { parsePlatform } from '../platform.ts';
import type { Platform } from '../platform.ts';
import type { HttpBodyWriter, HttpExchange, HttpHandler } from '../wire/http-server.ts';
import { decode } from '../wire/http.ts';
import { answerOf, ApiError, badRequest, notFound, serverError } from './api-error.ts';
import { fileRoutes } from './api-files.ts';
import { attachToContainer, resizeContainer } from './attach.ts';
import { createContainer } from './create.ts';
import type { CreateRequest } from './create.ts';
import { isRunning, untilUnlocked } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { removeContainer } from './delete.ts';
import { streamEvents } from './event-stream.ts';
import { activeContainer, createExec, findExec, inspectExec, resizeExec, runExec } from './exec.ts';
import type { ExecRequest } from './exec.ts';
import { inspectImage, listImages } from './images.ts';
import { importImage } from './import.ts';
import { containerdVersionIfAny } from './containerd-client.ts';
import { infoAnswer, versionAnswer } from './info.ts';
import { booleanFilter, isTrue, matchesLabels, matchesPattern, parseFilters } from './filters.ts';
import { inspectContainer } from './inspect.ts';
import { checkSignal, killContainer, signalOf, signalContainer, stopContainer } from './kill.ts';
import { removeLink } from './links.ts';
import { listContainers, sizesOf } from './list.ts';
import { sendLogs } from './logs.ts';
import { pauseContainer, resumeContainer } from './pause.ts';
import { pullImage } from './pull.ts';
import { integerOf, wholeNumber } from './query-number.ts';
import { renameContainer } from './rename.ts';
import { createShape, execShape, execStartShape, updateShape, volumeShape } from './request-types.ts';
import type { VolumeRequest } from './request-types.ts';
import { restartContainer } from './restart.ts';
import { route, versionRefusal } from './route.ts';
import type { Route } from './route.ts';
import { startContainer } from './start.ts';
import { topOf } from './top.ts';
import { updateContainer } from './update.ts';
import type { UpdateRequest } from './update.ts';
import { createVolume, findVolume, listVolumes, pruneVolumes, removeVolume } from './volumes.ts';
import { waitForContainer } from './wait.ts';

const routes: readonly Route[] = [
  route('GET|HEAD', '/_ping', ping),
  route('GET', '/version', function* (daemon, exchange) {
    const containerd = yield* containerdVersionIfAny(daemon.containerd);
    yield* exchange.json(200, versionAnswer(daemon.version, containerd));
  }),
  route('GET', '/info', function* (daemon, exchange) {
    const containerd = yield* containerdVersionIfAny(daemon.containerd);
    yield* exchange.json(200, yield* infoAnswer(daemon, containerd));
  }),
  route('GET', '/events', streamEvents),
  route('GET', '/containers/json', function* (daemon, exchange) {
    yield* exchange.json(200, yield* listContainers(daemon, exchange.request.query));
  }),
  route('POST', '/containers/create', create),
  route('GET', '/containers/(.+)/json', function* (daemon, exchange, name) {
    const container = findContainer(daemon, name);
    const size = isTrue(exchange.request.query.get('size')) ? yield* sizesOf(daemon, container) : undefined;
    yield* exchange.json(200, yield* inspectContainer(daemon, container, size));
  }),
  route('GET', '/containers/(.+)/top', function* (daemon, exchange, name) {
    yield* exchange.json(
      200,
      yield* topOf(daemon, findContainer(daemon, name), exchange.request.query.get('ps_args') ?? ''),
    );
  }),
  route('GET', '/containers/(.+)/logs', (daemon, exchange, name) =>
    sendLogs(daemon, exchange, () => findContainer(daemon, name)),
  ),
  route('POST', '/containers/(.+)/start', start),
  route('POST', '/containers/(.+)/stop', stop),
  route('POST', '/containers/(.+)/restart', restart),
  route('POST', '/containers/(.+)/kill', kill),
  route('POST', '/containers/(.+)/rename', function* (daemon, exchange, name) {
    yield* renameContainer(daemon, name, exchange.request.query.get('name') ?? '');
    yield* exchange.empty(204);
  }),
  route('POST', '/containers/(.+)/update', function* (daemon, exchange, name) {
    yield* exchange.json(200, yield* updateContainer(daemon, name, bodyIfAny<UpdateRequest>(exchange, updateShape)));
  }),
  route('POST', '/containers/(.+)/pause', function* (daemon, exchange, name) {
    yield* pauseContainer(findContainer(daemon, name));
    yield* exchange.empty(204);
  }),
  route('POST', '/containers/(.+)/unpause', function* (daemon, exchange, name) {
    yield* resumeContainer(findContainer(daemon, name));
    yield* exchange.empty(204);
  }),
  route('POST', '/containers/(.+)/wait', (daemon, exchange, name) =>
    waitForContainer(exchange, () => findContainer(daemon, name)),
  ),
  route('POST', '/containers/(.+)/attach', attach),
  route('POST', '/containers/(.+)/resize', function* (daemon, exchange, name) {
    const [height, width] = windowSize(exchange);
    yield* resizeContainer(daemon, findContainer(daemon, name), height, width);
    yield* exchange.empty(200);
  }),
  route('POST', '/containers/(.+)/exec', function* (daemon, exchange, name) {
    const request = bodyIfAny<ExecRequest>(exchange, execShape);
    if ((request.Cmd ?? []).length === 0) throw badRequest('No exec command specified');
    try {
      const exec = yield* createExec(daemon, yield* activeContainer(daemon, name), request);
      yield* exchange.json(201, { Id: exec.id });
    } catch (error) {
      yield* daemon.log('error', `Error setting up exec command in container ${name}: ${answerOf(error).message}`);
      throw error;
    }
  }),
  // The name of a link has a slash in it. moby: `/containers/{name:.*}`.
  route('DELETE', '/containers/(.+)', function* (daemon, exchange, name) {
    const { query } = exchange.request;
    const container = findContainer(daemon, name);
    const removal = { force: isTrue(query.get('force')), removesVolumes: isTrue(query.get('v')) };
    if (isTrue(query.get('link'))) removeLink(daemon, name);
    else yield* removeContainer(daemon, container, name, removal);
    yield* exchange.empty(204);
  }),
  route('GET', '/volumes', function* (daemon, exchange) {
    const filters = parseFilters(exchange.request.query.get('filters') ?? '', ['dangling', 'driver', 'label', 'name']);
    const isDangling = filters.has('dangling') ? booleanFilter(filters, 'dangling') : undefined;
    const Volumes = listVolumes(daemon, isDangling).filter(
      ({ Name, Labels }) => matchesPattern(filters, 'name', Name) && matchesLabels(filters, Labels ?? {}),
    );
    yield* exchange.json(200, { Volumes, Warnings: null });
  }),
  route('POST', '/volumes/create', function* (daemon, exchange) {
    const { Name = '', Driver, Labels = null } = bodyIfAny<VolumeRequest>(exchange, volumeShape);
    yield* exchange.json(201, yield* createVolume(daemon, Name, Labels, Driver || 'local'));
  }),
  route('POST', '/volumes/prune', function* (daemon, exchange) {
    const filters = parseFilters(exchange.request.query.get('filters') ?? '', ['all', 'label', 'label!']);
    yield* exchange.json(200, yield* pruneVolumes(daemon, filters));
  }),
  route('GET', '/volumes/([^/]+)', function* (daemon, exchange, name) {
    yield* exchange.json(200, findVolume(daemon, name));
  }),
  route('DELETE', '/volumes/([^/]+)', function* (daemon, exchange, name) {
    yield* removeVolume(daemon, name, isTrue(exchange.request.query.get('force')));
    yield* exchange.empty(204);
  }),
  route('POST', '/exec/([^/]+)/start', function* (daemon, exchange, name) {
    const { Detach = false } = bodyIfAny<ExecRequest>(exchange, execStartShape);
    yield* runExec(daemon, exchange, findExec(daemon, name), Detach);
  }),
  route('POST', '/exec/([^/]+)/resize', function* (daemon, exchange, name) {
    const [height, width] = windowSize(exchange);
    yield* resizeExec(daemon, findExec(daemon, name), height, width);
    yield* exchange.empty(200);
  }),
  route('GET', '/exec/([^/]+)/json', (daemon, exchange, name) =>
    exchange.json(200, inspectExec(findExec(daemon, name))),
  ),
  route('GET', '/images/json', function* (daemon, exchange) {
    const { seconds } = yield* sys.realtime();
    yield* exchange.json(200, listImages(daemon, exchange.request.query, seconds));
  }),
  route('GET', '/images/(.+)/json', (daemon, exchange, name) => exchange.json(200, inspectImage(daemon, name))),
  ...networkRoutes,
  route('GET', '/plugins/([^/]+)/json', (_, _exchange, name) => refuse(notFound(`plugin "${name}" not found`))),
];

/** The handler of every connection to docker.sock. */
export function apiHandler(daemon: Daemon, registry: readonly RegistryImage[]): HttpHandler {
  const all = [
    ...routes,
    ...fileRoutes,
    route('POST', '/images/create', (_, exchange) =>
      exchange.request.query.has('fromSrc') ? importImage(daemon, exchange) : pull(daemon, registry, exchange),
    ),
  ];
  return function* handle(exchange) {
    try {
      yield* dispatch(all, daemon, exchange);
    } catch (error) {
      const answer = answerOf(error);
      const { method, path } = exchange.request;
      // moby: api/server/server.go, makeHTTPHandler().
      if (answer.status >= 500)
        yield* daemon.log('error', `Handler for ${method} ${path} returned error: ${answer.message}`);
      if (!exchange.isAnswered()) yield* exchange.json(answer.status, { message: answer.message });
    }
  };
}

function* dispatch(all: readonly Route[], daemon: Daemon, exchange: HttpExchange): Running<void> {
  const { method, path } = exchange.request;
  if (path.includes('//')) {
    // gorilla/mux sends whoever doubles a slash to the path that was meant.
    yield* exchange.empty(301, { Location: path.replaceAll(/\/+/g, '/') });
    return;
  }
  // moby: api/server/router/system, optionsHandler(), which takes whatever path there is.
  if (method === 'OPTIONS') {
    introduce(daemon, exchange);
    yield* exchange.empty(200);
    return;
  }
  for (const { methods, path: pattern, verb } of all) {
    const match = methods.includes(method) ? pattern.exec(path) : null;
    if (match === null) continue;
    introduce(daemon, exchange);
    yield* verb(daemon, exchange, decode(match[1] ?? ''));
    return;
  }
  throw notFound('page not found');
}

/** Throws 400 for a version that is not spoken. moby: api/server/middleware, its versions and its experiments. */
function introduce(daemon: Daemon, exchange: HttpExchange): void {
  const Server = `Docker/${daemon.version} (linux)`;
  exchange.sayAlways({ 'Api-Version': apiVersions.most, Ostype: 'linux', Server });
  const refusal = versionRefusal(exchange.request.path);
  if (refusal !== undefined) throw badRequest(refusal);
  exchange.sayAlways({ 'Docker-Experimental': 'false' });
}

function* ping(_: Daemon, exchange: HttpExchange): Running<void> {
  const headers = {
    'Builder-Version': '2',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Swarm: 'inactive',
  };
  if (exchange.request.method === 'GET') return yield* exchange.text(200, 'OK', headers);
  yield* exchange.text(200, '', { ...headers, 'Content-Length': '0', 'Content-Type': 'text/plain; charset=utf-8' });
}

/** The body, which may be left out. moby: api/server/httputils, ReadJSON(). */
function bodyIfAny<T>(exchange: HttpExchange, shape: Shape): Partial<T> {
  return exchange.request.body === '' ? {} : bodyOf(exchange, shape);
}

function bodyOf<T>(exchange: HttpExchange, shape: Shape): Partial<T> {
  const { body, headers } = exchange.request;
  if (body.trim() === '') throw badRequest('invalid JSON: got EOF while reading request body');
  const type = headers['content-type'] ?? '';
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json')
    throw badRequest(`unsupported Content-Type header (${type}): must be 'application/json'`);
  const read = decodeJson(body);
  if ('complaint' in read) throw badRequest(`invalid JSON: ${read.complaint}`);
  // Go: json.Decoder.More() takes a closing bracket for the end of what it reads.
  if (/^[^\]}]/.test(read.rest)) throw badRequest('unexpected content after JSON');
  try {
    return decodeAs(shape, read.value) as Partial<T>;
  } catch (error) {
    throw error instanceof UnmarshalTypeError ? badRequest(`invalid JSON: ${error.message}`) : error;
  }
}

function windowSize({ request: { query } }: HttpExchange): readonly [number, number] {
  return [wholeNumber(query.get('h') ?? '', badRequest), wholeNumber(query.get('w') ?? '', badRequest)];
}

/** Its refusals are no JSON. */
function* attach(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  try {
    yield* attachToContainer(daemon, exchange, findContainer(daemon, name));
  } catch (error) {
    const { status, message } = answerOf(error);
    const { method, path } = exchange.request;
    yield* daemon.log('error', `Handler for ${method} ${path} returned error`, { error: message });
    if (!exchange.isAnswered()) yield* exchange.refuseHijack(status, message);
  }
}

// oxlint-disable-next-line require-yield -- it only throws.
function* refuse(error: ApiError): Running<void> {
  throw error;
}

function* create(daemon: Daemon, exchange: HttpExchange): Running<void> {
  const body = bodyOf<CreateRequest>(exchange, createShape);
  if (Object.keys(body).every((name) => name === 'HostConfig' || name === 'NetworkingConfig'))
    throw badRequest('config cannot be empty in order to create a container');
  const name = exchange.request.query.get('name') ?? '';
  const { container, warnings } = yield* createContainer(daemon, name, body, platformIn(exchange));
  yield* exchange.json(201, { Id: container.record.ID, Warnings: warnings });
}

function* start(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const started = yield* startContainer(daemon, findContainer(daemon, name));
  yield* exchange.empty(started ? 204 : 304);
}

function* stop(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const { query } = exchange.request;
  const seconds = integerOf(query.get('t'), undefined);
  const container = findContainer(daemon, name);
  yield* withPrefix(`cannot stop container: ${name}`, function* () {
    const signal = query.get('signal') ?? '';
    yield* untilUnlocked(container);
    // What it wraps has no kind any more, so a signal that there is not is a 500 here.
    const number = signal === '' || !isRunning(container) ? undefined : signalOf(signal, serverError);
    const stopped = yield* stopContainer(daemon, container, number, seconds);
    yield* exchange.empty(stopped ? 204 : 304);
  });
}

function* restart(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const { query } = exchange.request;
  const seconds = integerOf(query.get('t'), undefined);
  yield* restartContainer(daemon, name, query.get('signal') ?? '', seconds);
  yield* exchange.empty(204);
}

function* kill(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  yield* withPrefix(`cannot kill container: ${name}`, function* () {
    const text = exchange.request.query.get('signal') ?? '';
    const signal = text === '' ? 9 : signalOf(text);
    checkSignal(signal);
    const container = findContainer(daemon, name);
    if (signal === 9) yield* killContainer(daemon, container);
    else yield* signalContainer(daemon, container, signal);
    yield* exchange.empty(204);
  });
}

function* withPrefix(prefix: string, body: () => Running<void>): Running<void> {
  try {
    yield* body();
  } catch (error) {
    if (error instanceof ApiError) throw new ApiError(error.status, `${prefix}: ${error.message}`);
    throw error;
  }
}

/** The platform asked for; undefined for the machine's own. Throws 400. */
function platformIn({ request }: HttpExchange): Platform | undefined {
  const text = request.query.get('platform') ?? '';
  const platform = text === '' ? undefined : parsePlatform(text);
  if (platform !== undefined && 'error' in platform) throw badRequest(platform.error);
  return platform;
}

/** Progress goes out as it comes; an error before the first line is an answer of its own, a later one is a line. */
function* pull(daemon: Daemon, registry: readonly RegistryImage[], exchange: HttpExchange): Running<void> {
  const { query } = exchange.request;
  const tag = query.get('tag') ?? '';
  const image = query.get('fromImage') ?? '';
  const reference = parseImageReference(tag === '' ? image : `${image}${tag.includes(':') ? '@' : ':'}${tag}`);
  if ('error' in reference) throw badRequest(reference.error);
  const platform = platformIn(exchange);
  let body: HttpBodyWriter | null = null;
  try {
    yield* pullImage(daemon, registry, reference, platform, function* (line) {
      body ??= yield* exchange.stream(200, 'application/json');
      yield* body.write(`${JSON.stringify(line)}\n`);
    });
  } catch (error) {
    const open = body as HttpBodyWriter | null;
    if (open === null || !(error instanceof ApiError || isErrno(error))) throw error;
    yield* open.write(`${JSON.stringify({ errorDetail: { message: error.message }, error: error.message })}\n`);
  }
  yield* (body as HttpBodyWriter | null)?.end() ?? exchange.empty(200);
}
