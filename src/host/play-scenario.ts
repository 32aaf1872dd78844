/** Plays a scenario on a machine: types what it types, lets pass what it waits for, looks whether it is right. */
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import type { Scenario, Step } from './scenario.ts';

/** A demand that did not hold. */
export interface Disappointment {
  readonly line: number;
  readonly message: string;
}

export interface Played {
  readonly machine: Machine;
  readonly events: readonly JournalEvent[];
  /** What each terminal has shown, as bytes, by its number. */
  readonly screens: ReadonlyMap<number, string>;
  readonly disappointments: readonly Disappointment[];
}

/** A command that has not come back to the prompt after this stays in the foreground, and the scenario goes on. */
const patienceNs = 60_000_000_000;
/** Between two things that a person does. */
const reactionNs = 1_000_000_000;
const rows = 24;
const columns = 100;

/** Boots a machine and plays the whole scenario. `onOutput` hears of each terminal's output as it comes. */
export function playScenario(
  scenario: Scenario,
  seed: number,
  onOutput: (terminal: number, data: string) => void,
): Played {
  const events: JournalEvent[] = [];
  const screens = new Map<number, string>();
  const machine = createMachine({
    seed: scenario.seed ?? seed,
    images: scenario.images,
    sink: (event) => {
      events.push(event);
      if (event.type !== 'terminal.output') return;
      screens.set(event.terminal, (screens.get(event.terminal) ?? '') + event.data);
      onOutput(event.terminal, event.data);
    },
  });
  const disappointments: Disappointment[] = [];
  const typedAt = new Map<number, number>();
  for (const step of scenario.steps) {
    const wrong = take(step, machine, screens, typedAt);
    if (wrong !== undefined) disappointments.push({ line: step.line, message: wrong });
  }
  machine.quiesce(machine.nowNs() + patienceNs);
  return { machine, events, screens, disappointments };
}

/** Does a step; a sentence when it is a demand that does not hold. */
function take(
  step: Step,
  machine: Machine,
  screens: ReadonlyMap<number, string>,
  typedAt: Map<number, number>,
): string | undefined {
  switch (step.type) {
    case 'wait':
      machine.advance(machine.nowNs() + step.ns);
      return undefined;
    case 'command':
      openIfClosed(machine, step.terminal);
      typedAt.set(step.terminal, screens.get(step.terminal)?.length ?? 0);
      machine.input(step.terminal, `${step.text}\r`);
      if (step.stays) settle(machine);
      else comeBack(machine, step.terminal);
      return undefined;
    case 'keys':
      openIfClosed(machine, step.terminal);
      machine.input(step.terminal, step.keys);
      settle(machine);
      return undefined;
    case 'expect': {
      const shown = (screens.get(step.terminal) ?? '').slice(typedAt.get(step.terminal) ?? 0);
      if (shown.includes(step.text) !== step.absent) return undefined;
      const what = step.absent ? 'was not to show' : 'did not show';
      return `terminal ${step.terminal} ${what} "${step.text}"; it showed:\n${shown.replaceAll('\r', '')}`;
    }
  }
}

function openIfClosed(machine: Machine, terminal: number): void {
  if (machine.kernel.terminals.has(terminal)) return;
  machine.openTerminal(terminal, rows, columns);
  comeBack(machine, terminal);
}

/** Until this terminal's foreground reads again, or it has lost patience. */
function comeBack(machine: Machine, terminal: number): void {
  machine.advance(machine.nowNs());
  machine.runWhile(() => !machine.isReading(terminal), machine.nowNs() + patienceNs);
  settle(machine);
}

/** As long as a person takes to look: what was set off runs on meanwhile. */
function settle(machine: Machine): void {
  machine.advance(machine.nowNs() + reactionNs);
}
