/**
 * Which states and transitions of the engine's machines have been taken: what nothing ever reaches is not control flow
 * but decoration, and is to be deleted.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { containerdDaemon } from '../engine/containerd/daemon.machine.ts';
import { task } from '../engine/containerd/task.machine.ts';
import { containerMachine } from '../engine/dockerd/container.machine.ts';
import { daemonMachine } from '../engine/dockerd/daemon.machine.ts';
import { execMachine } from '../engine/dockerd/exec.machine.ts';
import { healthMachine } from '../engine/dockerd/health.machine.ts';
import { pullMachine } from '../engine/dockerd/pull.machine.ts';
import { ociContainer } from '../engine/runc/container.machine.ts';
import { runcInit } from '../engine/runc/init.machine.ts';
import { shimProcess } from '../engine/shim/process.machine.ts';
import { serviceMachine } from '../engine/systemd/service.machine.ts';
import { socketMachine } from '../engine/systemd/socket.machine.ts';
import type { MachineFact } from '../journal/event.ts';

/** By the name that the journal has for them. */
const machines: readonly (readonly [name: string, machine: AnyStateMachine])[] = [
  ['dockerd', daemonMachine],
  ['container', containerMachine],
  ['exec', execMachine],
  ['health', healthMachine],
  ['pull', pullMachine],
  ['containerd', containerdDaemon],
  ['task', task],
  ['shim process', shimProcess],
  ['OCI container', ociContainer],
  ['runc init', runcInit],
  ['service', serviceMachine],
  ['socket', socketMachine],
];

/** A transition as one line: `container: running --pause--> pausing`; `begin` is how a machine starts. */
export function transitionOf({ machine, from, event, to }: Omit<MachineFact, 'type' | 'pid' | 'object'>): string {
  return `${machine}: ${from ?? ''} --${event}--> ${to}`;
}

/** What the machines declare: the states that are rested in, what leads from one to the other, and what acts in one. */
export function declaredTransitions(): readonly string[] {
  return machines.flatMap(([name, machine]) => {
    const begins = restingPlaces(machine.root.initial.target[0]).map((to) =>
      transitionOf({ machine: name, event: 'begin', to }),
    );
    const states = Object.entries(machine.root.states);
    return [
      ...begins,
      ...leavingFrom(name, anyState, machine.root),
      ...states.flatMap(([from, state]) => leavingFrom(name, from, state)),
    ];
  });
}

/** Where a transition begins that the whole machine has, and not one of its states. */
const anyState = 'any state';

function leavingFrom(machine: string, from: string, state: AnyStateNode): readonly string[] {
  return [...state.transitions].flatMap(([event, transitions]) =>
    event === ''
      ? []
      : transitions
          .flatMap(({ target, actions }) =>
            target === undefined ? stayingIn(from, actions) : restingPlaces(target[0]),
          )
          .map((to) => transitionOf({ machine, from, event, to })),
  );
}

/** Without a target it acts where it is; without an action either it only says that nothing follows, and is none. */
function stayingIn(state: string, actions: readonly unknown[]): readonly string[] {
  return actions.length === 0 ? [] : [state];
}

/** A state that is left at once by `always` is where nobody rests: those that it leads to count. */
function restingPlaces(state: AnyStateNode | undefined): readonly string[] {
  if (state === undefined) return [];
  const always = state.always ?? [];
  return always.length === 0 ? [state.key] : always.flatMap(({ target }) => restingPlaces(target?.[0]));
}

/** The table, a line a machine, and below it what was never reached. */
export function coverageTable(taken: ReadonlySet<string>): {
  readonly lines: readonly string[];
  readonly missing: readonly string[];
} {
  const declared = new Set(declaredTransitions());
  const seen = new Set([...taken].map((name) => (declared.has(name) ? name : fromAnyState(name))));
  const missing = [...declared].filter((name) => !seen.has(name));
  const lines = machines.map(([name]) => {
    const of = [...declared].filter((transition) => transition.startsWith(`${name}: `));
    const reached = of.filter((transition) => seen.has(transition));
    const [states, met] = [of, reached].map((transitions) => new Set(transitions.map(targetOf)).size);
    const [stateShare, share] = [`${met} of ${states}`, `${reached.length} of ${of.length}`];
    return `${name.padEnd(14)} ${stateShare.padStart(9)} states ${share.padStart(9)} transitions`;
  });
  return { lines, missing };
}

/** What a state does not declare it has of its machine. */
function fromAnyState(transition: string): string {
  return transition.replace(/: .* --/, `: ${anyState} --`);
}

function targetOf(transition: string): string {
  return transition.slice(transition.indexOf('--> ') + 4);
}
