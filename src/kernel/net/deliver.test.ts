import { expect, test } from 'vitest';
import type { Running } from '../abi.ts';
import { isErrno } from '../errno.ts';
import { boot, type Bench } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';
import { noCondition } from './netfilter.ts';
import type { Rule } from './netfilter.ts';

const anyPacket: Rule = {
  protocol: noCondition,
  source: noCondition,
  destination: noCondition,
  inDevice: noCondition,
  outDevice: noCondition,
  sourcePort: noCondition,
  destinationPort: noCondition,
  sourceType: noCondition,
  destinationType: noCondition,
  states: [],
  comment: '',
  target: '',
  to: '',
};
const is = (value: string) => ({ value, isNot: false });

/** What the other side says first, or the error's name. */
function* askAt(address: string, port: number): Running<string> {
  try {
    const fd = yield* sys.connect({ address, port });
    const answer = yield* sys.read(fd);
    yield* sys.close(fd);
    return answer;
  } catch (error) {
    if (isErrno(error)) return error.errno;
    throw error;
  }
}

/** Answers everyone who connects with its own name and the address that they come from. */
function* answerAt(address: string, port: number, name: string): Running {
  const listener = yield* sys.listen({ address, port });
  for (;;) {
    const fd = yield* sys.accept(listener);
    yield* sys.write(fd, `${name} sees ${(yield* sys.getpeername(fd)).address}`);
    yield* sys.close(fd);
  }
}

/** A host with a card and a bridge, and a namespace a number behind the bridge, in which `body` runs. */
function* network(bodies: readonly (() => Running)[]): Running<readonly number[]> {
  yield* sys.netlink({ op: 'up', name: 'lo' });
  yield* sys.netlink({ op: 'add', kind: 'bridge', name: 'docker0' });
  yield* sys.netlink({ op: 'address', name: 'docker0', cidr: '172.17.0.1/16' });
  yield* sys.netlink({ op: 'up', name: 'docker0' });
  yield* sys.netlink({ op: 'add', kind: 'bridge', name: 'card' });
  yield* sys.netlink({ op: 'address', name: 'card', cidr: '10.0.2.15/24' });
  yield* sys.netlink({ op: 'up', name: 'card' });
  const pids: number[] = [];
  for (const [index, body] of bodies.entries()) {
    const device = `veth${index}`;
    const ready = yield* sys.pipe2();
    const pid = yield* sys.fork(function* () {
      yield* sys.unshare('CLONE_NEWNET');
      yield* sys.netlink({ op: 'up', name: 'lo' });
      yield* sys.read(ready[0]);
      yield* sys.netlink({ op: 'address', name: `inner${index}`, cidr: `172.17.0.${index + 2}/16` });
      yield* sys.netlink({ op: 'up', name: `inner${index}` });
      yield* sys.netlink({ op: 'route', name: `inner${index}`, to: 'default', via: '172.17.0.1' });
      return yield* body();
    });
    yield* sys.nanosleep(1e6);
    yield* sys.netlink({ op: 'add', kind: 'veth', name: device, peer: `inner${index}` });
    yield* sys.netlink({ op: 'master', name: device, master: 'docker0' });
    yield* sys.netlink({ op: 'up', name: device });
    const namespaceFd = yield* sys.open(`/proc/${pid}/ns/net`, 0);
    yield* sys.netlink({ op: 'move', name: `inner${index}`, namespaceFd });
    yield* sys.close(namespaceFd);
    yield* sys.write(ready[1], 'go');
    yield* sys.nanosleep(1e6);
    pids.push(pid);
  }
  return pids;
}

function withProc(): Bench {
  const bench = boot();
  bench.run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    return 0;
  });
  return bench;
}

const web = (): Running => answerAt('0.0.0.0', 80, 'web');

test('each network namespace has its own loopback and ports, and a port has one listener', () => {
  const log: unknown[] = [];
  withProc().run(function* () {
    yield* network([web]);
    log.push(yield* askAt('127.0.0.1', 80), yield* askAt('172.17.0.2', 80), yield* askAt('172.17.0.2', 81));
    yield* sys.listen({ address: '0.0.0.0', port: 80 });
    for (const address of ['127.0.0.1', '172.17.0.1', '0.0.0.0', '::', '8.8.8.8']) {
      try {
        yield* sys.close(yield* sys.listen({ address, port: 80 }));
        log.push('ok');
      } catch (error) {
        if (isErrno(error)) log.push(error.errno);
      }
    }
    yield* sys.close(yield* sys.listen({ address: '::', port: 80, ipv6Only: true }));
    return 0;
  });
  expect(log).toEqual([
    'ECONNREFUSED',
    'web sees 172.17.0.1',
    'ECONNREFUSED',
    'EADDRINUSE',
    'EADDRINUSE',
    'EADDRINUSE',
    'EADDRINUSE',
    'EADDRNOTAVAIL',
  ]);
});

test('a namespace without a device reaches nobody, an address that nobody has is asked for three seconds', () => {
  const log: unknown[] = [];
  const bench = withProc();
  bench.run(function* () {
    yield* network([]);
    log.push(yield* askAt('8.8.8.8', 53));
    const before = yield* sys.monotonic();
    log.push(yield* askAt('172.17.0.9', 80), Math.round(((yield* sys.monotonic()) - before) / 1e9));
    yield* sys.unshare('CLONE_NEWNET');
    log.push(yield* askAt('127.0.0.1', 80));
    yield* sys.netlink({ op: 'up', name: 'lo' });
    log.push(yield* askAt('127.0.0.1', 80), yield* askAt('172.17.0.1', 80));
    return 0;
  });
  expect(log).toEqual(['ENETUNREACH', 'EHOSTUNREACH', 3, 'ENETUNREACH', 'ECONNREFUSED', 'ENETUNREACH']);
});

