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
  readonly disappointments: readonly Disappointment[];
}

/** The last line that was typed on a terminal, and where its screen was then. */
interface Typed {
  readonly at: number;
  readonly text: string;
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
  /** What each terminal has shown, as bytes, by its number. */
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
  const typed = new Map<number, Typed>();
  for (const step of scenario.steps) {
    const wrong = take(step, machine, screens, typed);
    if (wrong !== undefined) disappointments.push({ line: step.line, message: wrong });
  }
  machine.quiesce(machine.nowNs() + patienceNs);
  return { machine, events, disappointments };
}

/** Does a step; a sentence when it is a demand that does not hold. */
function take(
  step: Step,
  machine: Machine,
  screens: ReadonlyMap<number, string>,
  typed: Map<number, Typed>,
): string | undefined {
  switch (step.type) {
    case 'wait':
      machine.advance(machine.nowNs() + step.ns);
      return undefined;
    case 'command':
      openIfClosed(machine, step.terminal);
      typed.set(step.terminal, { at: screens.get(step.terminal)?.length ?? 0, text: step.text });
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
      const shown = answerTo(typed.get(step.terminal), screens.get(step.terminal) ?? '');
      if (shown.includes(step.text) !== step.absent) return undefined;
      const what = step.absent ? 'was not to show' : 'did not show';
      return `terminal ${step.terminal} ${what} "${step.text}"; it showed:\n${shown.replaceAll('\r', '')}`;
    }
  }
}

/** What a screen shows since the line was typed, without the line itself: a demand is about what was answered. */
function answerTo(line: Typed | undefined, screen: string): string {
  if (line === undefined) return screen;
  const since = screen.slice(line.at);
  return since.startsWith(line.text) ? since.slice(line.text.length) : since;
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
