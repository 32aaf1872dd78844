/** Little programs by chance, on a bare kernel: what the properties of the kernel are tried on. */
import fc from 'fast-check';
import type { JournalEvent } from '../journal/event.ts';
import { O, type CloneFlag, type Running, type SignalName } from '../kernel/abi.ts';
import { createKernel, startInit } from '../kernel/create-kernel.ts';
import { isErrno } from '../kernel/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { makeDirectory, makeFile } from '../kernel/vfs/host-files.ts';
import * as sys from '../kernel/sys.ts';
import { elf } from '../kernel/task/execve.ts';

/** A step: which, and two numbers that it makes of what it likes. */
export type Step = readonly [name: StepName, a: number, b: number];
/** Each is a list of steps; `fork` and `exec` go on in another. */
export type Programs = readonly (readonly Step[])[];

const signals: readonly SignalName[] = [
  'SIGTERM',
  'SIGKILL',
  'SIGSTOP',
  'SIGCONT',
  'SIGUSR1',
  'SIGHUP',
  'SIGTSTP',
  'SIGCHLD',
  'SIGSEGV',
];
const flags: readonly CloneFlag[] = [
  'CLONE_NEWPID',
  'CLONE_NEWNS',
  'CLONE_NEWNET',
  'CLONE_NEWUTS',
  'CLONE_NEWIPC',
  'CLONE_NEWCGROUP',
  'CLONE_NEWUSER',
  'CLONE_NEWTIME',
];
const clones: readonly CloneFlag[] = [...flags, 'CLONE_VFORK', 'CLONE_PARENT'];
const kinds = ['pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup'] as const;
const cgroups = ['/sys/fs/cgroup/a', '/sys/fs/cgroup/b', '/sys/fs/cgroup/a/c'] as const;
const places = ['/mnt/x', '/mnt/y', '/mnt/x/z'] as const;
const links = ['br0', 'veth0', 'veth1', 'lo', 'eth9'] as const;

interface Context {
  readonly kernel: Kernel;
  readonly programs: Programs;
  /**
   * How many processes there may be yet, how many programs executed, and mounts: in a shared tree each doubles the
   * others.
   */
  left: number;
  mountsLeft: number;
}

