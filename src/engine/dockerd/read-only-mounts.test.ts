/** What a read-only mount is in config.json, and what it forbids. The options are a real 26.1.5's. */
import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const refused = (path: string): string => `touch: ${path}: Read-only file system\n`;

test('what is mounted read-only is so with all that is mounted below it', () => {
  const host = bootHost();
  host.run('mkdir -p /src/below; mount -t tmpfs tmpfs /src/below');

  const { stderr } = host.run(
    `docker run --rm --network none -v /src:/dst:ro busybox sh -c 'touch /dst/a; touch /dst/below/b'`,
  );
  expect(stderr).toBe(refused('/dst/a') + refused('/dst/below/b'));
  expect(host.run('touch /src/a /src/below/b').exitCode).toBe(0);
});

test('config.json says rro, and of a volume no propagation', () => {
  const host = bootHost();
  const id = host
    .run(
      'docker run -d --read-only -v /tmp:/mnt:ro -v vol:/v:ro -v more:/w --tmpfs /tt --network none busybox sleep 99',
    )
    .stdout.trim();
  const options = (destination: string) =>
    host.run(
      `jq -c '.mounts[] | select(.destination == "${destination}").options' ` +
        `/run/containerd/io.containerd.runtime.v2.task/moby/${id}/config.json`,
    ).stdout;

  expect(options('/mnt')).toBe('["rbind","rro","rprivate"]\n');
  expect(options('/v')).toBe('["rbind","rro"]\n');
  expect(options('/w')).toBe('["rbind"]\n');
  expect(options('/etc/hosts')).toBe('["rbind","rro","rprivate"]\n');
  expect(host.run(`docker exec ${id} touch /etc/hosts`).stderr).toBe(refused('/etc/hosts'));
});
