/**
 * Who was in whose way: an end that containerd was not there to be told of is lost, and what dockerd had begun when it
 * was killed nobody finishes. Real engines leave such things too, for the one container that was being dealt with, and
 * until it runs again.
 */
import type { Complaint } from './agreement.ts';
import type { JournalEvent, MachineFact } from '../journal/event.ts';

export interface Interference {
  readonly note: (event: JournalEvent) => void;
  /** What stood in the way of a container: undefined when nothing did since it was last started. */
  readonly of: (id: string) => string | undefined;
}

/** A shim offers an end five times: after 1, 2, 3, 4 and 5 seconds. containerd: runtime/v2/shim, publisher.go. */
const offeredNs = 15_000_000_000;

/** dockerd's states of a container in which nothing is being done to it. */
const atRest: ReadonlySet<string> = new Set([
  'created',
  'running',
  'paused',
  'restarting',
  'exited',
  'dead',
  'removed',
]);

/** What is being done to one container. */
interface Course {
  /** Until then something was: infinity while it is. */
  busyUntilNs: number;
  disturbance: string | undefined;
  /** Likewise, of the start that is under way: once it has come to its end the earlier ones count no more. */
  ofThisStart: string | undefined;
}

interface FaultByHand {
  readonly name: string;
  readonly begins: (program: string, words: readonly string[]) => boolean;
  readonly ends: (program: string, words: readonly string[]) => boolean;
}

const runc = '/usr/sbin/runc';
const tools: ReadonlySet<string> = new Set(['mv', 'rm', 'rmdir', 'mkdir', 'cp', 'mount', 'umount']);
const ofTheEngine = /^(\/usr\/bin\/containerd-shim-runc-v2|\/usr\/sbin\/dockerd|\/run\/|\/var\/lib\/docker\/)/;

/** What somebody does to the files that the engine lives on. */
const faultsByHand: readonly FaultByHand[] = [
  {
    name: 'runc',
    begins: (program, [from]) => program === 'mv' && from === runc,
    ends: (_, words) => words[1] === runc,
  },
  {
    name: 'disk',
    begins: (program) => program === 'fallocate',
    ends: (program, words) => program === 'rm' && words.at(-1)?.endsWith('/fill') === true,
  },
  {
    name: 'files',
    begins: (program, words) => tools.has(program) && words.some((word) => ofTheEngine.test(word)),
    ends: () => true,
  },
];

/**
 * Of whom somebody was missing: what he alone cleans up may be left, and an end that he was to be told of may be
 * unknown. What dockerd itself has set up on the host it takes down itself, at the latest at its next start.
 */
const excusable: ReadonlySet<Complaint['kind']> = new Set([
  'bundle',
  'work directory',
  'state of runc',
  'directory of fifos',
  'socket of a shim',
  'shim',
  'helper',
  'process',
  'cgroup',
  'states',
  'processes',
  'answers',
  'volume',
]);

/** Whether what is wrong with a container may come of what stood in its way. */
export function isExcused(disturbanceOf: (id: string) => string | undefined, { of, kind }: Complaint): boolean {
  return excusable.has(kind) && of !== '' && disturbanceOf(of) !== undefined;
}

/** Whose task somebody pauses or resumes past dockerd, which containerd alone can tell it of. */
function heldByHand(argv: readonly string[]): string | undefined {
  const isHeld = argv[0] === 'ctr' && (argv.includes('pause') || argv.includes('resume'));
  return isHeld ? argv.at(-1) : undefined;
}

/** Who or what a container's life needs is away for a while. */
function startAbsences() {
  /** Until when: infinity while it is. */
  const until = new Map<string, number>();
  return {
    begin: (who: string): void => void until.set(who, Number.POSITIVE_INFINITY),
    end: (who: string, nowNs: number): void => {
      const untilNs = until.get(who);
      if (untilNs !== undefined) until.set(who, Math.min(untilNs, nowNs));
    },
    /** Somebody who has been away after this moment. */
    since: (momentNs: number): string | undefined => [...until].find(([, untilNs]) => untilNs > momentNs)?.[0],
  };
}

