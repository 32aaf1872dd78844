/**
 * What can be done to a process or a container at a moment. Each of it is a command line for a shell of the host: the
 * menu types it, so it is an input like any other, and whoever reads it can type it the next time.
 */
import { find } from '../journal/dictionary.ts';
import { lookUp } from '../journal/table.ts';
import { containersOf, taskOf, tasksOf } from '../journal/look-up.ts';
import type { ContainerState, TaskState, World } from '../journal/world.ts';
import { faults, type FaultKey } from '../text/faults.en.ts';
import { say, type Params } from '../text/text.ts';
import { hostFile, isThereAt } from './host-files.ts';
import { nameIn, type Lives } from './lives.ts';
import { titleAt } from './node-text.ts';

export type FaultTarget =
  | { readonly type: 'process'; readonly pid: number }
  | { readonly type: 'container'; readonly id: string };

export interface Fault {
  readonly label: string;
  readonly command: string;
}

export interface FaultGroup {
  readonly heading: string;
  readonly faults: readonly Fault[];
  /** Told by one word each, since all their commands are alike. */
  readonly isTerse: boolean;
}

export interface FaultMenu {
  readonly title: string;
  readonly groups: readonly FaultGroup[];
}

const words = (key: FaultKey, params: Params = {}) => say(faults, key, params);

/** Null when the process or the container is not there at that moment. */
export function faultMenu(world: World, lives: Lives, target: FaultTarget): FaultMenu | null {
  if (target.type === 'container') {
    const container = find(world.containers, target.id);
    if (container === undefined) return null;
    const name = nameIn(world, lives, target.id);
    return { title: words('menu.of-container', { name }), groups: containerGroups(world, lives, target.id) };
  }
  const { pid } = target;
  const life = lives.byPid.get(pid);
  const task = taskOf(world, pid);
  if (task === undefined || life === undefined || task.state === 'zombie') return null;
  const { part, container } = life.role;
  const isInside = part === 'init' || part === 'exec';
  return {
    title: words('menu.of-process', { title: titleAt(life, world.place, task.comm), pid }),
    groups: [
      ...(pid === 1 ? [hostGroup(world, lives)] : [signalGroup(task)]),
      ...(units.has(part)
        ? [unitGroup(world, lives, part), ...(part === 'dockerd' ? [liveRestoreGroup(world, pid)] : [])]
        : []),
      ...(isInside || part === 'shim' ? containerGroups(world, lives, container) : []),
    ],
  };
}

const signals = ['TERM', 'KILL', 'STOP', 'CONT', 'INT', 'HUP', 'USR1'] as const;

/** Who has stopped can go on, and who runs can be stopped: not the other way round. */
function signalGroup({ pid, state }: TaskState): FaultGroup {
  const pointless = state === 'stopped' ? 'STOP' : 'CONT';
  const sent = signals
    .filter((signal) => signal !== pointless)
    .map((signal) => ({ label: signal, command: `kill -${signal} ${pid}` }));
  return { heading: words('menu.signal'), faults: sent, isTerse: true };
}

const units: ReadonlySet<string> = new Set(['dockerd', 'containerd']);

/** The next version that the package archive has. */
const upgrades: Readonly<Record<string, string>> = {
  docker: 'docker.io=27.5.1+dfsg4-1',
  containerd: 'containerd=1.7.28~ds1-1',
};

function unitOf(part: string): string {
  return part === 'dockerd' ? 'docker' : part;
}

function unitGroup(world: World, lives: Lives, part: string): FaultGroup {
  const unit = unitOf(part);
  const upgrade = upgrades[unit] ?? unit;
  return {
    heading: words('menu.unit', { unit }),
    isTerse: false,
    faults: [
      { label: words('unit.restart'), command: `systemctl restart ${unit}` },
      { label: words('unit.stop'), command: `systemctl stop ${unit}` },
      { label: words('fault.crash'), command: `systemctl kill -s KILL ${unit}` },
      ...(isInstalled(world, lives, upgrade)
        ? []
        : [{ label: words('unit.upgrade'), command: `apt-get install ${upgrade}` }]),
    ],
  };
}

/** Whether an apt-get that was to install it has ended well by then. */
function isInstalled({ place }: World, lives: Lives, packageVersion: string): boolean {
  return lives.all.some(({ exited, status, programs }) => {
    const hasEndedWell = exited !== null && exited < place && status !== null && 'code' in status && status.code === 0;
    return hasEndedWell && programs.some(({ argv }) => argv.includes('install') && argv.includes(packageVersion));
  });
}

/** dockerd reads its settings again on SIGHUP, which a reload sends: dockerd(8), "daemon.json". */
function liveRestoreGroup(world: World, pid: number): FaultGroup {
  const isOn = lookUp(world.liveRestore, pid) ?? false;
  const command = `echo '{"live-restore": ${!isOn}}' >/etc/docker/daemon.json && systemctl reload docker`;
  return {
    heading: '/etc/docker/daemon.json',
    isTerse: false,
    faults: [{ label: words(isOn ? 'unit.live-restore-off' : 'unit.live-restore-on'), command }],
  };
}

const disk = '/var/lib/docker';
const slowLine = '{"bytes-per-second": 500000, "round-trip-ms": 800}';

