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
