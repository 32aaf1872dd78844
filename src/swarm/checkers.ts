/**
 * What must hold whatever happens: of the kernel at any moment, of the engine when nothing of it is under way. They
 * read the kernel's tables, the machine's disk and the folded journal, and share no code with what they check.
 */
import { differenceBetween } from '../host/account.ts';
import type { Machine } from '../host/machine.ts';
import { containersOf, machineOf } from '../journal/look-up.ts';
import type { World } from '../journal/world.ts';
import type { Kernel, Task } from '../kernel/kernel.ts';
import { complaintsAbout, wrongAnswers } from './agreement.ts';
import type { Answers } from './answers.ts';
import type { Complaint } from './agreement.ts';
import { tracesOn } from './traces.ts';

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
  const { parent } = task;
  const hasLivingParent = parent !== null && (parent.state === 'alive' || parent.state === 'stopped');
  if (task.state === 'zombie' && !hasLivingParent) wrong.push(`zombie ${task.pid} (${task.comm}) has no living parent`);
  const { init } = task.pidNamespace;
  const isOrphaned = init !== null && init !== task && (init.state === 'zombie' || init.state === 'reaped');
  if (isOrphaned && (task.state === 'alive' || task.state === 'stopped') && !diesLater(task))
    wrong.push(`task ${task.pid} (${task.comm}) has outlived the init of its pid namespace`);
  return wrong;
}

/** Only who sleeps where no signal reaches it is killed and not dead yet. */
function diesLater({ pending, threads }: Task): boolean {
  return pending.includes('SIGKILL') && threads.some(({ sleep }) => sleep?.interrupted === 'never');
}

/** The pid of a daemon that serves; 0 when it does not. */
export function servingPid(kernel: Kernel, world: World, name: 'dockerd' | 'containerd'): number {
  const task = [...kernel.tasks.values()].find(
    ({ comm, parent, state }) => comm === name && parent?.pid === 1 && state === 'alive',
  );
  return task !== undefined && machineOf(world, task.pid, name, '')?.state === 'serving' ? task.pid : 0;
}

/** Where the engine's parts disagree, and what is left of containers that do not run. Both daemons serve. */
export function complaints(kernel: Kernel, world: World, answers?: Answers): readonly Complaint[] {
  const traces = tracesOn(kernel, world);
  const containers = containersOf(world);
  const strange = traces.filter(({ of }) => !containers.some(({ id }) => id === of));
  return [
    ...(answers === undefined ? [] : wrongAnswers(world, answers)),
    ...containers.flatMap((container) =>
      complaintsAbout(
        kernel,
        world,
        container,
        traces.filter(({ of }) => of === container.id),
      ),
    ),
    ...unreaped(kernel),
    ...strange.map(({ kind, of, what }) => ({ of, kind, text: `a ${kind} is left of no container: ${what}`, what })),
  ];
}

/** The dead whom one of the engine's programs should have waited for, and does not. */
function unreaped(kernel: Kernel): readonly Complaint[] {
  const dead = [...kernel.tasks.values()].filter(({ state }) => state === 'zombie');
  const owed = dead.filter(({ parent }) => parent?.state === 'alive' && isOfTheEngine(parent));
  return owed.map(({ pid, comm, parent }) => ({
    of: '',
    kind: 'processes',
    what: '',
    text: `${comm} ${pid} is dead, and its parent ${parent?.comm} ${parent?.pid} has not waited for it`,
  }));
}

function isOfTheEngine({ comm }: Task): boolean {
  return ['systemd', 'dockerd', 'containerd', 'containerd-shim', 'runc'].includes(comm);
}
