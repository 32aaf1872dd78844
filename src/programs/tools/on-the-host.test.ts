/** nc, prlimit, curl, jq, strace -ff: as the real tools of busybox 1.35 and Debian answered. */
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
    'both want a number of seconds',
    'for w in abc -1 2147484; do nc -w $w localhost 9; echo $?; done; ' +
      "docker exec srv sh -c 'for w in abc -1 4294967296 0; do nc -w $w 127.0.0.1 9; echo $?; done'",
    '1\n1\n1\n1\n1\n1\n1\n',
    'nc: timeout invalid: abc\nnc: timeout too small: -1\nnc: timeout too large: 2147484\n' +
      "nc: invalid number 'abc'\nnc: invalid number '-1'\nnc: invalid number '4294967296'\n" +
      "nc: can't connect to remote host (127.0.0.1): Connection refused\n",
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
  [
    'curl tells of what it cannot write by 23; with -s what has room in its buffer is missed in silence',
    'curl -sS 172.17.0.2 >/dev/full; echo $?; curl -sS -o /nosuch/x 172.17.0.2; echo $?; ' +
      'curl 172.17.0.2 2>&1 >/dev/full | tail -n 1;',
    '23\n23\ncurl: Failed writing body\n',
    'curl: (23) client returned ERROR on write of 615 bytes\n',
  ],
  [
    'curl tells a server that is killed with a request unread from one that hangs up',
    'nc -l -p 99 & N=$!; sleep 0.1; kill -STOP $N; curl -sS 127.0.0.1:99 & C=$!; sleep 0.1; kill -9 $N; wait $C; echo $?; ' +
      'nc -l -p 99 >/dev/null & N=$!; sleep 0.1; curl -sS 127.0.0.1:99 & C=$!; sleep 0.1; kill -9 $N; wait $C; echo $?',
    '56\n52\n',
    'curl: (56) Recv failure: Connection reset by peer\ncurl: (52) Empty reply from server\n',
  ],
  [
    'busybox looks its own name up where it is asked for more than that',
    'docker run --rm --network none -h a.b.c busybox sh -c "hostname -f; hostname -d; hostname -i; hostname -s"; ' +
      'docker run --rm -h a.b.c busybox sh -c "hostname -f; hostname -d; hostname -i; hostname -s" | sed "s/^172.*/IP/"',
    'a\na.b.c\nb.c\nIP\na\n',
    'hostname: a.b.c: Host name lookup failure\n'.repeat(3),
  ],
  [
    'busybox df counts a disk as often as it is mounted, in columns of nine',
    'docker run --rm --network none busybox df > /tmp/df; cut -c1-30 /tmp/df | head -3 | tail -2; grep -c "^/dev/vda1" /tmp/df',
    'overlay               19986576\ntmpfs                    65536\n3\n',
    '',
  ],
  [
    'jq and ls without an output say so',
    'jq -n 1 >&-; echo $?; jq -n 1 >/dev/full; ls >&-; echo $?',
    '2\n2\n',
    'jq: error: writing output failed: Bad file descriptor\njq: error: writing output failed: No space left on device\n' +
      'ls: write error: Bad file descriptor\n',
  ],
  [
    'cp -r and mv make a socket anew; cp without -r cannot read it',
    'cp -r /run/docker.sock /tmp/s; mv /tmp/s /dev/shm; stat -c %F /dev/shm/s; cp /run/docker.sock /tmp/t',
    'socket\n',
    "cp: cannot open '/run/docker.sock' for reading: No such device or address\n",
  ],
  [
    'strace -ff gives each process a file of its own',
    "strace -ff -e trace=execve -e signal=none -o /tmp/tr sh -c '/bin/true & wait'; cat /tmp/tr.* | cut -d, -f1; " +
      'strace -ff -c -o /tmp/z true; strace -ff -o /nosuch/x true 2>&1 | cut -d. -f1; ls /nosuch',
    'execve("/usr/bin/sh"\n+++ exited with 0 +++\nexecve("/bin/true"\n+++ exited with 0 +++\n' +
      "strace: Can't fopen '/nosuch/x\n",
    'strace: (-c/--summary-only or -C/--summary) and -ff/--output-separately are mutually exclusive\n' +
      "Try 'strace -h' for more information.\nls: cannot access '/nosuch': No such file or directory\n",
  ],
  [
    'each network namespace has its sockets in /proc/net/tcp',
    "docker run -d -p 8080:80 nginx >/dev/null; cut -c-36 /proc/net/tcp; docker exec srv cut -c-90 /proc/net/tcp6; ps -o psr= -p 1; awk 'NR > 1 { print $5, $13, $17 }' /proc/net/tcp",
    '  sl  local_address rem_address   st\n   0: 00000000:1F90 00000000:0000 0A\n' +
      '  sl  local_address                         remote_address                        st tx_qu\n' +
      '   0: 00000000000000000000000000000000:005A 00000000000000000000000000000000:0000 0A 00000\n  0\n' +
      // A listener has nothing to send, and no timers of a connection's.
      '00000000:00000000 100 0\n',
    '',
  ],
  [
    'docker top asks ps for the container’s processes alone, and for all where that cannot be',
    'docker top web -o pid,comm | cut -c21-; docker top web -o comm; docker top web ax f | grep -c master',
    'COMMAND\nnginx\nnginx\nnginx\n1\n',
    "Error response from daemon: Couldn't find PID field in ps output\n",
  ],
  [
    'ps -q looks at nobody else',
    'ps -q 1 -o pid=,comm=; ps -q1 -q1; ps -q x 2>&1 | head -1; ps f -q1 2>&1 | head -1',
    '      1 systemd\nerror: process ID list syntax error\n' +
      'q/-q/--quick-pid cannot be used together with forest type listings.\n',
    'q/-q/--quick-pid can only be used once.\n',
  ],
  [
    'chmod -R and chown -R change what is in a directory, and names of users and groups are known',
    'mkdir -p d/e; touch d/e/f; chmod -R 700 d; chown -R nobody:tty d; stat -c "%a %U:%G" d d/e d/e/f; chown foo d; chown :x d',
    '700 nobody:tty\n700 nobody:tty\n700 nobody:tty\n',
    'chown: invalid user: ‘foo’\nchown: invalid group: ‘:x’\n',
  ],
  [
    'sudo runs a command for who is root already',
    'sudo docker ps -q -f name=web | wc -l; sudo -u root A=1 sh -c "echo \\$A"; sudo nosuch',
    '1\n1\n',
    'sudo: nosuch: command not found\n',
  ],
  [
    'sudo tells what root may, and has no password to forget',
    'sudo -l; sudo -l | grep -c use_pty; sudo -k; sudo -nl true; sudo -k echo ran; sudo -z 2>&1 | head -2',
    'Matching Defaults entries for root on glassdock:\n    env_reset, mail_badpass,\n' +
      '    secure_path=/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin,\n    use_pty\n\n' +
      'User root may run the following commands on glassdock:\n    (ALL : ALL) ALL\n1\n/usr/bin/true\nran\n' +
      "sudo: invalid option -- 'z'\nusage: sudo -h | -K | -k | -V\n",
    '',
  ],
];

