/** `docker network`: the three networks that every daemon has, as vm-25 recorded them. */
import { expect, test } from 'vitest';
import { bootHost } from './host.fixture.ts';

const host = bootHost();
const id = host.run('docker run -d --name web busybox sleep 100000').stdout.trim();
host.run('docker run -d --name hosted --network host busybox sleep 100000');

test('three networks are listed, by name', () => {
  const { stdout } = host.run('docker network ls');
  expect(stdout.replaceAll(/^[\da-f]{12}/gm, '0123456789ab')).toBe(
    'NETWORK ID     NAME      DRIVER    SCOPE\n0123456789ab   bridge    bridge    local\n' +
      '0123456789ab   host      host      local\n0123456789ab   none      null      local\n',
  );
  expect(host.run("docker network ls -f driver=null -f scope=local --format '{{.Name}} {{.Internal}}'").stdout).toBe(
    'none false\n',
  );
  expect(host.run('docker network ls -q -f name=o -f type=builtin | wc -l').stdout).toBe('2\n');
});

test('the bridge is described with who is on it', () => {
  const [bridge] = JSON.parse(host.run('docker network inspect bridge').stdout) as readonly object[];
  const endpoint = host.run("docker inspect -f '{{.NetworkSettings.EndpointID}}' web").stdout.trim();
  expect(bridge).toEqual({
    Name: 'bridge',
    Id: host.run('docker network ls -q --no-trunc -f name=bridge').stdout.trim(),
    Created: expect.stringMatching(/^2026-11-24T02:00:00\.\d+Z$/) as string,
    Scope: 'local',
    Driver: 'bridge',
    EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: {
      [id]: {
        Name: 'web',
        EndpointID: endpoint,
        MacAddress: '02:42:ac:11:00:02',
        IPv4Address: '172.17.0.2/16',
        IPv6Address: '',
      },
    },
    Options: {
      'com.docker.network.bridge.default_bridge': 'true',
      'com.docker.network.bridge.enable_icc': 'true',
      'com.docker.network.bridge.enable_ip_masquerade': 'true',
      'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
      'com.docker.network.bridge.name': 'docker0',
      'com.docker.network.driver.mtu': '1500',
    },
    Labels: {},
  });
  expect(host.run("docker network inspect -f '{{range .Containers}}{{.Name}}{{end}}' host none").stdout).toBe(
    'hosted\n\n',
  );
  expect(host.run("docker inspect -f '{{.Driver}}' bridge").stdout).toBe('bridge\n');
});

const daemon = 'Error response from daemon: ';
test.each([
  [
    'rm bridge nosuch',
    1,
    `${daemon}bridge is a pre-defined network and cannot be removed\n${daemon}network nosuch not found\n`,
  ],
  ['rm -f nosuch', 0, ''],
  ['inspect -f {{.Name}} nosuch', 1, `${daemon}network nosuch not found\n`],
  ['ls -f foo=bar', 1, `${daemon}invalid filter 'foo'\n`],
  ['prune -f', 0, ''],
  ['prune -f --filter dangling=1', 1, `${daemon}invalid filter 'dangling'\n`],
  ['prune -f --filter until=xx', 1, `${daemon}failed to parse value as time or duration: "xx"\n`],
  ['ls -f type=foo', 1, `${daemon}invalid filter: 'type'='foo'\n`],
  ['ls -f dangling=foo', 1, `${daemon}invalid filter 'dangling=[foo]'\n`],
])('docker network %s', (line, exitCode, stderr) => {
  const ran = host.run(`docker network ${line}`);

  expect([ran.exitCode, ran.stderr]).toEqual([exitCode, stderr]);
});

test.each([
  ['dangling=0', 'bridge host none '],
  ['dangling=false', 'bridge host none '],
  ['dangling=1', ''],
  ['type=custom', ''],
  ['type=builtin', 'bridge host none '],
])('docker network ls -f %s', (filter, names) => {
  expect(host.run(`docker network ls -f ${filter} --format '{{.Name}}' | tr '\\n' ' '`).stdout).toBe(names);
});

