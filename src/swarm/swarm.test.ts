/** The swarm itself: that it finds what is planted, cuts it down to what matters, and does the same twice. */
import { expect, test } from 'vitest';
import { createMachine, type Machine } from '../host/machine.ts';
import { emptyWorld } from '../journal/world.ts';
import { existsAt } from '../kernel/vfs/host-files.ts';
import { wrongWithKernel } from './checkers.ts';
import { coverageTable, declaredTransitions } from './coverage.ts';
import { parseDrills } from './drills.ts';
import { commandsOf, drillPatienceNs, runCommands, shortest } from './swarm.ts';
import type { Failure } from './swarm.ts';

/** Fails at the first command before which all of `needed` have been given in their order. */
function failsAfter(needed: readonly string[]) {
  return (seed: number, commands: readonly string[]): { readonly failure: Failure | undefined } => {
    let met = 0;
    for (const [step, command] of commands.entries()) {
      if (command === needed[met]) met += 1;
      if (met === needed.length) return { failure: { seed, commands, step, wrong: ['planted'] } };
    }
    return { failure: undefined };
  };
}

function foundIn(failure: Failure | undefined): Failure {
  if (failure === undefined) throw new Error('the run has not failed');
  return failure;
}

test('a drill is its lines, and a sweep its command once for each moment', () => {
  expect(
    parseDrills('# told to nobody\n\n## one\ntrue\nsweep 0.1 0.2 0.05: sleep @; kill @\n\n## two\nfalse\n'),
  ).toEqual([
    {
      about: 'one',
      commands: ['true', 'sleep 0.1000; kill 0.1000', 'sleep 0.1500; kill 0.1500', 'sleep 0.2000; kill 0.2000'],
    },
    { about: 'two', commands: ['false'] },
  ]);
  expect(() => parseDrills('true')).toThrow('drills.txt: no drill begins before "true"');
});

test('of the commands of a failure those are left without which it does not fail', () => {
  const run = failsAfter(['b', 'e', 'b']);
  const { failure } = run(1, ['a', 'b', 'c', 'd', 'e', 'a', 'b', 'c', 'd']);
  const short = shortest(foundIn(failure), run);
  expect(short.commands.slice(0, short.step + 1)).toEqual(['b', 'e', 'b']);
});

test('a failure that needs nothing but its last command is one command long', () => {
  const run = failsAfter(['x']);
  const { failure } = run(1, [...'abcdefghij'.split(''), 'x']);
  expect(shortest(foundIn(failure), run).commands).toEqual(['x']);
});

test('a bug that is planted in a machine is found by a run and cut down to the commands that show it', () => {
  const planted = (machine: Machine): readonly string[] =>
    existsAt(machine.kernel, '/tmp/two') ? ['somebody has made the second file after the first'] : [];
  const run = (seed: number, commands: readonly string[]) => runCommands(seed, commands, undefined, planted);
  const commands = ['true', 'touch /tmp/one', 'true', '[ -e /tmp/one ] && touch /tmp/two', 'true'];
  const { failure } = run(1, commands);
  expect(failure?.step).toBe(3);
  const short = shortest(foundIn(failure), run);
  expect(short.commands.slice(0, short.step + 1)).toEqual(['touch /tmp/one', '[ -e /tmp/one ] && touch /tmp/two']);
});

test('a world that is not the one of the machine is told', () => {
  const machine = createMachine({ seed: 1, sink: () => {} });
  expect(wrongWithKernel(machine, emptyWorld)).toEqual([expect.stringContaining('the journal tells')]);
});

test('keys are typed at a terminal, until its window is closed', () => {
  const seen: boolean[] = [];
  const look = (machine: Machine): readonly string[] => {
    seen.push(existsAt(machine.kernel, '/tmp/typed'));
    return [];
  };
  const commands = [
    'keys: cat\\n',
    'keys: \\x03[ -t 0 ] && touch /tmp/typed\\n',
    'rm /tmp/typed',
    'keys: cat\\n',
    'hang up',
  ];
  const { failure } = runCommands(1, [...commands, 'keys: touch /tmp/typed\\n'], undefined, look);
  expect(failure).toBeUndefined();
  expect(seen).toEqual([false, true, false, false, false, true]);
});

test('the same seed gives the same commands and the same journal twice', () => {
  const commands = commandsOf(7, 12);
  expect(commandsOf(7, 12)).toEqual(commands);
  expect(runCommands(7, commands).journalHash).toBe(runCommands(7, commands).journalHash);
  expect(runCommands(7, commandsOf(8, 12)).journalHash).not.toBe(runCommands(7, commands).journalHash);
});

test('what was never reached is named, and counted by machine', () => {
  const declared = declaredTransitions();
  const { lines, missing } = coverageTable(new Set(declared.slice(1)));
  expect(missing).toEqual([declared[0]]);
  expect(lines[0]).toMatch(/^dockerd .* transitions$/);
});

test('what acts and leads nowhere is to be reached too, and not what only forbids', () => {
  const acting = 'shim process: paused --kill--> paused';
  const declared = declaredTransitions();
  expect(declared).toContain(acting);
  expect(coverageTable(new Set(declared.filter((name) => name !== acting))).missing).toEqual([acting]);
  expect(declared.filter((name) => name.startsWith('task: deleted --'))).toEqual([]);
});

test('what every state has of its machine is reached from any of them', () => {
  const { missing } = coverageTable(new Set(['task: paused --shim gone--> cleaning up after the shim']));
  expect(declaredTransitions()).toContain('task: any state --shim gone--> cleaning up after the shim');
  expect(missing).not.toContain('task: any state --shim gone--> cleaning up after the shim');
});

test("a drill's command ends before the next one begins, however long it takes", () => {
  const seen: boolean[] = [];
  const look = (machine: Machine): readonly string[] => {
    seen.push(existsAt(machine.kernel, '/tmp/late'));
    return [];
  };
  for (const longestNs of [undefined, drillPatienceNs]) runCommands(1, ['sleep 61; touch /tmp/late'], longestNs, look);
  expect(seen).toEqual([false, true]);
});
