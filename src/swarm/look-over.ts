/**
 * Looking a machine over between two commands: what must hold at any moment, and, when nothing of the engine's is under
 * way, whether its parts agree. Whatever is not judged is counted, and nothing stays unjudged for long: who is away is
 * fetched back.
 */
import type { Machine } from '../host/machine.ts';
import { containersOf } from '../journal/look-up.ts';
import type { Complaint } from './agreement.ts';
import { ask } from './answers.ts';
import type { Answers } from './answers.ts';
import { complaints, servingPid, wrongWithKernel } from './checkers.ts';
import type { Counts, StepCount } from './counts.ts';
import { changedAtNs } from './disk.ts';
import { wrongExecIds, wrongExecs } from './execs.ts';
import { saidOnDisk, wrongInspections } from './inspected.ts';
import { isExcused } from './interference.ts';
import { perform, secondNs } from './perform.ts';
import { heldContainers } from './traces.ts';
import { wrongVolumes } from './volumes.ts';
import type { VolumesLeft } from './volumes.ts';
import type { Witness } from './witness.ts';

/** A run on its way. */
export interface Course {
  readonly machine: Machine;
  readonly witness: Witness;
  readonly counts: Counts;
  readonly volumesLeft: VolumesLeft;
  /** Steps in a row after which the engine could not be looked at, or a container of it for who stood still. */
  unseen: number;
}

/** What follows a command at once: its connection is closed, its shell reaped. */
const breathNs = 0.05 * secondNs;
/** As long as the engine's parts may take to agree: exits are told, back-offs end, a daemon comes back. */
export const settlingNs = 40 * secondNs;
const longestNs = 180 * secondNs;
/** Steps in a row that may go by unseen. */
const mostUnseen = 5;
/** Each time costs three programs: of so many comparisons one asks the daemons too. */
const askedEvery = 6;

/** What is wrong after a command, a sentence each. */
export function lookOver(course: Course): readonly string[] {
  const wrong = wrongAtAnyTime(course);
  if (wrong.length > 0) return wrong;
  const { machine, counts } = course;
  let reason = whyUnseen(course);
  if (course.unseen >= mostUnseen && (reason !== undefined || isHeld(machine))) {
    fetchBack(machine);
    reason = whyUnseen(course);
    if (reason !== undefined) return [`whatever one does, the engine cannot be looked at: ${reason}`];
  }
  counts[reason ?? 'compared'] += 1;
  course.unseen = reason === undefined && !isHeld(machine) ? 0 : course.unseen + 1;
  return reason === undefined ? disagreements(course) : [];
}

const isHeld = ({ kernel }: Machine): boolean => heldContainers(kernel).size > 0;

/** The kernel's invariants and the programs' faults. */
function wrongAtAnyTime({ machine, witness }: Course): readonly string[] {
  machine.advance(machine.nowNs());
  return [...witness.faults, ...wrongWithKernel(machine, witness.world())];
}

/** Why the parts of the engine cannot be asked to agree at this moment: undefined when they can. */
function whyUnseen({ machine, witness }: Course): Exclude<StepCount, 'compared'> | undefined {
  if (!machine.quiesce(machine.nowNs() + breathNs)) return 'under way';
  for (const name of ['dockerd', 'containerd'] as const)
    if (servingPid(machine.kernel, witness.world(), name) === 0) return `no ${name}`;
  return undefined;
}

/** Faults are undone, whoever stands still goes on, the units are started. */
export function fetchBack(machine: Machine): void {
  const undo = 'rm -f /fill; [ -e /root/runc ] && mv /root/runc /usr/sbin/runc; pkill -CONT .';
  const units = 'docker.socket docker containerd';
  perform(machine, `${undo}; systemctl reset-failed ${units}; systemctl start containerd docker`, longestNs);
  settle(machine);
}

export function settle(machine: Machine): void {
  machine.advance(machine.nowNs() + settlingNs);
  machine.quiesce(machine.nowNs() + settlingNs);
}

/** Where the parts of the engine disagree; what has just happened may still be on its way, so they are asked again. */
export function disagreements(course: Course): readonly string[] {
  if (judge(course).length === 0) return [];
  settle(course.machine);
  return [...wrongAtAnyTime(course), ...(whyUnseen(course) === undefined ? judge(course) : [])];
}

/** What is not as the daemons say when they are asked, as the disk says, and as it was to become. */
function whatIsSaid({ machine: { kernel }, witness, volumesLeft }: Course, answers?: Answers): readonly Complaint[] {
  const world = witness.world();
  const dockerd = servingPid(kernel, world, 'dockerd');
  return [
    ...wrongInspections(world, 'its record', saidOnDisk(kernel, world), witness.endOf),
    ...containersOf(world).flatMap((container) => wrongExecs(kernel, world, dockerd, container, witness.execs)),
    ...witness.unanswered(),
    ...volumesLeft(kernel, world),
    ...(answers === undefined
      ? []
      : [
          ...wrongInspections(world, 'docker inspect', answers.states, witness.endOf),
          ...wrongExecIds(world, answers.execs, witness.execs),
          ...wrongVolumes(kernel, world, answers.dangling),
        ]),
  ];
}

function judge(course: Course): readonly string[] {
  const { machine, witness, counts } = course;
  const { kernel } = machine;
  const held = heldContainers(kernel);
  const asks = counts.compared % askedEvery === 0;
  const answers = asks ? ask(machine, held) : undefined;
  if (asks && answers === undefined) return ['docker ps or ctr did not answer'];
  machine.quiesce(machine.nowNs() + breathNs);
  const found = [...complaints(kernel, witness.world(), answers), ...whatIsSaid(course, answers)]
    .filter(({ of, what }) => !witness.isMisjudged(of) && !witness.staysForGood(what, changedAtNs(kernel, what)))
    // Who asks about all waits for those that stand still.
    .filter(({ of, kind }) => held.size === 0 || of !== '' || kind !== 'answers');
  const still = found.filter(({ of }) => held.has(of));
  const away = found.filter((complaint) => !held.has(complaint.of) && isExcused(witness.disturbanceOf, complaint));
  counts.containers += containersOf(witness.world()).length;
  counts['somebody of it stands still'] += new Set(still.map(({ of }) => of)).size;
  counts['somebody of it was away'] += new Set(away.map(({ of }) => of)).size;
  const excused: ReadonlySet<Complaint> = new Set([...still, ...away]);
  return found.filter((complaint) => !excused.has(complaint)).map(({ text }) => text);
}