test.each(table)('%s', (_says, line, stdout, stderr) => {
  const ran = host.run(line);

  expect([ran.stdout, ran.stderr]).toEqual([stdout, stderr]);
});

test('du sums up what files take, by directories, and counts a file of two names once', () => {
  const script =
    'mkdir -p /tmp/du/a; cd /tmp/du; echo hi > f; head -c 5000 /dev/zero > a/g; ln f h; ' +
    'du; du -sh a; du -a a; du -b f; du none; du -d x';
  expect(host.run(script)).toEqual({
    stdout: '12\t./a\n20\t.\n12K\ta\n8\ta/g\n12\ta\n3\tf\n',
    stderr:
      "du: cannot access 'none': No such file or directory\ndu: invalid maximum depth ‘x’\n" +
      "Try 'du --help' for more information.\n",
    exitCode: 1,
  });
});

test('watch shows a command’s output anew each time on a clear screen, until Ctrl-C', () => {
  host.type(1, '');
  const shown = host.type(1, 'watch -n1 cat /tmp/watched\n');
  expect(shown).toMatch(
    /\x1b\[H\x1b\[2JEvery 1\.0s: cat \/tmp\/watched +glassdock: \w+ \w+ +\d+ [\d:]+ \d+\r\n\r\ncat: /,
  );
  host.run('echo here it is > /tmp/watched');
  expect(host.type(1, '\n')).toMatch(/\r\n\r\nhere it is\x1b/);
  expect(host.type(1, '\x03')).toContain('# ');
  expect(host.type(1, 'echo $?\n')).toContain('130\r\n');
});

test('unix sockets that listen are listed in their network namespace, by the inode of their descriptor', () => {
  const { stdout } = host.run(
    'cat /proc/net/unix | grep -v /s/; ls -l /proc/$(pidof dockerd)/fd | grep -c ' +
      "socket:.$(awk '/docker.sock/ { print $7 }' /proc/net/unix); " +
      'grep -c /containerd/s/ /proc/net/unix; docker ps -q | wc -l; docker exec srv cat /proc/net/unix',
  );
  const heads = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
  const line = (path: string): string => `0{16}: 00000002 00000000 00010000 0001 01 [ \\d]{5,} ${path}\n`;
  expect(stdout).toMatch(new RegExp(`^${heads}(${line('/\\S+')})+1\n(\\d+)\n\\2\n${heads}$`));
  expect(stdout).toMatch(new RegExp(line('(/var)?/run/docker\\.sock')));
  expect(stdout).toMatch(new RegExp(line('/run/containerd/containerd\\.sock')));
});

test('ip netns lists the namespaces that have a name, which Docker gives to none', () => {
  const script =
    'ip netns; ip netns add blue; ip netns list; ip netns exec blue ip -br link | cut -c-25; ip netns exec none true; ' +
    'ip netns exec blue false; echo $?; ip netns exec blue nosuch; ip netns exec blue; ip netns add; echo $?; ip netns add blue; ip netns del blue; ip netns; ip netns del blue; ip netns foo';
  expect(host.run(script)).toEqual({
    stdout: 'blue\nlo               DOWN    \n1\n1\n',
    stderr:
      'Cannot open network namespace "none": No such file or directory\n' +
      'exec of "nosuch" failed: No such file or directory\nNo command specified\nNo netns name specified\n' +
      'Cannot create namespace file "/run/netns/blue": File exists\n' +
      'Cannot remove namespace file "/run/netns/blue": No such file or directory\n' +
      'Command "foo" is unknown, try "ip netns help".\n',
    exitCode: 255,
  });
});

test('services and containers have the login number of nobody', () => {
  expect(host.run('cat /proc/1/loginuid; echo; docker exec web cat /proc/self/loginuid').stdout).toBe(
    '4294967295\n4294967295',
  );
});

test('who lists the sessions that have a terminal, and uptime counts them', () => {
  host.type(2, '');
  const lines = '(root +pts/\\d +2026-11-24 \\d\\d:\\d\\d\n)';
  const { stdout } = host.run("who; who -q; uptime | grep -o '[0-9] users'; who -m; who -b");
  expect(stdout).toMatch(new RegExp(`^${lines}{2}root root\n# users=2\n2 users\n {9}system boot  2026-11-24 02:00\n$`));
  expect(host.type(2, 'who am i; w\n')).toMatch(/\nroot     pts\/2        2026-11-24 \d\d:\d\d\r\nglassdock: w is not/);
});
