import { entriesOf, find, type Dictionary } from './dictionary.ts';
import { machineKey } from './fold/engine.ts';
import { lookUp, valuesOf } from './table.ts';
import type { ContainerState, MachineState, TaskState, World } from './world.ts';

/** The task with this host pid, unless it was never born or has been reaped. */
export function taskOf(world: World, pid: number): TaskState | undefined {
  return lookUp(world.tasks, pid);
}

/** Every task, by ascending pid. */
export function tasksOf(world: World): readonly TaskState[] {
  return valuesOf(world.tasks);
}

export function childrenOf(world: World, pid: number): readonly TaskState[] {
  return tasksOf(world).filter((task) => task.ppid === pid);
}

/** Members of one cgroup, as its cgroup.procs lists them: zombies are no members. */
export function tasksInCgroup(world: World, path: string): readonly TaskState[] {
  return tasksOf(world).filter((task) => task.cgroup === path && task.state !== 'zombie');
}

/** Dictionaries are the same objects until they change: what is made of one is kept with it. */
const containersKnown = new WeakMap<World['containers'], readonly ContainerState[]>();
const machinesKnown = new WeakMap<Dictionary<MachineState>, readonly MachineState[]>();

/** dockerd's containers, oldest first. */
export function containersOf({ containers }: World): readonly ContainerState[] {
  const found = containersKnown.get(containers) ?? byAge(containers);
  containersKnown.set(containers, found);
  return found;
}

function byAge(containers: World['containers']): readonly ContainerState[] {
  return entriesOf(containers)
    .map(([, container]) => container)
    .toSorted((a, b) => a.born - b.born);
}

/** The machines that a process runs, by name. */
export function machinesOf(world: World, pid: number): readonly MachineState[] {
  const machines = lookUp(world.machines, pid);
  if (machines === undefined) return [];
  const found = machinesKnown.get(machines) ?? entriesOf(machines).map(([, machine]) => machine);
  machinesKnown.set(machines, found);
  return found;
}

export function machineOf(world: World, pid: number, machine: string, object: string): MachineState | undefined {
  const machines = lookUp(world.machines, pid);
  return machines === undefined ? undefined : find(machines, machineKey(machine, object));
}
