import { expect, test } from 'vitest';
import { playScenario } from './play-scenario.ts';
import type { Disappointment } from './play-scenario.ts';
import { parseScenario } from './scenario.ts';

function disappointmentsOf(...lines: readonly string[]): readonly Disappointment[] {
  const scenario = parseScenario(['# scenario: a test', ...lines].join('\n'));
  if ('message' in scenario) throw new Error(scenario.message);
  return playScenario(scenario, 1, () => {}).disappointments;
}

test('what a demand looks at is the answer: the echo of the typed line does not count', () => {
  expect(disappointmentsOf('$ echo lost | tr a-z A-Z', 'expect LOST', 'refuse lost')).toEqual([]);

  const [wrong] = disappointmentsOf('$ true # done', 'expect done');
  expect(wrong?.line).toBe(3);
  expect(wrong?.message).toMatch(/^terminal 1 did not show "done"; it showed:\n/);
});
