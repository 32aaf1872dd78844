import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost(['nginx']);
const head = 'CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n';

test.each([
  "docker -H '' ps",
  'docker -H unix:// ps',
  "docker -H ' unix:///run/docker.sock' ps",
  'DOCKER_HOST=unix:// docker ps',
  'DOCKER_HOST=junk docker -H unix:///run/docker.sock ps',
  'docker -c default ps',
  "docker -c '' ps",
  'DOCKER_CONTEXT=nope DOCKER_HOST=unix:///run/docker.sock docker ps',
])('%s finds the daemon', (command) => {
  expect(host.run(command)).toEqual({ exitCode: 0, stdout: head, stderr: '' });
});

const resolve = 'Failed to initialize: unable to resolve docker endpoint: ';
const metadata =
  '/root/.docker/contexts/meta/ca3704aa0b06f5954c79ee837faa152d84d6b2d42838f0637a15eda8337dbdce/meta.json';
const nobodyAt = (address: string): string =>
  `Cannot connect to the Docker daemon at ${address}. Is the docker daemon running?`;

test.each([
  ['docker -H unix:///a -H unix:///b version', `${resolve}Please specify only one -H`],
  ['docker -H ftp://x ps', `${resolve}invalid bind address format: ftp://x`],
  ['docker -H tcp://127.0.0.1:junk ps', `${resolve}parse "tcp://127.0.0.1:junk": invalid port ":junk" after host`],
  ['docker -H fd:// ps', 'Failed to initialize: unable to parse docker host `fd://`'],
  ['docker -H npipe:// ps', 'Failed to initialize: protocol not available'],
  ['docker -H ssh:// ps', 'Failed to initialize: ssh host connection is not valid: no host specified'],
  ['docker -H unix:///nope ps', nobodyAt('unix:///nope')],
  ['docker -H tcp:// ps', nobodyAt('tcp://localhost:2375')],
  ['docker -H :2375 ps', nobodyAt('tcp://localhost:2375')],
  ['DOCKER_HOST=127.0.0.1 docker ps', nobodyAt('tcp://127.0.0.1:2375')],
  ['docker -H /run/docker.sock ps', nobodyAt('tcp://localhost:2375/run/docker.sock')],
  ['docker -H tcp://[::1]:9999 ps', nobodyAt('tcp://[::1]:9999')],
  ['docker -H tcp://[::1] ps', `${resolve}invalid bind address format: [::1]`],
  ['docker -H tcp://u:p@LOCALHOST:9999/x?y=1#z ps', nobodyAt('tcp://LOCALHOST:9999/x')],
  ["docker -H 'tcp://lo cal:9' ps", `${resolve}parse "tcp://lo cal:9": invalid character " " in host name`],
  ['docker -H tcp://lo%20cal:1 ps', `${resolve}parse "tcp://lo%20cal:1": invalid URL escape "%20"`],
  ['docker -H tcp://x://y ps', `${resolve}invalid proto, expected tcp: x://y`],
  [
    'docker -H tcp://localhost:99999 ps',
    'error during connect: Get "http://localhost:99999/v1.45/containers/json": dial tcp: address 99999: invalid port',
  ],
  ['docker -c nope ps', `${resolve}context "nope": context not found: open ${metadata}: no such file or directory`],
  ['docker -c default -H unix:// ps', 'conflicting options: either specify --host or --context, not both'],
])('%s finds none', (command, words) => {
  expect(host.run(command)).toEqual({ exitCode: 1, stdout: '', stderr: `${words}\n` });
});

test('whoever listens at an address is asked there, daemon or not', () => {
  host.run('docker run -d --network host nginx');

  expect(host.run('docker -H tcp://localhost:80/x ps').stderr).toMatch(/^Error response from daemon: <html>/);
});

// Asked of 26.1.5.
test.each([
  ['ps', 1, 'Get', '/v1.45/containers/json', ''],
  ['rm a', 1, 'Delete', '/v1.45/containers/a', ''],
  ['create busybox', 1, 'Head', '/_ping', ''],
  ['run busybox', 126, 'Head', '/_ping', ".\nSee 'docker run --help'."],
])('who may not use the socket is told so by docker %s', (command, exitCode, verb, path, end) => {
  const ran = bootHost().run(`nsenter -t 1 -m -S 65534 -G 65534 docker ${command}`);

  expect(ran.stderr.replace(/^docker: /, '')).toBe(
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: ' +
      `${verb} "http://%2Fvar%2Frun%2Fdocker.sock${path}": ` +
      `dial unix /var/run/docker.sock: connect: permission denied${end}\n`,
  );
  expect(ran.exitCode).toBe(exitCode);
});
