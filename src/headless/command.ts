/**
 * `glassdock`: the machine without a screen. Its standard output, standard error and exit code are the script's own.
 */
import { basename } from 'node:path';
import type { JournalEvent } from '../journal/event.ts';
import { encodeJournal } from '../journal/codec.ts';
import { report } from '../journal/report.ts';
import { createMachine, modelVersion } from '../host/machine.ts';
import type { Command, Machine } from '../host/machine.ts';
import { playScenario } from '../host/play-scenario.ts';
import type { Played } from '../host/play-scenario.ts';
import { isScenario, parseScenario } from '../host/scenario.ts';
import { narrate } from '../scene/narration.ts';
import { parseArguments, usage } from './arguments.ts';
import type { RunArguments } from './arguments.ts';
import type { Outside } from './outside.ts';

const exitDisappointed = 1;
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
  try {
    for (const path of [asked.journal, asked.report, asked.story]) if (path !== undefined) outside.claimFile(path);
  } catch (error) {
    say(outside, sentenceOf(error));
    return exitUsage;
  }
  const scenario = scenarioText(asked, outside);
  if (scenario !== undefined) return play(scenario, asked, outside);
  const events: JournalEvent[] = [];
  const isTold = [asked.journal, asked.report, asked.story].some((file) => file !== undefined);
  // What nobody asks to have written is not kept, but for mistakes of ours.
  const sink = (event: JournalEvent): void => {
    if (isTold || event.type === 'note') events.push(event);
  };
  const machine = createMachine({ seed: asked.seed, sink });
  const command = commandOf(machine, asked, outside);
  if (command === undefined) return exitUsage;
  const limitNs = machine.nowNs() + asked.forNs;
  const shell = machine.run(command, (fd, data) => outside.write(fd, Buffer.from(data, 'latin1')));
  const ended = machine.runWhile(() => shell.exitCode() === null, limitNs);
  if (ended) machine.quiesce(limitNs);
  else say(outside, `the foreground was still running after ${asked.forText} of virtual time; stopped (--for)`);
  tellFaults(events, outside);
  const exitCode = ended ? (shell.exitCode() ?? 0) : exitTimeout;
  return writeRecords(asked, asked.seed, { machine, events }, exitCode, outside);
}

/** Writes the files that were asked for. Returns the exit code, another one when a file cannot be written. */
function writeRecords(
  asked: RunArguments,
  seed: number,
  { machine, events }: Pick<Played, 'machine' | 'events'>,
  exitCode: number,
  outside: Outside,
): number {
  try {
    if (asked.journal !== undefined) outside.writeFile(asked.journal, encodeJournal(events));
    if (asked.report !== undefined) {
      const whole = report(events, seed, exitCode, machine.running(), machine.nowNs());
      outside.writeFile(asked.report, `${JSON.stringify(whole, null, 2)}\n`);
    }
    if (asked.story !== undefined) outside.writeFile(asked.story, `${narrate(events).join('\n')}\n`);
  } catch (error) {
    say(outside, sentenceOf(error));
    return exitUsage;
  }
  return exitCode;
}

/** The file's text when it is a scenario; a script that cannot be read is told of elsewhere. */
function scenarioText({ source }: RunArguments, outside: Outside): string | undefined {
  if (source.type !== 'script') return undefined;
  try {
    const text = outside.readFile(source.path).toString('utf8');
    return isScenario(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Plays a scenario: prints what its terminals show; exit code 1 when a demand does not hold. */
function play(text: string, asked: RunArguments, outside: Outside): number {
  const path = asked.source.type === 'script' ? asked.source.path : '';
  const scenario = parseScenario(text);
  if ('message' in scenario) {
    say(outside, `${path}:${scenario.line}: ${scenario.message}`);
    return exitUsage;
  }
  let shown = 1;
  const played = playScenario(scenario, asked.seed, (terminal, data) => {
    if (terminal !== shown) outside.write(1, Buffer.from(`\n==> terminal ${terminal} <==\n`));
    shown = terminal;
    outside.write(1, Buffer.from(data.replaceAll('\r', ''), 'latin1'));
  });
  tellFaults(played.events, outside);
  for (const { line, message } of played.disappointments) say(outside, `${path}:${line}: ${message}`);
  const exitCode = played.disappointments.length === 0 ? 0 : exitDisappointed;
  return writeRecords(asked, scenario.seed ?? asked.seed, played, exitCode, outside);
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
