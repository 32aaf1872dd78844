import { expect, test } from 'vitest';
import { bootHost } from '../docker/host.fixture.ts';
import type { Host } from '../docker/host.fixture.ts';
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

/** Asked of 26.1.5. */
test('a value that cannot be is refused, also of what is not modelled', () => {
  const host = bootHost();
  host.run('systemctl stop docker docker.socket');
  const cannot = (what: string, field: string) => `json: cannot unmarshal ${what} into Go struct field ${field}`;
  const unmatched = (names: string) => `the following directives don't match any configuration option: ${names}`;

  for (const [file, words] of [
    ['{"labels": "x"}', cannot('string', 'Config.CommonConfig.labels of type []string')],
    ['{"labels": [5]}', cannot('number', 'Config.CommonConfig.labels of type string')],
    ['{"shutdown-timeout": 1.5}', cannot('number 1.5', 'Config.CommonConfig.shutdown-timeout of type int')],
    ['{"log-opts": {"max-size": 5}}', cannot('number', 'Config.CommonConfig.LogConfig.log-opts of type string')],
    ['{"runtimes": {"x": {"path": 5}}}', cannot('number', 'Runtime.runtimes.path of type string')],
    [
      '{"builder": {"gc": {"enabled": 5}}}',
      cannot('number', 'BuilderGCConfig.CommonConfig.builder.GC.Enabled of type bool'),
    ],
    ['{"icc": 1}', cannot('number', 'Config.CommonConfig.BridgeConfig.DefaultBridgeConfig.icc of type bool')],
    ['{"default-shm-size": "abc"}', "invalid size: 'abc'"],
    ['{"default-shm-size": 5}', 'invalid size: "5"'],
    ['{"dns": ["1.1.1.1", "x"]}', 'invalid IP address: x'],
    ['{"labels": {"a": 1}}', unmatched('a')],
    ['{"zz": 1, "proxies": 5}', unmatched('zz, proxies')],
  ] as const)
    expect(refused(host, file)).toBe(`unable to configure the Docker daemon with file ${path}: ${words}\n`);

  for (const [file, words] of [
    ['{"log-format": "x"}', 'invalid log format: x'],
    ['{"dns-search": ["x y"]}', 'x y is not a valid domain'],
    ['{"labels": ["x"]}', 'bad attribute format: x'],
    [
      '{"labels": ["com.docker.x=1"]}',
      'label com.docker.x=1 is not allowed: the namespaces com.docker.*, io.docker.*, and org.dockerproject.* are ' +
        'reserved for internal use',
    ],
    ['{"mtu": -5}', 'invalid default MTU: -5'],
    ['{"max-concurrent-downloads": -1}', 'invalid max concurrent downloads: -1'],
    [
      '{"node-generic-resources": ["x"]}',
      "could not parse GenericResource: incorrect term x, missing '=' or malformed expression",
    ],
    [
      '{"node-generic-resources": ["a=b", "a=1"]}',
      "could not parse GenericResource: mixed discrete and named resources in expression 'a=[b 1]'",
    ],
    ['{"default-ipc-mode": "x"}', 'default IPC mode setting (x) is invalid; use "shareable" or "private"'],
    ['{"default-ipc-mode": "host"}', 'IPC mode "host" is not supported as default value; use "shareable" or "private"'],
    ['{"default-cgroupns-mode": "x"}', 'default cgroup namespace mode (x) is invalid; use "host" or "private"'],
  ] as const)
    expect(refused(host, file)).toBe(
      `unable to configure the Docker daemon with file ${path}: merged configuration validation from file and ` +
        `command line flags failed: ${words}\n`,
    );

  expect(refused(host, '{"labels": ["a=b", "a=c"]}')).toBe('conflict labels for a=c and a=b\n');
  for (const [file, words] of [
    ['{"default-runtime": "nosuch"}', "specified default runtime 'nosuch' does not exist"],
    ['{"runtimes": {"runc": {"path": "/x"}}}', "runtime name 'runc' is reserved"],
    ['{"runtimes": {"x": {}}}', 'runtime x: either a runtimeType or a path must be configured'],
    [
      '{"runtimes": {"x": {"path": "a", "runtimeType": "b"}}}',
      'runtime x: cannot configure both path and runtimeType for the same runtime',
    ],
    [
      '{"runtimes": {"x": {"runtimeType": "b", "runtimeArgs": ["y"]}}}',
      'runtime x: args cannot be used with a runtimeType runtime',
    ],
    ['{"cgroup-parent": "x"}', 'cgroup-parent for systemd cgroup should be a valid slice named as "xxx.slice"'],
    ['{"exec-opts": ["native.cgroupdriver=nosuch"]}', 'native.cgroupdriver option nosuch not supported'],
    [
      '{"log-opts": {"nosuch": "x"}}',
      "failed to set log opts: failed to set log opts: unknown log opt 'nosuch' for json-file log driver",
    ],
    ['{"storage-driver": "nosuch"}', 'error initializing graphdriver: driver not supported: nosuch'],
    [
      '{"seccomp-profile": "/nosuch"}',
      'opening seccomp profile (/nosuch) failed: open /nosuch: no such file or directory',
    ],
    ['{"registry-mirrors": ["x"]}', 'invalid mirror: unsupported scheme "" in "x"'],
    ['{"registry-mirrors": ["http://x?y"]}', 'invalid mirror: query or fragment at end of the URI "http://x?y"'],
  ] as const)
    expect(refused(host, file)).toBe(`failed to start daemon: ${words}\n`);
});

const path = '/etc/docker/daemon.json';

const refused = (host: Host, file: string): string =>
  host.run(`echo '${file}' > ${path}; dockerd 2>&1 | grep -v level=info`).stdout;

/** Asked of 26.1.5. */
test('what is not modelled may stand there, and SIGHUP refuses less of it', () => {
  const host = bootHost();
  host.run(
    `echo '{"labels": ["a=b", "a=b"], "log-driver": "local", "default-shm-size": "0", "restart": false, ` +
      `"runtimes": {"mine": {"path": "/nosuch"}}, "default-runtime": "mine"}' > ${path}; systemctl restart docker`,
  );
  expect(host.run('systemctl is-active docker').stdout).toBe('active\n');
  const told = (file: string): string =>
    host
      .run(`echo '${file}' > ${path}; systemctl reload docker; sleep 1; journalctl -u docker -o cat | tail -1`)
      .stdout.replace(/^time="[^"]*" /, '');

  expect(told('{"max-concurrent-downloads": -1}')).toBe(
    'level=error msg="file configuration validation failed: invalid max concurrent downloads: -1"\n',
  );
  expect(told('{"labels": ["a=b", "a=c"]}')).toBe('level=error msg="conflict labels for a=c and a=b"\n');
  expect(told('{"default-runtime": "nosuch"}')).toBe(
    `level=error msg="Error reconfiguring the daemon: specified default runtime 'nosuch' does not exist"\n`,
  );
  expect(told('{"labels": ["a"]}')).toContain('msg="Reloaded configuration: ');
  expect(host.run('docker events --since 1h --until 0s --filter event=reload').stdout).toContain(
    ' registry-mirrors=[], runtimes=, shutdown-timeout=15)',
  );
});

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