test('the API says of a type that there is not that it is the daemon that fails', () => {
  const ask = (path: string): string =>
    host.run(`curl -s -w '%{http_code}' --unix-socket /run/docker.sock ${path}`).stdout.replace('\n', ' ');

  expect(ask("'http://x/networks?filters=%7B%22type%22:%7B%22foo%22:true%7D%7D'")).toBe(
    `{"message":"invalid filter: 'type'='foo'"} 500`,
  );
  expect(ask("-X POST 'http://x/networks/prune?filters=foo'")).toBe('{"message":"invalid filter"} 400');
});

test('a container is put on a network by its id and by the beginning of one; with that of host it is alone', () => {
  const seen = ['bridge', 'host', 'none'].map((name) => {
    const network = host.run(`docker network ls -q -f name=${name}`).stdout.trim();
    const { stdout } = host.run(`docker run --name by-id --net ${network.slice(0, 6)} busybox ls /sys/class/net`);
    const shown = host.run("docker inspect -f '{{.HostConfig.NetworkMode}} {{json .NetworkSettings.Networks}}' by-id");
    host.run('docker rm by-id');
    return [stdout, shown.stdout.replace(network.slice(0, 6), 'ID').replace(/":.*/s, '')];
  });

  expect(seen).toEqual([
    ['eth0\nlo\n', 'ID {"bridge'],
    ['lo\n', 'ID {"host'],
    ['lo\n', 'ID {"none'],
  ]);
});

test('a network that a container was made on by an id is found again when a new daemon gives it another', () => {
  host.run('docker create --name again --net "$(docker network ls -q -f name=bridge)" busybox ls /sys/class/net');
  host.run('docker kill web hosted; systemctl restart docker');

  expect(host.run('docker start -a again').stdout).toBe('eth0\nlo\n');
});

test('a port that nobody named comes from the range that the kernel had when the daemon started', () => {
  const published = (): string =>
    host.run('docker run -d --name pp -p 80 busybox sleep 9; docker port pp | head -1').stdout.split(' -> ')[1] ?? '';
  host.run("sysctl -w net.ipv4.ip_local_port_range='40000 40010'");
  expect(published()).toBe('0.0.0.0:32768\n');

  host.run('docker rm -f pp; systemctl restart docker');
  expect(published()).toBe('0.0.0.0:40000\n');
});

test('a port that nobody named comes after the last one, on each address, and not where somebody listens', () => {
  const publish = (name: string, options: string): string =>
    host.run(`docker run -d --name ${name} ${options} busybox sleep 900 >/dev/null; docker port ${name}`).stdout;
  const both = (port: number): string => `80/tcp -> 0.0.0.0:${port}\n80/tcp -> [::]:${port}\n`;
  host.run('docker rm -f $(docker ps -aq); sleep 99; systemctl restart docker; nc -lk 127.0.0.1 40002 >/dev/null &');

  expect(publish('one', '-p 80')).toBe(both(40_000));
  host.run('docker rm -f one');
  expect(publish('two', '-p 80')).toBe(both(40_001));
  expect(publish('three', '-p 127.0.0.1::80')).toBe('80/tcp -> 127.0.0.1:40000\n');
  expect(publish('four', '-p 127.0.0.1::80')).toBe('80/tcp -> 127.0.0.1:40003\n');
  expect(host.run('journalctl -u docker | grep -o "Failed to allocate.*retry: ."').stdout).toBe(
    ['40001: bind: address already in use, retry: 1\n', '40002: bind: address already in use, retry: 2\n']
      .map((why) => `Failed to allocate and map port: Error starting userland proxy: listen tcp4 127.0.0.1:${why}`)
      .join(''),
  );
});

test('of a range the next port is taken each time, and when there is none all are said to be allocated', () => {
  const publish = (name: string): string =>
    host.run(
      `docker run -d --name ${name} -p 8000-8001:80 busybox sleep 900 >/dev/null && docker port ${name} | head -1`,
    ).stdout;

  expect([publish('r1'), host.run('docker rm -f r1').stdout, publish('r2'), publish('r3')]).toEqual([
    '80/tcp -> 0.0.0.0:8000\n',
    'r1\n',
    '80/tcp -> 0.0.0.0:8001\n',
    '80/tcp -> 0.0.0.0:8000\n',
  ]);
  expect(
    host.run("docker run -p 8000-8001:80 busybox true 2>&1 | sed 's/.*endpoint//; s/ [a-z_]* (.*)//'").stdout,
  ).toBe(': all ports are allocated.\n');
});
