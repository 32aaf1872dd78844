/**
 * What a container that runs leaves on a machine, wherever one can look: processes, cgroups, mounts, files, devices,
 * rules, records. Read from the kernel's tables and the machine's disk, not asked of those who made it.
 */
import { sha256 } from '../programs/sha256.ts';
import { lookUp } from '../journal/table.ts';
import type { World } from '../journal/world.ts';
import type { Kernel, Task } from '../kernel/kernel.ts';
import type { Rule } from '../kernel/net/netfilter.ts';
import { namesIn, textOf } from './disk.ts';
import { lastingTracesOn, layersOn } from './layers.ts';

export type TraceKind =
  | 'bundle'
  | 'work directory'
  | 'state of runc'
  | 'directory of fifos'
  | 'socket of a shim'
  | 'shim'
  | 'helper'
  | 'process'
  | 'cgroup'
  | 'root mount'
  | 'shm mount'
  | 'network namespace'
  | 'file of a network namespace'
  | 'sandbox record'
  | 'veth'
  | 'proxy'
  | 'rule'
  | 'layer'
  | 'link to a layer'
  | 'record of layers'
  | 'directory';

export interface Trace {
  readonly kind: TraceKind;
  /** The container's id; what nobody can tell is of ''. */
  readonly of: string;
  /** As one would find it: a path, a pid with its name, a rule. */
  readonly what: string;
}

/** What of a sandbox's record counts here. */
interface SandboxRecord {
  readonly key: string;
  readonly number: number;
  readonly hostDevice: string;
  /** On the host as well until the hook moves it in. */
  readonly containerDevice: string;
}

const bundles = '/run/containerd/io.containerd.runtime.v2.task/moby';
const sandboxes = '/var/lib/docker/network/files';
const namespaces = '/run/docker/netns';
const hostNetwork = 'default';
/** Linux: comm has 15 characters. */
const shimComm = 'containerd-shim';
const proxyComm = 'docker-proxy';
const units: readonly string[] = ['docker.service', 'containerd.service'];

/** Everything of containers that is on the machine. */
export function tracesOn(kernel: Kernel, world: World): readonly Trace[] {
  return [
    ...filesOn(kernel),
    ...lastingTracesOn(kernel),
    ...tasksOn(kernel),
    ...mountsOn(kernel, world),
    ...networkOn(kernel, world),
  ];
}

/** Where the shim of a container listens. */
export function socketOf(id: string): string {
  return `/run/containerd/s/${sha256(`/run/containerd/containerd.sock/moby/${id}`)}`;
}

function filesOn(kernel: Kernel): readonly Trace[] {
  const below = (kind: TraceKind, directory: string): readonly Trace[] =>
    namesIn(kernel, directory).map((name) => ({ kind, of: name.replace(/^\./, ''), what: `${directory}/${name}` }));
  const found = below('bundle', bundles);
  const shims = [...kernel.tasks.values()].flatMap(traceOfTask).filter(({ kind }) => kind === 'shim');
  // One that containerd has given up goes on without a bundle.
  const sockets = new Map([
    ...shims.map(({ of }) => [socketOf(of), of] as const),
    ...found.map(({ of, what }) => [textOf(kernel, `${what}/address`).replace('unix://', ''), of] as const),
  ]);
  return [
    ...found,
    ...below('work directory', '/var/lib/containerd/io.containerd.runtime.v2.task/moby'),
    ...below('state of runc', '/run/docker/runtime-runc/moby'),
    ...below('directory of fifos', '/run/docker/containerd'),
    ...below('socket of a shim', '/run/containerd/s').map((trace) => ({ ...trace, of: sockets.get(trace.what) ?? '' })),
  ];
}

function tasksOn(kernel: Kernel): readonly Trace[] {
  const slice = kernel.rootCgroup.children.get('system.slice');
  const cgroups = [...(slice?.children.keys() ?? [])].filter((name) => name.startsWith('docker-'));
  return [
    ...cgroups.map((name): Trace => ({ kind: 'cgroup', of: idOfScope(name), what: name })),
    ...[...kernel.tasks.values()].flatMap(traceOfTask),
  ];
}

/** Of a process in the cgroup of a container or of one of the daemons' units. */
function traceOfTask({ pid, comm, argv, state, cgroup, parent }: Task): readonly Trace[] {
  if (state === 'zombie' || state === 'reaped') return [];
  const what = `${pid} (${comm})`;
  if (cgroup.name.startsWith('docker-')) return [{ kind: 'process', of: idOfScope(cgroup.name), what }];
  const isMain = parent?.pid === 1 && `${comm}.service`.replace('dockerd', 'docker') === cgroup.name;
  if (!units.includes(cgroup.name) || comm === proxyComm || isMain) return [];
  const isShim = comm === shimComm && !['start', 'delete'].includes(argv.at(-1) ?? '');
  const of = argv.find((word) => /^[0-9a-f]{64}$/.test(word)) ?? '';
  return [{ kind: isShim ? 'shim' : 'helper', of, what }];
}

