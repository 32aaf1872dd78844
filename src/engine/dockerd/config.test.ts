import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import { unmarshalJson } from '../go-json.ts';

test('what is wrong with a JSON text is said as Go says it', () => {
  const read = ['{"a": 1,}', '{', '{"a" 1}', '[1 2]', 'no', '{"a": tru}', '{} x', '{"a": 1}'].map(unmarshalJson);

  expect(read).toEqual([
    { complaint: "invalid character '}' looking for beginning of object key string" },
    { complaint: 'unexpected end of JSON input' },
    { complaint: "invalid character '1' after object key" },
    { complaint: "invalid character '2' after array element" },
    { complaint: "invalid character 'o' in literal null (expecting 'u')" },
    { complaint: "invalid character '}' in literal true (expecting 'e')" },
    { complaint: "invalid character 'x' after top-level value" },
    { value: { a: 1 } },
  ]);
});

const cases = [
  ['{"live-restore": true,}', "invalid character '}' looking for beginning of object key string"],
  ['{"live-retsore": true}', "the following directives don't match any configuration option: live-retsore"],
  [
    '{"hosts": ["tcp://0.0.0.0:2375"]}',
    'the following directives are specified both as a flag and in the configuration file: ' +
      'hosts: (from flag: [fd://], from file: [tcp://0.0.0.0:2375])',
  ],
  [
    '{"log-level": "loud"}',
    'merged configuration validation from file and command line flags failed: invalid logging level: loud',
  ],
] as const;

test('dockerd tells its version, and looks its configuration over without starting', () => {
  const host = bootHost();
  const words = host.run(
    'dockerd --version; dockerd --validate; echo "{" > /etc/docker/daemon.json; dockerd --validate',
  );
  expect(words).toEqual({
    exitCode: 1,
    stdout: 'Docker version 26.1.5+dfsg1, build 411e817\n',
    stderr:
      'configuration OK\n' +
      'unable to configure the Docker daemon with file /etc/docker/daemon.json: unexpected end of JSON input\n',
  });
});

for (const [file, reason] of cases) {
  test(`dockerd does not start with ${file}`, () => {
    const host = bootHost();

    const restart = host.run(`echo '${file}' > /etc/docker/daemon.json; systemctl restart docker`);

    expect(restart.exitCode).toBe(1);
    expect(host.run('journalctl -u docker -o cat').stdout).toContain(
      `unable to configure the Docker daemon with file /etc/docker/daemon.json: ${reason}\n`,
    );
  });
}

test('SIGHUP turns live-restore on, and a broken file changes nothing', () => {
  const host = bootHost();
  const reload = (file: string): string =>
    host.run(
      `echo '${file}' > /etc/docker/daemon.json; systemctl reload docker; docker info -f '{{.LiveRestoreEnabled}}'`,
    ).stdout;

  expect(reload('{"live-restore": true}')).toBe('true\n');
  expect(host.run('docker info').stdout).toContain(' Live Restore Enabled: true\n');
  expect(reload('{"live-restore": false')).toBe('true\n');
  // What the file no longer has stays as it is (asked of 26.1.5).
  expect(reload('{}')).toBe('true\n');
  expect(reload('{"log-level": "loud"}')).toBe('true\n');
  expect(reload('{"live-restore": false, "shutdown-timeout": 20}')).toBe('false\n');
  expect(reload('{"live-restore": "yes"}')).toBe('false\n');
  const said = host.run(
    'sleep 1; docker events --since 1h --until 0s --filter type=daemon; journalctl -u docker -o cat',
  ).stdout;
  expect(said.match(/ daemon reload .*live-restore=(true|false).*shutdown-timeout=\d+/g)).toHaveLength(3);
  expect(said).toContain('live-restore=false, max-concurrent-downloads=3,');
  for (const complaint of [
    'unable to configure the Docker daemon with file /etc/docker/daemon.json: unexpected end of JSON input',
    'file configuration validation failed: invalid logging level: loud',
    'unable to configure the Docker daemon with file /etc/docker/daemon.json: json: cannot unmarshal string into Go ' +
      'struct field Config.CommonConfig.live-restore of type bool',
  ])
    expect(said).toContain(`level=error msg="${complaint}"`);
});

test('a daemon that shuts down gives each container its own grace period', () => {
  const host = bootHost();
  host.run('docker run -d --name slow --network none --stop-timeout 20 busybox sleep 1000');

  const stop = host.run('date +%s; systemctl stop docker; date +%s').stdout.split('\n').map(Number);

  expect((stop[1] ?? 0) - (stop[0] ?? 0)).toBe(20);
  expect(host.run('journalctl -u docker -o cat').stdout).toContain('Container failed to exit within 20s of signal 15');
});

test('with "init" every container that does not say otherwise gets docker-init as its pid 1', () => {
  const host = bootHost();
  host.run(`echo '{"init": true}' > /etc/docker/daemon.json; systemctl restart docker`);

  expect(host.run('docker run --rm --network none busybox ps -o comm | grep init').stdout).toBe('docker-init\n');
  expect(host.run('docker run --rm --init=false --network none busybox sh -c "cat /proc/1/comm"').stdout).toBe('cat\n');
});
