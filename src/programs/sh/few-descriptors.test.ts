/** Shells that may open too few descriptors for a pipe: asked of dash 0.5.12 and busybox 1.35. */
import { expect, test } from 'vitest';
import type { Environment, Running } from '../../kernel/abi.ts';
import { stage } from '../programs.fixture.ts';
import { ashMain } from './main.ts';

function busybox(argv: readonly string[], environment: Environment): Running {
  return ashMain({ find: () => undefined }, argv, environment);
}
const ash = (text: string) => stage({ busybox }).run(['/bin/busybox', '-c', text, 'sh']);

test.each([
  ['true | cat; echo after', 'Bad file descriptor', '2\n'],
  ['true | cat & echo after', 'Bad file descriptor', '2\n'],
  ['echo $(echo a); echo after', 'Too many open files', '2\n'],
  ['read x <<X\na\nX\necho after', 'Too many open files', 'after\n0\n'],
])('%s: no pipe', (text, why, out) => {
  const script = `(ulimit -n 4; ${text}); echo $?`;
  expect(stage().sh(script)).toMatchObject({ out, err: '/bin/sh: 1: Pipe call failed\n' });
  expect(ash(script)).toMatchObject({ out, err: `sh: can't create pipe: ${why}\n` });
});
