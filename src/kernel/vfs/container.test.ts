import { expect, test } from 'vitest';
import { O, type Running } from '../abi.ts';
import { Errno } from '../errno.ts';
import { boot } from '../kernel.fixture.ts';
import * as sys from '../sys.ts';

function* readFile(path: string): Running<string> {
  const fd = yield* sys.open(path, O.RDONLY);
  const text = yield* sys.read(fd);
  yield* sys.close(fd);
  return text;
}

function* writeFile(path: string, text: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CREAT);
  yield* sys.write(fd, text);
  yield* sys.close(fd);
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

/** Furnishes a root file system as runc does for Docker's default spec, and enters it. */
function* furnish(root: string): Running<void> {
  const folders = ['proc', 'dev', 'sys'];
  for (const folder of folders) yield* sys.mkdir(`${root}/${folder}`);
  yield* sys.mount('', '/', '', ['MS_SLAVE', 'MS_REC']);
  yield* sys.mount(root, root, 'bind', ['MS_BIND', 'MS_REC']);
  yield* sys.mount('proc', `${root}/proc`, 'proc', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('tmpfs', `${root}/dev`, 'tmpfs', ['MS_NOSUID', 'MS_STRICTATIME'], 'mode=755,size=65536k');
  yield* sys.mkdir(`${root}/dev/pts`);
  yield* sys.mkdir(`${root}/dev/mqueue`);
  yield* sys.mount('devpts', `${root}/dev/pts`, 'devpts', ['MS_NOSUID', 'MS_NOEXEC'], 'newinstance,mode=0620,gid=5');
  yield* sys.mount('mqueue', `${root}/dev/mqueue`, 'mqueue', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('sysfs', `${root}/sys`, 'sysfs', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC', 'MS_RDONLY']);
  yield* sys.mount('cgroup', `${root}/sys/fs/cgroup`, 'cgroup2', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC', 'MS_RDONLY']);
  yield* sys.mknod(`${root}/dev/null`, 'character', 0o666, 1, 3);
  yield* sys.symlink('/proc/self/fd', `${root}/dev/fd`);
  yield* sys.symlink('/proc/self/fd/1', `${root}/dev/stdout`);
  yield* sys.symlink('pts/ptmx', `${root}/dev/ptmx`);
  yield* sys.chdir(root);
  yield* sys.pivotRoot('.', '.');
  yield* sys.umount2('.', ['MNT_DETACH']);
  yield* sys.chdir('/');
  yield* sys.mount('/proc/sys', '/proc/sys', '', ['MS_BIND', 'MS_REC']);
  yield* sys.mount('/proc/sys', '/proc/sys', '', ['MS_BIND', 'MS_REC', 'MS_REMOUNT', 'MS_RDONLY']);
  yield* sys.mount('/dev/null', '/proc/kcore', '', ['MS_BIND']);
  yield* sys.mount('tmpfs', '/proc/acpi', 'tmpfs', ['MS_RDONLY']);
}

test('a container sees its own root, proc, terminals and cgroup, and may change only what is its own', () => {
  const seen: unknown[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mount('sysfs', '/sys', 'sysfs', []);
    yield* sys.mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', []);
    yield* sys.chdir('/tmp');
    for (const path of ['image', 'diff', 'work', 'merged']) yield* sys.mkdir(path);
    yield* writeFile('image/hello', 'from the image');
    const layers = 'lowerdir=/tmp/image,upperdir=/tmp/diff,workdir=/tmp/work';
    yield* sys.mount('overlay', 'merged', 'overlay', [], layers);
    yield* sys.mkdir('/sys/fs/cgroup/box');
    const [reader, writer] = yield* sys.pipe2();
    const flags = ['CLONE_NEWNS', 'CLONE_NEWPID', 'CLONE_NEWUTS', 'CLONE_NEWNET', 'CLONE_NEWIPC'] as const;
    const child = yield* sys.clone(
      function* () {
        yield* writeFile('/sys/fs/cgroup/box/cgroup.procs', '0');
        yield* sys.unshare('CLONE_NEWCGROUP');
        yield* furnish('/tmp/merged');
        yield* sys.dup(writer, 1);
        yield* writeFile('/dev/stdout', 'by way of /dev/stdout');
        seen.push(
          (yield* sys.readdir('/')).map(({ name }) => name),
          yield* readFile('/hello'),
        );
        seen.push(yield* readFile('/proc/self/cgroup'), yield* readFile('/sys/fs/cgroup/cgroup.procs'));
        seen.push(
          (yield* sys.readdir('/sys/class/net')).map(({ name }) => name),
          (yield* sys.openpt()).number,
        );
        seen.push(yield* readFile('/proc/kcore'), yield* sys.readdir('/proc/acpi'));
        seen.push(yield* failureOf(writeFile('/proc/sys/kernel/hostname', 'x')));
        seen.push(yield* failureOf(sys.mkdir('/sys/fs/cgroup/inner')), yield* failureOf(sys.mkdir('/proc/acpi/x')));
        yield* sys.mkdir('/made-inside');
        yield* sys.nanosleep(1e9);
        return 0;
      },
      ...flags,
    );
    seen.push(yield* sys.read(reader));
    yield* sys.nanosleep(1e8);
    seen.push(
      (yield* sys.readdir('/tmp/diff')).map(({ name }) => name),
      yield* failureOf(sys.mkdir('/sys/fs/cgroup/more')),
    );
    const visitor = yield* sys.fork(function* () {
      const fd = yield* sys.open(`/proc/${child}/ns/mnt`, O.RDONLY);
      yield* sys.setns(fd, 'mnt');
      seen.push(yield* sys.getcwd(), yield* readFile('/hello'), yield* failureOf(sys.stat('/tmp/merged')));
      return 0;
    });
    yield* sys.wait4(visitor);
    seen.push(yield* readFile(`/proc/${child}/root/hello`));
    yield* sys.wait4(child);
    yield* sys.umount2('/tmp/merged');
    return 0;
  });
  expect(seen).toEqual([
    'by way of /dev/stdout',
    ['dev', 'hello', 'proc', 'sys'],
    'from the image',
    '0::/\n',
    '1\n',
    ['lo'],
    0,
    '',
    [],
    'EROFS',
    'EROFS',
    'EROFS',
    ['dev', 'made-inside', 'proc', 'sys'],
    'ok',
    '/',
    'from the image',
    'ENOENT',
    'from the image',
  ]);
});

test('a program runs from a memfd, as runc runs a copy of itself', () => {
  const bench = boot({
    programs: {
      *seven() {
        return yield* sys.exit(7);
      },
    },
  });
  const status = bench.run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    const copy = yield* sys.memfdCreate('runc_cloned:/proc/self/exe');
    yield* sys.write(copy, yield* readFile('/bin/seven'));
    return yield* sys.execve(`/proc/self/fd/${copy}`, ['seven'], {});
  });
  expect(status).toEqual({ code: 7 });
});
