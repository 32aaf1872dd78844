/** nc and prlimit, as the real tools of busybox 1.35, netcat-openbsd and util-linux answered. */
import { expect, test } from 'vitest';
import { bootHost } from '../../engine/docker/host.fixture.ts';

const host = bootHost(['busybox', 'nginx']);
host.run('docker run -d --name web nginx; docker run -d --name srv busybox nc -ll -p 90 -e cat');

const table: readonly (readonly [says: string, line: string, stdout: string, stderr: string])[] = [
  [
    'the host’s tells of a port with -z and -v, and says nothing of a refusal without',
    'nc -zv 172.17.0.2 80; nc -zv localhost 9; nc localhost 9; echo $?; nc nosuch 80; nc 127.0.0.1 x; nc 127.0.0.1',
    '1\n',
    'Connection to 172.17.0.2 80 port [tcp/http] succeeded!\n' +
      'nc: connect to localhost (127.0.0.1) port 9 (tcp) failed: Connection refused\n' +
      'nc: getaddrinfo for host "nosuch" port 80: Name or service not known\n' +
      'nc: port number invalid: x\nnc: missing port number\n',
  ],
  [
    'who listens is told from where, and ends with the connection',
    'nc -lv 7000 > /tmp/o & sleep 0.1; echo hello | nc -N 127.0.0.1 7000; wait; cat /tmp/o',
    'hello\n',
    expect.stringMatching(/^Listening on 0\.0\.0\.0 7000\nConnection received on localhost \d+\n$/) as string,
  ],
  [
    'without -N the other side does not hear that the input is over',
    'nc -l 7001 > /tmp/o & echo hello | timeout 2 nc 127.0.0.1 7001; echo $?; cat /tmp/o',
    '124\nhello\n',
    '',
  ],
  [
    'busybox’s serves a program, once or, with -ll, for ever',
    'docker exec srv sh -c "echo a | nc 127.0.0.1 90; echo b | nc 127.0.0.1 90;' +
      ' nc -l -p 91 -e echo yes & sleep 0.1; nc 127.0.0.1 91; nc 127.0.0.1 91"',
    'a\nb\nyes\n',
    "nc: can't connect to remote host (127.0.0.1): Connection refused\n",
  ],
  [
    'busybox’s has its own words',
    'docker exec srv sh -c "nc nosuch 80; nc 127.0.0.1 x; nc -l 80; nc -l -p 90; nc -z a 2>&1 | head -1"',
    "nc: invalid option -- 'z'\n",
    "nc: bad address 'nosuch'\nnc: bad port 'x'\nnc: bind: Cannot assign requested address\n" +
      'nc: bind: Address already in use\n',
  ],
  [
    'prlimit shows limits, sets those of a process and runs a command with them',
    'prlimit --pid 1 -n -s; prlimit -n=10:20 sh -c "ulimit -n; ulimit -Hn"; prlimit --nofile=300: --pid $$; ulimit -n',
    'RESOURCE DESCRIPTION                    SOFT       HARD UNITS\n' +
      'NOFILE   max number of open files 1073741816 1073741816 files\n' +
      'STACK    max stack size              8388608  unlimited bytes\n10\n20\n300\n',
    '',
  ],
  [
    'prlimit has its own words',
    'prlimit --pid 99999; prlimit --pid x; prlimit -n=x; prlimit -n=20:10; prlimit -p 1 true; prlimit -n --foo; ' +
      'prlimit -o RESOURCE,SOFT -n --noheadings --pid 1; prlimit --raw -u --pid 1',
    'NOFILE 1073741816\nRESOURCE DESCRIPTION SOFT HARD UNITS\n' +
      'NPROC max\\x20number\\x20of\\x20processes unlimited unlimited processes\n',
    'prlimit: failed to get the AS resource limit: No such process\n' +
      "prlimit: invalid PID argument: 'x'\nprlimit: failed to parse NOFILE limit\n" +
      'prlimit: the soft limit NOFILE cannot exceed the hard limit\n' +
      'prlimit: options --pid and COMMAND are mutually exclusive\n' +
      "prlimit: unrecognized option '--foo'\nTry 'prlimit --help' for more information.\n",
  ],
];

test.each(table)('%s', (_says, line, stdout, stderr) => {
  const ran = host.run(line);

  expect([ran.stdout, ran.stderr]).toEqual([stdout, stderr]);
});
