import { expect, test } from 'vitest';
import { O, type Running } from '../abi.ts';
import { Errno } from '../errno.ts';
import { boot, type Bench } from '../kernel.fixture.ts';
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

function* failureOf(act: Running<unknown>): Running<string> {
  try {
    yield* act;
    return 'ok';
  } catch (error) {
    if (error instanceof Errno) return error.errno;
    throw error;
  }
}

function* names(path: string): Running<string> {
  return (yield* sys.readdir(path)).map(({ name }) => name).join(' ');
}

function look(main: (bench: Bench) => Running<void>): void {
  const bench = boot();
  bench.run(function* () {
    yield* main(bench);
    return 0;
  });
}

test('a mount hides what is below it until it is unmounted, which fails while it is in use', () => {
  const seen: string[] = [];
  look(function* () {
    yield* writeFile('/tmp/below', 'x');
    yield* sys.mount('tmpfs', '/tmp', 'tmpfs', []);
    seen.push(yield* names('/tmp'));
    const fd = yield* sys.open('/tmp', O.RDONLY);
    seen.push(yield* failureOf(sys.umount2('/tmp')), yield* failureOf(sys.rmdir('/tmp')));
    yield* sys.close(fd);
    yield* sys.umount2('/tmp');
    seen.push(yield* names('/tmp'), yield* failureOf(sys.umount2('/tmp')));
  });
  expect(seen).toEqual(['', 'EBUSY', 'EBUSY', 'below', 'EINVAL']);
});

test('a file on its way in a message keeps its mount busy, though nobody has a descriptor of it', () => {
  const seen: string[] = [];
  look(function* () {
    yield* sys.mount('tmpfs', '/tmp', 'tmpfs', []);
    const [one, other] = yield* sys.socketpair();
    const fd = yield* sys.open('/tmp', O.RDONLY);
    yield* sys.sendmsg(one, 'take this', [fd]);
    yield* sys.close(fd);
    seen.push(yield* failureOf(sys.umount2('/tmp')));
    yield* sys.read(other);
    seen.push(yield* failureOf(sys.umount2('/tmp')));
  });
  expect(seen).toEqual(['EBUSY', 'ok']);
});

test('a program that runs from a mount keeps it busy until it ends', () => {
  const seen: string[] = [];
  const sleeper = function* (): Running {
    yield* sys.nanosleep(1e9);
    return 0;
  };
  boot({ programs: { sleeper } }).run(function* () {
    yield* sys.mount('tmpfs', '/tmp', 'tmpfs', []);
    yield* writeFile('/tmp/sleeper', yield* readFile('/bin/sleeper'));
    yield* sys.chmod('/tmp/sleeper', 0o755);
    const pid = yield* sys.clone(() => sys.execve('/tmp/sleeper', ['sleeper'], {}));
    yield* sys.nanosleep(0.5e9);
    seen.push(yield* failureOf(sys.umount2('/tmp')));
    yield* sys.wait4(pid);
    seen.push(yield* failureOf(sys.umount2('/tmp')));
    return 0;
  });
  expect(seen).toEqual(['EBUSY', 'ok']);
});

test('a read-only bind mount refuses writes, its original does not', () => {
  const seen: string[] = [];
  look(function* () {
    yield* sys.mkdir('/tmp/a');
    yield* sys.mkdir('/tmp/b');
    yield* writeFile('/tmp/a/f', 'x');
    yield* sys.mount('/tmp/a', '/tmp/b', '', ['MS_BIND', 'MS_REC']);
    yield* sys.mount('', '/tmp/b', '', ['MS_BIND', 'MS_REMOUNT', 'MS_RDONLY']);
    seen.push(yield* readFile('/tmp/b/f'), yield* failureOf(writeFile('/tmp/b/f', 'y')));
    seen.push(
      yield* failureOf(sys.mkdir('/tmp/b/d')),
      yield* failureOf(writeFile('/tmp/a/f', 'z')),
      yield* readFile('/tmp/b/f'),
    );
  });
  expect(seen).toEqual(['x', 'EROFS', 'EROFS', 'ok', 'z']);
});

