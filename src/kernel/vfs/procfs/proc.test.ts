import { expect, test } from 'vitest';
import { O, type Running } from '../../abi.ts';
import { boot } from '../../kernel.fixture.ts';
import * as sys from '../../sys.ts';

function* readFile(path: string): Running<string> {
  const fd = yield* sys.open(path, O.RDONLY);
  const text = yield* sys.read(fd);
  yield* sys.close(fd);
  return text;
}

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1] ?? 'absent';
}

test("a pid namespace's own proc shows its numbers only, the host's shows a number for each level", () => {
  const seen: string[] = [];
  const bench = boot();
  bench.run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mkdir('/tmp/proc');
    const child = yield* sys.clone(function* () {
      yield* sys.mount('proc', '/tmp/proc', 'proc', []);
      seen.push(
        (yield* sys.readdir('/tmp/proc'))
          .filter(({ name }) => /^\d/.test(name))
          .map(({ name }) => name)
          .join(' '),
      );
      const status = yield* readFile('/tmp/proc/self/status');
      seen.push(field(status, 'Pid'), field(status, 'PPid'), field(status, 'NSpid'), field(status, 'State'));
      yield* sys.nanosleep(1e6);
      return 0;
    }, 'CLONE_NEWPID');
    yield* sys.nanosleep(1e5);
    const outside = yield* readFile(`/proc/${child}/status`);
    seen.push(
      String(field(outside, 'Pid') === String(child)),
      field(outside, 'NSpid').replace(String(child), 'P'),
      field(outside, 'State'),
    );
    yield* sys.wait4(child);
    return 0;
  });
  expect(seen).toEqual(['1', '1', '0', '1', 'R (running)', 'true', 'P\t1', 'S (sleeping)']);
});

test('who has no number in a pid namespace has no self in its proc', () => {
  let refused: unknown;
  boot().run(function* () {
    yield* sys.mkdir('/tmp/proc');
    const child = yield* sys.clone(function* () {
      yield* sys.mount('proc', '/tmp/proc', 'proc', []);
      yield* sys.nanosleep(1e6);
      return 0;
    }, 'CLONE_NEWPID');
    yield* sys.nanosleep(1e5);
    try {
      yield* sys.readlink('/tmp/proc/self');
    } catch (error) {
      refused = error;
    }
    yield* sys.wait4(child);
    return 0;
  });
  expect(refused).toMatchObject({ errno: 'ENOENT' });
});

test('a zombie has a state, no command line and no descriptors; once reaped it has no directory', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    const child = yield* sys.fork(function* () {
      return 3;
    });
    yield* sys.nanosleep(1e6);
    seen.push(field(yield* readFile(`/proc/${child}/status`), 'State'), yield* readFile(`/proc/${child}/cmdline`));
    seen.push(
      String((yield* sys.readdir(`/proc/${child}/fd`)).length),
      (yield* readFile(`/proc/${child}/stat`)).split(' ')[51] ?? '',
    );
    yield* sys.wait4(child);
    seen.push(String((yield* sys.readdir('/proc')).some(({ name }) => name === String(child))));
    return 0;
  });
  expect(seen).toEqual(['Z (zombie)', '', '0', '768\n', 'false']);
});

test('fd and ns links show what is behind them, and lead there', () => {
  const seen: (string | boolean)[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    const [reader, writer] = yield* sys.pipe2();
    const file = yield* sys.open('/tmp/f', O.CREAT | O.RDWR);
    yield* sys.write(file, 'text');
    seen.push(
      /^pipe:\[\d+\]$/.test(yield* sys.readlink(`/proc/self/fd/${reader}`)),
      yield* sys.readlink(`/proc/self/fd/${file}`),
    );
    const again = yield* sys.open(`/proc/self/fd/${writer}`, O.WRONLY);
    yield* sys.write(again, 'by another way');
    seen.push(yield* sys.read(reader), yield* readFile(`/proc/self/fd/${file}`));
    yield* sys.unlink('/tmp/f');
    seen.push(yield* sys.readlink(`/proc/self/fd/${file}`), yield* readFile(`/proc/self/fd/${file}`));
    const namespaces = yield* sys.namespaces();
    seen.push((yield* sys.readlink('/proc/self/ns/net')) === `net:[${namespaces.net}]`);
    seen.push((yield* sys.stat('/proc/self/ns/net')).inode === namespaces.net, yield* sys.readlink('/proc/self/cwd'));
    return 0;
  });
  expect(seen).toEqual([true, '/tmp/f', 'by another way', 'text', '/tmp/f (deleted)', 'text', true, true, '/']);
});

