/** `--device`, `--gpus`, `--sysctl`: asked of Docker 20.10; the words around them are 26.1's. */
import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost();
host.run('docker run -d --name own busybox sleep 100000');
const daemon = 'docker: Error response from daemon: ';
const gathering = `${daemon}error gathering device information while adding custom device`;
const created = `${daemon}failed to create task for container: failed to create shim task: OCI runtime create failed: `;
const runc = `${created}runc create failed: `;
const init = `${runc}unable to start container process: error during container init: `;
const help = "See 'docker run --help'.\n";

test.each([
  ['--device /dev/null:/dev/x', "sh -c 'stat -c %t,%T,%a /dev/x; echo a > /dev/x'", 0, '1,3,666\n', ''],
  ['--device /dev/zero:/a/b:r', 'stat -c %F,%t,%T /a/b', 0, 'character special file,1,5\n', ''],
  ['--device /dev/nope', 'true', 127, '', `${gathering} "/dev/nope": no such file or directory.\n`],
  ['--device /dev/shm', 'true', 125, '', `${gathering} "/dev/shm": not a device node.\n`],
  ['--device /dev/null:/dev/x:a', 'true', 125, '', `docker: bad mode specified: a.\n${help}`],
  ['--privileged', 'stat -c %t,%T /dev/kmsg', 0, '1,b\n', ''],
  ['', 'stat -c %t,%T /dev/kmsg', 1, '', "stat: can't stat '/dev/kmsg': No such file or directory\n"],
  ['--gpus all', 'true', 125, '', `${daemon}could not select device driver "" with capabilities: [[gpu]].\n`],
  [
    '--gpus driver=nvidia,capabilities=utility',
    'true',
    125,
    '',
    `${daemon}could not select device driver "nvidia" with capabilities: [[utility gpu]].\n`,
  ],
  [
    '--gpus foo',
    'true',
    125,
    '',
    'invalid argument "foo" for "--gpus" flag: count must be an integer: ' +
      `strconv.Atoi: parsing "foo": invalid syntax\n${help}`,
  ],
  ['--sysctl net.ipv4.ip_forward=0', 'cat /proc/sys/net/ipv4/ip_forward', 0, '0\n', ''],
  // Asked of 26.1.5.
  ['--sysctl net.ipv6.conf.all.disable_ipv6=1', "sh -c 'ip addr show lo | grep -c inet6'", 1, '0\n', ''],
  ['', "sh -c 'ip addr show lo | grep -c inet6'", 0, '1\n', ''],
  ['', 'sysctl net.ipv4.ping_group_range', 0, 'net.ipv4.ping_group_range = 0\t2147483647\n', ''],
  [
    '--sysctl net.ipv4.nope=1',
    'true',
    127,
    '',
    `${init}open /proc/sys/net/ipv4/nope: no such file or directory: unknown.\n`,
  ],
  [
    '--sysctl net.ipv4.ip_forward=x',
    'true',
    125,
    '',
    `${init}write /proc/sys/net/ipv4/ip_forward: invalid argument: unknown.\n`,
  ],
  [
    '--sysctl net.core.somaxconn=-1',
    'true',
    125,
    '',
    `${init}write /proc/sys/net/core/somaxconn: invalid argument: unknown.\n`,
  ],
  [
    '--ipc host --sysctl kernel.shmmax=1',
    'true',
    125,
    '',
    `${runc}sysctl "kernel.shmmax" is not allowed in the hosts ipc namespace: unknown.\n`,
  ],
  [
    '--network host --sysctl net.ipv4.ip_forward=1',
    'true',
    125,
    '',
    `${runc}sysctl "net.ipv4.ip_forward" not allowed in host network namespace: unknown.\n`,
  ],
  ['--network container:own --sysctl net.ipv4.tcp_syncookies=0', 'cat /proc/sys/net/ipv4/tcp_syncookies', 0, '0\n', ''],
])('docker run %s busybox %s', (flags, command, exitCode, stdout, stderr) => {
  expect(host.run(`docker run --rm ${flags} busybox ${command}`)).toEqual({ exitCode, stdout, stderr });
});

