/** tail -f, as coreutils 9.1 and busybox answered. */
import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';
import { stage } from '../programs.fixture.ts';

test('tail -f tells what is added to a file, and begins anew with one that was truncated', () => {
  const { sh } = stage();
  const script = (tail: string): string =>
    `cd /tmp; echo a > f; timeout 5 ${tail} -f f & sleep 0.5; echo b >> f; sleep 1.2; : > f; sleep 1.2; echo c > f; wait`;
  expect(sh(script('tail'))).toEqual({ out: 'a\nb\nc\n', err: 'tail: f: file truncated\n', status: { code: 0 } });
});

test('tail -f of several files says whose lines these are, where that changes', () => {
  const { out } = stage().sh(
    'cd /tmp; echo a > f; echo x > g; timeout 5 tail -f f g & ' +
      'sleep 0.5; echo b >> f; sleep 1.2; echo c >> f; sleep 1.2; echo y >> g; wait',
  );
  expect(out).toBe('==> f <==\na\n\n==> g <==\nx\n\n==> f <==\nb\nc\n\n==> g <==\ny\n');
});

test('tail -f of a pipe ends with it', () => {
  expect(stage().sh('echo a | timeout 5 tail -f; echo $?').out).toBe('a\n0\n');
});

test('Ctrl-C ends tail -f', () => {
  const host = bootHost([]);
  host.run('echo a > /tmp/f');
  host.type(1, '');
  expect(host.type(1, 'tail -f /tmp/f\n')).toContain('a\r\n');
  expect(host.type(1, '\x03')).toContain('# ');
  expect(host.type(1, 'echo $?\n')).toContain('130\r\n');
});
