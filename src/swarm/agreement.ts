/**
 * Whether dockerd, containerd, the shims, runc and the kernel say the same of each container: what there must be of
 * one that runs is there, and of one that does not, or is no more, nothing.
 */
import { containersOf, machineOf } from '../journal/look-up.ts';
import type { ContainerState, World } from '../journal/world.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Answers } from './answers.ts';
import { lasting } from './layers.ts';
import { namesIn, textOf } from './disk.ts';
import type { Trace, TraceKind } from './traces.ts';

/** What is wrong, and with which container: '' where nobody can tell whose it was. */
export interface Complaint {
  readonly of: string;
  readonly kind: TraceKind | 'states' | 'processes' | 'answers' | 'volume';
  readonly text: string;
  /** The trace that it is about; '' for none. */
  readonly what: string;
}

/** What everybody has of a container that runs. */
const needed: readonly TraceKind[] = [
  'bundle',
  'work directory',
  'state of runc',
  'directory of fifos',
  'socket of a shim',
  'shim',
  'process',
  'cgroup',
  'root mount',
];

export function isRunning({ status }: Pick<ContainerState, 'status'>): boolean {
  return status === 'running' || status === 'paused';
}

/** Where two of them say different things about a container that dockerd knows. */
export function complaintsAbout(
  kernel: Kernel,
  world: World,
  container: ContainerState,
  traces: readonly Trace[],
): readonly Complaint[] {
  const about = `container ${container.name} is ${container.status} for dockerd`;
  const say = (kind: Complaint['kind'], text: string, what = ''): Complaint => ({ of: container.id, kind, text, what });
  const ofADisk = wrongOnDisk(container, traces).map((text) => say('directory', `${about}, and ${text}`));
  if (!isRunning(container))
    return [
      ...ofADisk,
      ...traces
        .filter(({ kind }) => !lasting.has(kind))
        .map(({ kind, what }) => say(kind, `${about}, and there is still a ${kind}: ${what}`, what)),
    ];
  // An exec that the freezer has caught waits for the thaw, and its runc with it.
  const mayGoOn = (what: string): boolean => container.status === 'paused' && what.endsWith('(runc)');
  const helpers = traces.filter(({ kind, what }) => kind === 'helper' && !mayGoOn(what));
  const missing = needed.filter((kind) => !traces.some((trace) => trace.kind === kind));
  return [
    ...ofADisk,
    ...missing.map((kind) => say(kind, `${about}, and its ${kind} is missing`)),
    ...helpers.map(({ what }) => say('helper', `${about}, and ${what} goes on`)),
    ...wrongStates(kernel, world, container).map((text) => say('states', `${about}, and ${text}`)),
    ...wrongProcesses(kernel, container).map((text) => say('processes', `${about}, and ${text}`)),
    ...wrongNetwork(kernel, container, traces).map((text) => say('sandbox record', `${about}, and ${text}`)),
  ];
}

/** Of one whose removal has begun some may have gone. */
function wrongOnDisk({ status }: ContainerState, traces: readonly Trace[]): readonly string[] {
  if (status === 'dead' || status === 'removing') return [];
  return [...lasting].flatMap(([kind, wanted]) => {
    const { length } = traces.filter((trace) => trace.kind === kind);
    return length === wanted ? [] : [`it has ${length} of ${wanted} on the disk: ${kind}`];
  });
}

/** The state machines of the three programs, and the freezer. */
function wrongStates(kernel: Kernel, world: World, container: ContainerState): readonly string[] {
  const shim = machineOf(world, container.shimPid, 'shim process', container.id)?.state;
  const wrong: string[] = [];
  if (shim !== undefined && shim !== container.status) wrong.push(`its shim says ${shim}`);
  const init = kernel.tasks.get(container.taskPid);
  if (init !== undefined && init.cgroup.frozen !== (container.status === 'paused'))
    wrong.push(`its cgroup is ${init.cgroup.frozen ? '' : 'not '}frozen`);
  return wrong;
}

