import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

test('less and more pass on what goes into no terminal', () => {
  const { sh } = stage();
  const { out, err } = sh(
    'cd /tmp; echo one > f; less f; more f | cat; more f f; echo two | less -R; less /nosuch 2>/dev/null; more /nosuch; echo $?',
  );
  const head = '::::::::::::::\nf\n::::::::::::::\none\n';
  expect(out).toBe(`one\n${head}${head}${head}two\n/nosuch: No such file or directory\n0\n`);
  expect(err).toBe('more: cannot open /nosuch: No such file or directory\n');
});
