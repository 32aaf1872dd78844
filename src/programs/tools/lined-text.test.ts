/** What base64, nl, paste, fold of coreutils 9.1, column of util-linux 2.38 and busybox 1.37 made of the same texts. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const file = "cd /tmp; printf 'one\\ntwo\\n\\nfour\\n' > f; printf 'x\\ny' > g; ";
const tryHelp = (name: string): string => `Try '${name} --help' for more information.\n`;

const table: readonly (readonly [command: string, out: string, err?: string, code?: number])[] = [
  ["printf 'hello world' | base64", 'aGVsbG8gd29ybGQ=\n'],
  ['printf "\\377\\0" | base64; printf "\\377\\0\\376" | base64; base64 /dev/null', '/wA=\n/wD+\n'],
  ['head -c 70 /dev/zero | base64', `${'A'.repeat(76)}\n${'A'.repeat(18)}==\n`],
  ['head -c 7 /dev/zero | base64 -w 7; printf hi | base64 -w0', 'AAAAAAA\nAAA==\naGk='],
  ['echo aGk= | base64 -d; echo aG8= | base64 --decode; printf "a\\nGk=aGk=" | base64 -d', 'hihohihi'],
  ["echo 'aGk@' | base64 -d", 'hi', 'base64: invalid input\n', 1],
  ['echo aGk | base64 -d', 'hi', 'base64: invalid input\n', 1],
  ["echo 'aG@k=' | base64 -di", 'hi'],
  ['base64 none', '', 'base64: none: No such file or directory\n', 1],
  ['base64 -w x f', '', 'base64: invalid wrap size: ‘x’\n', 1],
  ['base64 f g', '', `base64: extra operand ‘g’\n${tryHelp('base64')}`, 1],
  ['echo aGk | busybox base64 -d', '', 'base64: truncated input\n', 1],
  ['nl f', '     1\tone\n     2\ttwo\n       \n     3\tfour\n'],
  ['nl -ba -w3 -s: f', '  1:one\n  2:two\n  3:\n  4:four\n'],
  ['nl -bn f', '       one\n       two\n       \n       four\n'],
  ['printf x | nl -v 10 -i 5 - g', '    10\tx\n    15\tx\n    20\ty\n'],
  ['nl -nln g; nl -nrz g', '1     \tx\n2     \ty\n000001\tx\n000002\ty\n'],
  ['nl none', '', 'nl: none: No such file or directory\n', 1],
  ['nl -bq', '', `nl: invalid body numbering style: ‘q’\n${tryHelp('nl')}`, 1],
  ['nl -w0 f', '', 'nl: invalid line number field width: ‘0’: Numerical result out of range\n', 1],
  ['nl -nx', '', `nl: invalid line numbering format: ‘x’\n${tryHelp('nl')}`, 1],
  ['paste f g', 'one\tx\ntwo\ty\n\t\nfour\t\n'],
  ["paste -d ':;' f g g", 'one:x;x\ntwo:y;y\n:;\nfour:;\n'],
  ['paste -s f g; paste -sd+ f', 'one\ttwo\t\tfour\nx\ty\none+two++four\n'],
  ["seq 5 | paste - -; paste -sd '\\0' g; paste -d '\\n' g g", '1\t2\n3\t4\n5\t\nxy\nx\nx\ny\ny\n'],
  ['paste f none', '', 'paste: none: No such file or directory\n', 1],
  ['seq 3 | busybox paste -sd,', '1,2,3\n'],
  ["printf 'abcdefghij\\nkl mno\\n' | fold -w 4", 'abcd\nefgh\nij\nkl m\nno\n'],
  ["printf 'abcdefghij\\nkl mno pqr stu\\n' | fold -s -w 6", 'abcdef\nghij\nkl \nmno \npqr \nstu\n'],
  ["printf 'a\\tb' | fold -w 8; printf abcdef | fold -4", 'a\t\nbabcd\nef'],
  ['fold -w x f', '', 'fold: invalid number of columns: ‘x’\n', 1],
  ['fold -w 0 f', '', 'fold: invalid number of columns: ‘0’: Numerical result out of range\n', 1],
  ['fold none', '', 'fold: none: No such file or directory\n', 1],
  ["printf 'a bb c\\nddd e\\n\\nf   g hh i\\n' | column -t", 'a    bb  c   \nddd  e       \nf    g   hh  i\n'],
  ["printf 'a:b c\\ndd::e\\n' | column -t -s:", 'a   b c  \ndd       e\n'],
  ["printf 'a:b c\\ndd::e\\n' | column -t -s: -o ' | '", 'a  | b c | \ndd |     | e\n'],
  [
    "printf 'a b\\nccc d' | column -t -N X,Y; printf 'a b\\nccc d\\n' | column -t -R 1",
    'X    Y\na    b\nccc  d\n  a  b\nccc  d\n',
  ],
  [
    'seq 30 | column',
    [1, 2, 3].map((row) => `${Array.from({ length: 10 }, (_, at) => row + 3 * at).join('\t')}\n`).join(''),
  ],
  ['seq 7 | column -c 24; seq 7 | column -x -c 24', '1\t4\t7\n2\t5\n3\t6\n1\t2\t3\n4\t5\t6\n7\n'],
  ['column -t none; column < /dev/null; column -t /dev/null', '', 'column: none: No such file or directory\n', 0],
];

test.each(table)('%s', (command, out, err = '', code = 0) => {
  const ran = stage().sh(file + command);
  const utf8 = new TextDecoder().decode(Uint8Array.from(ran.err, (char) => char.charCodeAt(0)));
  expect({ ...ran, err: utf8 }).toEqual({ out, err, status: { code } });
});