function hostGroup(world: World, lives: Lives): FaultGroup {
  const isRunning = (part: string) =>
    tasksOf(world).some(({ pid, state }) => state !== 'zombie' && lives.roles.get(pid)?.part === part);
  const ended = [...units].filter((part) => !isRunning(part));
  const starts = ended.map((part) => ({
    label: words('unit.start', { unit: part }),
    command: `systemctl start ${unitOf(part)}`,
  }));
  const others = hostEntries(world, lives)
    .filter(({ isOffered }) => isOffered)
    .map(({ key, command }) => ({ label: words(key), command }));
  return { heading: words('menu.host'), isTerse: false, faults: [...starts, ...others] };
}

/** What breaks the host while it is whole, and what mends it once it is broken. */
function hostEntries({ place }: World, { hostFiles }: Lives): readonly Entry[] {
  const { runc, runcTakenAway, fill, registry } = hostFile;
  const isThere = (path: string) => isThereAt(hostFiles, path, place);
  const isWhole = isThere(runc) && !isThere(runcTakenAway);
  const failing = `mv ${runc} ${runcTakenAway}; printf '#!/bin/sh\\nexit 1\\n' >${runc}; chmod +x ${runc}`;
  const filled = `fallocate -l $(df -k ${disk} | awk 'NR == 2 { print $4 }')KiB ${fill}`;
  const slowed = `mkdir -p /etc/glassdock; echo '${slowLine}' >${registry}`;
  return [
    { key: 'host.runc-missing', command: `mv ${runc} ${runcTakenAway}`, isOffered: isWhole },
    { key: 'host.runc-failing', command: failing, isOffered: isWhole },
    { key: 'host.runc-back', command: `mv ${runcTakenAway} ${runc}`, isOffered: isThere(runcTakenAway) },
    { key: 'host.disk-full', command: filled, isOffered: !isThere(fill) },
    { key: 'host.disk-free', command: `rm ${fill}`, isOffered: isThere(fill) },
    { key: 'host.registry-slow', command: slowed, isOffered: !isThere(registry) },
    { key: 'host.registry-usual', command: `rm ${registry}`, isOffered: isThere(registry) },
  ];
}

function containerGroups(world: World, lives: Lives, id: string): readonly FaultGroup[] {
  const container = containersOf(world).find((known) => known.id === id);
  // Somebody's own, by runc alone: docker does not know it.
  if (container === undefined) return [];
  const name = nameIn(world, lives, id);
  const made = entriesFor(world, lives, container)
    .filter(({ isOffered }) => isOffered)
    .map(({ key, command }) => ({ label: words(key), command }));
  return [{ heading: words('menu.container', { name }), faults: made, isTerse: false }];
}

interface Entry {
  readonly key: FaultKey;
  readonly command: string;
  readonly isOffered: boolean;
}

function entriesFor(world: World, lives: Lives, container: ContainerState): readonly Entry[] {
  const { status } = container;
  const name = nameIn(world, lives, container.id);
  const isRunning = status === 'running';
  const isUp = isRunning || status === 'paused' || status === 'restarting';
  const limits = limitsOf(world, container);
  const offer = (key: FaultKey, isOffered: boolean, command: string): Entry => ({ key, command, isOffered });
  return [
    offer('container.start', !isUp, `docker start ${name}`),
    offer('container.stop', isUp, `docker stop ${name}`),
    offer('container.kill', isRunning || status === 'paused', `docker kill ${name}`),
    offer('container.pause', isRunning, `docker pause ${name}`),
    offer('container.unpause', status === 'paused', `docker unpause ${name}`),
    offer('container.restart', isUp, `docker restart ${name}`),
    offer('container.remove', true, `docker rm -f ${name}`),
    offer('container.shell', isRunning, `docker exec -it ${name} sh`),
    offer('container.kill-inside', isRunning, `docker exec ${name} kill -9 1`),
    ...readerEntries(world, lives, isRunning),
    offer(
      'container.limit-memory',
      isRunning && limits.memory === undefined,
      `docker update -m 32m --memory-swap 32m ${name}`,
    ),
    offer('container.eat-memory', isRunning && limits.memory !== undefined, `docker exec ${name} tail /dev/zero`),
    offer('container.limit-pids', isRunning && limits.pids === undefined, `docker update --pids-limit 20 ${name}`),
    offer(
      'container.fork-bomb',
      isRunning && limits.pids !== undefined,
      `docker exec ${name} sh -c 'f() { f & f; }; f'`,
    ),
    offer('container.limit-cpu', isRunning && limits.cpu === undefined, `docker update --cpus 0.5 ${name}`),
  ];
}

/** dockerd reads what the container prints; while it hangs the pipe fills, and its writer blocks. */
function readerEntries(world: World, lives: Lives, isRunning: boolean): readonly Entry[] {
  const reader = tasksOf(world).find(({ pid }) => lives.roles.get(pid)?.part === 'dockerd');
  if (reader === undefined || reader.state === 'zombie') return [];
  const isHanging = reader.state === 'stopped';
  return [
    { key: 'fault.hang-reader', command: `kill -STOP ${reader.pid}`, isOffered: isRunning && !isHanging },
    { key: 'fault.go-on-reader', command: `kill -CONT ${reader.pid}`, isOffered: isHanging },
  ];
}

/** The limits that are set, as its cgroup's files say them; nobody has written to those that are not. */
function limitsOf(world: World, { taskPid }: ContainerState) {
  const path = taskOf(world, taskPid)?.cgroup;
  const values = path === undefined ? {} : (find(world.cgroups, path)?.values ?? {});
  const set = (file: string): string | undefined => {
    const value = values[file] ?? 'max';
    return value.startsWith('max') ? undefined : value;
  };
  return { memory: set('memory.max'), pids: set('pids.max'), cpu: set('cpu.max') };
}
