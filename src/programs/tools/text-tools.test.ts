/** Expected outputs are those of coreutils 9.1, GNU grep 3.8 and GNU sed 4.9. */
import { expect, test } from 'vitest';
import { existsAt, makeDevice, makeFile, mountAt } from '../../kernel/vfs/host-files.ts';
import { stage } from '../programs.fixture.ts';

test.each([
  ["printf 'b 2\\na 10\\nc 1\\n' | sort -k2 -n", 'c 1\nb 2\na 10\n'],
  ["printf 'b\\na\\nb\\n' | sort -ru", 'b\na\n'],
  ["printf 'a\\na\\nb\\n' | uniq -c", '      2 a\n      1 b\n'],
  ["printf 'a:b:c\\nx\\n' | cut -d: -f1,3", 'a:c\nx\n'],
  ['echo abcdef | cut -c2-4,6', 'bcdf\n'],
  ["echo a/b | sed 's/[/]/x/'; echo a/b | sed -n '/[/]/p'", 'axb\na/b\n'],
  [
    `echo x | sed 's/${'[a]'.repeat(60)}' 2>&1; echo x | sed '/${'[a]'.repeat(60)}' 2>&1 | wc -l`,
    "sed: -e expression #1, char 182: unterminated `s' command\n1\n",
  ],
  ["echo aXb | sed 's/X/\\t/'", 'a\tb\n'],
  ["printf 'a\\tb\\\\\\303\\251\\001\\n' | sed -n l", 'a\\tb\\\\\\303\\251\\001$\n'],
  [
    "seq -s' ' 30 | sed -n l",
    '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 \\\n27 28 29 30$\n',
  ],
  ['echo abcdef | cut -c1-2,4- --output-delimiter=X', 'abXdef\n'],
  ['echo abcdef | cut -c1-2,3-4,2-2 --output-delimiter=X', 'abXcd\n'],
  ['printf a >/tmp/f; echo b >/tmp/g; sed p /tmp/f /tmp/g', 'a\na\nb\nb\n'],
  ["printf 'a\\nb\\nc' | sed -n '$p;$='", 'c\n3\n'],
  ["printf 'a\\nb' | sed p", 'a\na\nb\nb'],
  ["echo 'Hello' | tr a-z A-Z", 'HELLO\n'],
  ["echo 'a  b' | tr -s ' ' | tr -d b", 'a \n'],
  ["printf 'one two\\nthree\\n' | wc", '      2       3      14\n'],
  ["printf 'one\\n' | wc -l", '1\n'],
  ['seq 10 | head -3 | tail -1', '3\n'],
  ['seq 5 | tail -n +4', '4\n5\n'],
  ['seq 4 | head -n -2', '1\n2\n'],
  ["printf 'abc\\nxyz\\n' | grep -n b", '1:abc\n'],
  ["printf 'abc\\nxyz\\n' | grep -vc b", '1\n'],
  ["printf 'aXb aYb\\n' | grep -oE 'a[XY]b'", 'aXb\naYb\n'],
  ["printf 'a+b\\naab\\n' | grep 'a+b'", 'a+b\n'],
  ["printf 'a+b\\naab\\n' | grep -E 'a+b'", 'aab\n'],
  ["printf 'foo\\nfoobar\\n' | grep -w foo", 'foo\n'],
  ['seq 5 | grep -A1 -B1 3', '2\n3\n4\n'],
  ["printf 'hello\\n' | sed 's/l/L/g; s/^h/H/'", 'HeLLo\n'],
  ["seq 5 | sed -n '2,3p'", '2\n3\n'],
  ["seq 5 | sed '/3/d;$d'", '1\n2\n4\n'],
  ["echo /usr/bin | sed 's|/|:|g'", ':usr:bin\n'],
  ["printf 'a\\nb' | sed p", 'a\na\nb\nb'],
  ["printf 'a\\nb\\nc\\n' | sed -n '1!G;h;$p'", 'c\nb\na\n'],
  ["printf 'a\\nb\\nc\\n' | sed ':a;N;$!ba;s/\\n/,/g'", 'a,b,c\n'],
  ["seq 3 | sed 'N;P;D' | sed '2{s/2/x/;n;d}'", '1\nx\n'],
  ["seq 20 | grep -nC1 '[58]'", '4-4\n5:5\n6-6\n7-7\n8:8\n9-9\n--\n14-14\n15:15\n16-16\n17-17\n18:18\n19-19\n'],
  ['seq 20 | grep -m1 -A2 5', '5\n6\n7\n'],
  ["printf 'a\\0b\\n' | grep b 2>/dev/null; printf 'a\\0b\\n' | grep -ao b", 'b\n'],
  ["printf 'a\\0b\\n' | grep b 2>&1", 'grep: (standard input): binary file matches\n'],
  ["echo 'ab' | sed -E 's/(a)(b)/\\2\\1/'", 'ba\n'],
  ["printf 'a b\\nc\\n' | xargs echo -n x", 'x a b c'],
  ['seq 50000 | xargs echo | cut -c1-9', '1 2 3 4 5\n23696 236\n45540 455\n'],
  ["printf '1\\n2\\n' | xargs -I{} echo n{}", 'n1\nn2\n'],
  ['echo x | tee /tmp/tee | cat; cat /tmp/tee', 'x\nx\n'],
  ['basename /a/b.c .c; dirname /a/b.c', 'b\n/a\n'],
  [
    'mkdir -p /tmp/d/e; touch /tmp/d/f; ls /tmp/d; ls -p /tmp/d; rm -r /tmp/d; ls /tmp/d 2>/dev/null; echo $?',
    'e\nf\ne/\nf\n2\n',
  ],
  ['env -i A=1 B=2', 'A=1\nB=2\n'],
])('%s', (script, output) => {
  expect(stage().sh(script)).toEqual({ out: output, err: '', status: { code: 0 } });
});

