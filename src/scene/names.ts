import type { Role } from '../journal/roles.ts';

/** What a process is called on the stage. Stages of `runc init` and what becomes a container are told by their role. */
export function titleOf(role: Role | undefined): string {
  if (role === undefined) return 'kernel';
  return titles[role.part] ?? role.part.replace(/^runc-/, 'runc ');
}

const titles: Readonly<Record<string, string>> = {
  'shim-start': 'shim start',
  'shim-delete': 'shim delete',
  'runc-init-0': 'runc init, stage 0',
  'runc-init-1': 'runc init, stage 1',
  init: 'runc init',
  'exec-init-0': 'runc init, stage 0',
  'exec-init-1': 'runc init, stage 1',
  exec: 'runc init',
  setkey: 'setkey hook',
};

/** `Tasks/Create`, `POST /containers/create`, `Events/Forward /tasks/exit`: a message's label without what repeats. */
export function shortLabel(label: string, nameOf: (containerId: string) => string): string {
  const [first = '', ...rest] = label.split(' ');
  const method = first.includes('/') ? first.replace(/^.*\.(?=[^./]+\/)/, '').replace(/^\//, '') : first;
  const words = [method, ...rest.map((word) => word.replace(/^\/v1\.\d+(?=\/)/, '').replace(/\?.*$/, ''))];
  return words
    .join(' ')
    .replace(/https:\/\/(?:registry-1|auth)\.docker\.io/, '')
    .replace(/sha256:[0-9a-f]+/, 'sha256:…')
    .replace(/[0-9a-f]{64}/g, nameOf);
}

/** What a docker-proxy was told to publish; undefined for any other command line. */
export function publishedBy(argv: readonly string[]): Published | undefined {
  if (baseName(argv[0] ?? '') !== 'docker-proxy') return undefined;
  const option = (name: string): string => argv[argv.indexOf(name) + 1] ?? '';
  const target = `${option('-container-ip')}:${option('-container-port')}`;
  return { address: option('-host-ip'), port: option('-host-port'), target };
}

export interface Published {
  /** Of the host: `0.0.0.0`, `::`, or one of its own. */
  readonly address: string;
  readonly port: string;
  readonly target: string;
}

/** `IPv4 8080`, `IPv6 8080`; with its address where it is published on one only. */
export function publishedAt({ address, port }: Published): string {
  if (address === '0.0.0.0') return `IPv4 ${port}`;
  if (address === '::') return `IPv6 ${port}`;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The last part of a path: `/usr/bin/docker` → `docker`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A field of a message's body, which is JSON text, perhaps shortened; '' when it is not there. */
export function bodyField(body: string | undefined, name: string): string {
  return new RegExp(`"${name}":"?([^",}]+)`).exec(body ?? '')?.[1] ?? '';
}

const signals: Readonly<Record<string, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  15: 'SIGTERM',
  18: 'SIGCONT',
  19: 'SIGSTOP',
};

/** A signal's name from its number, for those that people send to containers. */
export function signalText(number: string): string {
  return signals[number] ?? `signal ${number}`;
}

/** The id of the container that a cgroup's path names; undefined for other cgroups, those below a container's too. */
export function containerOfScope(path: string): string | undefined {
  return /\/docker-([0-9a-f]{64})\.scope$/.exec(path)?.[1];
}

/** `docker-3f9c….scope`: a container's cgroup, short enough for a label. */
export function shortCgroup(path: string): string {
  return baseName(path).replace(/([0-9a-f]{4})[0-9a-f]{60}/, '$1…');
}

/** Ids and digests of 64 digits are told by their beginning. */
export function shortIds(text: string): string {
  return text.replace(/([0-9a-f]{6})[0-9a-f]{58}/g, '$1…');
}
