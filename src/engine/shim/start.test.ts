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
