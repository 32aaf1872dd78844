/** `docker create`: a record, a name and a read-write layer. containerd is not asked. moby: daemon/create.go. */
import { makeDirectories, removeTree } from '../directories.ts';
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { startMachine } from '../drive.ts';
import { formatPlatform, isOwnPlatform } from '../platform.ts';
import type { Platform } from '../platform.ts';
import { neverTime, timestampNow } from '../timestamp.ts';
import { badRequest, conflict, notFound, serverError } from './api-error.ts';
import type { ApiError } from './api-error.ts';
import { announce, commandOf } from './container.ts';
import type { Container } from './container.ts';
import { containerMachine } from './container.machine.ts';
import { newMutex } from '../mutex.ts';
import { activitiesOf } from './container-activities.ts';
import type { Daemon } from './daemon.ts';
import { checkpoint, writeFile } from './disk.ts';
import { removeLayersOf } from './delete.ts';
import { checkEndpoints } from './endpoint-settings.ts';
import type { EndpointRequest } from './endpoint-settings.ts';
import { emitContainerEvent } from './events.ts';
import { createContainerLayers } from './graph-driver.ts';
import { randomHex } from './identifiers.ts';
import { chainsOf, layerMounts } from './image-files.ts';
import { findImage } from './image-store.ts';
import type { Image } from './image-store.ts';
import { checkSources, setUpMountPoints, wantedMounts } from './mount-points.ts';
import type { Wanted } from './mount-points.ts';
import { dropLinks, registerLinks } from './links.ts';
import { randomName } from './names-generator.ts';
import { emptyEndpoint, networkNameOf } from './network.ts';
import { adaptHostConfig, containerOfMode, normalised } from './host-config.ts';
import { replaceOrAppend } from './oci-spec.ts';
import { containerDirectory } from './records.ts';
import type { ContainerConfig, ContainerRecord, HealthConfig, HostConfig } from './records.ts';
import { restartTries } from './restart-tries.ts';
import { standardStreams } from './streams.ts';
import { mountsOfOthers } from './volumes-from.ts';
import { verifySettings } from './verify-settings.ts';

/** The body of POST /containers/create. */
export type CreateRequest = Partial<ContainerConfig> & {
  readonly HostConfig?: Partial<HostConfig>;
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Readonly<Record<string, EndpointRequest>> };
};

/**
 * Creates a container.
 *
 * @param name '' for one of dockerd's own making.
 * @throws ApiError: 404 without the image for the platform, 409 when the name is taken, 400 for what cannot be.
 */
export function* createContainer(
  daemon: Daemon,
  name: string,
  body: CreateRequest,
  platform: Platform | undefined,
): Running<{ readonly container: Container; readonly warnings: readonly string[] }> {
  const given = normalised(body.HostConfig ?? {});
  const warnings = verifySettings(body, given);
  checkEndpoints(body.NetworkingConfig?.EndpointsConfig ?? {});
  const host = adaptHostConfig(daemon, given);
  const image = findImage(daemon.images, body.Image ?? '');
  if (platform !== undefined && !isOwnPlatform(platform)) throw ofOtherPlatform(body.Image ?? '', platform);
  const id = yield* randomHex(32);
  const reserved = yield* reserveName(daemon, id, name);
  try {
    const hostname = host.NetworkMode === 'host' ? (yield* sys.uname()).nodename : id.slice(0, 12);
    const config = mergedConfig(body, image, hostname);
    if (commandOf(config).length === 0) throw badRequest('no command specified');
    registerLinks(daemon, reserved, host);
    const mounts = wantedMounts(config, host, mountsOfOthers(daemon, host));
    yield* checkSources(mounts);
    const network =
      containerOfMode(host.NetworkMode) === undefined ? networkNameOf(daemon.network, host.NetworkMode) : null;
    const record = newRecord(id, `/${reserved}`, image, config, host, network, yield* timestampNow());
    const container = yield* makeContainer(daemon, record, host, image, mounts);
    yield* sys.compute(dockerdDurations.writeConfig);
    yield* checkpoint(container);
    yield* emitContainerEvent(daemon.events, container, 'create');
    yield* announce(container);
    return { container, warnings };
  } catch (error) {
    daemon.names.delete(reserved);
    dropLinks(daemon, reserved);
    throw error;
  }
}