function pick<T>(list: readonly T[], number: number): T {
  const item = list[number % list.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

/**
 * Host pids as the caller may name them: it sees them all only in the first pid namespace, else numbers that mean
 * others.
 */
function pidsOf({ kernel }: Context): readonly number[] {
  return [...kernel.tasks.keys()].filter((pid) => pid !== 1);
}

const steps = {
  *fork(context: Context, a: number) {
    if (context.left-- > 0) yield* sys.fork(() => run(context, a));
  },
  *clone(context: Context, a: number, b: number) {
    if (context.left-- > 0) yield* sys.clone(() => run(context, a), pick(clones, b), pick(clones, b >> 3));
  },
  *unshare(_context: Context, a: number, b: number) {
    yield* sys.unshare(pick(flags, a), pick(flags, b));
  },
  *exec(context: Context, a: number) {
    if (context.left-- > 0) yield* sys.execve('/bin/other', ['other', String(a)], {});
  },
  *exit(_context: Context, a: number) {
    yield* sys.exit(a);
  },
  *wait(_context: Context, a: number) {
    yield* sys.wait4(-1, { nohang: a % 3 > 0, untraced: a % 2 === 0 });
  },
  *sleep(_context: Context, a: number) {
    yield* sys.nanosleep(a * 10_000);
  },
  *kill(context: Context, a: number, b: number) {
    yield* sys.kill(pick(pidsOf(context), a) * (b > 200 ? -1 : 1), pick(signals, b));
  },
  *handle(_context: Context, a: number, b: number) {
    yield* sys.sigaction(pick(signals, a), b % 2 === 0 ? 'ignore' : function* () {});
  },
  *mask(_context: Context, a: number, b: number) {
    yield* sys.sigprocmask(pick(['block', 'unblock', 'set'], a), [pick(signals, b)]);
  },
  *parentDeathSignal(_context: Context, a: number) {
    yield* sys.setParentDeathSignal(pick(signals, a));
  },
  *subreaper(_context: Context, a: number) {
    yield* sys.setChildSubreaper(a % 2 === 0);
  },
  *session(context: Context, a: number, b: number) {
    if (a % 2 === 0) yield* sys.setsid();
    else yield* sys.setpgid(b % 2 === 0 ? 0 : pick(pidsOf(context), b), a % 3 === 0 ? 0 : pick(pidsOf(context), a));
  },
  *name(_context: Context, a: number) {
    yield* sys.setName(`name ${a}`);
  },
  *threads(_context: Context, a: number) {
    yield* sys.setThreads(1 + (a % 4));
  },
  *coroutine(_context: Context, a: number) {
    yield* sys.go(function* () {
      yield* attempt(sys.unshare(pick(flags, a)));
      yield* sys.nanosleep(a * 1000);
    });
  },
  *pipe(_context: Context, a: number) {
    yield* sys.pipe2(a % 2 === 0 ? O.CLOEXEC : 0);
  },
  *sockets() {
    yield* sys.socketpair();
  },
  *open(_context: Context, a: number) {
    yield* sys.open(
      pick(['/tmp/file', '/', '/proc/self/status', '/sys/fs/cgroup/cgroup.procs', '/mnt/x/f'], a),
      a % 2 === 0 ? O.RDONLY : O.RDONLY | O.CLOEXEC,
    );
  },
  *namespaceFile(context: Context, a: number, b: number) {
    yield* sys.open(`/proc/${pick(pidsOf(context), a)}/ns/${pick(kinds, b)}`, O.RDONLY);
  },
  *dup(_context: Context, a: number, b: number) {
    yield* sys.dup(a % 6, (b % 8) - 1, b % 3 === 0);
  },
  *close(_context: Context, a: number) {
    yield* sys.close(a % 6);
  },
  *closeOnExec(_context: Context, a: number, b: number) {
    yield* sys.setCloseOnExec(a % 6, b % 2 === 0);
  },
  *setns(context: Context, a: number, b: number) {
    const kind = pick(kinds, b);
    const fd = yield* sys.open(`/proc/${pick(pidsOf(context), a)}/ns/${kind}`, O.RDONLY);
    yield* sys.setns(fd, kind);
    if (a % 2 === 0) yield* sys.close(fd);
  },
  *makeCgroup(_context: Context, a: number) {
    yield* sys.mkdir(pick(cgroups, a));
  },
  *removeCgroup(_context: Context, a: number) {
    yield* sys.rmdir(pick(cgroups, a));
  },
  *control(context: Context, a: number, b: number) {
    const [file, value] = pick(
      [
        ['cgroup.procs', '0'],
        ['cgroup.procs', String(pick(pidsOf(context), b))],
        ['cgroup.freeze', String(b % 2)],
        ['cgroup.freeze', '0'],
        ['pids.max', '5'],
        ['cgroup.subtree_control', '+pids'],
        ['cgroup.kill', '1'],
      ] as const,
      b,
    );
    const fd = yield* sys.open(`${pick(cgroups, a)}/${file}`, O.WRONLY);
    yield* attempt(sys.write(fd, value));
    yield* sys.close(fd);
  },
  *mount(context: Context, a: number, b: number) {
    if (context.mountsLeft-- <= 0) return;
    const place = pick(places, a);
    if (b % 4 === 0) yield* sys.mount('/tmp', place, '', ['MS_BIND']);
    else if (b % 4 === 1) yield* sys.mount('', place, '', ['MS_REMOUNT', 'MS_BIND', 'MS_RDONLY']);
    else if (b % 4 === 2) yield* sys.mount('', '/', '', ['MS_REC', pick(['MS_PRIVATE', 'MS_SLAVE', 'MS_SHARED'], b)]);
    else if (b % 8 === 7) yield* sys.mount('', place, '', ['MS_REMOUNT', 'MS_RDONLY']);
    else yield* sys.mount('tmpfs', place, 'tmpfs', []);
    if (a % 2 === 0) yield* attempt(sys.mkdir('/mnt/x/z'));
  },
  *unmount(_context: Context, a: number, b: number) {
    yield* sys.umount2(pick(places, a), b % 2 === 0 ? ['MNT_DETACH'] : []);
  },
  *link(_context: Context, a: number, b: number) {
    const name = pick(links, a);
    const requests: readonly Parameters<typeof sys.netlink>[0][] = [
      { op: 'add', kind: 'bridge', name: 'br0' },
      { op: 'add', kind: 'veth', name: 'veth0', peer: 'veth1' },
      { op: 'up', name },
      { op: 'remove', name },
      { op: 'address', name, cidr: `10.0.0.${a}/24` },
      { op: 'route', name, to: 'default', via: '10.0.0.1' },
      { op: 'rename', name, to: pick(links, b) },
      { op: 'master', name, master: b % 2 === 0 ? 'br0' : '' },
      { op: 'move', name, namespaceFd: b % 6 },
    ];
    for (const request of requests.slice(0, a % 3)) yield* attempt(sys.netlink(request));
    yield* sys.netlink(pick(requests, b));
  },
} as const satisfies Record<string, (context: Context, a: number, b: number) => Running<void>>;

type StepName = keyof typeof steps;

function* attempt(call: Running<unknown>): Running<void> {
  try {
    yield* call;
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

function* run(context: Context, number: number): Running {
  for (const [name, a, b] of context.programs[number % context.programs.length] ?? [])
    yield* attempt(steps[name](context, a, b));
  return number & 0xff;
}

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom(...(Object.keys(steps) as StepName[])),
  fc.nat(255),
  fc.nat(255),
);

export const randomPrograms: fc.Arbitrary<Programs> = fc.array(fc.array(step, { minLength: 3, maxLength: 25 }), {
  minLength: 2,
  maxLength: 5,
});

/** A kernel whose init starts the programs and then reaps; nothing has run yet. */
export function kernelWith(programs: Programs, sink: (event: JournalEvent) => void): Kernel {
  const kernel = createKernel({
    seed: 1,
    model: 'test',
    bootUnixSeconds: 1_700_000_000,
    hostname: 'bench',
    sink,
    programs: new Map([['other', (argv) => run(context, Number(argv[1]))]]),
  });
  const context: Context = { kernel, programs, left: 40, mountsLeft: 8 };
  for (const path of ['/bin', '/tmp', '/proc', '/sys', '/sys/fs', '/sys/fs/cgroup', '/mnt', '/mnt/x', '/mnt/y'])
    makeDirectory(kernel, path);
  makeFile(kernel, '/tmp/file', 'text');
  makeFile(kernel, '/bin/other', elf('other'), 0o755);
  startInit(kernel, 'bench', 'init', ['/sbin/init'], function* () {
    yield* sys.mount('proc', '/proc', 'proc', []);
    yield* sys.mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', []);
    for (const number of programs.keys()) yield* sys.fork(() => run(context, number));
    for (;;) {
      yield* attempt(sys.wait4(-1));
      yield* sys.nanosleep(50_000);
    }
  });
  return kernel;
}