test('exe leads to the program itself, moved or removed', () => {
  const seen: string[] = [];
  const look = function* (pid: number): Running<void> {
    const exe = `/proc/${pid}/exe`;
    seen.push(yield* sys.readlink(exe), String((yield* readFile(exe)).startsWith('\x7fELF')));
  };
  const programs = {
    *sleeper(): Running {
      yield* sys.nanosleep(1e9);
      return 0;
    },
  };
  boot({ programs }).run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    const pid = yield* sys.clone(function* () {
      return yield* sys.execve('/bin/sleeper', ['sleeper'], {});
    });
    yield* sys.nanosleep(0.5e9);
    yield* look(pid);
    yield* sys.rename('/bin/sleeper', '/tmp/moved');
    yield* look(pid);
    yield* sys.unlink('/tmp/moved');
    yield* look(pid);
    return 0;
  });
  expect(seen).toEqual(['/bin/sleeper', 'true', '/tmp/moved', 'true', '/tmp/moved (deleted)', 'true']);
});

test('signal masks of status tell what is caught, ignored and blocked', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.sigaction('SIGTERM', function* () {});
    yield* sys.sigaction('SIGPIPE', 'ignore');
    yield* sys.sigprocmask('block', ['SIGCHLD']);
    const status = yield* readFile('/proc/self/status');
    seen.push(field(status, 'SigCgt'), field(status, 'SigIgn'), field(status, 'SigBlk'));
    return 0;
  });
  expect(seen).toEqual(['0000000000004000', '0000000000001000', '0000000000010000']);
});

test('in cgroup2 mkdir makes a cgroup, writing to cgroup.procs moves a task, and a busy one stays', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mount('cgroup2', '/sys', 'cgroup2', []);
    yield* sys.mkdir('/sys/lab');
    const child = yield* sys.fork(function* () {
      yield* sys.nanosleep(1e7);
      return 0;
    });
    const fd = yield* sys.open('/sys/lab/cgroup.procs', O.WRONLY);
    yield* sys.write(fd, String(child));
    yield* sys.close(fd);
    seen.push(
      yield* readFile(`/proc/${child}/cgroup`),
      String((yield* readFile('/sys/lab/cgroup.procs')) === `${child}\n`),
    );
    try {
      yield* sys.rmdir('/sys/lab');
    } catch (error) {
      seen.push(String(error));
    }
    yield* sys.wait4(child);
    yield* sys.rmdir('/sys/lab');
    seen.push(String((yield* sys.readdir('/sys')).some(({ name }) => name === 'lab')));
    return 0;
  });
  expect(seen).toEqual(['0::/lab\n', 'true', 'Error: Device or resource busy', 'false']);
});

test('a veth goes with its namespace, and takes its other end along', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    const child = yield* sys.clone(function* () {
      yield* sys.nanosleep(1e6);
      yield* sys.netlink({ op: 'rename', name: 'veth1', to: 'eth0' });
      seen.push((yield* sys.netlink({ op: 'list' })).map(({ name }) => name).join(' '));
      return 0;
    }, 'CLONE_NEWNET');
    yield* sys.netlink({ op: 'add', kind: 'veth', name: 'veth0', peer: 'veth1' });
    const fd = yield* sys.open(`/proc/${child}/ns/net`, O.RDONLY | O.CLOEXEC);
    yield* sys.netlink({ op: 'move', name: 'veth1', namespaceFd: fd });
    yield* sys.close(fd);
    seen.push((yield* sys.netlink({ op: 'list' })).map(({ name }) => name).join(' '));
    yield* sys.wait4(child);
    seen.push((yield* sys.netlink({ op: 'list' })).map(({ name }) => name).join(' '));
    return 0;
  });
  expect(seen).toEqual(['lo veth0', 'lo eth0', 'lo']);
});

test('nothing is taken out of a proc, and nothing new is put there', () => {
  const seen: string[] = [];
  boot().run(function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    for (const call of [
      () => sys.unlink('/proc/version'),
      () => sys.unlink('/proc/1/comm'),
      () => sys.rmdir('/proc/1/fdinfo'),
      () => sys.mkdir('/proc/new'),
      () => sys.rename('/proc/version', '/proc/new'),
    ]) {
      try {
        yield* call();
      } catch (error) {
        seen.push(String(error));
      }
    }
    return 0;
  });
  // As Linux 6 answered.
  const [denied, absent] = ['Error: Operation not permitted', 'Error: No such file or directory'];
  expect(seen).toEqual([denied, denied, denied, absent, absent]);
});
