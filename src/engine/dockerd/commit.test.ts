import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';

const host = bootHost(['busybox']);

test('a commit with a change that cannot be has frozen the container, and lets it go', () => {
  host.run('docker run -d --name web busybox sleep 1000');

  expect(host.run("docker commit -c 'NOPE x' web").exitCode).toBe(1);
  const events = "docker events --since 1h --until $(date +%s.%N) --filter container=web --format '{{.Action}}'";
  expect(host.run(`${events} | tail -n 2`).stdout).toBe('pause\nunpause\n');
});

// Asked of 26.1.5.
test('a commit of what is unchanged has no layer of its own, but a line in the history', () => {
  host.run('docker create --name same --network none busybox; docker commit -m nothing same plain');

  const layers = (image: string): string => host.run(`docker inspect -f '{{json .RootFS.Layers}}' ${image}`).stdout;
  expect(layers('plain')).toBe(layers('busybox'));
  const history = "docker history --format '{{.Size}} {{.Comment}}' plain";
  expect(host.run(`${history} | head -n 1; docker rmi plain | wc -l`).stdout).toBe('0B nothing\n2\n');
});

// Asked of 26.1.5.
test('a commit freezes the container once and thaws it once', () => {
  host.run('docker run -d --name once --network none busybox sleep 1000; sleep 1; docker commit once; sleep 1');

  const events = "docker events --since 1h --until 0s --filter container=once --format '{{.Action}}'";
  expect(host.run(events).stdout).toBe('create\nstart\npause\ncommit\nunpause\n');
});
