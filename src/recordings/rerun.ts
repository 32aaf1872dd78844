/** Runs a recording's commands on a machine, one after the other, each in a shell of the host. */
import type { JournalEvent } from '../journal/event.ts';
import { createMachine } from '../host/machine.ts';
import { fromUtf8 } from '../kernel/bytes.ts';
import { momentOf } from './processes.ts';
import type { Moment } from './processes.ts';

export interface RerunCommand {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

export interface Rerun {
  readonly journal: readonly JournalEvent[];
  readonly commands: readonly RerunCommand[];
  /** Ids by the name that a container has at the end. */
  readonly ids: Readonly<Record<string, string>>;
  /** What there is after a command, by its place; what there was before the first is at -1. */
  readonly moments: ReadonlyMap<number, Moment>;
}

/** A command that the recorder started beside the ones after it: nobody waits for its end. */
export interface Beside {
  readonly beside: string;
}

const longestNs = 3600e9;
/** How long a command beside others has to begin. */
const headStartNs = 0.3e9;

/**
 * `given` runs first and is not told of.
 *
 * @param looks - the places of the commands after which it is told what there is.
 */
export function rerun(
  given: readonly string[],
  commands: readonly (string | Beside)[],
  looks: readonly number[] = [],
): Rerun {
  const journal: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, images: ['busybox'], sink: (event) => journal.push(event) });
  const runOne = (line: string | Beside): (() => RerunCommand) => {
    const command = typeof line === 'string' ? line : line.beside;
    const fromSeq = journal.length;
    const output = { 1: '', 2: '' };
    // `exit $?` keeps the shell from replacing itself by the command: the recorded one did not.
    const shell = machine.run({ path: '/bin/sh', argv: ['sh', '-c', `${command}\nexit $?`] }, (fd, data) => {
      output[fd] += data;
    });
    if (typeof line === 'string') {
      machine.runWhile(() => shell.exitCode() === null, machine.nowNs() + longestNs);
      machine.quiesce(machine.nowNs() + longestNs);
    } else machine.runWhile(() => true, machine.nowNs() + headStartNs);
    const toSeq = journal.length;
    return () => ({
      command,
      exitCode: shell.exitCode() ?? -1,
      stdout: fromUtf8(output[1]),
      stderr: fromUtf8(output[2]),
      fromSeq,
      toSeq,
    });
  };
  for (const command of given) runOne(command);
  const moments = new Map<number, Moment>();
  const look = (place: number): void => {
    if (looks.includes(place)) moments.set(place, momentOf(machine, journal));
  };
  look(-1);
  const running = commands.map((command, place) => {
    const tell = runOne(command);
    look(place);
    return tell;
  });
  // What a command beside others has said is known when all have ended.
  const done = running.map((tell) => tell());
  const fault = journal.find((event) => event.type === 'note' && event.topic === 'fault');
  if (fault?.type === 'note') throw new Error(fault.text);
  const ids: Record<string, string> = {};
  for (const event of journal) {
    if (event.type !== 'container') continue;
    const before = Object.keys(ids).find((name) => ids[name] === event.id);
    if (before !== undefined) delete ids[before];
    ids[event.name.replace(/^\//, '')] = event.id;
  }
  return { journal, commands: done, ids, moments };
}
