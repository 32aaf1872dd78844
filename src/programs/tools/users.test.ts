/** Users and their namespaces, against a real Linux 6 with Debian 13's util-linux 2.41 and coreutils 9.7. */
import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';
import snippets from './user-snippets.json' with { type: 'json' };

test.each(snippets)('$script', ({ script, out, err, code }) => {
  const { stdout, stderr, exitCode } = bootHost([]).run(`cd /; ${script}`);
  expect({ out: stdout, err: stderr, code: exitCode }).toEqual({ out, err, code });
});
