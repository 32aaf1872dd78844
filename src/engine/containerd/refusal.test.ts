import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

test.for([
  ['true', 'resume', 'cannot resume a running process: unknown'],
  ['docker pause web', 'pause', 'cannot pause a paused container: unknown'],
])("after %s, ctr tasks %s is refused in containerd's words", ([before, verb, words]) => {
  const host = bootHost();
  const id = host.run('docker run -d --name web --network none busybox sleep 1000').stdout.trim();
  expect(host.run(`${before} >/dev/null; ctr -n moby tasks ${verb} ${id}`).stderr).toBe(`ctr: ${words}\n`);
});

test('whoever pauses by way of a shim that is killed is told that it is gone', () => {
  const host = bootHost();
  host.run('docker run -d --name web --network none busybox sleep 1000; kill -STOP $(pgrep containerd-shim)');
  const { stderr } = host.run(
    'docker pause web & sleep 1; docker commit web im & sleep 1; kill -9 $(pgrep containerd-shim); wait',
  );
  expect(stderr).toContain('ttrpc: closed: unknown');
  expect(stderr).not.toContain('cleaning up');
});
