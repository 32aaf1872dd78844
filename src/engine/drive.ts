/**
 * Drives a statechart: the machine decides what comes next, activities (coroutines of system calls) do it.
 *
 * Only XState's pure functions are used, never an actor: the kernel alone owns time. An entry action `perform('x')`
 * names an activity; its end comes back to the machine as `call.done` (with its `output`) or `call.failed` (with the
 * `error`).
 */
import { transition } from 'xstate';
import type {
  AnyActorLogic,
  AnyActorScope,
  AnyMachineSnapshot,
  AnyStateMachine,
  EventFromLogic,
  InputFrom,
  SnapshotFrom,
} from 'xstate';
import type { Running } from '../kernel/abi.ts';
import * as sys from '../kernel/sys.ts';

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

interface Action {
  readonly type: string;
  readonly params: unknown;
  readonly info: { readonly event: unknown; readonly context: unknown };
}
type Event = { readonly type: string };

/** A machine on its way: what its coroutines share. */
interface Course<M extends AnyStateMachine> {
  readonly machine: M;
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
  const [snapshot, actions] = begin(machine, options);
  const course: Course<M> = { machine, options, snapshot, generation: 0 };
  if (options.resume === undefined) yield* sys.journal(fact(course, undefined, 'begin'));
  const failure = yield* performAll(course, actions);
  if (failure !== undefined) throw failure.error;

  return {
    get snapshot() {
      return course.snapshot as SnapshotFrom<M>;
    },
    get state() {
      return stateName(course.snapshot.value);
    },
    can: (event) => course.snapshot.can(event),
    *send(event) {
      if (!course.snapshot.can(event)) return false;
      const thrown = yield* step(course, event);
      if (thrown !== undefined) throw thrown.error;
      return true;
    },
  };
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

function* step<M extends AnyStateMachine>(course: Course<M>, event: Event): Running<Failure | undefined> {
  const before = course.snapshot;
  const [next, actions] = collecting(() => course.machine.transition(before, event, scope));
  course.snapshot = next;
  if (stateName(before.value) !== stateName(next.value)) course.generation += 1;
  yield* sys.journal(fact(course, before, event.type));
  return yield* performAll(course, actions);
}

function* performAll<M extends AnyStateMachine>(
  course: Course<M>,
  actions: readonly Action[],
): Running<Failure | undefined> {
  let failure: Failure | undefined;
  for (const action of actions) {
    if (action.type !== 'perform') continue;
    const begun = course.generation;
    const answer = yield* performOne(course, action);
    if (answer.type === 'call.failed') failure ??= { error: answer.error };
    if (begun !== course.generation || !course.snapshot.can(answer)) continue;
    const later = yield* step(course, answer);
    failure ??= later;
  }
  return failure;
}

function* performOne<M extends AnyStateMachine>({ options }: Course<M>, action: Action): Running<CallEvent> {
  const { activity } = action.params as { readonly activity: string };
  const body = options.activities[activity];
  if (body === undefined) throw new Error(`machine ${options.name}: no activity named ${activity}`);
  const { event, context } = action.info;
  try {
    const output = yield* body(event as EventFromLogic<M>, context as SnapshotFrom<M>['context']);
    return { type: 'call.done', output };
  } catch (error) {
    return { type: 'call.failed', error };
  }
}

function begin<M extends AnyStateMachine>(machine: M, options: MachineOptions<M>): [AnyMachineSnapshot, Action[]] {
  if (options.resume !== undefined) {
    return [machine.resolveState({ value: options.resume, context: {} }) as AnyMachineSnapshot, []];
  }
  return collecting(() => machine.getInitialSnapshot(scope, options.input));
}

/**
 * The place in which a machine's transitions happen without an actor. XState's `transition()` and `initialTransition()`
 * make one each time, with an actor begun in it for nobody to look at: several times the cost of the transition. This
 * is one of theirs, kept.
 */
const scope = inertScope();

function inertScope(): AnyActorScope {
  let made: AnyActorScope | undefined;
  const idle = { status: 'active', output: undefined, error: undefined } as const;
  const logic: AnyActorLogic = {
    transition: (snapshot, _event, given) => {
      made = given;
      return snapshot;
    },
    getInitialSnapshot: () => idle,
    getPersistedSnapshot: () => idle,
  };
  transition(logic, idle, { type: 'nothing' });
  if (made === undefined) throw new Error('xstate: transition() no longer hands a scope to its logic');
  return made;
}

/** What comes of a transition: the next snapshot, and the actions that it wants executed. */
function collecting(next: () => AnyMachineSnapshot): [AnyMachineSnapshot, Action[]] {
  const actions: Action[] = [];
  scope.actionExecutor = (action) => actions.push(action);
  return [next(), actions];
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
