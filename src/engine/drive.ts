/**
 * Drives a statechart: the machine decides what comes next, activities (coroutines of system calls) do it.
 *
 * Only XState's pure functions are used, never an actor: the kernel alone owns time. An entry action `perform('x')`
 * names an activity; its end comes back to the machine as `call.done` (with its `output`) or `call.failed` (with the
 * `error`).
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';
import { answerTo, beginningOf, resumed, type Answer } from './answer.ts';

/** The two events that every machine with activities takes. */
export type CallEvent =
  | { readonly type: 'call.done'; readonly output: unknown }
  | { readonly type: 'call.failed'; readonly error: unknown };

/**
 * For `setup({ actions: performing })`: the one action of our machines. Nothing happens in it; `startMachine` reads it.
 */
export const performing = {
  perform: (_: unknown, _activity: { readonly activity: string }): void => undefined,
};

/** The entry action that has an activity performed. */
export function perform(activity: string): {
  readonly type: 'perform';
  readonly params: { readonly activity: string };
} {
  return { type: 'perform', params: { activity } };
}

/** An activity sees the event that led to it and the machine's context at that moment. */
export type Activity<M extends AnyStateMachine> = (
  event: EventFromLogic<M>,
  context: SnapshotFrom<M>['context'],
) => Running<unknown>;

export interface MachineOptions<M extends AnyStateMachine> {
  /** As the journal names it: `task`, `OCI container`. */
  readonly name: string;
  /** Whose machine: an id; empty for the program's own. */
  readonly object: string;
  readonly input?: InputFrom<M>;
  /** The state in which an earlier process left it: nothing is written or performed until the first event. */
  readonly resume?: string;
  readonly activities: Readonly<Record<string, Activity<M>>>;
}

/** A machine at work. */
export interface MachineRun<M extends AnyStateMachine> {
  readonly snapshot: SnapshotFrom<M>;
  /** The present state's name; nested ones are joined with dots. */
  readonly state: string;
  /** Whether the machine would take this event now. */
  readonly can: (event: EventFromLogic<M>) => boolean;
  /**
   * Gives the machine an event and performs, in the calling coroutine, what follows from it, until it rests. False, and
   * nothing happens, when the event is not allowed here. What a failing activity threw is thrown once the machine has
   * settled. Other coroutines may send meanwhile; an activity whose state has been left by then no longer reports.
   */
  readonly send: (event: EventFromLogic<M>) => Running<boolean>;
}

type Event = { readonly type: string };

/** A machine on its way: what its coroutines share. */
interface Course<M extends AnyStateMachine> {
  readonly options: MachineOptions<M>;
  snapshot: AnyMachineSnapshot;
  /** Counts changes of state, so that an activity can tell whether its state is still the present one. */
  generation: number;
}

/** Begins a machine, performs its first activities, and returns it at rest. Throws what a failing activity threw. */
export function* startMachine<M extends AnyStateMachine>(
  machine: M,
  options: MachineOptions<M>,
): Running<MachineRun<M>> {
  const { resume, input } = options;
  const { snapshot, activities } = resume === undefined ? beginningOf(machine, input) : resumed(machine, resume);
  const course: Course<M> = { options, snapshot, generation: 0 };
  if (resume === undefined) yield* sys.journal(fact(course, undefined, 'begin'));
  const failure = yield* performAll(course, activities, { type: 'begin' });
  if (failure !== undefined) throw failure.error;

  return {
    get snapshot() {
      return course.snapshot as SnapshotFrom<M>;
    },
    get state() {
      return stateName(course.snapshot.value);
    },
    can: (event) => answerTo(course.snapshot, event) !== null,
    send: (event) => send(course, event),
  };
}

function* send<M extends AnyStateMachine>(course: Course<M>, event: Event): Running<boolean> {
  const answer = answerTo(course.snapshot, event);
  if (answer === null) return false;
  const thrown = yield* step(course, event, answer);
  if (thrown !== undefined) throw thrown.error;
  return true;
}

/** The transition to the present state, for the journal. */
function fact<M extends AnyStateMachine>(
  { options, snapshot }: Course<M>,
  from: AnyMachineSnapshot | undefined,
  event: string,
) {
  const past = from === undefined ? {} : { from: stateName(from.value) };
  const { name: machine, object } = options;
  return { type: 'machine', machine, object, ...past, to: stateName(snapshot.value), event } as const;
}

function* step<M extends AnyStateMachine>(
  course: Course<M>,
  event: Event,
  { snapshot, activities }: Answer,
): Running<Failure | undefined> {
  const before = course.snapshot;
  course.snapshot = snapshot;
  if (stateName(before.value) !== stateName(snapshot.value)) course.generation += 1;
  yield* sys.journal(fact(course, before, event.type));
  return yield* performAll(course, activities, event);
}

function* performAll<M extends AnyStateMachine>(
  course: Course<M>,
  activities: readonly string[],
  event: Event,
): Running<Failure | undefined> {
  let failure: Failure | undefined;
  const { context } = course.snapshot;
  for (const activity of activities) {
    const begun = course.generation;
    const end = yield* performOne(course, activity, event, context);
    if (end.type === 'call.failed') failure ??= { error: end.error };
    const answer = begun === course.generation ? answerTo(course.snapshot, end) : null;
    if (answer === null) continue;
    const later = yield* step(course, end, answer);
    failure ??= later;
  }
  return failure;
}

function* performOne<M extends AnyStateMachine>(
  { options }: Course<M>,
  activity: string,
  event: Event,
  context: SnapshotFrom<M>['context'],
): Running<CallEvent> {
  const body = options.activities[activity];
  if (body === undefined) throw new Error(`machine ${options.name}: no activity named ${activity}`);
  try {
    const output = yield* body(event as EventFromLogic<M>, context);
    return { type: 'call.done', output };
  } catch (error) {
    return { type: 'call.failed', error };
  }
}

interface Failure {
  readonly error: unknown;
}

/** `a`, `a.b` for nested states, `a.b + c.d` for parallel ones. */
function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([name, inner]) => `${name}.${stateName(inner)}`)
    .join(' + ');
}
