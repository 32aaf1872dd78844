/**
 * `glassdock`: the machine without a screen. Its standard output, standard error and exit code are the script's own.
 */
import { basename } from 'node:path';
import type { JournalEvent } from '../journal/event.ts';
import { encodeJournal } from '../journal/codec.ts';
import { report } from '../journal/report.ts';
import { createMachine, modelVersion } from '../host/machine.ts';
import type { Command, Machine } from '../host/machine.ts';
import { parseArguments, usage } from './arguments.ts';
import type { RunArguments } from './arguments.ts';
import type { Outside } from './outside.ts';

const exitUsage = 2;
const exitTimeout = 124;

/** Does what the words ask for; returns the exit code. */
export function glassdock(words: readonly string[], outside: Outside): number {
  const asked = parseArguments(words);
  switch (asked.type) {
    case 'help':
      outside.write(1, Buffer.from(usage));
      return 0;
    case 'version':
      outside.write(1, Buffer.from(`glassdock, model ${modelVersion}\n`));
      return 0;
    case 'error':
      say(outside, `${asked.message}\nSee 'glassdock --help'.`);
      return exitUsage;
    case 'run':
      return run(asked, outside);
  }
}

function say(outside: Outside, sentence: string): void {
  outside.write(2, Buffer.from(`glassdock: ${sentence}\n`));
}

function run(asked: RunArguments, outside: Outside): number {
  const events: JournalEvent[] = [];
  const machine = createMachine({ seed: asked.seed, sink: (event) => events.push(event) });
  const command = commandOf(machine, asked, outside);
  if (command === undefined) return exitUsage;
  const limitNs = machine.nowNs() + asked.forNs;
  const shell = machine.run(command, (fd, data) => outside.write(fd, Buffer.from(data, 'latin1')));
  const ended = machine.runWhile(() => shell.exitCode() === null, limitNs);
  if (ended) machine.quiesce(limitNs);
  else say(outside, `the foreground was still running after ${asked.forText} of virtual time; stopped (--for)`);
  tellFaults(events, outside);
  const exitCode = ended ? (shell.exitCode() ?? 0) : exitTimeout;
  try {
    if (asked.journal !== undefined) outside.writeFile(asked.journal, encodeJournal(events));
    if (asked.report !== undefined) {
      const whole = report(events, asked.seed, exitCode, machine.running(), machine.nowNs());
      outside.writeFile(asked.report, `${JSON.stringify(whole, null, 2)}\n`);
    }
  } catch (error) {
    say(outside, sentenceOf(error));
    return exitUsage;
  }
  return exitCode;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function tellFaults(events: readonly JournalEvent[], outside: Outside): void {
  for (const event of events) {
    if (event.type !== 'note' || event.topic !== 'fault') continue;
    const reason = process.env['GLASSDOCK_DEBUG'] === undefined ? event.text.split('\n')[0] : event.text;
    say(outside, `a simulated program (pid ${event.pid}) failed by a mistake of ours: ${reason}`);
  }
}

/** A script is laid into root's home, so that it is what `$0` and ps show. */
function commandOf(machine: Machine, asked: RunArguments, outside: Outside): Command | undefined {
  if (asked.source.type === 'commands')
    return { path: '/bin/sh', argv: ['sh', '-c', Buffer.from(asked.source.text).toString('latin1')] };
  const { path } = asked.source;
  try {
    const name = `/root/${basename(path)}`;
    machine.writeFile(name, outside.readFile(path).toString('latin1'));
    return { path: '/bin/sh', argv: ['sh', name] };
  } catch (error) {
    say(outside, `cannot read the script: ${sentenceOf(error)}`);
    return undefined;
  }
}
