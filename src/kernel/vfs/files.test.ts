import { expect, test } from 'vitest';
import { O, type Running } from '../abi.ts';
import { Errno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

function* writeFile(path: string, text: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CREAT | O.TRUNC);
  yield* sys.write(fd, text);
  yield* sys.close(fd);
}

function* readFile(path: string): Running<string> {
  const fd = yield* sys.open(path, O.RDONLY);
  const text = yield* sys.read(fd);
  yield* sys.close(fd);
  return text;
}

function* failureOf<T>(act: Generator<never, T, never> | Running<T>): Running<string> {
  try {
    yield* act as Running<T>;
    return 'ok';
  } catch (error) {
    if (error instanceof Errno) return error.errno;
    throw error;
  }
}

function look(main: () => Running<void>): void {
  boot().run(function* () {
    yield* main();
    return 0;
  });
}

test('what was written to a file is read from it, and a second descriptor has an offset of its own', () => {
  const seen: string[] = [];
  look(function* () {
    yield* writeFile('/tmp/a', 'hello world');
    const one = yield* sys.open('/tmp/a', O.RDONLY);
    const other = yield* sys.open('/tmp/a', O.RDONLY);
    const same = yield* sys.dup(one);
    seen.push(yield* sys.read(one, 5), yield* sys.read(other, 5), yield* sys.read(same, 6), yield* sys.read(one));
  });
  expect(seen).toEqual(['hello', 'hello', ' world', '']);
});

test('O_APPEND writes at the end, wherever the offset is', () => {
  let text = '';
  look(function* () {
    yield* writeFile('/tmp/a', 'one');
    const fd = yield* sys.open('/tmp/a', O.WRONLY | O.APPEND);
    yield* sys.seek(fd, 0, 'set');
    yield* sys.write(fd, 'two');
    text = yield* readFile('/tmp/a');
  });
  expect(text).toBe('onetwo');
});

test('a path goes through links, over dots, and never through a loop', () => {
  const seen: string[] = [];
  look(function* () {
    yield* sys.mkdir('/tmp/d');
    yield* writeFile('/tmp/d/f', 'x');
    yield* sys.symlink('d', '/tmp/l');
    yield* sys.symlink('/tmp/loop', '/tmp/loop');
    seen.push(yield* readFile('/tmp/l/../d/./f'), yield* sys.readlink('/tmp/l'));
    seen.push((yield* sys.lstat('/tmp/l')).type, (yield* sys.stat('/tmp/l')).type);
    for (const path of ['/tmp/loop', '/tmp/none', '/tmp/none/x', '/tmp/d/f/x', '/tmp/d/f/']) {
      seen.push(yield* failureOf(sys.stat(path)));
    }
  });
  expect(seen).toEqual(['x', 'd', 'symlink', 'directory', 'ELOOP', 'ENOENT', 'ENOENT', 'ENOTDIR', 'ENOTDIR']);
});

test("directories and files refuse what is the other kind's", () => {
  const seen: string[] = [];
  look(function* () {
    yield* sys.mkdir('/tmp/d');
    yield* writeFile('/tmp/d/f', 'x');
    seen.push(yield* failureOf(sys.rmdir('/tmp/d')), yield* failureOf(sys.unlink('/tmp/d')));
    seen.push(yield* failureOf(sys.mkdir('/tmp/d')), yield* failureOf(sys.open('/tmp/d', O.WRONLY)));
    seen.push(yield* failureOf(sys.open('/tmp/d/f', O.CREAT | O.EXCL)), yield* failureOf(sys.rmdir('/tmp/d/f')));
  });
  expect(seen).toEqual(['ENOTEMPTY', 'EISDIR', 'EEXIST', 'EISDIR', 'EEXIST', 'ENOTDIR']);
});

test('rename replaces a file at once, and an unlinked file lives on while it is open', () => {
  const seen: string[] = [];
  look(function* () {
    yield* writeFile('/tmp/old', 'old');
    yield* writeFile('/tmp/new', 'new');
    const fd = yield* sys.open('/tmp/old', O.RDONLY);
    yield* sys.rename('/tmp/new', '/tmp/old');
    seen.push(yield* readFile('/tmp/old'), yield* sys.read(fd), String((yield* sys.fstat(fd)).links));
    seen.push(yield* failureOf(sys.stat('/tmp/new')));
  });
  expect(seen).toEqual(['new', 'old', '0', 'ENOENT']);
});

test('a user who is not root is held to the permission bits', () => {
  const seen: string[] = [];
  look(function* () {
    yield* writeFile('/tmp/secret', 'x');
    yield* sys.chmod('/tmp/secret', 0o600);
    yield* sys.chmod('/tmp', 0o1777);
    const child = yield* sys.fork(function* () {
      yield* sys.setuid(1000, 1000);
      seen.push(yield* failureOf(sys.open('/tmp/secret', O.RDONLY)), yield* failureOf(sys.unlink('/tmp/secret')));
      seen.push(yield* failureOf(sys.mkdir('/etc/x')));
      return 0;
    });
    yield* sys.wait4(child);
  });
  expect(seen).toEqual(['EACCES', 'EPERM', 'EACCES']);
});

test('only what is a file with an x bit can be executed', () => {
  const seen: string[] = [];
  look(function* () {
    yield* writeFile('/tmp/a', '#!/bin/none\n');
    seen.push(yield* failureOf(sys.execve('/tmp/a', ['a'], {})), yield* failureOf(sys.execve('/tmp', ['a'], {})));
    yield* sys.chmod('/tmp/a', 0o755);
    seen.push(yield* failureOf(sys.execve('/tmp/a', ['a'], {})));
  });
  expect(seen).toEqual(['EACCES', 'EACCES', 'ENOENT']);
});

test('devices answer as their drivers do', () => {
  const seen: string[] = [];
  look(function* () {
    const zero = yield* sys.open('/dev/zero', O.RDONLY);
    const nothing = yield* sys.open('/dev/null', O.RDWR);
    const full = yield* sys.open('/dev/full', O.WRONLY);
    seen.push(yield* sys.read(zero, 2), yield* sys.read(nothing), String(yield* sys.write(nothing, 'abc')));
    seen.push(yield* failureOf(sys.write(full, 'x')));
  });
  expect(seen).toEqual(['\0\0', '', '3', 'ENOSPC']);
});