test('a namespace lives as long as a bind mount or an open file of it', () => {
  const seen: unknown[] = [];
  const bench = boot();
  const ends = () => bench.events.filter((event) => event.type === 'namespace.end' && event.kind === 'uts').length;
  bench.run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* writeFile('/run/ns', '');
    const child = yield* sys.fork(function* () {
      yield* sys.unshare('CLONE_NEWUTS');
      yield* sys.sethostname('keepme');
      yield* sys.mount('/proc/self/ns/uts', '/run/ns', '', ['MS_BIND']);
      return 0;
    });
    yield* sys.wait4(child);
    seen.push(ends());
    const fd = yield* sys.open('/run/ns', O.RDONLY);
    yield* sys.umount2('/run/ns', ['MNT_DETACH']);
    seen.push(ends());
    const visitor = yield* sys.fork(function* () {
      yield* sys.setns(fd, 'uts');
      seen.push((yield* sys.uname()).nodename);
      return 0;
    });
    yield* sys.wait4(visitor);
    yield* sys.close(fd);
    seen.push(ends());
    return 0;
  });
  expect(seen).toEqual([0, 0, 'keepme', 1]);
});

test('pivot_root(".", ".") and a lazy unmount leave nothing of the old root', () => {
  const seen: string[] = [];
  look(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mkdir('/tmp/rootfs');
    yield* sys.mkdir('/tmp/rootfs/proc');
    yield* writeFile('/tmp/rootfs/inside', 'x');
    const child = yield* sys.clone(function* () {
      yield* sys.mount('', '/', '', ['MS_SLAVE', 'MS_REC']);
      yield* sys.mount('/tmp/rootfs', '/tmp/rootfs', '', ['MS_BIND', 'MS_REC']);
      yield* sys.mount('proc', '/tmp/rootfs/proc', 'proc', []);
      const old = yield* sys.open('/', O.RDONLY | O.DIRECTORY);
      yield* sys.chdir('/tmp/rootfs');
      yield* sys.pivotRoot('.', '.');
      yield* sys.chdir(`/proc/self/fd/${old}`);
      yield* sys.mount('', '.', '', ['MS_SLAVE', 'MS_REC']);
      yield* sys.umount2('.', ['MNT_DETACH']);
      yield* sys.chdir('/');
      seen.push(yield* sys.getcwd(), yield* names('/'));
      seen.push((yield* readFile('/proc/self/mountinfo')).replaceAll(/\d+/g, 'N'));
      return 0;
    }, 'CLONE_NEWNS');
    yield* sys.wait4(child);
    seen.push(yield* names('/tmp/rootfs/proc'), String((yield* names('/proc')).includes('self')));
  });
  expect(seen).toEqual([
    '/',
    'inside proc',
    'N N N:N /tmp/rootfs / rw,relatime master:N - extN /dev/vdaN rw\nN N N:N / /proc rw,relatime - proc proc rw\n',
    '',
    'true',
  ]);
});

test('a mount in a shared tree appears in its copies, one in a private tree does not', () => {
  const seen: string[] = [];
  look(function* () {
    yield* sys.mkdir('/tmp/m');
    const [reader, writer] = yield* sys.pipe2();
    for (const how of ['MS_SHARED', 'MS_SLAVE', 'MS_PRIVATE']) {
      const child = yield* sys.clone(function* () {
        yield* sys.mount('', '/', '', [how, 'MS_REC']);
        yield* sys.write(writer, 'x');
        yield* sys.nanosleep(1e6);
        seen.push(yield* names('/tmp/m'));
        yield* sys.mount('tmpfs', '/var', 'tmpfs', []);
        yield* sys.mkdir(`/var/${how}`);
        return 0;
      }, 'CLONE_NEWNS');
      yield* sys.read(reader, 1);
      yield* sys.mount('tmpfs', '/tmp/m', 'tmpfs', []);
      yield* writeFile('/tmp/m/f', '');
      yield* sys.wait4(child);
      seen.push(yield* names('/var'));
      yield* sys.umount2('/tmp/m');
      if (how === 'MS_SHARED') yield* sys.umount2('/var');
    }
  });
  expect(seen).toEqual(['f', 'MS_SHARED', 'f', 'run', '', 'run']);
});

