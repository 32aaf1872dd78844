/** What nice of coreutils 9.1 and renice of util-linux 2.38 said; and who has the more of one processor. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const table: readonly (readonly [command: string, out: string, err: string])[] = [
  [
    'nice; nice -n 5 nice; nice -5 nice; nice nice; nice -n 5 -n 6 nice; nice --adjustment=3 nice',
    '0\n5\n5\n10\n6\n3\n',
    '',
  ],
  ['nice -n -5 nice; nice --7 nice; nice -n 99 nice; nice -n 3 nice -n 4 nice', '-5\n-7\n19\n7\n', ''],
  ['nice -n x true; echo $?', '125\n', 'nice: invalid adjustment ‘x’\n'],
  [
    'nice -n 5; echo $?',
    '125\n',
    "nice: a command must be given with an adjustment\nTry 'nice --help' for more information.\n",
  ],
  ['nice none; echo $?', '127\n', 'nice: ‘none’: No such file or directory\n'],
  ['nice /tmp; echo $?', '126\n', 'nice: ‘/tmp’: Permission denied\n'],
  ['nice -n 5 sleep 9 & sleep 1; ps -o ni=,stat= -p $!; kill $!', '  5 SN\n', ''],
  [
    'sleep 9 & renice -n 5 -p $!; renice 3 $!; kill $!; renice; renice -n 5 -p 999',
    '3 (process ID) old priority 0, new priority 5\n3 (process ID) old priority 5, new priority 3\n',
    "renice: not enough arguments\nTry 'renice --help' for more information.\n" +
      'renice: failed to get priority for 999 (process ID): No such process\n',
  ],
];

test.each(table)('%s', (command, out, err) => {
  const ran = stage().sh(command);
  const utf8 = new TextDecoder().decode(Uint8Array.from(ran.err, (char) => char.charCodeAt(0)));
  expect([ran.out, utf8]).toEqual([out, err]);
});

test('of four that compute on two processors, the nice one has what its weight leaves to it', () => {
  const loop = "sh -c 'while :; do :; done' &";
  const { out } = stage().sh(
    `${loop} ${loop} ${loop} nice -n 19 ${loop} sleep 2; ps -eo ni=,bsdtime=,args= | grep 'do :' | grep -v -e grep -e sleep`,
  );
  // 1024 : 1024 : 1024 : 15 of four seconds.
  expect(out).toBe(`${'  0   0:01 sh -c while :; do :; done\n'.repeat(3)} 19   0:00 sh -c while :; do :; done\n`);
});