test('IPv6 that is allowed again gives the loopback its address back', () => {
  const told = (value: 0 | 1) =>
    host.run(`echo ${value} > /proc/sys/net/ipv6/conf/all/disable_ipv6; ip addr show lo | grep -c inet6`).stdout;

  expect([told(1), told(0), told(0)]).toEqual(['0\n', '1\n', '1\n']);
});

test('what was asked for is shown by inspect', () => {
  host.run('docker create --name dev --device /dev/null:/dev/x:r --gpus 2 --sysctl net.core.somaxconn=7 busybox');
  const show = (field: string): string => host.run(`docker inspect -f '{{json .HostConfig.${field}}}' dev`).stdout;

  expect(show('Devices')).toBe('[{"PathOnHost":"/dev/null","PathInContainer":"/dev/x","CgroupPermissions":"r"}]\n');
  expect(show('DeviceRequests')).toBe(
    '[{"Driver":"","Count":2,"DeviceIDs":null,"Capabilities":[["gpu"]],"Options":{}}]\n',
  );
  expect(show('Sysctls')).toBe('{"net.core.somaxconn":"7"}\n');
});

test('a container without a driver for its GPU stays, created', () => {
  host.run('docker run --name gpu --gpus all busybox true');

  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' gpu").stdout).toBe(
    'created 128 could not select device driver "" with capabilities: [[gpu]]\n',
  );
});

const refused = (verb: string, path: string): string => `${verb} ${path}: Operation not permitted\n`;
const reads = 'head -n 1 /dev/kmsg >/dev/null && echo read; echo x >/dev/kmsg && echo written';

test.each([
  ['', 'mknod /tmp/disk b 8 0; head -c 1 /tmp/disk', refused('head:', '/tmp/disk')],
  ['', 'mknod /tmp/log c 1 11; head -n 1 /tmp/log', refused('head:', '/tmp/log')],
  ['', 'mknod /tmp/null c 1 3; echo x >/tmp/null && echo written', 'written\n'],
  ['--device /dev/kmsg', reads, 'read\nwritten\n'],
  ['--device /dev/kmsg:/dev/kmsg:r', reads, `read\n${refused("sh: can't create", '/dev/kmsg')}`],
  ['--privileged', reads, 'read\nwritten\n'],
])('docker run %s busybox sh -c %j: the cgroup decides which devices are opened', (options, script, shown) => {
  const { stdout, stderr } = host.run(`docker run --rm ${options} busybox sh -c '${script}'`);
  expect(stdout + stderr).toBe(shown);
});

const rule = (text: string, command: string) =>
  host.run(`docker run --rm --network none --device-cgroup-rule '${text}' busybox sh -c '${command}'`);

test('--device-cgroup-rule lets a container use a device that it makes itself, as far as the rule says', () => {
  expect(rule('c 1:11 r', 'mknod /x c 1 11; cat < /x > /dev/null & sleep 1; echo > /x; true <> /x; kill %1')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: "sh: can't create /x: Operation not permitted\nsh: can't create /x: Operation not permitted\n",
  });
  expect(rule('c 42:* rmw', 'mknod /x c 42 1; cat /x').stderr).toBe(
    "cat: can't open '/x': No such device or address\n",
  );
});

test('a --device-cgroup-rule that is none is refused by the client, and by dockerd when the container starts', () => {
  for (const text of ['c 1:3', 'z 1:3 r', '', 'c 1:3 rwmr', ' c 1:3 r', 'c -1:1 r'])
    expect(rule(text, 'true').stderr).toBe(
      `invalid argument "${text}" for "--device-cgroup-rule" flag: invalid device cgroup format '${text}'\n${help}`,
    );
  const ask = (text: string) =>
    host.run(`curl -s -H 'Content-Type: application/json' --unix-socket /run/docker.sock \\
      -d '{"Image":"busybox","HostConfig":{"DeviceCgroupRules":["${text}"]}}' http://d/containers/create?name=asked
      curl -s --unix-socket /run/docker.sock -X POST http://d/containers/asked/start; docker rm asked`).stdout;
  expect(ask('c 1:3')).toContain(`{"message":"invalid device cgroup rule format: 'c 1:3'"}`);
  expect(ask('c 99999999999999999999:1 r')).toContain(
    `{"message":"invalid major value in device cgroup rule format: 'c 99999999999999999999:1 r'"}`,
  );
});