test('who leaves for a copy of its namespace stays where it was, who enters another stands at its root', () => {
  const seen: string[] = [];
  look(function* () {
    for (const directory of ['/tmp/proc', '/tmp/m']) yield* sys.mkdir(directory);
    yield* sys.mount('proc', '/tmp/proc', 'proc', []);
    yield* sys.mount('tmpfs', '/tmp/m', 'tmpfs', []);
    yield* sys.chdir('/tmp/m');
    const [reader, writer] = yield* sys.pipe2();
    const child = yield* sys.clone(function* () {
      yield* sys.unshare('CLONE_NEWNS');
      yield* sys.mount('', '/', '', ['MS_PRIVATE', 'MS_REC']);
      yield* sys.mount('tmpfs', '/var', 'tmpfs', []);
      yield* sys.mkdir('/var/own');
      seen.push(yield* sys.getcwd(), yield* failureOf(sys.umount2('/tmp/m')));
      yield* sys.write(writer, 'x');
      yield* sys.nanosleep(1e6);
      return 0;
    });
    yield* sys.read(reader, 1);
    seen.push(yield* names('/var'));
    yield* sys.setns(yield* sys.open(`/tmp/proc/${child}/ns/mnt`, O.RDONLY), 'mnt');
    seen.push(yield* sys.getcwd(), yield* names('/var'));
  });
  expect(seen).toEqual(['/tmp/m', 'EBUSY', 'run', '/', 'own']);
});

test('an overlay shows the upper layer over the lower ones and writes only into the upper', () => {
  const seen: string[] = [];
  look(function* () {
    yield* sys.chdir('/tmp');
    for (const path of ['l1', 'l1/etc', 'l2', 'l2/etc', 'l2/bin', 'up', 'work', 'merged']) yield* sys.mkdir(path);
    yield* writeFile('l1/etc/a', 'top a');
    yield* writeFile('l2/etc/a', 'bottom a');
    yield* writeFile('l2/etc/b', 'b');
    yield* writeFile('l2/bin/sh', 'sh');
    yield* sys.mount('overlay', 'merged', 'overlay', [], 'lowerdir=/tmp/l1:/tmp/l2,upperdir=/tmp/up,workdir=/tmp/work');
    seen.push(yield* names('merged'), yield* names('merged/etc'), yield* readFile('merged/etc/a'));
    const fd = yield* sys.open('merged/etc/b', O.WRONLY | O.APPEND);
    yield* sys.write(fd, ' more');
    yield* sys.close(fd);
    yield* sys.unlink('merged/etc/a');
    yield* sys.unlink('merged/bin/sh');
    yield* sys.rmdir('merged/bin');
    yield* sys.mkdir('merged/bin');
    yield* writeFile('merged/new', 'n');
    seen.push(yield* names('merged'), yield* names('merged/etc'), yield* names('merged/bin'));
    seen.push(
      yield* readFile('merged/etc/b'),
      yield* readFile('l2/etc/b'),
      yield* readFile('up/etc/b'),
      yield* names('up'),
    );
    const whiteout = yield* sys.stat('up/etc/a');
    seen.push(whiteout.type, yield* readFile('l1/etc/a'), yield* failureOf(sys.stat('merged/etc/a')));
    yield* sys.rename('merged/etc/b', 'merged/c');
    seen.push(yield* names('merged/etc'), yield* readFile('merged/c'), yield* names('l2/etc'));
  });
  expect(seen).toEqual([
    'bin etc',
    'a b',
    'top a',
    'bin etc new',
    'b',
    '',
    'b more',
    'b',
    'b more',
    'bin etc new',
    'character',
    'top a',
    'ENOENT',
    '',
    'b more',
    'a b',
  ]);
});

test('a new devpts has terminals of its own, from 0', () => {
  const seen: unknown[] = [];
  look(function* () {
    yield* sys.mount('devpts', '/dev/pts', 'devpts', []);
    yield* sys.openpt('/dev/pts/ptmx');
    yield* sys.mkdir('/tmp/pts');
    yield* sys.mount('devpts', '/tmp/pts', 'devpts', ['MS_NOSUID'], 'newinstance,ptmxmode=0666,mode=0620');
    seen.push((yield* sys.openpt('/tmp/pts/ptmx')).number, yield* names('/tmp/pts'), yield* names('/dev/pts'));
  });
  expect(seen).toEqual([0, '0 ptmx', '0 ptmx']);
});