function wrongProcesses(kernel: Kernel, container: ContainerState): readonly string[] {
  const init = kernel.tasks.get(container.taskPid);
  if (init === undefined || init.state === 'zombie' || init.state === 'reaped')
    return [`its process ${container.taskPid} is ${init?.state ?? 'none'}`];
  const wrong: string[] = [];
  if (init.parent?.pid !== container.shimPid)
    wrong.push(`the parent of ${init.pid} is ${init.parent?.pid}, not its shim ${container.shimPid}`);
  if (init.cgroup.name !== `docker-${container.id}.scope`) wrong.push(`${init.pid} is in cgroup ${init.cgroup.name}`);
  const text = textOf(kernel, `/run/docker/runtime-runc/moby/${container.id}/state.json`);
  const said = text === '' ? container.taskPid : (JSON.parse(text) as { init_process_pid: number }).init_process_pid;
  if (said !== container.taskPid) wrong.push(`runc says ${said}, not ${container.taskPid}`);
  if (namesIn(kernel, `/run/docker/runtime-runc/moby/${container.id}`).includes('exec.fifo'))
    wrong.push('its exec.fifo is still there');
  return wrong;
}

/** A sandbox has its namespace and, on the bridge, one end of a veth pair; each published port a proxy and rules. */
function wrongNetwork(kernel: Kernel, container: ContainerState, traces: readonly Trace[]): readonly string[] {
  const count = (kind: TraceKind): number => traces.filter((trace) => trace.kind === kind).length;
  const text = textOf(kernel, `/var/lib/docker/network/files/${container.id}.json`);
  if (text === '') return sharesNetwork(kernel, container) ? [] : ['its sandbox record is missing'];
  const { network, publications } = JSON.parse(text) as {
    readonly network: string;
    readonly publications: readonly { readonly rules: readonly unknown[] }[];
  };
  const rules = publications.reduce((sum, publication) => sum + publication.rules.length, 0);
  const wanted: readonly (readonly [TraceKind, number])[] = [
    ['network namespace', network === 'host' ? 0 : 1],
    ['veth', network === 'bridge' ? 1 : 0],
    ['proxy', publications.length],
    ['rule', rules],
  ];
  return wanted
    .filter(([kind, number]) => (kind === 'rule' ? count(kind) < number : count(kind) !== number))
    .map(([kind, number]) => `it has ${count(kind)} of ${number} on the network: ${kind}`);
}

/** `--network container:NAME`: the sandbox is that one's. */
function sharesNetwork(kernel: Kernel, { id }: ContainerState): boolean {
  return textOf(kernel, `/var/lib/docker/containers/${id}/hostconfig.json`).includes('"NetworkMode":"container:');
}

/** Where the answers of dockerd and containerd are not what the journal and the machine say. */
export function wrongAnswers(world: World, { containers, records, tasks }: Answers): readonly Complaint[] {
  const known = containersOf(world);
  const say = (of: string, text: string): Complaint => ({ of, kind: 'answers', text, what: '' });
  const wrong = known.flatMap(({ id, name, status, taskPid }) => {
    const runs = isRunning({ status });
    const about = `container ${name} is ${status} for dockerd`;
    const task = runs ? `${taskPid} ${status.toUpperCase()}` : undefined;
    const answer = containers.get(id);
    return [
      ...(answer === `${name} ${status}` ? [] : [say(id, `${about}, and docker ps says ${answer}`)]),
      ...(records.has(id) === runs ? [] : [say(id, `${about}, and containerd has ${runs ? 'no' : 'a'} record of it`)]),
      ...(tasks === undefined || tasks.get(id) === task ? [] : [say(id, `${about}, and its task is ${tasks.get(id)}`)]),
    ];
  });
  const strangers = [...containers.keys(), ...records, ...(tasks?.keys() ?? [])].filter(
    (id) => !known.some((container) => container.id === id),
  );
  return [...wrong, ...new Set(strangers)].map((each) =>
    typeof each === 'string' ? say(each, `dockerd or containerd tell of a container ${each} that is no more`) : each,
  );
}
