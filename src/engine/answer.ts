/**
 * What a machine answers to an event: XState's pure transition says it. Of a machine that can answer in one way only it
 * says it once: to work out a transition takes as long as several system calls.
 */
import { transition } from 'xstate';
import type { AnyActorLogic, AnyActorScope, AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';

/** The state that follows, and the activities that its transition names. */
export interface Answer {
  readonly snapshot: AnyMachineSnapshot;
  readonly activities: readonly string[];
}

/** How a machine begins. */
export function beginningOf(machine: AnyStateMachine, input: unknown): Answer {
  const begin = (): Answer => collecting(() => machine.getInitialSnapshot(scope, input));
  return isConstant(machine) ? kept(machine, '', begin) : begin();
}

/** A machine in a state in which an earlier process left it. */
export function resumed(machine: AnyStateMachine, value: string): Answer {
  const resume = (): Answer => ({ snapshot: machine.resolveState({ value, context: {} }), activities: [] });
  return isConstant(machine) ? kept(machine, value, resume) : resume();
}

/** What follows from an event; null where the machine does not take it. */
export function answerTo(snapshot: AnyMachineSnapshot, event: { readonly type: string }): Answer | null {
  const answer = (): Answer | null =>
    snapshot.can(event) ? collecting(() => snapshot.machine.transition(snapshot, event, scope)) : null;
  return isConstant(snapshot.machine) ? kept(snapshot, event.type, answer) : answer();
}

/** By the snapshot or machine that was asked, and by what was asked. */
const answers = new WeakMap<object, Map<string, Answer | null>>();

function kept<A extends Answer | null>(asked: AnyStateMachine | AnyMachineSnapshot, what: string, ask: () => A): A {
  let known = answers.get(asked);
  if (known === undefined) answers.set(asked, (known = new Map<string, Answer | null>()));
  let answer = known.get(what);
  if (answer === undefined) {
    const first = ask();
    answer = first === null ? null : { ...first, snapshot: firstOf(first.snapshot) };
    known.set(what, answer);
  }
  return answer as A;
}

/** Of each machine the first snapshot of each state, by the state's name. */
const states = new WeakMap<AnyStateMachine, Map<string, AnyMachineSnapshot>>();

/** XState makes a snapshot for each way to a state: where nothing but the state counts, the first stands for all. */
function firstOf(snapshot: AnyMachineSnapshot): AnyMachineSnapshot {
  const { machine, value } = snapshot;
  let known = states.get(machine);
  if (known === undefined) states.set(machine, (known = new Map<string, AnyMachineSnapshot>()));
  const state = JSON.stringify(value);
  const first = known.get(state) ?? snapshot;
  known.set(state, first);
  return first;
}

const constants = new WeakMap<AnyStateMachine, boolean>();

/** Without guards and context nothing but the state and the kind of the event decides what follows. */
function isConstant(machine: AnyStateMachine): boolean {
  let is = constants.get(machine);
  if (is === undefined) constants.set(machine, (is = machine.config.context === undefined && !isGuarded(machine.root)));
  return is;
}

function isGuarded({ transitions, always = [], states }: AnyStateNode): boolean {
  const all = [...transitions.values()].flat().concat(always);
  return all.some(({ guard }) => guard !== undefined) || Object.values(states).some(isGuarded);
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

/** What comes of a transition, and the actions that it wants executed: of ours each names an activity. */
function collecting(next: () => AnyMachineSnapshot): Answer {
  const activities: string[] = [];
  scope.actionExecutor = ({ type, params }) => {
    if (type === 'perform') activities.push((params as { readonly activity: string }).activity);
  };
  return { snapshot: next(), activities };
}
