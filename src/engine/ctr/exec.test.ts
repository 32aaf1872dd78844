/** Asked of ctr and containerd 1.7.24. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
const id = host.run('docker run -d --name web --network none busybox sleep 1000').stdout.trim();
const ctr = 'ctr -n moby tasks exec';
const failed = 'ctr: OCI runtime exec failed: exec failed: ';

test.each([
  [`--exec-id e1 ${id} echo hi`, 0, 'hi\n', ''],
  [`--exec-id e1 --cwd /tmp ${id} pwd`, 0, '/tmp\n', ''],
  [`--exec-id e1 --user 1000 ${id} sh -c 'id -u; id -g'`, 0, '1000\n0\n', ''],
  [`--exec-id e1 --user 1000:1001 ${id} id`, 0, 'uid=1000 gid=1001 groups=1001\n', ''],
  [`--exec-id e1 --user nobody ${id} id`, 0, 'uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)\n', ''],
  [`--exec-id e1 --user nobody:0 ${id} sh -c 'id -u; id -G'`, 0, '65534\n0\n', ''],
  [`--exec-id e1 --user : ${id} id -u`, 0, '0\n', ''],
  [`--exec-id e1 --user nosuch:5 ${id} id`, 1, '', 'ctr: no users found\n'],
  [`--exec-id e1 --user 5:nosuch ${id} id`, 1, '', 'ctr: no groups found\n'],
  [`--exec-id e1 --user 1:2:3 ${id} id`, 1, '', 'ctr: invalid USER value 1:2:3\n'],
  [
    `--exec-id e1 -t ${id} tty`,
    2,
    '',
    'panic: provided file is not a console\n\ngoroutine 1 [running]:\ngithub.com/containerd/console.Current()\n' +
      '\tgithub.com/containerd/console/console.go:77 +0x94\n',
  ],
  [`--exec-id e1 ${id} sh -c 'echo no >&2; exit 7'`, 7, '', 'no\n'],
  [`--exec-id e1 ${id} cat < /etc/hostname`, 0, 'glassdock\n', ''],
  [`--exec-id e1 ${id}`, 1, '', `${failed}args must not be empty: unknown\n`],
  [
    `--exec-id e1 ${id} nosuch`,
    1,
    '',
    `${failed}unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown\n`,
  ],
  [`--exec-id e1 --user nosuch ${id} id`, 1, '', 'ctr: no users found\n'],
  ['--exec-id e1 nope echo hi', 1, '', 'ctr: container "nope" in namespace "moby": not found\n'],
  ['--exec-id e1', 1, '', 'ctr: container id must be provided\n'],
  [
    `--exec-id 'a b' ${id} echo`,
    1,
    '',
    'ctr: invalid exec id a b: identifier "a b" must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$: invalid argument\n',
  ],
])('ctr tasks exec %s', (words, exitCode, stdout, stderr) => {
  expect(host.run(`${ctr} ${words}`)).toEqual({ exitCode, stdout, stderr });
  expect(host.run('ls /run/containerd/fifo').stdout).toBe('');
});

test('ctr tasks exec says which fifo it cannot make', () => {
  expect(host.run(`${ctr} --exec-id a/b ${id} echo; rm -r /run/containerd/fifo/*`).stderr).toMatch(
    /^ctr: failed to open stdin fifo: error creating fifo \/run\/containerd\/fifo\/\d+\/a\/b-stdin: no such file or directory\n$/,
  );
});

test('without an id it tells how it is used', () => {
  const { exitCode, stdout, stderr } = host.run(`${ctr} ${id} echo hi`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'ctr: Required flag "exec-id" not set\n' });
  expect(stdout).toBe(host.run('ctr t exec --help').stdout);
});

test('a detached one lives on by itself, and dockerd tells of its end', () => {
  host.run(`docker events --format '{{.Action}}' > /tmp/events & ${ctr} --exec-id e2 -d ${id} sleep 50`);
  expect(host.run('pgrep -cx sleep').stdout).toBe('2\n');
  expect(host.run(`${ctr} --exec-id e2 ${id} echo again`).stderr).toBe('ctr: id e2: already exists\n');
  host.run(`ctr -n moby t kill --exec-id e2 -s KILL ${id}; sleep 1`);
  expect(host.run('pgrep -cx sleep; cat /tmp/events').stdout).toBe('1\nexec_die\n');
});

test('with -t it has a terminal, as large as that of ctr, which is put back afterwards', () => {
  const script = 'tty; sleep 0.1; stty size; read word; echo got $word; exit 4';
  expect(host.type(1, `${ctr} --exec-id e4 -t ${id} sh -c '${script}'; echo $?\n`)).toContain(
    '/dev/pts/0\r\n24 120\r\n',
  );
  expect(host.type(1, 'hello\r')).toContain('hello\r\ngot hello\r\n4\r\n');
  expect(host.type(1, 'stty -a\r')).toContain(' isig icanon echo\r\n');
});

test('in a paused container none can be made', () => {
  host.run('docker pause web');
  expect(host.run(`${ctr} --exec-id e3 ${id} echo hi`).stderr).toBe('ctr: cannot exec in a paused state: unknown\n');
});
