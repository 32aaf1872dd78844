import { expect, test } from 'vitest';
import { compareInOrder, describeComparison } from './compare.ts';
import type { Accepted } from './compare.ts';

interface Step {
  readonly op: string;
  readonly who: string;
  readonly at?: number;
}

const fork: Step = { op: 'fork', who: 'shim' };
const exec: Step = { op: 'exec', who: 'init' };
const exit: Step = { op: 'exit', who: 'runc' };
const reap: Step = { op: 'reap', who: 'runc' };

test('the same facts in the same order are equal', () => {
  expect(compareInOrder([fork, exec, exit], [fork, exec, exit])).toEqual({
    compared: 3,
    equal: true,
    differences: [],
    accepted: [],
  });
});

test('neither the order of fields nor the recorded place makes a difference', () => {
  expect(compareInOrder([{ ...fork, at: 7 }], [{ who: 'shim', op: 'fork' }]).equal).toBe(true);
});

test('two facts that changed places are one difference, which names both', () => {
  expect(compareInOrder([fork, exec, exit, reap], [fork, exit, exec, reap]).differences).toEqual([
    { type: 'order', fact: exit, at: 2, before: [], behind: [exec] },
  ]);
});

test('a fact that came far too late is told as one difference', () => {
  const { differences } = compareInOrder([fork, exec, exit, reap], [exec, exit, reap, fork]);

  expect(differences).toEqual([{ type: 'order', fact: fork, at: 0, before: [exec, exit, reap], behind: [] }]);
});

test('a missing fact is told with the one that it should follow', () => {
  expect(compareInOrder([fork, exec, exit], [fork, exit]).differences).toEqual([
    { type: 'missing', fact: exec, at: 1, after: fork },
  ]);
});

test('an extra fact is told with the one that it follows', () => {
  expect(compareInOrder([fork, exit], [fork, exit, reap]).differences).toEqual([
    { type: 'extra', fact: reap, at: 2, after: exit },
  ]);
});

test('of equal facts one too many or too few is a difference', () => {
  expect(compareInOrder([exec, exec], [exec]).differences.map(({ type }) => type)).toEqual(['missing']);
  expect(compareInOrder([exec], [exec, fork, exec]).differences.map(({ type }) => type)).toEqual(['extra', 'extra']);
});

test('a changed field is a missing fact and an extra one', () => {
  const other = { ...exit, who: 'shim' };

  expect(compareInOrder([fork, exit], [fork, other]).differences.map(({ type }) => type)).toEqual(['missing', 'extra']);
});

test('an accepted difference leaves the comparison equal and is counted', () => {
  const comparison = compareInOrder([fork, exec], [fork, exec, reap, reap], [extraReaps(2)]);

  expect(comparison).toMatchObject({ equal: true, accepted: [{ id: 'reaped by systemd', times: 2 }] });
});

test('an acceptance that is not needed is itself a difference', () => {
  const comparison = compareInOrder([fork], [fork], [extraReaps(1)]);

  expect(comparison.equal).toBe(false);
  expect(comparison.differences).toEqual([
    { type: 'accepted but not met', id: 'reaped by systemd', difference: '+ op=reap who=runc' },
  ]);
});

test('an acceptance stands for as many differences as it says, neither more nor fewer', () => {
  const more = compareInOrder([fork], [fork, reap, reap], [extraReaps(1)]);
  const fewer = compareInOrder([fork], [fork, reap], [extraReaps(2)]);

  expect(more.differences).toEqual([{ type: 'extra', fact: reap, at: 2, after: reap }]);
  expect(fewer.differences.map(({ type }) => type)).toEqual(['accepted but not met']);
});

test('what is accepted in one place is not accepted in another, nor with other words', () => {
  const swap = { id: 'swap', reason: 'two processors', differences: ['~ op=exit who=runc | after op=exec who=init'] };

  expect(compareInOrder([fork, exec, exit], [fork, exit, exec], [swap]).equal).toBe(true);
  expect(compareInOrder([fork, exec, exit], [exit, fork, exec], [swap]).equal).toBe(false);
  expect(compareInOrder([fork], [fork, { ...reap, who: 'shim' }], [extraReaps(1)]).differences).toHaveLength(2);
});

test('the description has a line for each difference', () => {
  const comparison = compareInOrder([fork, exec, exit], [exit, fork, reap]);

  expect(describeComparison('run -d', comparison)).toBe(
    [
      'run -d: 2 of 3 recorded facts found, 3 differences',
      '  - op=exec who=init  (after op=fork who=shim)',
      '  ~ op=exit who=runc | after op=fork who=shim',
      '  + op=reap who=runc  (after op=fork who=shim)',
    ].join('\n'),
  );
});

function extraReaps(times: number): Accepted {
  const differences = Array.from({ length: times }, () => '+ op=reap who=runc');
  return { id: 'reaped by systemd', reason: 'the trace did not follow pid 1', differences };
}
