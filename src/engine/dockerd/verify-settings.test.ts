import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost();

test.each([
  ['-m 1k', 'Minimum memory limit allowed is 6MB'],
  ['--memory-swap 64m', 'You should always set the Memory limit when using Memoryswap limit, see usage'],
  ['-m 64m --memory-swap 32m', 'Minimum memoryswap limit should be larger than memory limit, see usage'],
  ['--memory-reservation 1m', 'Minimum memory reservation allowed is 6MB'],
  ['-m 64m --memory-reservation 65m', 'Minimum memory limit can not be less than memory reservation limit, see usage'],
  ['--cpus 99', 'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available'],
  ['--cpus 1 --cpu-quota 5000', 'Conflicting options: Nano CPUs and CPU Quota cannot both be set'],
  ['--cpu-period 5', 'CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)'],
  ['--cpuset-cpus 0-4', 'Requested CPUs are not available - requested 0-4, available: 0-1'],
  ['--cpuset-cpus a', 'Invalid value a for cpuset cpus: invalid format: a'],
  ['--oom-score-adj 2000', 'Invalid value 2000, range for oom score adj is [-1000, 1000]'],
  ['--cap-add foo', 'invalid CapAdd: unknown capability: "CAP_FOO"'],
])('docker run %s is refused: %s', (flags, words) => {
  expect(host.run(`docker run ${flags} busybox true`)).toEqual({
    exitCode: 125,
    stdout: '',
    stderr: `docker: Error response from daemon: ${words}.\nSee 'docker run --help'.\n`,
  });
});

/** Asked of 26.1.5 with systemd's cgroups. */
test('the parent of a cgroup is a slice of systemd’s by its name', () => {
  const create = (parent: string) => host.run(`docker create --cgroup-parent ${parent} busybox`);
  const refusal = 'cgroup-parent for systemd cgroup should be a valid slice named as "xxx.slice"';

  for (const parent of ['x', '.slice', '/a/b'])
    expect(create(parent)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`Error response from daemon: ${refusal}\n`) as string,
    });
  const id = create('a-b.slice').stdout.trim();
  expect(host.run(`docker inspect -f '{{.HostConfig.CgroupParent}}' ${id}; docker rm ${id}`).stdout).toBe(
    `a-b.slice\n${id}\n`,
  );
});

test.each([
  ['--cpu-shares 1', 'unable to set unit properties: Value specified in CPUWeight is out of range'],
  ['--cpu-shares 300000', 'unable to set unit properties: Value specified in CPUWeight is out of range'],
  ['--cpus 0.001', 'failed to write "100 100000": write SCOPE/cpu.max: invalid argument'],
  ['--pids-limit 99999999999999', 'failed to write "99999999999999": write SCOPE/pids.max: invalid argument'],
  ['--cpu-quota 18000000000000', 'failed to write "18000000000000 100000": write SCOPE/cpu.max: invalid argument'],
])('docker run %s: the container does not start: %s', (flags, words) => {
  const { stderr, exitCode } = host.run(`docker run --rm ${flags} busybox true`);

  expect(stderr.replace(/\/sys\S+\.scope/, 'SCOPE')).toContain(
    'OCI runtime create failed: runc create failed: unable to start container process: ' +
      `error during container init: error setting cgroup config for procHooks process: ${words}: unknown.\n`,
  );
  expect(exitCode).toBe(125);
});

test.each(['-1', '1', '300000'])(
  'docker update -c %s is refused by systemd, and leaves the container as it was',
  (shares) => {
    const id = host.run('docker run -d --name shared -c 512 busybox sleep 1000').stdout.trim();

    expect(host.run(`docker update -c ${shares} shared`).stderr).toBe(
      `Error response from daemon: Cannot update container ${id}: runc did not terminate successfully: exit status 1: ` +
        'unable to set unit properties: Value specified in CPUWeight is out of range\n: unknown\n',
    );
    expect(host.run("docker inspect -f '{{.HostConfig.CpuShares}}' shared").stdout).toBe('512\n');
    expect(host.run('docker update -c 20 shared').stdout).toBe('shared\n');
    host.run('docker rm -f shared');
  },
);

test('a limit without a counterpart in cgroup v2 is dropped with a warning', () => {
  expect(host.run('docker run --rm --oom-kill-disable busybox true')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'WARNING: Your kernel does not support OomKillDisable. OomKillDisable discarded.\n',
  });
});

test('limits stand in the container’s cgroup', () => {
  const limits = '-m 64m --memory-reservation 32m --cpus 0.5 -c 512 --cpuset-cpus 0 --pids-limit 30';
  const files = 'memory.max memory.swap.max memory.low cpu.max cpu.weight cpuset.cpus pids.max';

  expect(host.run(`docker run --rm ${limits} busybox sh -c 'cd /sys/fs/cgroup; cat ${files}'`).stdout).toBe(
    ['67108864', '67108864', '33554432', '50000 100000', '20', '0', '30', ''].join('\n'),
  );
});

test('docker inspect shows limits as the daemon understood them', () => {
  host.run('docker create --name limited -m 64m --cpus 1.5 --pids-limit -1 busybox');
  const format = '{{with .HostConfig}}{{.Memory}} {{.MemorySwap}} {{.NanoCpus}} {{json .PidsLimit}}{{end}}';

  expect(host.run(`docker inspect -f '${format}' limited`).stdout).toBe('67108864 134217728 1500000000 null\n');
});
