/**
 * The docker CLI's way to the daemon: one HTTP client, the `/_ping` before its first request, and the words for what
 * goes wrong.
 */
import { isErrno } from '../../kernel/errno.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { apiVersions, isLaterVersion } from '../api-version.ts';
import { finishBody, httpClient, openRequest, request } from '../wire/http-client.ts';
import type { ClientRequest, HttpClient, OpenResponse } from '../wire/http-client.ts';
import type { Endpoint } from './endpoint.ts';
import { encodePath, formatQuery, HttpBroken } from '../wire/http.ts';

/** What a command needs beside its flags. */
export interface DockerClient {
  readonly http: HttpClient;
  readonly endpoint: Endpoint;
  readonly env: Environment;
  /** The version of the API that stands before every path. */
  readonly apiVersion: string;
  /** Whether it has asked which API the daemon speaks: it does so once, before its first request. */
  readonly greeting: { done: boolean; refusal?: DaemonError };
}

/** A command ends with these words on stderr (with their newline, or '') and this exit code. */
export class CommandFailed extends Error {
  readonly exitCode: number;
  constructor(text: string, exitCode: number) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** The daemon said no, or could not be asked. `message` is as the CLI prints it. */
export class DaemonError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Nobody takes the client's connection. */
export class ConnectionFailed extends DaemonError {}

export function dockerClient(endpoint: Endpoint, env: Environment): DockerClient {
  const http = httpClient(endpoint.to, 'Docker-Client/26.1.5+dfsg1 (linux)');
  const chosen = env['DOCKER_API_VERSION'] ?? '';
  const apiVersion = chosen === '' ? apiVersions.most : chosen;
  // With a version of the user's choice there is none to agree on.
  return { http, endpoint, env, apiVersion, greeting: { done: chosen !== '' } };
}

/** A path with its parameters; those that are undefined are left out. */
export function target(
  path: string,
  query: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): string {
  const given = Object.fromEntries(
    Object.entries(query).filter((pair): pair is [string, string | readonly string[]] => pair[1] !== undefined),
  );
  const text = formatQuery(given);
  return `${encodePath(path)}${text === '' ? '' : `?${text}`}`;
}

/** A request as it is sent: behind the version of the API. Go: client.getAPIPath(). */
export function versioned({ apiVersion, endpoint }: DockerClient, message: ClientRequest): ClientRequest {
  const [path = '', query] = message.target.split('?');
  const full = joined(`${encodePath(endpoint.basePath)}${encodePath(`/v${apiVersion.replace(/^v/, '')}`)}${path}`);
  const asked = { ...message, target: query === undefined ? full : `${full}?${query}` };
  if (typeof endpoint.to !== 'string' && endpoint.to.port > 65_535)
    throw new DaemonError(0, misdialled(endpoint, asked));
  return asked;
}

/** Go: net/http, url.Error around net.AddrError. */
function misdialled(endpoint: Endpoint, asked: ClientRequest): string {
  const port = hostOf(endpoint).replace(/.*:/, '');
  return `error during connect: ${urlError(endpoint, asked, `dial tcp: address ${port}: invalid port`)}`;
}

/** A request whose body cannot be read. */
export function unsentBody(docker: DockerClient, message: ClientRequest, why: string): DaemonError {
  return new DaemonError(0, `error during connect: ${urlError(docker.endpoint, versioned(docker, message), why)}`);
}

/** Go: net/url, Error. */
function urlError(endpoint: Endpoint, { method, target: asked }: ClientRequest, why: string): string {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return `${verb} "http://${hostOf(endpoint)}${asked}": ${why}`;
}

/** As it stands in a URL. */
function hostOf({ to, address, basePath }: Endpoint): string {
  return typeof to === 'string'
    ? encodeURIComponent(to)
    : address.slice('tcp://'.length, address.length - basePath.length);
}

/** Where a container is described. Throws a DaemonError for no name. docker: client/container_inspect.go. */
export function inspectTarget(name: string): string {
  if (name === '') throw new DaemonError(404, 'Error: No such container: ');
  return target(`/containers/${name}/json`);
}

/** What `.`, `..` and empty parts mean is settled before anything is sent. Go: path.Join(). */
function joined(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Asks which API the daemon speaks. That it does not answer is no error yet: the command's own request will say so. */
export function* ping(docker: DockerClient): Running<void> {
  const { endpoint, greeting } = docker;
  const asked = { method: 'HEAD', target: `${encodePath(endpoint.basePath)}/_ping` } as const;
  greeting.done = true;
  try {
    yield* request(docker.http, asked);
  } catch (error) {
    if (!isErrno(error) && !(error instanceof HttpBroken)) throw error;
    if (isErrno(error, 'EACCES')) greeting.refusal = denied(endpoint, asked);
  }
}

/** For a request that depends on the version: it does not begin without one. Go: client.NewVersionError(). */
export function* requireVersion(docker: DockerClient): Running<void> {
  const { greeting } = docker;
  if (!greeting.done) yield* ping(docker);
  if (greeting.refusal !== undefined) throw greeting.refusal;
}

/** Sends a request and reads the answer's body. Throws a DaemonError. */
export function* call(docker: DockerClient, message: ClientRequest): Running<string> {
  const response = yield* openAnswer(docker, message);
  return yield* reach(docker, () => finishBody(response, message.method));
}

/** Sends a request; the answer's body is still to be read. Throws a DaemonError. */
export function* openAnswer(docker: DockerClient, message: ClientRequest): Running<OpenResponse> {
  return yield* reach(docker, function* () {
    const asked = versioned(docker, message);
    const response = yield* answerTo(docker, asked);
    const { status } = response;
    if (status < 400) return response;
    throw answerError(docker, status, yield* finishBody(response, message.method));
  });
}

function* answerTo({ http, endpoint }: DockerClient, asked: ClientRequest): Running<OpenResponse> {
  try {
    return yield* openRequest(http, asked);
  } catch (error) {
    if (error instanceof HttpBroken)
      throw new DaemonError(0, `error during connect: ${urlError(endpoint, asked, 'EOF')}`);
    throw isErrno(error, 'EACCES') ? denied(endpoint, asked) : error;
  }
}

function denied(endpoint: Endpoint, asked: ClientRequest): DaemonError {
  const path = endpoint.address.slice('unix://'.length);
  const why = urlError(endpoint, asked, `dial unix ${path}: connect: permission denied`);
  return new DaemonError(
    0,
    `permission denied while trying to connect to the Docker daemon socket at ${endpoint.address}: ${why}`,
  );
}

/** As `call`, decoding the answer's JSON. */
export function* callJson<T>(docker: DockerClient, message: ClientRequest): Running<T> {
  return JSON.parse(yield* call(docker, message)) as T;
}

/** Turns what the transport throws into the CLI's words. */
export function* reach<T>(docker: DockerClient, body: () => Running<T>): Running<T> {
  if (!docker.greeting.done) yield* ping(docker);
  try {
    return yield* body();
  } catch (error) {
    if (error instanceof HttpBroken) throw new DaemonError(0, error.message);
    if (isErrno(error))
      throw new ConnectionFailed(
        0,
        `Cannot connect to the Docker daemon at ${docker.endpoint.address}. Is the docker daemon running?`,
      );
    throw error;
  }
}

/** `Error response from daemon: …` out of an answer's body. */
function answerError({ apiVersion }: DockerClient, status: number, body: string): DaemonError {
  // Older daemons answered in plain text. moby: client.checkResponseErr().
  const words = isLaterVersion(apiVersion, '1.23') ? messageOf(body) : body.trim();
  return new DaemonError(status, `Error response from daemon: ${words}`);
}

function messageOf(body: string): string {
  try {
    return ((JSON.parse(body) as { readonly message?: string }).message ?? body).trim();
  } catch {
    return body.trimEnd();
  }
}