test('vm-25b: DNAT takes what goes to an address of the host, not what goes to its loopback', () => {
  const log: unknown[] = [];
  withProc().run(function* () {
    yield* network([web, () => loggedAsk(log, '10.0.2.15', 8080, 200), () => loggedAsk(log, '172.17.0.2', 80, 200)]);
    yield* sys.netfilter({ op: 'new chain', table: 'nat', chain: 'DOCKER' });
    const rule = {
      ...anyPacket,
      protocol: is('tcp'),
      inDevice: { value: 'docker0', isNot: true },
      destinationPort: is('8080'),
      target: 'DNAT',
      to: '172.17.0.2:80',
    };
    yield* sys.netfilter({ op: 'append', table: 'nat', chain: 'DOCKER', rule });
    const jump = { ...anyPacket, destinationType: is('LOCAL'), target: 'DOCKER' };
    const notLoopback = { value: '127.0.0.0/8', isNot: true };
    yield* sys.netfilter({
      op: 'append',
      table: 'nat',
      chain: 'OUTPUT',
      rule: { ...jump, destination: notLoopback },
    });
    yield* sys.netfilter({ op: 'append', table: 'nat', chain: 'PREROUTING', rule: jump });
    log.push(yield* askAt('127.0.0.1', 8080), yield* askAt('10.0.2.15', 8080), yield* askAt('172.17.0.2', 80));
    const chains = yield* sys.netfilter({ op: 'list', table: 'nat' });
    log.push(chains.find(({ name }) => name === 'DOCKER')?.rules.map(({ packets, bytes }) => [packets, bytes]));
    yield* sys.fork(() => answerAt('0.0.0.0', 8080, 'proxy'));
    yield* sys.nanosleep(1e9);
    return 0;
  });
  expect(log).toEqual([
    'ECONNREFUSED',
    'web sees 10.0.2.15',
    'web sees 172.17.0.1',
    [[1, 60]],
    'proxy sees 172.17.0.3',
    'web sees 172.17.0.4',
  ]);
});

function* loggedAsk(log: unknown[], address: string, port: number, afterMs: number): Running {
  yield* sys.nanosleep(afterMs * 1e6);
  log.push(yield* askAt(address, port));
  return 0;
}

test('a dropped connection is given up after two minutes, a rejected one is refused at once', () => {
  const log: unknown[] = [];
  withProc().run(function* () {
    yield* network([web]);
    yield* sys.netfilter({ op: 'append', table: 'filter', chain: 'OUTPUT', rule: { ...anyPacket, target: 'DROP' } });
    const before = yield* sys.monotonic();
    log.push(yield* askAt('172.17.0.2', 80), Math.round(((yield* sys.monotonic()) - before) / 1e9));
    yield* sys.netfilter({ op: 'remove', table: 'filter', chain: 'OUTPUT', at: 1 });
    yield* sys.netfilter({ op: 'append', table: 'filter', chain: 'OUTPUT', rule: { ...anyPacket, target: 'REJECT' } });
    log.push(yield* askAt('172.17.0.2', 80));
    return 0;
  });
  expect(log).toEqual(['ETIMEDOUT', 127, 'ECONNREFUSED']);
});

test('a segment is told in the journal as a packet capture would, an answer by what was asked', () => {
  const bench = withProc();
  bench.run(function* () {
    yield* sys.netlink({ op: 'up', name: 'lo' });
    const listener = yield* sys.listen({ address: '127.0.0.1', port: 80 });
    yield* sys.fork(function* () {
      const fd = yield* sys.accept(listener);
      yield* sys.read(fd);
      yield* sys.write(fd, 'HTTP/1.1 200 OK\r\n\r\n');
      return 0;
    });
    const fd = yield* sys.connect({ address: '127.0.0.1', port: 80 });
    yield* sys.write(fd, 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n');
    yield* sys.read(fd);
    return 0;
  });
  const told = bench.events.flatMap((event) =>
    event.type === 'message.send'
      ? [`${event.protocol} ${event.kind} ${event.label} ${event.status ?? ''}`]
      : event.type === 'message.receive'
        ? ['received']
        : [],
  );
  expect(told).toEqual(['TCP request GET /x ', 'received', 'TCP response GET /x 200', 'received']);
});

test('a redis command is labelled by its word, other text by its first line, bytes by their number', () => {
  const bench = withProc();
  bench.run(function* () {
    yield* sys.netlink({ op: 'up', name: 'lo' });
    yield* sys.listen({ address: '127.0.0.1', port: 80 });
    const fd = yield* sys.connect({ address: '127.0.0.1', port: 80 });
    for (const data of ['*1\r\n$4\r\nPING\r\n', 'PING\r\n', '\u0001\u0002']) yield* sys.write(fd, data);
    return 0;
  });
  const labels = bench.events.flatMap((event) => (event.type === 'message.send' ? [event.label] : []));
  expect(labels).toEqual(['PING', 'PING', '2 bytes']);
});

test("a container's devices and listeners go with its namespace", () => {
  const seen: unknown[] = [];
  withProc().run(function* () {
    const [pid = 0] = yield* network([web]);
    yield* sys.kill(pid, 'SIGKILL');
    yield* sys.wait4(pid);
    seen.push(
      (yield* sys.netlink({ op: 'list' })).map(({ name }) => name),
      yield* sys.tcpSockets(),
    );
    return 0;
  });
  expect(seen).toEqual([['lo', 'docker0', 'card'], []]);
});