/** Whose `runc delete` is killed by an event: nobody does again what it was to do. */
function startDeletions(): (event: JournalEvent) => string | undefined {
  const deletions = new Map<number, string | undefined>();
  return (event) => {
    if (event.type === 'task.exec' && event.path === runc && event.argv.includes('delete'))
      deletions.set(event.pid, event.argv.at(-1));
    return event.type === 'task.exit' && 'signal' in event.status ? deletions.get(event.pid) : undefined;
  };
}

function undisturbed(): Course {
  return { busyUntilNs: Number.NEGATIVE_INFINITY, disturbance: undefined, ofThisStart: undefined };
}

function disturb(course: Course, who: string): void {
  course.disturbance ??= who;
  course.ofThisStart ??= who;
}

export function startInterference(): Interference {
  const courses = new Map<string, Course>();
  const absences = startAbsences();
  /** Container ids by the pids of their first process and their shim. */
  const owners = new Map<number, string>();
  const daemons = new Map<number, string>();
  const cutShort = startDeletions();

  const courseOf = (id: string): Course => {
    const course = courses.get(id) ?? undisturbed();
    courses.set(id, course);
    return course;
  };
  const away = (who: string): void => {
    absences.begin(who);
    for (const course of courses.values()) if (course.busyUntilNs === Number.POSITIVE_INFINITY) disturb(course, who);
  };
  const disturbByAbsent = (id: string, nowNs: number): void => {
    const who = absences.since(nowNs - offeredNs);
    if (who !== undefined) disturb(courseOf(id), who);
  };
  const busy = (id: string, nowNs: number): void => {
    courseOf(id).busyUntilNs = Number.POSITIVE_INFINITY;
    disturbByAbsent(id, nowNs);
  };
  const noteMachine = ({ machine, object, from, to, pid }: MachineFact, nowNs: number): void => {
    if (machine === 'dockerd' || machine === 'containerd') {
      daemons.set(pid, machine);
      if (to === 'serving') absences.end(machine, nowNs);
    }
    if (machine !== 'container') return;
    const course = courseOf(object);
    if (to === 'setting up') course.ofThisStart = undefined;
    if (from === 'starting the task' && to === 'running') course.disturbance = course.ofThisStart;
    if (!atRest.has(to)) busy(object, nowNs);
    else course.busyUntilNs = nowNs;
  };
  const noteHand = (argv: readonly string[], nowNs: number): void => {
    // When containerd is back, dockerd takes a moment to listen again.
    const held = heldByHand(argv);
    if (held !== undefined) disturbByAbsent(held, nowNs);
    const [program = '', ...words] = argv;
    const hands = faultsByHand.filter(({ begins }) => begins(program, words));
    for (const { name, ends } of faultsByHand) if (ends(program, words)) absences.end(name, nowNs);
    for (const { name } of hands) away(name);
  };
  const note = (event: JournalEvent): void => {
    const { timeNs } = event;
    const cut = cutShort(event);
    if (cut !== undefined) disturb(courseOf(cut), 'runc');
    if (event.type === 'machine') noteMachine(event, timeNs);
    if (event.type === 'container' && event.taskPid !== 0)
      for (const pid of [event.taskPid, event.shimPid]) owners.set(pid, event.id);
    if (event.type === 'task.exec') noteHand(event.argv, timeNs);
    if (event.type === 'task.exit') {
      const daemon = daemons.get(event.pid);
      const id = owners.get(event.pid);
      if (daemon !== undefined) away(daemon);
      if (id !== undefined) busy(id, timeNs);
    }
    // Into its own cgroup it came before it was known.
    if (event.type === 'cgroup.move' && owners.has(event.pid)) disturb(courseOf(owners.get(event.pid) ?? ''), 'files');
    if (event.type === 'task.stop') {
      const daemon = daemons.get(event.pid);
      if (daemon !== undefined && event.on) away(daemon);
      if (daemon !== undefined && !event.on) absences.end(daemon, timeNs);
    }
  };
  return { note, of: (id) => courses.get(id)?.disturbance };
}
