/** The tools against what those of Debian 12 printed for the same text: sed 4.9, grep 3.8, coreutils 9.1, xxd 9.0. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';
import snippets from './debian-snippets.json' with { type: 'json' };

/** As bytes. */
test.each(snippets)('$script', ({ script, out, err, code }) => {
  expect(stage().sh(`mkdir /tmp/w; cd /tmp/w; ${script}`)).toEqual({ out, err, status: { code } });
});
