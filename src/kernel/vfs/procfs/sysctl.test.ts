import { expect, test } from 'vitest';
import { O, type Running } from '../../abi.ts';
import { isErrno } from '../../errno.ts';
import { boot } from '../../kernel.fixture.ts';
import * as sys from '../../sys.ts';

function* readSetting(name: string): Running<string> {
  const fd = yield* sys.open(`/proc/sys/${name}`, O.RDONLY);
  const text = yield* sys.read(fd);
  yield* sys.close(fd);
  return text;
}

function* set(name: string, value: string): Running<string> {
  try {
    const fd = yield* sys.open(`/proc/sys/${name}`, O.WRONLY);
    yield* sys.write(fd, value);
    yield* sys.close(fd);
    return 'set';
  } catch (error) {
    if (isErrno(error)) return error.errno;
    throw error;
  }
}

const forward = 'net/ipv4/ip_forward';
const ports = 'net/ipv4/ip_local_port_range';
const queue = 'kernel/shmmax';

test('each network and each IPC namespace has settings of its own; the machine has the others', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* set(forward, '0');
    yield* set(ports, '1200 2000');
    const child = yield* sys.clone(
      function* () {
        seen.push(yield* readSetting(forward), yield* readSetting(ports));
        yield* set(ports, '40000');
        yield* set(queue, '5');
        yield* set('vm/swappiness', '7');
        seen.push(yield* readSetting(ports), yield* readSetting(queue));
        return 0;
      },
      'CLONE_NEWNET',
      'CLONE_NEWIPC',
    );
    yield* sys.wait4(child);
    seen.push(yield* readSetting(ports), yield* readSetting(queue), yield* readSetting('vm/swappiness'));
    return 0;
  });

  // What IPv4's devices are set to is inherited from the first namespace, the rest is not.
  expect(seen).toEqual([
    '0\n',
    '32768\t60999\n',
    '40000\t60999\n',
    '5\n',
    '1200\t2000\n',
    '18446744073692774399\n',
    '7\n',
  ]);
});

test('a word is no number, and there are no new settings', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    seen.push(yield* set(forward, 'x'), yield* set('kernel/core_pattern', 'x'), yield* set('net/ipv4/nosuch', '1'));
    return 0;
  });

  expect(seen).toEqual(['EINVAL', 'set', 'ENOENT']);
});

test('who is not root may listen from ip_unprivileged_port_start on', () => {
  const seen: unknown[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* set('net/ipv4/ip_unprivileged_port_start', '80');
    yield* set('net/core/somaxconn', '3');
    yield* sys.setuid(1000, 1000);
    for (const port of [79, 80]) {
      try {
        yield* sys.listen({ address: '0.0.0.0', port }, 100);
        seen.push(port);
      } catch (error) {
        if (isErrno(error)) seen.push(error.errno);
      }
    }
    for (const { sendQueue } of yield* sys.tcpSockets()) seen.push(sendQueue);
    return 0;
  });

  expect(seen).toEqual(['EACCES', 80, 3]);
});

test.each([
  ['net/ipv4/ip_local_port_range', '5 4', 'EINVAL'],
  ['net/ipv4/ip_local_port_range', '1000', 'EINVAL'],
  ['net/ipv4/ip_local_port_range', '5000 6000 7000', 'set'],
  ['net/ipv4/ip_unprivileged_port_start', '-1', 'EINVAL'],
  ['net/ipv4/ip_unprivileged_port_start', '40000', 'EINVAL'],
  ['net/core/somaxconn', '-1', 'EINVAL'],
  ['net/ipv4/ip_default_ttl', '0', 'EINVAL'],
  ['net/ipv4/ip_default_ttl', '255', 'set'],
  ['net/ipv4/ip_forward', '99999999999', 'EINVAL'],
  ['net/ipv4/ip_forward', '-2147483648', 'set'],
  ['net/ipv4/tcp_congestion_control', 'nope', 'ENOENT'],
  ['net/ipv4/tcp_congestion_control', 'reno', 'set'],
  ['vm/swappiness', '201', 'EINVAL'],
  ['kernel/pid_max', '300', 'EINVAL'],
  ['kernel/pid_max', '301', 'set'],
  ['kernel/shmmax', '18446744073709551616', 'EINVAL'],
  ['kernel/shmmax', '18446744073709551615', 'set'],
  ['kernel/ostype', 'x', 'EACCES'],
  ['kernel/cap_last_cap', '3', 'EACCES'],
])('%s set to %s, as a kernel 6 answers', (name, value, answer) => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    seen.push(yield* set(name, value));
    return 0;
  });

  expect(seen).toEqual([answer]);
});

test('a range of groups that ends before it begins is none', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* set('net/ipv4/ping_group_range', '5 4');
    seen.push(yield* readSetting('net/ipv4/ping_group_range'));
    return 0;
  });

  expect(seen).toEqual(['1\t0\n']);
});