/** moby: daemon/images, GetImage(). */
function ofOtherPlatform(name: string, platform: Platform): ApiError {
  const found = `image with reference ${name} was found but does not match the specified platform`;
  return notFound(`${found}: wanted ${formatPlatform(platform)}, actual: linux/amd64`);
}

/**
 * Its layers, its directory, its volumes. When one of them cannot be made, none of them stays. moby: the deferred
 * cleanupContainer() of create.go, which forgets the layer below when it is the upper one that fails.
 */
function* makeContainer(
  daemon: Daemon,
  record: ContainerRecord,
  host: HostConfig,
  image: Image,
  mounts: readonly Wanted[],
): Running<Container> {
  const below = { chainId: chainsOf(image.diffIds).at(-1) ?? '' };
  checkStorageOptions(host.StorageOpt ?? {});
  daemon.images.held.add(below);
  const layer = yield* randomHex(32);
  try {
    yield* createContainerLayers(layer, image.layer, record.Config.WorkingDir);
    yield* recordLayer(record.ID, layer, below.chainId);
    yield* makeDirectories(containerDirectory(record.ID), 0o710);
    yield* makeDirectories(`${containerDirectory(record.ID)}/checkpoints`, 0o700);
    const container = yield* registerContainer(daemon, record, host, layer);
    yield* setUpMountPoints(daemon, container, mounts);
    return container;
  } catch (error) {
    daemon.containers.delete(record.ID);
    yield* removeLayersOf(daemon, record, layer);
    yield* removeTree(containerDirectory(record.ID));
    throw error;
  } finally {
    daemon.images.held.delete(below);
  }
}

/** A container that has never run, as it stands on disk. */
function newRecord(
  id: string,
  name: string,
  image: Image,
  config: ContainerConfig,
  host: HostConfig,
  network: string | null,
  created: string,
): ContainerRecord {
  const [path = '', ...args] = commandOf(config);
  return {
    StreamConfig: {},
    State: {
      Running: false,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      RemovalInProgress: false,
      Dead: false,
      Pid: 0,
      ExitCode: 0,
      Error: '',
      StartedAt: neverTime,
      FinishedAt: neverTime,
    },
    ID: id,
    Created: created,
    Managed: false,
    Path: path,
    Args: args,
    Config: config,
    Image: image.id,
    ImageManifest: null,
    NetworkSettings: networkSettings(network),
    LogPath: host.LogConfig.Type === 'none' ? '' : `${containerDirectory(id)}/${id}-json.log`,
    Name: name,
    Driver: 'overlay2',
    OS: 'linux',
    RestartCount: 0,
    HasBeenStartedBefore: false,
    HasBeenManuallyStopped: false,
    MountPoints: {},
    HostnamePath: '',
    HostsPath: '',
    ShmPath: '',
    ResolvConfPath: '',
  };
}

