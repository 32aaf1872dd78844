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
])('docker network %s', (line, exitCode, stderr) => {
  const ran = host.run(`docker network ${line}`);

  expect([ran.exitCode, ran.stderr]).toEqual([exitCode, stderr]);
});
