import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

test('the OOM killer takes a shim one point before its containerd, up to the most that there is', () => {
  const host = bootHost();
  const score = (ofContainerd: number) =>
    host.run(
      `echo ${ofContainerd} > /proc/$(pidof containerd)/oom_score_adj; docker run -d --network none busybox sleep 99
       cat /proc/$(pgrep -n -x containerd-shim)/oom_score_adj; docker rm -f $(docker ps -q)`,
    ).stdout;

  expect(score(-500)).toMatch(/^\w+\n-499\n/);
  expect(score(1000)).toMatch(/^\w+\n1000\n/);
});

test('a fifo that dockerd has taken away is told of, and nothing dies of it', () => {
  const host = bootHost();

  const ran = host.run(
    'id=$(docker create -i --name box busybox sleep 100); docker start box & ' +
      'until pid=$(pidof runc); do sleep 0.001; done; kill -STOP $pid; ' +
      'rm -r /run/docker/containerd/$id; kill -CONT $pid; wait $!',
  );

  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toMatch(
    /^Error response from daemon: failed to create task for container: failed to create shim task: failed to open stdin fifo (\S+): stat \1: no such file or directory: unknown\n/,
  );
  expect(host.journal.filter((event) => event.type === 'note' && event.topic === 'fault')).toEqual([]);
});

/** Asked of 26.1.5: a shim that stood still while containerd came back is given up by it, and lives. */
const stayedBehind = [
  'docker run -d --name box --network none busybox sleep 1000; sleep 1; pkill -STOP -x containerd-shim; sleep 1',
  'pkill -9 -x containerd; sleep 14; pkill -CONT -x containerd-shim; sleep 3',
  "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' box",
].join('\n');

test('a shim that stays behind has the next task of its container, though its directory is gone', () => {
  const host = bootHost();
  expect(host.run(stayedBehind).stdout).toMatch(/^\w+\nexited 137\n$/);
  const [pid] = /\d+/.exec(host.run('pgrep -x containerd-shim').stdout) ?? [];

  expect(host.run('docker start box; docker exec box echo fine')).toEqual({
    exitCode: 0,
    stdout: 'box\nfine\n',
    stderr: '',
  });

  expect(host.run('pgrep -x containerd-shim').stdout).toBe(`${pid}\n`);
});

test('a shim that stays behind and cannot run runc is asked to end, and not waited for', () => {
  const host = bootHost();
  host.run(stayedBehind);

  const start = host.run('mv /usr/sbin/runc /tmp/runc; docker start box');

  expect(start.exitCode).toBe(1);
  expect(start.stderr).toContain('exec: "runc": executable file not found in $PATH: unknown');
  expect(host.run('mv /tmp/runc /usr/sbin/runc; docker start box; docker exec box echo fine').stdout).toBe(
    'box\nfine\n',
  );
});
