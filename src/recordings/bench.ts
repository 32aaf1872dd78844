/** A machine on which a test types what was recorded, and looks at its processes amid a command. */
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from '../host/machine.ts';
import type { Machine } from '../host/machine.ts';
import { normaliseFact, symbolsOfContainers } from './normalise.ts';
import { momentOf, processesOf } from './processes.ts';
import type { Moment } from './processes.ts';
import type { RecordedProcess, Recording } from './recording.ts';

export const longestNs = 60e9;
export interface Bench {
  readonly machine: Machine;
  readonly journal: readonly JournalEvent[];
  /** Each is told of every event, in the midst of the call that makes it. */
  readonly watchers: Set<(event: JournalEvent) => void>;
}

/** @param whole what had run before its recording began is done. */
export function bench(whole?: unknown): Bench {
  const journal: JournalEvent[] = [];
  const watchers: Bench['watchers'] = new Set();
  const sink = (event: JournalEvent): void => {
    journal.push(event);
    for (const watcher of watchers) watcher(event);
  };
  const machine = createMachine({ seed: 1, images: ['busybox'], sink });
  machine.openTerminal(0, 24, 80);
  machine.settle(machine.nowNs() + longestNs);
  for (const command of (whole as Recording | undefined)?.given ?? [])
    type({ machine, journal, watchers }, `${command}\n`);
  return { machine, journal, watchers };
}

/** Types a command and goes on until `isThere`, or until the machine is at rest. */
export function type({ machine }: Bench, text: string, isThere?: () => boolean): void {
  machine.input(0, text);
  if (isThere) machine.runWhile(() => !isThere(), machine.nowNs() + longestNs);
  else machine.settle(machine.nowNs() + longestNs);
}

/** What there is now, in the words of a recording. */
export function momentIn(bench: Bench, whole: unknown): Moment {
  const { containers } = whole as Recording;
  const ids: Record<string, string> = {};
  for (const event of bench.journal) if (event.type === 'container') ids[event.name.replace(/^\//, '')] = event.id;
  // One may have chosen its own name.
  const [symbol = '', unnamed = ''] = Object.entries(containers).find(([, name]) => /^unnamed|_/.test(name)) ?? [];
  const chosen = Object.keys(ids).filter((name) => !Object.values(containers).includes(name));
  const symbols = {
    ...symbolsOfContainers(containers, ids),
    ...Object.fromEntries(chosen.map((name) => [ids[name], symbol])),
  };
  const moment = JSON.stringify(normaliseFact(momentOf(bench.machine, bench.journal), symbols));
  const named = chosen.reduce((text, name) => text.replaceAll(`:${name}"`, `:${unnamed}"`), moment);
  return JSON.parse(named) as Moment;
}

/** The container's process is the shim's, and dockerd asks for its start. */
export const isCreated =
  ({ journal }: Bench) =>
  (): boolean =>
    journal.some((event) => event.type === 'message.send' && event.label.endsWith('Tasks/Start'));
/** dockerd has not been told that the container has ended. */
export const isNotTold = (event: JournalEvent): boolean =>
  event.type !== 'message.send' || event.label !== '/tasks/exit';
export const runs =
  ({ machine: { kernel } }: Bench, comm: string) =>
  (): boolean =>
    [...kernel.tasks.values()].some((task) => task.comm === comm);

/** A process that the kernel has now. */
export const shows =
  ({ machine, journal }: Bench, isIt: (process: RecordedProcess) => boolean) =>
  (): boolean =>
    processesOf(machine, journal).some(isIt);
export const isAsleep =
  (command: string) =>
  ({ args, state }: RecordedProcess): boolean =>
    state === 'S' && (args ?? '').startsWith(command);
