/** Mounts that cannot be, each in the words with which a real engine answered. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();
host.run(
  'ln -s loopb /tmp/loopa; ln -s loopa /tmp/loopb; docker run --name source --network none busybox sh -c ' +
    '"ln -s b /a; ln -s a /b"; docker commit source loops',
);
const daemon = 'docker: Error response from daemon: ';
const runc =
  `${daemon}failed to create task for container: failed to create shim task: OCI runtime create failed: ` +
  'runc create failed: unable to start container process: ';
const mounting = `${runc}error during container init: error mounting `;
const hint =
  ': unknown: Are you trying to mount a directory onto a file (or vice-versa)? ' +
  'Check if the specified host path exists and is the expected type.\n';
const help = "See 'docker run --help'.\n";
const links = 'too many levels of symbolic links';

test.each([
  [
    '-v /tmp/loopa:/x',
    `${daemon}error while creating mount source path '/tmp/loopa': mkdir /tmp/loopa: file exists.\n`,
  ],
  [
    '--mount type=bind,src=/tmp/loopa,dst=/x',
    `${daemon}invalid mount config for type "bind": stat /tmp/loopa: ${links}.\n${help}`,
  ],
  [
    '-v /tmp:/a/x',
    `${mounting}"/tmp" to rootfs at "/a/x": create mount destination for /a/x mount: ` +
      `SecureJoin ROOT//a/x: ${links}: unknown.\n`,
  ],
  [
    '--tmpfs /a',
    `${mounting}"tmpfs" to rootfs at "/a": create mount destination for /a mount: SecureJoin ROOT//a: ${links}: unknown.\n`,
  ],
  ['--tmpfs /t -v vol:/t', `${daemon}Duplicate mount point: /t.\n${help}`],
  ['-v vol:/a', `${daemon}evalSymlinksInScope: too many links in ROOT/a.\n${help}`],
  ['-w /a/x', `${daemon}evalSymlinksInScope: too many links in ROOT/a/x.\n${help}`],
  ['-v vol:/etc/passwd/x', `${daemon}lstat ROOT/etc/passwd/x: not a directory.\n${help}`],
  ['-v vol:/etc/passwd', `${daemon}source ROOT/etc/passwd is not directory.\n${help}`],
  ['-w /etc/passwd/x', `${daemon}lstat ROOT/etc/passwd/x: not a directory.\n${help}`],
  [
    '-v /etc/passwd/x:/y',
    `${mounting}"/etc/passwd/x" to rootfs at "/y": create mount destination for /y mount: ` +
      `bind mount source stat: stat /etc/passwd/x: not a directory${hint}`,
  ],
  [
    '--tmpfs /etc/passwd/x',
    `${mounting}"tmpfs" to rootfs at "/etc/passwd/x": create mount destination for /etc/passwd/x mount: ` +
      `cannot mkdir in ROOT/etc/passwd: not a directory${hint}`,
  ],
  [
    '-v /tmp:/sys/x',
    `${mounting}"/tmp" to rootfs at "/sys/x": create mount destination for /sys/x mount: ` +
      'mkdirat ROOT/sys/x: read-only file system: unknown.\n',
  ],
  [
    '--tmpfs /proc',
    `${mounting}"tmpfs" to rootfs at "/proc": create mount destination for /proc mount: check proc-safety of ` +
      '/proc mount: "ROOT/proc" cannot be mounted because it is not of type proc: unknown.\n',
  ],
  // The volume lies over the proc that was mounted before.
  [
    '-v /',
    `${runc}error during container init: open /proc/sys/net/ipv4/ip_unprivileged_port_start: no such file or ` +
      'directory: unknown.\n',
  ],
  ['-v /tmp:/dev', `${runc}unable to setup user: stat /dev/null: no such file or directory: unknown.\n`],
  [
    '-v /tmp:/dev/null',
    `${runc}error during container init: error reopening /dev/null inside container: ` +
      'open /dev/null: is a directory: unknown: permission denied.\n',
  ],
  [
    '--tmpfs /dev',
    `${runc}error during container init: error reopening /dev/null inside container: ` +
      'open /dev/null: permission denied: unknown.\n',
  ],
  ['--init -v /etc/passwd:/sbin/docker-init', `${runc}exec: "/sbin/docker-init": permission denied: unknown.\n`],
])('%s', (flags, words) => {
  const { stderr } = host.run(`docker run --rm --network none ${flags} loops true`);
  expect(stderr.replaceAll(/\/var\/lib\/docker\/overlay2\/\w+\/merged/g, 'ROOT')).toBe(words);
});

test('of a loop of links docker cp tells as well', () => {
  expect(host.run('docker cp source:/a /tmp/out').stderr).toBe(
    'Error response from daemon: evalSymlinksInScope: too many links in /a\n',
  );
  expect(host.run('docker cp source:/a/x /tmp/out').stderr).toBe(`Error response from daemon: lstat /a/x: ${links}\n`);
});

test('a container may have the devices of the host for its own', () => {
  expect(host.run('docker run --rm --network none -v /dev:/dev busybox test -c /dev/kmsg')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
});

// Asked of 26.1.5.
test('a volume with a name has the mode z, one without has none', () => {
  host.run('docker create --name modes --network none -v vol:/named -v /bare busybox');
  const shown = host.run("docker inspect -f '{{range .Mounts}}{{.Destination}}={{.Mode}};{{end}}' modes").stdout;
  expect(shown.trim().split(';').toSorted().join(' ').trim()).toBe('/bare= /named=z');
});
