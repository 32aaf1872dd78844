import { expect, test } from 'vitest';
import { numberFromStart, numberReported } from './role-numbers.ts';

test('the second process of a role is told apart by its pid', () => {
  expect(
    numberReported([
      { op: 'fork', who: 'shim:web', child: 'runc-kill:web', parent: 'shim:web', pid: 20 },
      { op: 'exit', who: 'runc-kill:web', code: 0, pid: 31 },
      { op: 'reap', who: 'runc-kill:web', by: 'shim:web', pid: 31 },
      { op: 'fork', who: 'shim:web', child: 'runc-kill:web', parent: 'shim:web', pid: 20 },
      { op: 'exit', who: 'runc-kill:web', code: 0, pid: 32 },
      { op: 'reap', who: 'runc-kill:web', by: 'shim:web', pid: 32 },
    ]),
  ).toEqual([
    { op: 'fork', who: 'shim:web', child: 'runc-kill:web', parent: 'shim:web' },
    { op: 'exit', who: 'runc-kill:web', code: 0 },
    { op: 'reap', who: 'runc-kill:web', by: 'shim:web' },
    { op: 'fork', who: 'shim:web', child: 'runc-kill:web#2', parent: 'shim:web' },
    { op: 'exit', who: 'runc-kill:web#2', code: 0 },
    { op: 'reap', who: 'runc-kill:web#2', by: 'shim:web' },
  ]);
});

test('processes of one role that live at the same time keep their own numbers', () => {
  expect(
    numberReported([
      { op: 'fork', who: 'sh', child: 'docker', parent: 'sh', pid: 1 },
      { op: 'exec', who: 'docker', path: '/usr/bin/docker', argv: ['docker'], pid: 5 },
      { op: 'fork', who: 'sh', child: 'docker', parent: 'sh', pid: 1 },
      { op: 'exit', who: 'docker', code: 0, pid: 6 },
      { op: 'exit', who: 'docker', code: 1, pid: 5 },
    ]).map(({ who }) => who),
  ).toEqual(['sh', 'docker', 'sh', 'docker#2', 'docker']);
});

test('a child of its own role is the second of it', () => {
  expect(numberReported([{ op: 'fork', who: 'sh', child: 'sh', parent: 'sh', pid: 1 }])).toEqual([
    { op: 'fork', who: 'sh', child: 'sh#2', parent: 'sh' },
  ]);
});

test('a part of a recording counts from the start', () => {
  expect(
    numberFromStart([
      { op: 'fork', who: 'shim:web', child: 'runc-exec:web#4', parent: 'shim:web' },
      { op: 'exit', who: 'runc-exec:web#4', code: 0 },
    ]),
  ).toEqual([
    { op: 'fork', who: 'shim:web', child: 'runc-exec:web', parent: 'shim:web' },
    { op: 'exit', who: 'runc-exec:web', code: 0 },
  ]);
});
