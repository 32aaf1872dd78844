/** What diff and cmp of diffutils 3.8 and of busybox 1.37 printed of the same files. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const files =
  'cd /tmp; mkdir -p a/s b/s; seq 8 | sed s/^/l/ > a/x; sed s/l2/two/ a/x > b/x; printf nine >> b/x; echo a > a/only; ' +
  'echo b > b/onlyb; echo s > a/s/f; echo t > b/s/f; mkdir a/x2; touch b/x2; echo same > a/same; cp a/same b/same; ' +
  'head -c 9 /dev/zero > a/zero; ';

const changed = '@@ -1,8 +1,9 @@\n l1\n-l2\n+two\n l3\n l4\n l5\n l6\n l7\n l8\n+nine\n\\ No newline at end of file\n';
const table: readonly (readonly [command: string, out: string, err: string, code: number])[] = [
  ['diff a/x b/x', '2c2\n< l2\n---\n> two\n8a9\n> nine\n\\ No newline at end of file\n', '', 1],
  ['diff a/x b', '2c2\n< l2\n---\n> two\n8a9\n> nine\n\\ No newline at end of file\n', '', 1],
  ['diff b/x a/x', '2c2\n< two\n---\n> l2\n9d8\n< nine\n\\ No newline at end of file\n', '', 1],
  ['diff -u -L one --label two a/x b/x', `--- one\n+++ two\n${changed}`, '', 1],
  [
    'diff -U1 -L one -L two a/x b/x',
    '--- one\n+++ two\n@@ -1,3 +1,3 @@\n l1\n-l2\n+two\n l3\n@@ -8 +8,2 @@\n l8\n+nine\n\\ No newline at end of file\n',
    '',
    1,
  ],
  ['diff -u a/x b/x | sed 1,2d', changed, '', 0],
  [
    "diff -u a/only a/only2 -N | sed 's/\\t2.*/ DATE/'",
    '--- a/only DATE\n+++ a/only2\t1970-01-01 00:00:00.000000000 +0000\n@@ -1 +0,0 @@\n-a\n',
    '',
    0,
  ],
  ['diff a/same b/same', '', '', 0],
  ['diff -s a/same b/same', 'Files a/same and b/same are identical\n', '', 0],
  ['diff -q a/x b/x', 'Files a/x and b/x differ\n', '', 1],
  ['diff --brief a/x a/zero', 'Files a/x and a/zero differ\n', '', 1],
  ['diff a/x a/zero', 'Binary files a/x and a/zero differ\n', '', 1],
  ['echo x | diff - a/only', '1c1\n< x\n---\n> a\n', '', 1],
  [
    'diff a b',
    'Only in a: only\nOnly in b: onlyb\nCommon subdirectories: a/s and b/s\n' +
      'diff a/x b/x\n2c2\n< l2\n---\n> two\n8a9\n> nine\n\\ No newline at end of file\n' +
      'File a/x2 is a directory while file b/x2 is a regular empty file\nOnly in a: zero\n',
    '',
    1,
  ],
  [
    "rm b/x; diff -r a b -U 0 | sed 's/\\t2.*/ DATE/'",
    'Only in a: only\nOnly in b: onlyb\ndiff -r -U 0 a/s/f b/s/f\n--- a/s/f DATE\n+++ b/s/f DATE\n@@ -1 +1 @@\n' +
      '-s\n+t\nOnly in a: x\nFile a/x2 is a directory while file b/x2 is a regular empty file\nOnly in a: zero\n',
    '',
    0,
  ],
  [
    'diff -rq a b',
    'Only in a: only\nOnly in b: onlyb\nFiles a/s/f and b/s/f differ\nFiles a/x and b/x differ\n' +
      'File a/x2 is a directory while file b/x2 is a regular empty file\nOnly in a: zero\n',
    '',
    1,
  ],
  ['echo A B > i; echo "a  b " > j; diff -ib i j; diff -iw i j; diff -i i j', '1c1\n< A B\n---\n> a  b \n', '', 1],
  ['printf "a b" > i; printf "a  b\\n" > j; diff -b i j', '', '', 0],
  ['diff a/x none', '', 'diff: none: No such file or directory\n', 2],
  [
    'mkdir -p p q/sub; echo in > q/sub/f; diff -rN p q; diff -N p q; diff -rN none q',
    'diff -rN p/sub/f q/sub/f\n0a1\n> in\nCommon subdirectories: p/sub and q/sub\n' +
      'diff -rN none/sub/f q/sub/f\n0a1\n> in\n',
    '',
    1,
  ],
  ['diff a/x', '', "diff: missing operand after 'a/x'\ndiff: Try 'diff --help' for more information.\n", 2],
  ['diff', '', "diff: missing operand after 'diff'\ndiff: Try 'diff --help' for more information.\n", 2],
  ['diff a b c', '', "diff: extra operand 'c'\ndiff: Try 'diff --help' for more information.\n", 2],
  ['diff -U x a b', '', "diff: invalid context length 'x'\ndiff: Try 'diff --help' for more information.\n", 2],
  ['diff -y a/x b/x', '', 'glassdock: diff -y is not modelled yet: -u is\n', 2],
  ['busybox diff a/x b/x', `--- a/x\n+++ b/x\n${changed}`, '', 1],
  [
    'rm b/x; rmdir a/x2; busybox diff -r a b',
    'Only in a: only\nOnly in b: onlyb\n--- a/s/f\n+++ b/s/f\n@@ -1 +1 @@\n-s\n+t\nOnly in a: x\n' +
      'Only in b: x2\nOnly in a: zero\n',
    '',
    1,
  ],
  ['busybox diff a/x none', '', "diff: can't stat 'none': No such file or directory\n", 2],
  ['busybox diff a/x a/zero', 'Files a/x and a/zero differ\n', '', 1],
  ['cmp a/x b/x', 'a/x b/x differ: byte 4, line 2\n', '', 1],
  ['cmp -b a/x b/x', 'a/x b/x differ: byte 4, line 2 is 154 l 164 t\n', '', 1],
  ['cmp a/same b/same; cmp -n 3 a/x b/x; cmp -si 3 a/x b/x', '', '', 1],
  ['cmp -l a/only b/onlyb', '1 141 142\n', '', 1],
  ['cmp -lb a/only b/onlyb', '1 141 a    142 b\n', '', 1],
  ['printf "a\\nb" > c; printf "a\\n" > d; cmp c d', '', 'cmp: EOF on d after byte 2, line 1\n', 1],
  ['printf ab > c; printf a > d; cmp c d', '', 'cmp: EOF on d after byte 1, in line 1\n', 1],
  ['printf ab > c; printf a > d; cmp -l c d', '', 'cmp: EOF on d after byte 1\n', 1],
  ['cmp a/x /dev/null', '', 'cmp: EOF on /dev/null which is empty\n', 1],
  ['cmp a/x none', '', 'cmp: none: No such file or directory\n', 2],
  ['cmp a b', '', 'cmp: a: Is a directory\n', 2],
  ['cmp', '', "cmp: missing operand after 'cmp'\ncmp: Try 'cmp --help' for more information.\n", 2],
  ['cmp -n x a b', '', "cmp: invalid --bytes value 'x'\ncmp: Try 'cmp --help' for more information.\n", 2],
  ['busybox cmp a/x b/x', 'a/x b/x differ: char 4, line 2\n', '', 1],
  ['busybox cmp a/x /dev/null', '', 'cmp: EOF on /dev/null\n', 1],
];

test.each(table)('%s', (command, out, err, code) => {
  expect(stage().sh(files + command)).toEqual({ out, err, status: { code } });
});
