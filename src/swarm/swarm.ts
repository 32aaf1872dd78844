/**
 * A swarm: machines that are driven by random commands and faults from a seed, looked over after every step. The same
 * seed gives the same run, so a failure is its seed; and the shortest list of commands that still fails is found by
 * leaving out.
 */
import { createMachine, type Machine } from '../host/machine.ts';
import { seededRandom } from '../kernel/random.ts';
import { disagreements, isServing, leftovers, wrongWithKernel } from './checkers.ts';
import { randomCommand } from './commands.ts';
import { startWitness, type Witness } from './witness.ts';

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
}

const secondNs = 1_000_000_000;
/** A random command that takes longer than this goes on in the background. */
const patienceNs = 15 * secondNs;
/** A drill's command is to end before the next one begins. */
export const drillPatienceNs = 180 * secondNs;
/** As long as the engine's parts may take to agree: exits are told, back-offs end, a daemon comes back. */
const settlingNs = 40 * secondNs;
const endPatienceNs = 180 * secondNs;

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
    perform(course.machine, command, longestNs);
    const wrong = [...lookOver(course), ...also(course.machine)];
    if (wrong.length > 0) return resultOf(course, { seed, commands, step, wrong });
  }
  const wrong = clearAway(course);
  const failure = wrong.length > 0 ? { seed, commands, step: commands.length, wrong } : undefined;
  return resultOf(course, failure);
}

function resultOf({ witness }: Course, failure: Failure | undefined): SwarmRun {
  return { failure, transitions: witness.transitions, journalHash: witness.journalHash() };
}

interface Course {
  readonly machine: Machine;
  readonly witness: Witness;
}

function startCourse(seed: number): Course {
  const witness = startWitness();
  return { machine: createMachine({ seed, images: ['busybox'], sink: witness.sink }), witness };
}

/** Runs a line in a shell of the host; its output is nobody's. */
function perform(machine: Machine, command: string, longestNs: number): number | null {
  const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', command] }, () => {});
  machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + longestNs);
  return shell.exitCode();
}

function lookOver(course: Course): readonly string[] {
  const { machine, witness } = course;
  const wrong = [...witness.faults, ...wrongWithKernel(machine, witness.world())];
  if (wrong.length > 0) return wrong;
  if (!canAgree(course) || disagreements(machine, witness).length === 0) return [];
  // What has just happened is still being told: they are asked again.
  machine.advance(machine.nowNs() + settlingNs);
  machine.quiesce(machine.nowNs() + settlingNs);
  return canAgree(course) ? disagreements(machine, witness) : [];
}

/** Both daemons serve, and nothing of the engine's stands still. */
function canAgree({ machine, witness }: Course): boolean {
  if (!machine.quiesce(machine.nowNs()) || !isServing(machine, witness.world())) return false;
  return [...machine.kernel.tasks.values()].every(({ state }) => state !== 'stopped');
}

const undoFaults = 'rm -f /fill; [ -e /root/runc ] && mv /root/runc /usr/sbin/runc';

const removeOrphans = `pkill -KILL -x containerd-shim
for scope in /sys/fs/cgroup/system.slice/docker-*.scope; do [ -d $scope ] && echo 1 > $scope/cgroup.kill; done`;

/** Everything goes on, then is removed: the engine answers, and nothing is left. */
function clearAway(course: Course): readonly string[] {
  const { machine, witness } = course;
  // A unit that failed too often in a minute may not be started before it is over.
  perform(machine, `pkill -CONT .; ${undoFaults}; sleep 61; systemctl start containerd docker`, endPatienceNs);
  machine.advance(machine.nowNs() + settlingNs);
  const exitCode = perform(
    machine,
    'for id in $(docker ps -aq); do docker rm -f $id; done; docker ps -aq',
    endPatienceNs,
  );
  // What a daemon that was away has not removed stays there for ever: containerd cleans up after a dead shim.
  if (witness.mayHaveOrphans()) perform(machine, removeOrphans, endPatienceNs);
  machine.advance(machine.nowNs() + settlingNs);
  const wrong = [...witness.faults, ...wrongWithKernel(machine, witness.world()), ...leftovers(machine)];
  return exitCode === 0 ? wrong : [`in the end docker did not answer (${exitCode})`, ...wrong];
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
