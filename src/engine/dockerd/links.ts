/**
 * `--link`: a container of the default bridge knows another by a name of its own. That name stands among all names, as
 * `web/db`, for the other's id. moby: daemon/links.go, registerLinks(), links/links.go.
 */
import { ApiError, badRequest, conflict, serverError } from './api-error.ts';
import { isRunning } from './container.ts';
import type { Container } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { containerOfMode } from './host-config.ts';
import type { HostConfig } from './records.ts';

/** A container that another one knows. */
export interface Link {
  /** `/web/db`: the parent's name and what it calls the other. */
  readonly path: string;
  readonly child: Container;
}

/** Throws an ApiError for a container that is not there, and for one of the host's network. */
export function registerLinks(daemon: Daemon, name: string, { Links }: HostConfig): void {
  for (const link of Links ?? []) {
    const [reference, alias] = partsOf(link);
    const child = networked(daemon, reference);
    if (child.host.NetworkMode === 'host') throw badRequest(conflictingHostNetwork);
    const path = `${name}/${alias}`;
    // moby only warns of a name that is taken.
    if (!daemon.names.has(path)) daemon.names.set(path, child.record.ID);
  }
}

export const conflictingHostNetwork =
  "conflicting options: host type networking can't be used with links. This would result in undefined behavior";

/** `db`, `db:alias`, and as inspect shows it, `/db:/web/alias`. go-connections: opts.ParseLink(). */
function partsOf(link: string): readonly [reference: string, alias: string] {
  const [reference = '', alias = reference] = link.split(':');
  return reference.startsWith('/') ? [reference.slice(1), alias.slice(alias.lastIndexOf('/') + 1)] : [reference, alias];
}

/** The container, or that whose network it has. */
function networked(daemon: Daemon, reference: string): Container {
  try {
    const child = findContainer(daemon, reference);
    const owner = containerOfMode(child.host.NetworkMode);
    return owner === undefined ? child : networked(daemon, owner);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw badRequest(`could not get container for ${reference}: ${error.message}`);
  }
}

/** Whom a container knows. */
export function linksOf(daemon: Daemon, { record }: Container): readonly Link[] {
  return namesBelow(daemon, record.Name.slice(1)).flatMap(([name, id]) => {
    const child = daemon.containers.get(id);
    return child === undefined ? [] : [{ path: `/${name}`, child }];
  });
}

/** What `parent` calls others, with their ids. */
function namesBelow({ names }: Daemon, parent: string): readonly (readonly [name: string, id: string])[] {
  const prefix = `${parent}/`;
  return [...names].filter(([name]) => name.startsWith(prefix));
}

/** Names that a container has with others: `/web/db`. */
export function linkNamesOf(daemon: Daemon, { record }: Container): readonly string[] {
  return [...daemon.names].flatMap(([name, id]) => (id === record.ID && name.includes('/') ? [`/${name}`] : []));
}

/** A container that goes is known to nobody any more, and knows nobody. */
export function forgetLinks(daemon: Daemon, container: Container): void {
  for (const path of linkNamesOf(daemon, container)) daemon.names.delete(path.slice(1));
  dropLinks(daemon, container.record.Name.slice(1));
}

/** What a name knows, it knows no more. */
export function dropLinks(daemon: Daemon, parent: string): void {
  for (const [name] of namesBelow(daemon, parent)) daemon.names.delete(name);
}

/** Another name for who knows others: their names begin with it. */
export function renameLinks(daemon: Daemon, before: string, after: string): void {
  for (const [name, id] of namesBelow(daemon, before)) {
    daemon.names.delete(name);
    daemon.names.set(`${after}${name.slice(before.length)}`, id);
  }
}

/** `docker rm --link web/db`. moby: rmLink(). */
export function removeLink(daemon: Daemon, name: string): void {
  const path = name.replace(/^\//, '');
  const [parent = '', alias = ''] = path.split('/');
  if (alias === '') throw conflict('Conflict, cannot remove the default link name of the container');
  if (!daemon.names.has(parent)) throw serverError(`Cannot get parent /${parent} for link name /${path}`);
  daemon.names.delete(path);
}

/**
 * Whom a container on the default bridge finds in its /etc/hosts: by alias, host name and name. moby:
 * buildSandboxOptions().
 */
export function linkedHosts(daemon: Daemon, container: Container): readonly string[] {
  if (!isOnBridge(container)) return [];
  return linksOf(daemon, container).flatMap(({ path, child }) => {
    if (!isOnBridge(child))
      throw serverError(`Cannot link to ${child.record.Name}, as it does not belong to the default network`);
    const alias = path.slice(path.lastIndexOf('/') + 1);
    const name = child.record.Name.slice(1);
    const address = addressOf(child);
    const names = [alias, child.record.Config.Hostname, ...(alias === name ? [] : [name])];
    return address === '' ? [] : [`${address}\t${names.join(' ')}`];
  });
}

/** What it is told of them in its environment. moby: setupLinkedContainers(), Link.ToEnv(). */
export function linkedEnvironment(daemon: Daemon, container: Container): readonly string[] {
  if (!isOnBridge(container)) return [];
  return linksOf(daemon, container).flatMap(({ path, child }) => {
    if (!isRunning(child)) throw serverError(`Cannot link to a non running container: ${child.record.Name} AS ${path}`);
    return environmentOf(path, child);
  });
}

function environmentOf(path: string, child: Container): readonly string[] {
  const { ExposedPorts = {}, Env } = child.record.Config;
  const prefix = path
    .slice(path.lastIndexOf('/') + 1)
    .toUpperCase()
    .replaceAll('-', '_');
  const ports = Object.keys(ExposedPorts)
    .map((port) => port.split('/'))
    .map(([number = '', protocol = 'tcp']) => ({
      number,
      protocol,
      url: `${protocol}://${addressOf(child)}:${number}`,
    }))
    .toSorted((one, other) => Number(one.number) - Number(other.number));
  const [first] = ports;
  return [
    ...(first === undefined ? [] : [`${prefix}_PORT=${first.url}`]),
    ...ports.flatMap(({ number, protocol, url }) => {
      const port = `${prefix}_PORT_${number}_${protocol.toUpperCase()}`;
      const address = addressOf(child);
      return [`${port}=${url}`, `${port}_ADDR=${address}`, `${port}_PORT=${number}`, `${port}_PROTO=${protocol}`];
    }),
    `${prefix}_NAME=${path}`,
    ...(Env ?? []).filter((one) => !/^(?:HOME|PATH)=/.test(one)).map((one) => `${prefix}_ENV_${one}`),
  ];
}

function isOnBridge({ record }: Container): boolean {
  return record.NetworkSettings.Networks['bridge'] !== undefined;
}

function addressOf({ record }: Container): string {
  return record.NetworkSettings.Networks['bridge']?.IPAddress ?? '';
}
