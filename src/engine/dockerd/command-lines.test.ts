/** What the daemons say of command lines that cannot be: answers of Docker 26.1.5 and containerd 1.7.24. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();

test.each([
  ['dockerd --nosuch', "Status: unknown flag: --nosuch\nSee 'dockerd --help'., Code: 125\n"],
  ['dockerd -Dx', "Status: unknown shorthand flag: 'x' in -x\nSee 'dockerd --help'., Code: 125\n"],
  ['dockerd --storage-driver', "Status: flag needs an argument: --storage-driver\nSee 'dockerd --help'., Code: 125\n"],
  [
    'dockerd --live-restore=x',
    'Status: invalid argument "x" for "--live-restore" flag: strconv.ParseBool: parsing "x": invalid syntax\n' +
      "See 'dockerd --help'., Code: 125\n",
  ],
  [
    'dockerd foo',
    '"dockerd" accepts no argument(s).\nSee \'dockerd --help\'.\n\nUsage:  dockerd [OPTIONS]\n\n' +
      'A self-sufficient runtime for containers.\n',
  ],
  ['dockerd --log-level foo', 'invalid logging level: foo\n'],
  [
    'dockerd --config-file /no',
    'unable to configure the Docker daemon with file /no: open /no: no such file or directory\n',
  ],
  ['containerd --nosuch', 'containerd: flag provided but not defined: -nosuch\n'],
  ['containerd --config', 'containerd: flag needs an argument: -config\n'],
  ['containerd --config /no', 'containerd: failed to load TOML: /no: open /no: no such file or directory\n'],
  ['containerd -l foo', 'containerd: not a valid logrus Level: "foo"\n'],
  ['containerd-shim-runc-v2', 'io.containerd.runc.v2: shim namespace cannot be empty'],
  ['docker-proxy', ''],
])('%s', (line, stderr) => {
  const told = host.run(line);
  expect([told.exitCode, told.stderr]).toEqual([1, stderr]);
});

test('containerd tells its help with what is wrong, the shim and docker-proxy end with 2', () => {
  const { stdout } = host.run('containerd --help');
  expect(host.run('containerd -x').stdout).toBe(`Incorrect Usage. flag provided but not defined: -x\n\n${stdout}`);
  for (const name of ['containerd-shim-runc-v2', 'docker-proxy']) {
    const usage = host.run(`${name} -h`).stderr;
    expect(usage).toContain(`Usage of ${name}:\n`);
    const refused = host.run(`${name} -x`);
    expect([refused.exitCode, refused.stderr]).toEqual([2, `flag provided but not defined: -x\n${usage}`]);
  }
});

test('dockerd lists its flags in two columns', () => {
  const { stdout } = host.run('dockerd --help');
  expect(stdout).toContain('\nUsage:\tdockerd [OPTIONS]\n\nA self-sufficient runtime for containers.\n\nOptions:\n');
  expect(stdout).toContain(
    '      --add-runtime runtime                     Register an additional\n' +
      '                                                OCI compatible runtime\n' +
      '                                                (default [])\n',
  );
  expect(stdout.split('\n')).toHaveLength(199);
});

test('a second dockerd does not start while the first one lives', () => {
  const second = host.run('dockerd');
  expect([second.exitCode, second.stderr.split('\n')[1]]).toEqual([
    1,
    'failed to start daemon, ensure docker is not running or delete /var/run/docker.pid: ' +
      `process with PID ${host.run('pgrep -x dockerd').stdout.trim()} is still running`,
  ]);
  expect(host.run('docker run --rm busybox echo still').stdout).toBe('still\n');
});
