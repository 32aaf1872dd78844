import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const run = (text: string): { readonly out: string; readonly err: string } => {
  const { out, err } = stage().sh(text);
  return { out, err };
};
const seeDmesg = '       dmesg(1) may have more information after failed mount system call.\n';
const table: readonly (readonly [says: string, text: string, out: string, err: string])[] = [
  [
    'nobody by a name is an error with words for killall, and a silent one for pgrep and pidof',
    'killall zzz; pgrep zzz; echo $?; pidof zzz; echo $?',
    '1\n1\n',
    'zzz: no process found\n',
  ],
  [
    'pkill needs something to look for',
    'pkill; echo $?',
    '2\n',
    "pkill: no matching criteria specified\nTry `pkill --help' for more information.\n",
  ],
  [
    'sysctl reads and sets by names with dots, as procps tells of it',
    'sysctl kernel.panic; sysctl -w vm.swappiness=7; sysctl -n vm.swappiness; sysctl foo.bar; sysctl vm.swappiness=x',
    'kernel.panic = 0\nvm.swappiness = 7\n7\n',
    'sysctl: cannot stat /proc/sys/foo/bar: No such file or directory\n' +
      'sysctl: setting key "vm.swappiness": Invalid argument\n',
  ],
  [
    "busybox's sysctl has other words",
    'busybox sysctl foo.bar; busybox sysctl -w vm.swappiness; busybox sysctl vm.swappiness=x',
    '',
    "sysctl: error: 'foo/bar' is an unknown key\nsysctl: error: 'vm.swappiness' must be of the form name=value\n" +
      'sysctl: write error: Invalid argument\n',
  ],
  [
    'sysctl leaves what nobody may set, with whatever errno there was, and is content; busybox tries',
    'sysctl -w kernel.ostype=x; echo $?; busybox sysctl -w kernel.ostype=x; echo $?; sysctl -w vm.swappiness=500',
    '0\n1\n',
    'sysctl: setting key "kernel.ostype": Invalid argument\n' +
      "sysctl: error setting key 'kernel.ostype': Permission denied\n" +
      'sysctl: setting key "vm.swappiness": Invalid argument\n',
  ],
  [
    'umount says why not',
    'umount /zz; umount /tmp; echo $?',
    '32\n',
    'umount: /zz: no mount point specified.\numount: /tmp: not mounted.\n',
  ],
  [
    'mount says what is missing',
    'mount -t foo x /tmp; mount -t tmpfs x /nosuch',
    '',
    `mount: /tmp: unknown filesystem type 'foo'.\n${seeDmesg}mount: /nosuch: mount point does not exist.\n${seeDmesg}`,
  ],
  [
    'what is mounted is listed, and gone after umount',
    'mount -t tmpfs none /tmp; mount -t tmpfs; umount /tmp; mount -t tmpfs',
    'none on /tmp type tmpfs (rw,relatime,inode64)\n',
    '',
  ],
  [
    'nsenter names the file that is not there',
    'nsenter -t 99999 -a true; echo $?',
    '1\n',
    'nsenter: stat of /proc/99999/ns/user failed: No such file or directory\n',
  ],
  [
    'nsenter wants a number, and says what was not given',
    'nsenter -t x -m true; nsenter -m true; echo $?',
    '1\n',
    "nsenter: failed to parse pid: 'x'\nnsenter: no target PID specified\n",
  ],
  [
    'nsenter takes a namespace from a file, and goes where the target is',
    "cd /tmp; unshare -u sh -c 'hostname inner; touch /tmp/u; mount --bind /proc/self/ns/uts /tmp/u'; " +
      'nsenter --uts=/tmp/u hostname; cd /; sh -c "cd /usr; exec sleep 9" & nsenter -t $! -u -w pwd; kill $!',
    'inner\n/usr\n',
    '',
  ],
  [
    'nsenter without a namespace enters none, and not the own user namespace a second time',
    'nsenter true; nsenter -t 1 -r true; nsenter -r true; nsenter -t 1 -U true; nsenter -t 1 -u -S x true; ' +
      'nsenter -t 1 -u -w/nosuch true; echo $?',
    '1\n',
    'nsenter: no namespace specified\nnsenter: no namespace specified\n' +
      'nsenter: neither filename nor target pid supplied for root\n' +
      'nsenter: reassociate to namespaces failed: Invalid argument\n' +
      "nsenter: failed to parse uid: 'x'\nnsenter: cannot open /nosuch: No such file or directory\n",
  ],
  [
    'nsenter takes on the environment and the cgroup of the target',
    'mkdir -p /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; mkdir /sys/fs/cgroup/here; env -i A=1 sh -c "echo \\$\\$ >/sys/fs/cgroup/here/cgroup.procs; exec sleep 9" & sleep 1; ' +
      "nsenter -t $! -u -e -c sh -c 'echo $A; cat /proc/self/cgroup'; kill $!",
    '1\n0::/here\n',
    '',
  ],
  [
    'unshare keeps a namespace in a file until that is unmounted',
    'cd /tmp; mkdir own; touch u p m; unshare --uts=u hostname kept; nsenter -uu hostname; umount u; nsenter --uts=u hostname; ' +
      "unshare --pid=p --fork sleep 9 & sleep 1; nsenter --pid=p sh -c 'echo $$'; mkdir d; " +
      'mount --bind d d; mount --make-private d; touch d/m; ' +
      "unshare --mount=d/m sh -c 'mount -t tmpfs none own; touch own/inside'; ls own; nsenter -md/m ls /tmp/own; " +
      'unshare --pid=p true; unshare --net=/nosuch true; echo $?',
    'kept\n2\ninside\n1\n',
    "nsenter: reassociate to namespace 'ns/uts' failed: Invalid argument\n" +
      'unshare: mount /proc/24/ns/pid_for_children on p failed: No such file or directory\n' +
      'unshare: mount /proc/25/ns/net on /nosuch failed: No such file or directory\n',
  ],
  [
    'unshare names what it cannot do',
    'unshare -R /nosuch true; unshare -w /nosuch true; unshare -S x true; unshare -G x true; ' +
      'unshare --mount-proc=/nosuch -p -f true; unshare --propagation nosuch -m true; echo $?',
    '1\n',
    "unshare: cannot change root directory to '/nosuch': No such file or directory\n" +
      "unshare: cannot chdir to '/nosuch': No such file or directory\n" +
      "unshare: failed to parse uid: 'x'\nunshare: failed to parse gid: 'x'\n" +
      'unshare: mount /nosuch failed: No such file or directory\n' +
      'unshare: unsupported propagation mode: nosuch\n',
  ],
  [
    'the child of unshare dies with it when that was asked for',
    'unshare -p --kill-child sleep 99 & sleep 1; kill -9 $!; sleep 1; pgrep -c sleep; unshare --kill-child=FOO true',
    '0\n',
    'unshare: unknown signal: FOO\n',
  ],
  [
    'a host name of its own stays inside',
    'unshare -u sh -c \'hostname inner; hostname\'; test "$(hostname)" = inner || echo outside',
    'inner\noutside\n',
    '',
  ],
  [
    'the first process of a new pid namespace is 1',
    "unshare -p -f --mount-proc sh -c 'echo $$; ps -o pid=,comm='",
    '1\n      1 sh\n      2 ps\n',
    '',
  ],
  ['the command that unshare forks gives its exit code', "unshare -p -f sh -c 'exit 7'; echo $?", '7\n', ''],
  [
    'a new network has lo alone, and it is down',
    'unshare -n ip -br link',
    'lo               DOWN           00:00:00:00:00:00 <LOOPBACK> \n',
    '',
  ],
  [
    'a bridge without a port that is up has no carrier, and its network comes with its address',
    'ip link add br9 type bridge; ip link set br9 up; ip addr add 10.9.0.1/24 dev br9; ' +
      'ip -br addr show br9; ip route; ip link del br9; ip link show br9',
    'br9              DOWN           10.9.0.1/24 \n' +
      '10.9.0.0/24 dev br9 proto kernel scope link src 10.9.0.1 linkdown \n',
    'Device "br9" does not exist.\n',
  ],
  [
    'both ends of a veth in one namespace are called by name',
    'ip link add va type veth peer name vb; ip -br link | cut -d" " -f1',
    'lo\nvb@va\nva@vb\n',
    '',
  ],
  [
    'ps cuts and pads a column to the width that is asked for',
    'ps -o comm:3,pid:9,comm -p 1',
    'COMMAND   PID COMMAND\nini         1 init\n',
    '',
  ],
  [
    'pstree draws a user’s processes, and knows no user that there is not',
    'pstree -T root | head -n 1 | cut -c1-4; pstree web; echo $?',
    'init\n1\n',
    'No such user name: web\n',
  ],
  [
    'cat shows ends, tabs and control characters, squeezes and numbers; it refuses what it does not know',
    "printf 'a\\tb\\n\\n\\n\\001\\351\\n' > /tmp/cat; cat -A /tmp/cat; cat -bs /tmp/cat | cat -t; cat -E < /tmp/cat | wc -c; " +
      'cat --bogus; echo $?',
    'a^Ib$\n$\n$\n^AM-i$\n     1^Ia^Ib\n\n     2^I^AM-i\n13\n1\n',
    "cat: unrecognized option '--bogus'\nTry 'cat --help' for more information.\n",
  ],
  [
    'grep -r names the files of a folder, not the one file that is asked for',
    'mkdir /tmp/g; echo fn > /tmp/g/a; grep -r fn /tmp/g; grep -r fn /tmp/g/a',
    '/tmp/g/a:fn\nfn\n',
    '',
  ],
  [
    'lsns -J tells as JSON',
    'lsns -J -t uts -o NS,TYPE,PID',
    '{\n   "namespaces": [\n      {\n         "ns": 4026531838,\n         "type": "uts",\n' +
      '         "pid": 1\n      }\n   ]\n}\n',
    '',
  ],
  [
    'find tests names and types',
    'mkdir -p /tmp/d/e; touch /tmp/d/x.txt /tmp/d/e/y.txt; find /tmp/d -name "*.txt"; find /tmp/d -type d; ' +
      'find /tmp/d -maxdepth 1 ! -name "*.txt"',
    '/tmp/d/e/y.txt\n/tmp/d/x.txt\n/tmp/d\n/tmp/d/e\n/tmp/d\n/tmp/d/e\n',
    '',
  ],
  [
    'find stops at the first that fits, and follows links when told to',
    'mkdir -p /tmp/q; touch /tmp/q/a /tmp/q/b; ln -s a /tmp/q/c; find /tmp/q/ -mindepth 1 -type f -print -quit; ' +
      'find /tmp/q -follow -type f',
    '/tmp/q/a\n/tmp/q/a\n/tmp/q/b\n/tmp/q/c\n',
    '',
  ],
  [
    'realpath follows links, readlink shows one',
    'ln -s /usr/bin /tmp/b; realpath /tmp/b/ls; readlink /tmp/b; stat -c "%F %a" /tmp/b',
    '/usr/bin/ls\n/usr/bin\nsymbolic link 777\n',
    '',
  ],
  [
    'a tool that is not here says so and what is instead',
    'lsof; echo $?',
    '1\n',
    'glassdock: lsof is not modelled yet: `ls -l /proc/PID/fd` shows what a process has open\n',
  ],
  [
    'expr computes, compares and matches',
    "expr 2 + 3 '*' 4; expr 5 '>' 10; expr abc : 'a.'; expr x1.2 : 'x\\(.*\\)'; expr a + 1",
    '14\n0\n2\n1.2\n',
    'expr: non-integer argument\n',
  ],
];

test.each(table)('%s', (_says, text, out, err) => {
  expect(run(text)).toEqual({ out, err });
});

test('lsns counts who is in a namespace, and names the first of them', () => {
  const { out } = stage().sh('unshare -u sleep 5 & sleep 0.1; lsns -t uts -n -o TYPE,NPROCS,COMMAND; kill $!');
  expect(out).toMatch(/^uts +[3-9] .*\nuts +1 sleep 5\n$/);
});

test('a signal that pkill sends ends the process that it names', () => {
  const { out } = stage().sh('sleep 100 & pkill -TERM sleep; wait $!; echo $?');
  expect(out).toBe('143\n');
});