test.each([
  ['cat nosuch', 'cat: nosuch: No such file or directory\n', 1],
  ['head nosuch', "head: cannot open 'nosuch' for reading: No such file or directory\n", 1],
  ['ls nosuch', "ls: cannot access 'nosuch': No such file or directory\n", 2],
  ['rm nosuch', "rm: cannot remove 'nosuch': No such file or directory\n", 1],
  ['grep x nosuch', 'grep: nosuch: No such file or directory\n', 2],
  ['sort nosuch', 'sort: cannot read: nosuch: No such file or directory\n', 2],
  ['rm /tmp', "rm: cannot remove '/tmp': Is a directory\n", 1],
  [
    'rm -rf /',
    "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n",
    1,
  ],
  ['cat /etc/passwd >/dev/full', 'cat: write error: No space left on device\n', 1],
  ['ls / >/dev/full', 'ls: write error: No space left on device\n', 2],
  ['grep root /etc/passwd >/dev/full', 'grep: write error: No space left on device\n', 2],
  ['echo x | tee /dev/full >/dev/null', 'tee: /dev/full: No space left on device\n', 1],
  ['cp /etc/passwd /dev/full', "cp: error writing '/dev/full': No space left on device\n", 1],
])('%s fails as on a real host', (script, err, code) => {
  const made = stage();
  if (script.includes('full') && !existsAt(made.bench.kernel, '/dev/full'))
    makeDevice(made.bench.kernel, '/dev/full', 1, 7);
  expect(made.sh(script)).toEqual({ out: '', err, status: { code } });
});

// Before its input is over, each has told of the line that came.
test.each(['grep a', 'sed s/b/c/', 'cut -c1', 'awk {print}', 'rev', 'tr b c'])(
  '%s tells of a line when it has come',
  (filter) => {
    const script = `(echo a; sleep 9) | ${filter} > /tmp/told & sleep 1; cat /tmp/told; wait`;
    expect(stage().sh(script)).toEqual({ out: 'a\n', err: '', status: { code: 0 } });
  },
);

test('who has had enough of a long input ends, and holds no more than a line of it', () => {
  const { sh } = stage();
  const script =
    'yes | grep -q y; yes | grep -nm1 y; yes | sed -n "2{p;q}"; yes | sed 1q; yes a | rev | head -1; ' +
    'yes | timeout 0.01 grep n; echo $?';
  expect(sh(script)).toEqual({ out: '1:y\ny\ny\na\n124\n', err: '', status: { code: 0 } });
});

test('a producer dies of SIGPIPE when its reader has had enough', () => {
  const { bench, sh } = stage();
  expect(sh('yes | head -1').out).toBe('y\n');
  const ends = bench.events.filter((event) => event.type === 'task.exit').map(({ status }) => status);
  expect(ends).toContainEqual({ signal: 'SIGPIPE' });
});

test('rm goes on after what it cannot remove, and lets the directory be', () => {
  const { bench, sh } = stage();
  for (const path of ['/tmp/d/a', '/tmp/d/z/b']) makeFile(bench.kernel, path, '');
  mountAt(bench.kernel, '/tmp/d/m', 'tmpfs');
  expect(sh('rm -rf /tmp/d; echo $?; ls /tmp/d')).toEqual({
    out: '1\nm\n',
    err: "rm: cannot remove '/tmp/d/m': Device or resource busy\n",
    status: { code: 0 },
  });
});
