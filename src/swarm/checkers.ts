/**
 * What must hold whatever happens: of the kernel at any moment, of the engine when nothing of it is under way. They
 * read the kernel's tables, the machine's disk and the folded journal, and share no code with what they check.
 */
import { differenceBetween } from '../host/account.ts';
import type { Machine } from '../host/machine.ts';
import { readBytes } from '../host/files.ts';
import { containersOf, machineOf } from '../journal/look-up.ts';
import type { ContainerState, World } from '../journal/world.ts';
import type { Kernel, Task } from '../kernel/kernel.ts';
import type { Witness } from './witness.ts';
import { existsAt } from '../kernel/vfs/host-files.ts';

const bundles = '/run/containerd/io.containerd.runtime.v2.task/moby';
const states = '/run/docker/runtime-runc/moby';

/** What is wrong with the kernel, a sentence each. */
export function wrongWithKernel(machine: Machine, world: World): readonly string[] {
  const { kernel } = machine;
  const wrong = [...kernel.tasks.values()].flatMap(wrongWithTask);
  if (kernel.queue.nextNs() < kernel.nowNs) wrong.push('something was due in the past');
  const difference = differenceBetween(world, kernel);
  if (difference !== undefined) wrong.push(difference);
  return wrong;
}

function wrongWithTask(task: Task): readonly string[] {
  const wrong: string[] = [];
  if (
    task.state === 'zombie' &&
    (task.parent === null || task.parent.state !== 'alive') &&
    task.parent?.state !== 'stopped'
  )
    wrong.push(`zombie ${task.pid} (${task.comm}) has no living parent`);
  const { init } = task.pidNamespace;
  const isOrphaned = init !== null && init !== task && (init.state === 'zombie' || init.state === 'reaped');
  if (isOrphaned && task.state === 'alive' && task.pending.length === 0)
    wrong.push(`task ${task.pid} (${task.comm}) has outlived the init of its pid namespace`);
  return wrong;
}

/** Whether both daemons are there and run, so that they can be asked to agree. */
export function isServing(machine: Machine, world: World): boolean {
  return ['dockerd', 'containerd'].every((name) => {
    const task = daemon(machine.kernel, name);
    return task !== undefined && machineOf(world, task.pid, name, '')?.state === 'serving';
  });
}

function daemon(kernel: Kernel, comm: string): Task | undefined {
  return [...kernel.tasks.values()].find(
    (task) => task.comm === comm && task.parent?.pid === 1 && task.state === 'alive',
  );
}

/**
 * Where dockerd, containerd, the shim, runc and the kernel say different things about a container; but for ends that
 * nobody may have been told of.
 */
export function disagreements(machine: Machine, witness: Witness): readonly string[] {
  return containersOf(witness.world()).flatMap((container) => {
    const { kernel } = machine;
    if (witness.mayBeUntold(container)) return [];
    const isThere = container.status === 'running' || container.status === 'paused';
    const about = `container ${container.name} is ${container.status} for dockerd`;
    const wrong: string[] = [];
    if (existsAt(kernel, `${bundles}/${container.id}`) !== isThere)
      wrong.push(`${about}, and its bundle is ${isThere ? 'missing' : 'still there'}`);
    if (existsAt(kernel, `${states}/${container.id}/state.json`) !== isThere)
      wrong.push(`${about}, and runc's state is ${isThere ? 'missing' : 'still there'}`);
    return isThere ? [...wrong, ...wrongWithProcesses(kernel, container, about)] : wrong;
  });
}

function wrongWithProcesses(kernel: Kernel, container: ContainerState, about: string): readonly string[] {
  const wrong: string[] = [];
  const init = kernel.tasks.get(container.taskPid);
  const shim = kernel.tasks.get(container.shimPid);
  if (init === undefined || init.state === 'zombie' || init.state === 'reaped')
    return [`${about}, and its process ${container.taskPid} is ${init?.state ?? 'none'}`];
  if (shim === undefined || shim.state === 'zombie') wrong.push(`${about}, and its shim ${container.shimPid} is dead`);
  if (init.parent?.pid !== container.shimPid)
    wrong.push(`${about}, and the parent of ${init.pid} is ${init.parent?.pid}, not its shim ${container.shimPid}`);
  if (init.cgroup.frozen !== (container.status === 'paused'))
    wrong.push(`${about}, and its cgroup is ${init.cgroup.frozen ? '' : 'not '}frozen`);
  const state = JSON.parse(readBytes(kernel, `${states}/${container.id}/state.json`)) as { init_process_pid: number };
  if (state.init_process_pid !== container.taskPid)
    wrong.push(`${about} with process ${container.taskPid}, and runc says ${state.init_process_pid}`);
  return wrong;
}

/** What is left of containers when all have been removed. */
export function leftovers(machine: Machine): readonly string[] {
  const { kernel } = machine;
  const alive = [...kernel.tasks.values()].filter(({ state }) => state !== 'reaped');
  const wrong = alive
    .filter(({ comm }) => comm.startsWith('containerd-shim') || comm.startsWith('runc'))
    .map(({ pid, comm, state }) => `${comm} ${pid} (${state}) is left of no container`);
  const slice = kernel.rootCgroup.children.get('system.slice');
  for (const name of slice?.children.keys() ?? []) if (name.startsWith('docker-')) wrong.push(`cgroup ${name} is left`);
  const init = kernel.tasks.get(1);
  for (const { source, mountpoint } of init?.namespaces.mnt.mounts ?? [])
    if (source === 'overlay') wrong.push(`a mount of an overlay is left at ${mountpoint?.name}`);
  return wrong;
}
