import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

/** Actions of the container events since the beginning, in order. */
const actions =
  "docker events --since 1 --until $(date +%s) --filter type=container --format '{{.Action}}' | tr '\\n' ' '";

test('restart stops and starts; what had been frozen is thawed first, so that it can hear the signal', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sh -c "trap \'exit 3\' TERM; while :; do sleep 1; done"');
  host.run('sleep 1; docker pause web');
  expect(host.run('docker restart web')).toEqual({ exitCode: 0, stdout: 'web\n', stderr: '' });
  expect(host.run(`sleep 1; ${actions}`).stdout).toBe('create start pause kill unpause stop die start restart ');
});

// As asked of 26.1.5: only its own stop signal thaws a frozen container that has one.
test('what is frozen while it is to stop is thawed by unpause, and stopped when the grace period is over', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none --stop-signal QUIT busybox sleep 1000; docker pause web');
  const status = 'docker inspect -f "{{.State.Status}}" web';
  const answer = host.run(
    `docker stop -s TERM -t 6 web & sleep 1; ${status}; docker unpause web; ${status}; docker unpause web; wait; ${status}`,
  );
  expect(answer.stdout).toBe('paused\nweb\nrunning\nweb\nexited\n');
  expect(answer.stderr).toMatch(/^Error response from daemon: Container \S+ is not paused\n$/);
});

test('a new name is for everything that comes, and the old one is free', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000');
  expect(host.run('docker rename web /site').stderr).toBe('');
  expect(host.run('docker ps --format "{{.Names}}"; docker create --name web busybox true >/dev/null').stdout).toBe(
    'site\n',
  );
  expect(host.run('docker rename site web')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^Error response from daemon: Error when allocating new name: Conflict\. The container name "\/web" is already in use by container "[0-9a-f]{64}"\. You have to remove \(or rename\) that container to be able to reuse that name\.\nError: failed to rename container named site\n$/,
    ) as string,
  });
});

test('an update knows what was set before; what cannot be is refused in runc’s words', () => {
  const host = bootHost();
  host.run('docker run -d --name web -m 64m --memory-swap 128m --network none busybox sleep 1000');
  const swap = 'cat /sys/fs/cgroup/system.slice/docker-*.scope/memory.swap.max';
  expect(host.run(`docker update -m 32m web; ${swap}`).stdout).toBe(`web\n${96 * 2 ** 20}\n`);
  expect(host.run(`docker update --memory-swap 100m web; ${swap}`).stdout).toBe(`web\n${68 * 2 ** 20}\n`);
  expect(host.run(`docker update --cpus 0.5 web; ${swap}`).stdout).toBe(`web\n${68 * 2 ** 20}\n`);
  const runc = 'runc --root /run/docker/runtime-runc/moby update';
  expect(host.run(`${runc} --memory-swap 20M $(docker inspect -f "{{.Id}}" web)`).stderr).toMatch(
    /level=error msg="memory\+swap limit should be >= memory limit"\n$/,
  );
  host.run('docker run -d --name free --network none busybox sleep 1000');
  expect(host.run('docker update --memory-swap 100m free').stderr).toMatch(
    /^Error response from daemon: Cannot update container [0-9a-f]{64}: runc did not terminate successfully: exit status 1: unable to set swap limit without memory limit\n: unknown\n$/,
  );
  host.run('docker create --name later --network none busybox true; docker update --memory-swap 100m later');
  expect(host.run('docker start later').stderr).toMatch(
    /runc create failed: unable to start container process: error during container init: error setting cgroup config for procHooks process: unable to set swap limit without memory limit: unknown\n/,
  );
});

test('update changes the cgroup of the running container, and what inspect tells', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000');
  const files =
    'cd /sys/fs/cgroup/system.slice/docker-*.scope; echo $(cat memory.max memory.swap.max cpu.max pids.max)';
  expect(host.run('docker update -m 64m --memory-swap 128m --cpus 0.5 --pids-limit 20 web').stdout).toBe('web\n');
  expect(host.run(files).stdout).toBe('67108864 67108864 50000 100000 20\n');
  expect(host.run('docker update --pids-limit -1 web; docker update -m 200m web').stderr).toMatch(
    /^Error response from daemon: Cannot update container [0-9a-f]{64}: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time\n$/,
  );
  expect(host.run(files).stdout).toBe('67108864 67108864 50000 100000 max\n');
  const format = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}';
  expect(host.run(`docker restart -t 0 web >/dev/null; docker inspect -f '${format}' web`).stdout).toBe(
    '67108864 500000000 0\n',
  );
  expect(host.run(files).stdout).toBe('67108864 67108864 50000 100000 max\n');
});

test("a container's cgroup has the files of Linux 6.12, its weight also as a nice value", () => {
  const host = bootHost();
  host.run('docker run -d --name c1 -c 512 busybox sleep 1000');
  const read = (file: string): string => host.run(`docker exec c1 cat /sys/fs/cgroup/${file}`).stdout;

  expect(read('cpu.weight.nice')).toBe('7\n');
  expect(read('memory.pressure').split('\n')[0]).toBe('some avg10=0.00 avg60=0.00 avg300=0.00 total=0');
  expect(read('cpu.stat.local')).toBe('throttled_usec 0\n');
  const cgroup = host.run("echo -n /sys/fs/cgroup/system.slice/docker-$(docker inspect -f '{{.Id}}' c1).scope").stdout;
  expect(host.run(`echo 5 > ${cgroup}/cpu.weight.nice; cat ${cgroup}/cpu.weight`).stdout).toBe('33\n');
  expect(host.run(`echo 'some 150000 1000000' > ${cgroup}/cpu.pressure`).exitCode).not.toBe(0);
});
