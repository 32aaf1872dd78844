/** What takes room and how it is given back; formats and questions are those of docker 26.1.5. */
import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const usual = (): ReturnType<typeof bootHost> => {
  const host = bootHost(['busybox', 'alpine']);
  host.run("docker run --name old busybox sh -c 'echo hello > /x'; docker run -d --name new busybox sleep 100000");
  return host;
};

test('docker system df adds up images, containers and volumes', () => {
  const host = usual();
  host.run('docker volume create data; docker run --rm -v data:/v busybox sh -c "echo 12345 > /v/x"');
  expect(host.run('docker system df').stdout).toBe(
    'TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE\n' +
      'Images          2         1         12.59MB   8.32MB (66%)\n' +
      'Containers      2         1         6B        6B (100%)\n' +
      'Local Volumes   1         0         6B        6B (100%)\n' +
      'Build Cache     0         0         0B        0B\n',
  );
  expect(host.run("docker system df --format '{{.Type}}:{{.Size}}' | tail -n 1").stdout).toBe('Build Cache:0B\n');
});

test('docker system df -v lists each of them', () => {
  const host = bootHost();
  host.run("docker run -d --name web -v v1:/x --network none busybox sh -c 'echo hi > /foo; echo a > /x/a; sleep 999'");
  host.run('docker tag busybox bb:two; docker create --name idle busybox sh -c "exit 3"; docker volume create v2');
  host.run('sleep 5');
  const shown = host.run('docker system df -v').stdout.replaceAll(/\b[0-9a-f]{12}\b/g, 'SHORT-ID----');

  expect(shown).toBe(`Images space usage:

REPOSITORY   TAG       IMAGE ID       CREATED       SIZE      SHARED SIZE   UNIQUE SIZE   CONTAINERS
bb           two       SHORT-ID----   2 years ago   4.27MB    0B            4.27MB        2

Containers space usage:

CONTAINER ID   IMAGE     COMMAND                  LOCAL VOLUMES   SIZE      CREATED         STATUS         NAMES
SHORT-ID----   busybox   "sh -c 'exit 3'"         0               0B        5 seconds ago   Created        idle
SHORT-ID----   busybox   "sh -c 'echo hi > /f…"   1               3B        5 seconds ago   Up 5 seconds   web

Local Volumes space usage:

VOLUME NAME   LINKS     SIZE
v1            1         2B
v2            0         0B

Build cache usage: 0B

CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED
`);
});

test('docker system df -v has rows for templates, and JSON without a newline behind it', () => {
  const host = bootHost();
  host.run("docker create --name idle -v v1:/x busybox sh -c 'exit 3 > /x'");
  const json = host.run('docker system df -v --format json').stdout;
  expect(json).toContain('"Command":"\\"sh -c \'exit 3 \\u003e /x\'\\""');
  expect(json).toMatch(
    /"Volumes":\[{"Availability":"N\/A","Driver":"local","Group":"N\/A","Labels":"","Links":"1",.*"BuildCache":\[\]}$/,
  );
  expect(host.run("docker system df -v --format '{{json .}}'").stdout).toBe(json);
  expect(host.run("docker system df -v --format '{{range .Images}}{{.Repository}}{{end}}'").stdout).toBe('busybox');
  expect(host.run("docker system df -v --format '{{range .Images}}{{.Nope}}{{end}}'").stderr).toBe(
    'template: :1:19: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.imageContext\n',
  );
  expect(host.run("docker system df -v --format '{{.Type}}'")).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'template: :1:2: executing "" at <.Type>: can\'t evaluate field Type in type *formatter.diskUsageContext\n',
  });
});

test('docker history shows a line for each layer, down to the image that it was made from', () => {
  const host = usual();
  const [made, base] = ['docker commit old kept:1', 'docker images -q --no-trunc busybox'].map((line) =>
    host.run(line).stdout.trim(),
  );
  const short = (id = ''): string => id.slice(7, 19);
  expect(host.run("docker history kept:1 --format '{{.ID}} {{.Size}} {{.CreatedBy}}'").stdout).toBe(
    `${short(made)} 6B sh -c echo hello > /x\n${short(base)} 4.27MB BusyBox 1.37.0 (glibc), Debian 13\n`,
  );
  expect(host.run('docker history alpine').stdout).toMatch(
    /^IMAGE {10}CREATED {9}CREATED BY {38}SIZE {6}COMMENT\n[\da-f]{12} +13 months ago +ADD alpine-minirootfs-\S+ \/… +8\.32MB +\n$/u,
  );
});

test('docker image prune takes what has no name, with -a what no container has', () => {
  const host = usual();
  const [first] = [1, 2].map(() => host.run('docker commit old kept:1').stdout.trim());
  expect(host.run('docker image prune -f').stdout).toBe(
    `Deleted Images:\ndeleted: ${first}\n\nTotal reclaimed space: 0B\n`,
  );
  expect(host.run('docker image prune -af --filter until=1000h | grep untagged').stdout).toMatch(
    /^untagged: alpine:latest\nuntagged: alpine@sha256:[\da-f]{64}\n$/,
  );
  expect(host.run('docker image prune -af').stdout).toMatch(/^Deleted Images:\nuntagged: kept:1\n.*space: 6B\n$/s);
  expect(host.run("docker images --format '{{.Repository}}'").stdout).toBe('busybox\n');
});

test('docker system prune asks, and takes stopped containers and what they leave', () => {
  const host = usual();
  const old = host.run('docker ps -aqf name=old --no-trunc').stdout;
  expect(host.run('echo n | docker system prune; docker ps -aq | wc -l').stdout).toBe(
    'WARNING! This will remove:\n  - all stopped containers\n  - all networks not used by at least one container\n' +
      '  - all dangling images\n  - unused build cache\n\nAre you sure you want to continue? [y/N] 2\n',
  );
  expect(host.run('echo n | docker system prune --filter until=1h --filter label=x').stdout).toContain(
    '\n\n  Items to be pruned will be filtered with:\n  - label=x\n  - until=1h\n\nAre you sure',
  );
  expect(host.run('docker system prune -f').stdout).toBe(`Deleted Containers:\n${old}\nTotal reclaimed space: 6B\n`);
  expect(host.run('docker system prune -f --volumes --filter until=1h')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'ERROR: The "until" filter is not supported with "--volumes"\n',
  });
});
