/**
 * The simulated engine against the recorded one: who forks, execs, adopts and reaps whom, the calls in order, the CLI's
 * words.
 */
import { expect, test } from 'vitest';
import { accepted } from './accepted.ts';
import { compareInOrder, describeComparison } from './compare.ts';
import { normalise, normaliseFact, symbolsOfContainers } from './normalise.ts';
import { observe } from './observe.ts';
import type { Recording } from './recording.ts';
import { numberFromStart } from './role-numbers.ts';
import { rerun } from './rerun.ts';
import runDetached from './vm-01-run-detached.json' with { type: 'json' };
import runEcho from './vm-02-run-rm-echo.json' with { type: 'json' };
import stopIgnored from './vm-04a-stop-ignoring-sigterm.json' with { type: 'json' };
import stopHandled from './vm-04b-stop-handling-sigterm.json' with { type: 'json' };
import exec from './vm-07-exec.json' with { type: 'json' };
import removeForced from './vm-20-rm-f.json' with { type: 'json' };

const recordings = [runDetached, runEcho, stopIgnored, stopHandled, exec, removeForced] as unknown as readonly Recording[];

for (const recording of recordings) {
  const run = rerun(recording.given ?? [], recording.commands.map(({ command }) => quoted(command)));
  const symbols = symbolsOfContainers(recording.containers, namesOf(recording, run.ids));

  for (const [index, step] of (recording.steps ?? []).entries()) {
    const simulated = run.commands[index];
    if (!simulated) continue;
    const seen = observe(run.journal, simulated.fromSeq, simulated.toSeq);
    for (const kind of ['history', 'rpcs', 'api', 'events', 'taskEvents'] as const) {
      const facts = step[kind];
      if (!facts) continue;
      test(`${recording.source}, ${step.labels.join(' ')}: ${kind}`, () => {
        const title = `${recording.source} ${step.labels.join(' ')} ${kind}`;
        const told = (kind === 'history' ? numberFromStart(seen.history) : seen[kind]) as readonly object[];
        const wanted = (kind === 'history' ? numberFromStart(step.history ?? []) : facts) as readonly object[];
        const comparison = compareInOrder(
          wanted.map((fact) => comparable(normaliseFact(fact, symbols))),
          told.filter(isOfTheEngine).map((fact) => comparable(normaliseFact(fact, symbols))),
          accepted(recording.source, step.labels, kind),
        );
        expect(comparison.equal, describeComparison(title, comparison)).toBe(true);
      });
    }
  }

  for (const [index, recorded] of recording.commands.entries()) {
    test(`${recording.source}, ${recorded.label}: the CLI's words and exit code`, () => {
      const simulated = run.commands[index];
      expect({
        exitCode: simulated?.exitCode,
        stdout: normalise(simulated?.stdout ?? '', symbols),
        stderr: normalise(simulated?.stderr ?? '', symbols),
      }).toEqual({ exitCode: recorded.exitCode, stdout: normalise(recorded.stdout, symbols), stderr: normalise(recorded.stderr, symbols) });
    });
  }
}

/**
 * The recorded command lines are argument lists joined by spaces: what was one argument of `sh -c` or `-f` is quoted
 * again.
 */
function quoted(command: string): string {
  const script = /^(.* sh -c) (.*)$/s.exec(command);
  if (script) return `${script[1]} '${(script[2] ?? '').replaceAll("'", "'\\''")}'`;
  const format = /^(.* -f) (\{\{.*\}\})(.*)$/s.exec(command);
  return format ? `${format[1]} '${format[2]}'${format[3]}` : command;
}

/** Containers that chose their own name are `unnamed`, `unnamed-1`, … in the recording. */
function namesOf(recording: Recording, ids: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const named = Object.values(recording.containers);
  const others = Object.entries(ids).filter(([name]) => !named.includes(name));
  const unnamed = named.filter((name) => name.startsWith('unnamed'));
  return { ...ids, ...Object.fromEntries(unnamed.map((name, index) => [name, others[index]?.[1] ?? ''])) };
}

/** The shell that a command runs in is the test's own: its birth and end are not compared. */
function isOfTheEngine(fact: object): boolean {
  return !('who' in fact && fact.who === 'sh' && !('child' in fact)) && !('child' in fact && fact.child === 'sh');
}

/**
 * What is written differently on both sides and means the same: the recorded CLI was started by its full path;
 * dockerd's random id in the name of the hook's socket; an HTTP status with or without its words. Bodies of answers are
 * compared by what the CLI prints.
 */
function comparable(fact: object): object {
  const { body: _body, inferred: _inferred, ...rest } = fact as Record<string, unknown>;
  const argv = rest['argv'];
  const status = rest['status'];
  return {
    ...rest,
    ...(Array.isArray(argv) ? { argv: argv.map((word: string) => (word === '/usr/bin/docker' ? 'docker' : /^[0-9a-f]{12}$/.test(word) ? '$ENGINE' : word)) } : {}),
    ...(typeof status === 'string' ? { status: status.split(' ')[0] } : {}),
  };
}
