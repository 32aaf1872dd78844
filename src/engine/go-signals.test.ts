import { expect, test } from 'vitest';
import { bootHost } from './docker/host.fixture.ts';

/** Asked of 26.1.5. */
test('a program of Go’s that is told to quit says so and ends with 2; what it minds is as after any end', () => {
  const host = bootHost();
  host.run('docker run -d --name box --network none busybox sleep 1000');

  const client = host.run('docker wait box & sleep 1; kill -QUIT $!; wait $!');

  expect(client.exitCode).toBe(2);
  expect(client.stderr).toMatch(/^SIGQUIT: quit\n/);
  host.run('pkill -SEGV -x containerd-shim; sleep 1');
  expect(host.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' box").stdout).toBe('exited 137\n');
  host.run('pkill -ABRT -x dockerd; sleep 5');
  const said = host.run('journalctl -u docker -o cat').stdout;
  expect(said).toContain('SIGABRT: abort\n');
  expect(said).toContain('docker.service: Main process exited, code=exited, status=2/INVALIDARGUMENT\n');
});
