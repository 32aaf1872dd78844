import { expect, test } from 'vitest';
import type { NamespaceKind } from '../../journal/event.ts';
import { bootWithTrees, nap, openNamespace, sleeper } from '../experiments.fixture.ts';
import { boot, type Bench } from '../kernel.fixture.ts';
import { O } from '../abi.ts';
import * as sys from '../sys.ts';

const firstOwnInode = 4026532200;

/** Namespaces that were made and not ended yet, by kind, those of the boot left out. */
function living(bench: Bench): readonly NamespaceKind[] {
  const kinds = new Map<number, NamespaceKind>();
  for (const event of bench.events) {
    if (event.type === 'namespace.create' && event.inode >= firstOwnInode) kinds.set(event.inode, event.kind);
    if (event.type === 'namespace.end' && !kinds.delete(event.inode)) throw new Error(`${event.kind} ends twice`);
  }
  return [...kinds.values()];
}

test('k12: a new uts namespace is entered at once', () => {
  const names: string[] = [];
  boot().run(function* () {
    yield* sys.fork(function* () {
      yield* sys.unshare('CLONE_NEWUTS');
      yield* sys.sethostname('inner');
      names.push((yield* sys.uname()).nodename);
      return 0;
    });
    yield* sys.wait4(-1);
    names.push((yield* sys.uname()).nodename);
    return 0;
  });
  expect(names).toEqual(['inner', 'bench']);
});

test('k13: a namespace lives by its member, then by a bind mount, then by an open file, and then it ends', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const member = yield* sys.fork(function* () {
      yield* sys.unshare('CLONE_NEWUTS');
      yield* sys.sethostname('keepme');
      return yield* sleeper();
    });
    yield* nap();
    const hostname = function* (path: string) {
      let name = '';
      yield* sys.fork(function* () {
        yield* sys.setns(yield* sys.open(path, O.RDONLY), 'uts');
        name = (yield* sys.uname()).nodename;
        return 0;
      });
      yield* sys.wait4(-1);
      return name;
    };
    const inode = (yield* sys.stat(`/proc/${member}/ns/uts`)).inode;
    yield* sys.close(yield* sys.open('/tmp/uts', O.CREAT | O.WRONLY));
    yield* sys.mount(`/proc/${member}/ns/uts`, '/tmp/uts', '', ['MS_BIND']);
    yield* sys.kill(member, 'SIGKILL');
    yield* sys.wait4(member);
    seen.push(yield* hostname('/tmp/uts'), (yield* sys.stat('/tmp/uts')).inode === inode);
    const fd = yield* sys.open('/tmp/uts', O.RDONLY);
    yield* sys.umount2('/tmp/uts', ['MNT_DETACH']);
    yield* sys.setns(fd, 'uts');
    seen.push((yield* sys.uname()).nodename, living(bench));
    return 0;
  });
  expect(seen).toEqual(['keepme', true, 'keepme', ['uts']]);
  expect(living(bench)).toEqual([]);
});

test('every namespace that a task made ends with it, whether it was used or not', () => {
  const bench = boot();
  bench.run(function* () {
    yield* sys.unshare(
      'CLONE_NEWPID',
      'CLONE_NEWNET',
      'CLONE_NEWNS',
      'CLONE_NEWIPC',
      'CLONE_NEWUTS',
      'CLONE_NEWCGROUP',
      'CLONE_NEWUSER',
    );
    return 0;
  });
  bench.run(function* () {
    yield* sys.clone(
      function* () {
        yield* sys.clone(() => sys.exit(0), 'CLONE_NEWPID', 'CLONE_NEWTIME');
        return 0;
      },
      'CLONE_NEWPID',
      'CLONE_NEWNS',
    );
    yield* sys.wait4(-1);
    return 0;
  });
  expect(living(bench)).toEqual([]);
});

test('a pid namespace lives as long as a namespace below it and as its last zombie', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const outer = yield* sys.clone(function* () {
      yield* sys.clone(sleeper, 'CLONE_NEWPID');
      return yield* sleeper();
    }, 'CLONE_NEWPID');
    yield* nap();
    const inner = [...bench.task(outer).children][0]?.pid ?? 0;
    const fd = yield* openNamespace(inner);
    yield* sys.kill(outer, 'SIGKILL');
    yield* nap();
    seen.push(living(bench));
    yield* sys.wait4(outer);
    seen.push(living(bench));
    yield* sys.close(fd);
    seen.push(living(bench));
    return 0;
  });
  expect(seen).toEqual([['pid', 'pid'], ['pid', 'pid'], []]);
});

test('what one coroutine wears is its own, and goes when the coroutine ends', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const own = (yield* sys.namespaces()).net;
    yield* sys.go(function* () {
      yield* sys.unshare('CLONE_NEWNET');
      seen.push((yield* sys.namespaces()).net === own);
      yield* nap();
    });
    yield* sys.nanosleep(10e6);
    seen.push((yield* sys.namespaces()).net === own, living(bench));
    yield* nap();
    yield* nap();
    seen.push(living(bench));
    return 0;
  });
  expect(seen).toEqual([false, true, ['net'], []]);
});

test('a coroutine in a mount namespace of its own has a root and a working directory of its own', () => {
  const bench = bootWithTrees();
  const seen: unknown[] = [];
  bench.run(function* () {
    const own = yield* sys.getcwd();
    yield* sys.mkdir('/tmp/root');
    yield* sys.mkdir('/tmp/root/inner');
    yield* sys.go(function* () {
      yield* sys.unshare('CLONE_NEWNS');
      yield* sys.mount('', '/', '', ['MS_REC', 'MS_PRIVATE']);
      yield* sys.mount('none', '/tmp/root/inner', 'tmpfs', []);
      yield* sys.chroot('/tmp/root');
      yield* sys.chdir('/inner');
      yield* sys.mkdir('made');
      seen.push(yield* sys.getcwd(), (yield* sys.statfs('.')).fstype);
      yield* nap();
    });
    yield* sys.nanosleep(10e6);
    seen.push((yield* sys.getcwd()) === own, (yield* sys.readdir('/tmp/root/inner')).length, living(bench));
    yield* nap();
    yield* nap();
    seen.push(living(bench));
    return 0;
  });
  expect(seen).toEqual(['/inner', 'tmpfs', true, 0, ['mnt'], []]);
});

test('execve makes what the calling coroutine wears the process’s', () => {
  const seen: unknown[] = [];
  const bench = boot({
    programs: {
      *other() {
        seen.push((yield* sys.namespaces()).uts);
        return 0;
      },
    },
  });
  bench.run(function* () {
    yield* sys.go(function* () {
      yield* sys.unshare('CLONE_NEWUTS');
      seen.push((yield* sys.namespaces()).uts);
      yield* sys.execve('/bin/other', ['other'], {});
    });
    return yield* sleeper();
  });
  expect(seen).toHaveLength(2);
  expect(seen[1]).toBe(seen[0]);
  expect(living(bench)).toEqual([]);
});

test('who is not root makes and enters no namespace but a user namespace', () => {
  const seen: unknown[] = [];
  bootWithTrees().run(function* () {
    yield* sys.setuid(1000, 1000);
    for (const flag of ['CLONE_NEWUTS', 'CLONE_NEWUSER'] as const) {
      try {
        yield* sys.unshare(flag);
        seen.push('ok');
      } catch (error) {
        seen.push((error as { readonly errno: string }).errno);
      }
    }
    return 0;
  });
  expect(seen).toEqual(['EPERM', 'ok']);
});
