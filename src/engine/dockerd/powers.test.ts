/** What a container may do, as /proc shows it and as the kernel holds to it: asked of Docker 26.1.5. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run('docker run -d --name c1 busybox sleep 100000');
const all = '000001ffffffffff';
const none = '0000000000000000';
const usual = '00000000a80425fb';

test.each([
  ['', [usual, usual, '0', '2']],
  ['--cap-drop ALL', [none, none, '0', '2']],
  ['--cap-add SYS_ADMIN', ['00000000a82425fb', '00000000a82425fb', '0', '2']],
  ['-u 1000', [none, usual, '0', '2']],
  ['--privileged', [all, all, '0', '0']],
  ['--privileged -u 1000', [none, all, '0', '0']],
  ['--security-opt no-new-privileges', [usual, usual, '1', '2']],
  ['--security-opt seccomp=unconfined', [usual, usual, '0', '0']],
])('docker run %s', (flags, told) => {
  const { stdout } = host.run(`docker run --rm ${flags} busybox cat /proc/self/status`);
  const field = (name: string): string => new RegExp(`^${name}:\t(.*)$`, 'm').exec(stdout)?.[1] ?? '';
  expect([field('CapEff'), field('CapBnd'), field('NoNewPrivs'), field('Seccomp')]).toEqual(told);
});

test.each([
  ['', usual],
  ['--privileged', all],
  ['-u 1000', none],
])('docker exec %s', (flags, effective) => {
  expect(host.run(`docker exec ${flags} c1 grep CapEff /proc/self/status`).stdout).toBe(`CapEff:\t${effective}\n`);
});

test.each([
  ['--cap-drop CHOWN', 'chown 1000 /bin', 'chown: /bin: Operation not permitted\n'],
  ['--cap-drop MKNOD', 'mknod /n c 1 3', 'mknod: /n: Operation not permitted\n'],
  ['', 'unshare -m true', 'unshare: unshare(0x20000): Operation not permitted\n'],
  ['--cap-add SYS_ADMIN', 'unshare -m true', ''],
  ['', 'unshare -U true', 'unshare: unshare(0x10000000): Operation not permitted\n'],
  ['--security-opt seccomp=unconfined', 'unshare -Urm mount -t tmpfs x /tmp', ''],
  ['', 'chroot / true', ''],
  ['--cap-drop SYS_CHROOT', 'chroot / true', "chroot: can't change root directory to '/': Operation not permitted\n"],
])('with %s, %s', (flags, command, stderr) => {
  expect(host.run(`docker run --rm ${flags} busybox ${command}`).stderr).toBe(stderr);
});

test('the root of a container looks into no other user’s process, which would take CAP_SYS_PTRACE', () => {
  host.run('docker run -d --name two nginx; docker run -d --name tracer --cap-add SYS_PTRACE nginx');
  const look = (name: string): unknown => {
    const worker = host.run(`docker exec ${name} cut -d' ' -f1 /proc/1/task/1/children`).stdout.trim();
    expect(worker).toMatch(/^\d+$/);
    const told = host.run(`docker exec ${name} readlink /proc/1/exe /proc/${worker}/exe`);
    return [told.stdout, told.exitCode];
  };
  expect(look('two')).toEqual(['/usr/sbin/nginx\n', 1]);
  expect(look('tracer')).toEqual(['/usr/sbin/nginx\n/usr/sbin/nginx\n', 0]);
});

test('a privileged container may mount, and nothing of /proc is hidden from it', () => {
  const told = host.run(
    "docker run --rm --privileged busybox sh -c 'mkdir /m; mount -t tmpfs x /m; grep -c /proc/ /proc/mounts'",
  );
  expect([told.stdout, told.stderr]).toEqual(['0\n', '']);
  host.run('docker create --name pr --privileged busybox');
  const format = '{{json .HostConfig.SecurityOpt}} {{json .HostConfig.MaskedPaths}}';
  expect(host.run(`docker inspect -f '${format}' pr`).stdout).toBe('["label=disable"] null\n');
});

test('a profile is sent as its file has it, without blanks between; that it filters nothing is said', () => {
  const profile = '{ "defaultAction": "SCMP_ACT_ALLOW", "x": "b c" }';
  host.run(`echo '${profile}' > /tmp/p.json`);
  expect(host.run('docker create --name filtered --security-opt seccomp=/tmp/p.json busybox').stderr).toBe(
    'WARNING: glassdock: --security-opt seccomp with a profile is not modelled yet: it changes nothing\n',
  );
  expect(host.run("docker inspect -f '{{index .HostConfig.SecurityOpt 0}}' filtered").stdout).toBe(
    'seccomp={"defaultAction":"SCMP_ACT_ALLOW","x":"b c"}\n',
  );
});

test('an option of no kind is refused, one that changes nothing is named', () => {
  const run = (option: string): string => host.run(`docker create --security-opt ${option} busybox`).stderr;
  expect(run('foo=bar')).toBe('Error response from daemon: invalid --security-opt 2: "foo=bar"\n');
  expect(run('apparmor=unconfined')).toBe(
    'WARNING: glassdock: --security-opt apparmor=unconfined is not modelled yet: it changes nothing\n',
  );
});
