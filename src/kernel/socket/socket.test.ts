import { expect, test } from 'vitest';
import { O } from '../abi.ts';
import { isErrno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

test('a client and a server talk over a path, and each sees the end when the other closes', () => {
  const log: string[] = [];
  boot().run(function* () {
    const listener = yield* sys.listen('/run/x.sock');
    const server = yield* sys.fork(function* () {
      const fd = yield* sys.accept(listener);
      const request = yield* sys.read(fd);
      yield* sys.write(fd, `you said ${request}`);
      return 0;
    });
    const fd = yield* sys.connect('/run/x.sock');
    yield* sys.write(fd, 'hello');
    log.push(yield* sys.read(fd), yield* sys.read(fd));
    yield* sys.wait4(server);
    return 0;
  });
  expect(log).toEqual(['you said hello', '']);
});

test("both ends know the other's process and have one connection number", () => {
  const log: unknown[] = [];
  let server = 0;
  let client = 0;
  boot().run(function* () {
    client = yield* sys.getpid();
    const listener = yield* sys.listen('/run/x.sock');
    const fd = yield* sys.connect('/run/x.sock');
    log.push(yield* sys.peer(fd));
    server = yield* sys.fork(function* () {
      log.push(yield* sys.peer(yield* sys.accept(listener)));
      yield* sys.nanosleep(1e6);
      return 0;
    });
    yield* sys.nanosleep(1e5);
    log.push(yield* sys.peer(fd));
    yield* sys.wait4(server);
    return 0;
  });
  expect(log).toEqual([
    { pid: client, connection: 1 },
    { pid: client, connection: 1 },
    { pid: server, connection: 1 },
  ]);
});

test('connecting fails with ENOENT without a path and with ECONNREFUSED when nobody listens on it any more', () => {
  const log: string[] = [];
  boot().run(function* () {
    const attempts = function* () {
      try {
        yield* sys.connect('/run/x.sock');
      } catch (error) {
        if (isErrno(error)) log.push(error.errno);
      }
    };
    yield* attempts();
    const listener = yield* sys.listen('/run/x.sock');
    yield* sys.close(listener);
    yield* attempts();
    try {
      yield* sys.listen('/run/x.sock');
    } catch (error) {
      if (isErrno(error)) log.push(error.errno);
    }
    return 0;
  });
  expect(log).toEqual(['ENOENT', 'ECONNREFUSED', 'EADDRINUSE']);
});

test('a descriptor that is sent over a socket is the same open file at the other end', () => {
  const log: string[] = [];
  boot().run(function* () {
    const [one, other] = yield* sys.socketpair();
    const [reader, writer] = yield* sys.pipe2();
    yield* sys.sendmsg(one, 'take this', [writer]);
    yield* sys.close(writer);
    const message = yield* sys.recvmsg(other);
    yield* sys.write(message.fds[0]!, 'through the copy');
    yield* sys.close(message.fds[0]!);
    log.push(message.data, yield* sys.read(reader), yield* sys.read(reader));
    return 0;
  });
  expect(log).toEqual(['take this', 'through the copy', '']);
});

test('what was sent before a half-close arrives, and a close with unread bytes resets the other end', () => {
  const log: string[] = [];
  boot().run(function* () {
    const [one, other] = yield* sys.socketpair();
    yield* sys.write(one, 'bye');
    yield* sys.shutdown(one, 'write');
    log.push(yield* sys.read(other), yield* sys.read(other));
    yield* sys.write(other, 'never read');
    yield* sys.close(one);
    try {
      yield* sys.read(other);
      log.push(yield* sys.read(other));
    } catch (error) {
      if (isErrno(error)) log.push(error.errno);
    }
    return 0;
  });
  expect(log).toEqual(['bye', '', 'ECONNRESET']);
});

test("who reads from a socket learns the writer's span, and never two writers' bytes at once", () => {
  const log: unknown[] = [];
  boot().run(function* () {
    const [one, other] = yield* sys.socketpair();
    yield* sys.setSpan(7);
    yield* sys.write(one, 'a');
    yield* sys.write(one, 'b');
    yield* sys.setSpan(8);
    yield* sys.write(one, 'c');
    yield* sys.setSpan(0);
    log.push(yield* sys.read(other), yield* sys.peerSpan(), yield* sys.read(other), yield* sys.peerSpan());
    return 0;
  });
  expect(log).toEqual(['ab', 7, 'c', 8]);
});

test('poll tells who is ready, and nobody when its time is up', () => {
  const log: unknown[] = [];
  boot().run(function* () {
    const [one, other] = yield* sys.socketpair();
    const [reader] = yield* sys.pipe2(O.CLOEXEC);
    const both = [
      { fd: other, events: ['in'] },
      { fd: reader, events: ['in'] },
    ] as const;
    log.push(yield* sys.poll(both, 1000));
    yield* sys.go(function* () {
      yield* sys.nanosleep(1e6);
      yield* sys.write(one, 'x');
    });
    log.push(yield* sys.poll(both));
    return 0;
  });
  expect(log).toEqual([[], [{ fd: expect.any(Number), in: true, out: false, hangup: false }]]);
});
