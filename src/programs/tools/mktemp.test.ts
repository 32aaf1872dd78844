/** Names, modes and words of mktemp of coreutils 9.1 and of busybox 1.37. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const run = (command: string): { readonly out: string; readonly err: string } => {
  const { out, err } = stage().sh(`cd /tmp; ${command}`);
  return { out, err: new TextDecoder().decode(Uint8Array.from(err, (char) => char.charCodeAt(0))) };
};

test.each([
  ['mktemp', /^\/tmp\/tmp\.[a-zA-Z0-9]{10}\n$/],
  ['mktemp foo.XXXX', /^foo\.[a-zA-Z0-9]{4}\n$/],
  ['mktemp fXXXX.txt', /^f[a-zA-Z0-9]{4}\.txt\n$/],
  ['mktemp --suffix=.a', /^\/tmp\/tmp\.[a-zA-Z0-9]{10}\.a\n$/],
  ['mktemp -p /usr', /^\/usr\/tmp\.[a-zA-Z0-9]{10}\n$/],
  ['mktemp -t q.XXXXX', /^\/tmp\/q\.[a-zA-Z0-9]{5}\n$/],
  ['mktemp tXXXXXX --tmpdir; rm /tmp/t??????', /^\/tmp\/t[a-zA-Z0-9]{6}\n$/],
  ['TMPDIR=/usr mktemp', /^\/usr\/tmp\.[a-zA-Z0-9]{10}\n$/],
  ['stat -c "%a %F %s" $(mktemp) $(mktemp -d)', /^600 regular empty file 0\n700 directory \d+\n$/],
  ['test -e $(mktemp -u) || echo not made', /^not made\n$/],
  ['busybox mktemp', /^\/tmp\/tmp\.[a-zA-Z0-9]{6}\n$/],
])('%s', (command, out) => {
  const ran = run(command);
  expect(ran.out).toMatch(out);
  expect(ran.err).toBe('');
});

test('two names of mktemp are not the same, and the same machine gives the same names again', () => {
  const { out } = run('mktemp -u; mktemp -u');
  const [one, other] = out.split('\n');
  expect(one).not.toBe(other);
  expect(run('mktemp -u; mktemp -u').out).toBe(out);
});

test.each([
  ['mktemp fooXX', "mktemp: too few X's in template ‘fooXX’\n"],
  ['mktemp a b', "mktemp: too many templates\nTry 'mktemp --help' for more information.\n"],
  [
    'mktemp -d /none/XXXXXX',
    'mktemp: failed to create directory via template ‘/none/XXXXXX’: No such file or directory\n',
  ],
  ['mktemp -t /a/XXXX', 'mktemp: invalid template, ‘/a/XXXX’, contains directory separator\n'],
  ['mktemp fXXXX/y', 'mktemp: invalid suffix ‘/y’, contains directory separator\n'],
  ['mktemp -q /none/XXXXXX; echo $?', ''],
  ['busybox mktemp fooXXXX', 'mktemp: : Invalid argument\n'],
])('%s is refused', (command, err) => {
  expect(run(command).err).toBe(err);
});
