/**
 * `glassdock`: the machine without a screen. Its standard output, standard error and exit code are the script's own.
 */
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import type { JournalEvent } from '../journal/event.ts';
import { encodeJournal } from '../journal/codec.ts';
import { report } from '../journal/report.ts';
import { createMachine, modelVersion } from '../host/machine.ts';
import { parseArguments, usage } from './arguments.ts';
import type { RunArguments } from './arguments.ts';

const exitUsage = 2;
const exitTimeout = 124;

/** Does what the words ask for; returns the exit code. */
export function glassdock(words: readonly string[]): number {
  const asked = parseArguments(words);
  switch (asked.type) {
    case 'help':
      writeSync(1, usage);
      return 0;
    case 'version':
      writeSync(1, `glassdock, model ${modelVersion}\n`);
      return 0;
    case 'error':
      writeSync(2, `glassdock: ${asked.message}\nSee 'glassdock --help'.\n`);
      return exitUsage;
    case 'run':
      return run(asked);
  }
}

function run(asked: RunArguments): number {
  const events: JournalEvent[] = [];
  const machine = createMachine({ seed: asked.seed, sink: (event) => events.push(event) });
  const command = commandOf(machine, asked);
  if (command === undefined) return exitUsage;
  const limitNs = machine.nowNs() + asked.forNs;
  const shell = machine.run(command, (fd, data) => writeWhole(fd, Buffer.from(data, 'latin1')));
  const ended = machine.runWhile(() => shell.exitCode() === null, limitNs);
  if (ended) machine.quiesce(limitNs);
  else
    writeSync(
      2,
      `glassdock: the foreground was still running after ${asked.forNs / 1e9} s of virtual time; stopped (--for)\n`,
    );
  for (const event of events) {
    if (event.type !== 'note' || event.topic !== 'fault') continue;
    const reason = process.env['GLASSDOCK_DEBUG'] === undefined ? event.text.split('\n')[0] : event.text;
    writeSync(2, `glassdock: a simulated program (pid ${event.pid}) failed by a mistake of ours: ${reason}\n`);
  }
  const exitCode = ended ? (shell.exitCode() ?? 0) : exitTimeout;
  try {
    if (asked.journal !== undefined) writeFileSync(asked.journal, encodeJournal(events));
    if (asked.report !== undefined) {
      writeFileSync(
        asked.report,
        `${JSON.stringify(report(events, asked.seed, exitCode, machine.running()), null, 2)}\n`,
      );
    }
  } catch (error) {
    writeSync(2, `glassdock: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitUsage;
  }
  return exitCode;
}

type Machine = ReturnType<typeof createMachine>;

/** A script is laid into root's home, so that it is what `$0` and ps show. */
function commandOf(
  machine: Machine,
  asked: RunArguments,
): { readonly path: string; readonly argv: readonly string[] } | undefined {
  if (asked.source.type === 'commands')
    return { path: '/bin/sh', argv: ['sh', '-c', Buffer.from(asked.source.text).toString('latin1')] };
  const { path } = asked.source;
  try {
    const name = `/root/${basename(path)}`;
    machine.writeFile(name, readFileSync(path).toString('latin1'));
    return { path: '/bin/sh', argv: ['sh', name] };
  } catch (error) {
    writeSync(2, `glassdock: cannot read the script: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

/** A reader that has gone (`glassdock … | head`) ends the writing, not the run. */
function writeWhole(fd: 1 | 2, bytes: Buffer): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