/** Containers that wait for one of the engine's processes that stands still: for it alone and nobody else's. */
export function heldContainers(kernel: Kernel): ReadonlySet<string> {
  const stopped = [...kernel.tasks.values()].filter(({ state }) => state === 'stopped');
  const isOurs = ({ comm, argv }: Task): boolean => comm === shimComm || argv[0] === 'runc' || comm.startsWith('runc');
  return new Set(
    stopped
      .filter(isOurs)
      .flatMap(traceOfTask)
      .map(({ of }) => of),
  );
}

/** Of `docker-ID.scope`. */
function idOfScope(name: string): string {
  return name.slice('docker-'.length, -'.scope'.length);
}

/** In the host's mount namespace. */
function mountsOn(kernel: Kernel, world: World): readonly Trace[] {
  const layers = new Map(layersOn(kernel));
  return mountPoints(kernel, world).flatMap((target): readonly Trace[] => {
    const [, layer] = /\/overlay2\/([^/]+)\/merged$/.exec(target) ?? [];
    if (layer !== undefined) return [{ kind: 'root mount', of: layers.get(layer) ?? '', what: target }];
    const [, id] = /\/containers\/([^/]+)\/mounts\/shm$/.exec(target) ?? [];
    return id === undefined ? [] : [{ kind: 'shm mount', of: id, what: target }];
  });
}

function mountPoints(kernel: Kernel, world: World): readonly string[] {
  const namespace = kernel.tasks.get(1)?.namespaces.mnt.inode ?? 0;
  return (lookUp(world.mounts, namespace) ?? []).map(({ target }) => target);
}

function networkOn(kernel: Kernel, world: World): readonly Trace[] {
  const records = namesIn(kernel, sandboxes)
    .filter((name) => name.endsWith('.json') && name !== 'networks.json')
    .map((name) => ({ of: name.replace('.json', ''), ...sandboxIn(textOf(kernel, `${sandboxes}/${name}`)) }));
  const owner = (isIts: (record: SandboxRecord) => boolean): string => records.find(isIts)?.of ?? '';
  const byKey = (path: string): string => owner(({ key }) => key.endsWith(path.slice(namespaces.length)));
  const mounted = mountPoints(kernel, world).filter((target) => isNamespace(target));
  const byAddress = (address: string): string =>
    owner(({ number }) => number !== 0 && address.split(/[:/]/)[0] === `172.17.0.${number}`);
  return [
    ...records.map(({ of }): Trace => ({ kind: 'sandbox record', of, what: `${sandboxes}/${of}.json` })),
    ...mounted.map((what): Trace => ({ kind: 'network namespace', of: byKey(what), what })),
    ...namesIn(kernel, namespaces)
      .map((name) => `${namespaces}/${name}`)
      .filter((path) => isNamespace(path) && !mounted.includes(path))
      .map((what): Trace => ({ kind: 'file of a network namespace', of: byKey(what), what })),
    ...devicesOn(kernel).map((name): Trace => ({
      kind: 'veth',
      of: owner(({ hostDevice, containerDevice }) => hostDevice === name || containerDevice === name),
      what: name,
    })),
    ...proxiesOn(kernel).map((task): Trace => ({
      kind: 'proxy',
      of: byAddress(task.argv[task.argv.indexOf('-container-ip') + 1] ?? ''),
      what: `${task.pid} ${task.argv.slice(1).join(' ')}`,
    })),
    ...rulesOn(kernel).map(([address, what]): Trace => ({ kind: 'rule', of: byAddress(address), what })),
  ];
}

/** Of a container: what is mounted as `default` is the host's own. */
function isNamespace(path: string): boolean {
  return path.startsWith(namespaces) && path !== `${namespaces}/${hostNetwork}`;
}

function sandboxIn(text: string): SandboxRecord {
  return text === ''
    ? { key: '', number: 0, hostDevice: '', containerDevice: '' }
    : (JSON.parse(text) as SandboxRecord);
}

function devicesOn(kernel: Kernel): readonly string[] {
  const links = kernel.tasks.get(1)?.namespaces.net.links.values() ?? [];
  return [...links].filter(({ kind }) => kind === 'veth').map(({ name }) => name);
}

function proxiesOn(kernel: Kernel): readonly Task[] {
  const alive = [...kernel.tasks.values()].filter(({ state }) => state === 'alive' || state === 'stopped');
  return alive.filter(({ comm }) => comm === proxyComm);
}

function destinationOf({ destination, destinationPort }: Rule): string {
  const address = destination.value.replace('/32', '');
  return destinationPort.value === '' ? address : `${address}:${destinationPort.value}`;
}

/** Rules of the packet filter that are for one container's address: with their chain. */
function rulesOn(kernel: Kernel): readonly (readonly [address: string, what: string])[] {
  const netfilter = kernel.tasks.get(1)?.namespaces.net.netfilter;
  const chains = [...(netfilter?.filter.values() ?? []), ...(netfilter?.nat.values() ?? [])];
  return chains
    .flatMap(({ name, rules }) => rules.map(({ rule }) => [name, rule.to || destinationOf(rule)] as const))
    .filter(([, address]) => /^172\.17\.0\.([2-9]|\d\d)/.test(address))
    .map(([name, address]) => [address, `in ${name} for ${address}`]);
}