/** A layer could be limited on XFS with project quotas, which this disk is not. moby: overlay2, CreateReadWrite(). */
function checkStorageOptions(options: Readonly<Record<string, string>>): void {
  if (Object.hasOwn(options, 'size'))
    throw serverError("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
  const [unknown] = Object.keys(options).toSorted();
  if (unknown !== undefined) throw serverError(`Unknown option ${unknown.toLowerCase()}`);
}

/** Puts a container, new or read from disk, under the daemon's care. */
export function* registerContainer(
  daemon: Daemon,
  record: ContainerRecord,
  host: HostConfig,
  layer: string,
): Running<Container> {
  const container: Omit<Container, 'machine'> & { machine?: Container['machine'] } = {
    record,
    host,
    layer,
    changed: {},
    logged: {},
    lock: newMutex(),
    streams: standardStreams(),
    rootfsUsers: record.State.Running ? 1 : 0,
    sandbox: null,
    shimPid: 0,
    isInContainerd: false,
    exits: 0,
    restarts: restartTries(record.RestartCount),
    restartDelayNs: 0,
    execs: new Map(),
    removed: false,
    health: null,
    lostLogBytes: 0,
    isBeingRestarted: false,
  };
  container.machine = yield* startMachine(containerMachine, {
    name: 'container',
    object: record.ID,
    input: { state: record.State },
    activities: activitiesOf(daemon, container as Container),
  });
  daemon.containers.set(record.ID, container as Container);
  daemon.names.set(record.Name.slice(1), record.ID);
  return container as Container;
}

/** Takes a name for an id. moby: daemon/names.go, reserveName() and generateNewName(). */
export function* reserveName(daemon: Daemon, id: string, name: string): Running<string> {
  if (name === '') {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const made = yield* randomName();
      if (daemon.names.has(made)) continue;
      daemon.names.set(made, id);
      return made;
    }
    daemon.names.set(id.slice(0, 12), id);
    return id.slice(0, 12);
  }
  const plain = name.replace(/^\//, '');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(plain)) {
    throw badRequest(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
  const owner = daemon.names.get(plain);
  if (owner !== undefined) {
    throw conflict(
      `Conflict. The container name "/${plain}" is already in use by container "${owner}". ` +
        'You have to remove (or rename) that container to be able to reuse that name.',
    );
  }
  daemon.names.set(plain, id);
  return plain;
}

/** The user's settings, and the image's where the user said nothing. moby: mergeAndVerifyConfig(), image.Merge. */
function mergedConfig(body: CreateRequest, image: Image, hostname: string): ContainerConfig {
  const own = image.config;
  const entrypointGiven = (body.Entrypoint ?? []).length > 0;
  const cmdGiven = (body.Cmd ?? []).length > 0;
  const entrypoint = entrypointGiven ? body.Entrypoint : own.Entrypoint;
  const cmd = cmdGiven || entrypointGiven ? body.Cmd : own.Cmd;
  const ports = { ...own.ExposedPorts, ...body.ExposedPorts };
  const volumes = { ...own.Volumes, ...body.Volumes };
  const stopSignal = body.StopSignal ?? own.StopSignal;
  return {
    Hostname: body.Hostname || hostname,
    Domainname: body.Domainname ?? '',
    User: body.User || own.User || '',
    AttachStdin: body.AttachStdin ?? false,
    AttachStdout: body.AttachStdout ?? false,
    AttachStderr: body.AttachStderr ?? false,
    ...(Object.keys(ports).length === 0 ? {} : { ExposedPorts: ports }),
    Tty: body.Tty ?? false,
    OpenStdin: body.OpenStdin ?? false,
    StdinOnce: body.StdinOnce ?? false,
    Env: mergedEnvironment(body.Env ?? [], own.Env),
    Cmd: cmd === undefined || cmd === null || cmd.length === 0 ? null : cmd,
    ...mergedHealthcheck(body.Healthcheck, own.Healthcheck),
    Image: body.Image ?? '',
    Volumes: Object.keys(volumes).length === 0 ? null : volumes,
    WorkingDir: body.WorkingDir || own.WorkingDir || '',
    Entrypoint: entrypoint === undefined || entrypoint === null || entrypoint[0] === '' ? null : entrypoint,
    OnBuild: null,
    Labels: { ...own.Labels, ...body.Labels },
    ...(stopSignal === undefined || stopSignal === '' ? {} : { StopSignal: stopSignal }),
    ...(body.StopTimeout === undefined ? {} : { StopTimeout: body.StopTimeout }),
  };
}

/** What the user did not say of the check is the image's. */
function mergedHealthcheck(
  given: HealthConfig | undefined,
  image: HealthConfig | undefined,
): { readonly Healthcheck?: HealthConfig } {
  if (given === undefined) return image === undefined ? {} : { Healthcheck: image };
  const said = Object.entries(given).filter(
    ([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0),
  );
  return { Healthcheck: { ...image, ...(Object.fromEntries(said) as HealthConfig) } };
}

function mergedEnvironment(given: readonly string[], image: readonly string[]): readonly string[] | null {
  const names = new Set(given.map((setting) => setting.split('=')[0]));
  const all = [...replaceOrAppend([], given), ...image.filter((setting) => !names.has(setting.split('=')[0]))];
  return all.length === 0 ? null : all;
}

function networkSettings(network: string | null): ContainerRecord['NetworkSettings'] {
  return {
    Bridge: '',
    SandboxID: '',
    SandboxKey: '',
    Ports: {},
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    Networks: network === null ? {} : { [network]: emptyEndpoint() },
  };
}

/** Which layer is whose: image/overlay2/layerdb/mounts. */
function* recordLayer(id: string, layer: string, below: string): Running<void> {
  const directory = `${layerMounts}/${id}`;
  yield* makeDirectories(directory);
  yield* writeFile(`${directory}/mount-id`, layer);
  yield* writeFile(`${directory}/init-id`, `${layer}-init`);
  yield* writeFile(`${directory}/parent`, below);
}
