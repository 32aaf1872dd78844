/**
 * A swarm: machines that are driven by random commands and faults from a seed, looked over after every step. The same
 * seed gives the same run, so a failure is its seed; and the shortest list of commands that still fails is found by
 * leaving out.
 */
import { createMachine, type Machine } from '../host/machine.ts';
import { seededRandom } from '../kernel/random.ts';
import { randomCommand } from './commands.ts';
import { clearAway } from './clear-away.ts';
import { noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { lookOver } from './look-over.ts';
import type { Course } from './look-over.ts';
import { perform, secondNs } from './perform.ts';
import { startVolumes } from './volumes.ts';
import { startWitness } from './witness.ts';

/** A run that went wrong: what was wrong after which command. */
export interface Failure {
  readonly seed: number;
  readonly commands: readonly string[];
  /** Number of the command after which it was seen, from 0; their number when it was seen in the end. */
  readonly step: number;
  readonly wrong: readonly string[];
}

export interface SwarmRun {
  readonly failure: Failure | undefined;
  /** Transitions that were taken: `container: running --pause--> pausing`. */
  readonly transitions: ReadonlySet<string>;
  readonly journalHash: number;
  readonly counts: Counts;
}

/** A random command that takes longer than this goes on in the background. */
const patienceNs = 15 * secondNs;
/** A drill's command is to end before the next one begins. */
export const drillPatienceNs = 180 * secondNs;

/** The commands that a seed stands for. */
export function commandsOf(seed: number, steps: number): readonly string[] {
  const random = seededRandom(seed);
  return Array.from({ length: steps }, () => randomCommand(random));
}

/**
 * Runs commands on a fresh machine and looks it over after each; stops at the first thing that is wrong.
 *
 * @param longestNs what takes longer goes on in the background.
 * @param also one more checker: what is wrong with the machine, a sentence each.
 */
export function runCommands(
  seed: number,
  commands: readonly string[],
  longestNs: number = patienceNs,
  also: (machine: Machine) => readonly string[] = () => [],
): SwarmRun {
  const course = startCourse(seed);
  for (const [step, command] of commands.entries()) {
    const wrong = orWhatStoppedIt(() => {
      perform(course.machine, command, longestNs);
      return [...lookOver(course), ...also(course.machine)];
    });
    if (wrong.length > 0) return resultOf(course, { seed, commands, step, wrong });
  }
  const wrong = orWhatStoppedIt(() => clearAway(course));
  const failure = wrong.length > 0 ? { seed, commands, step: commands.length, wrong } : undefined;
  return resultOf(course, failure);
}

/** An assertion of the kernel's stops a machine at once: the run has failed by it, and its seed is told. */
function orWhatStoppedIt(act: () => readonly string[]): readonly string[] {
  try {
    return act();
  } catch (error) {
    return [`the machine stopped: ${String(error)}`];
  }
}

function resultOf({ witness, counts }: Course, failure: Failure | undefined): SwarmRun {
  return { failure, transitions: witness.transitions, journalHash: witness.journalHash(), counts };
}

function startCourse(seed: number): Course {
  const witness = startWitness();
  const machine = createMachine({ seed, images: ['busybox'], sink: witness.sink });
  return { machine, witness, counts: noCounts(), volumesLeft: startVolumes(), unseen: 0 };
}

/**
 * The shortest list of commands found that fails still: pieces are left out, ever smaller ones.
 *
 * @param run what runs commands and looks them over.
 */
export function shortest(
  failure: Failure,
  run: (seed: number, commands: readonly string[]) => Pick<SwarmRun, 'failure'> = runCommands,
): Failure {
  let best = failure;
  let commands = failure.commands.slice(0, failure.step + 1);
  for (let size = Math.ceil(commands.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < commands.length;) {
      const fewer = commands.toSpliced(from, size);
      const again = run(failure.seed, fewer).failure;
      if (again === undefined) from += size;
      else {
        best = again;
        commands = fewer.slice(0, again.step + 1);
      }
    }
  }
  return best;
}
