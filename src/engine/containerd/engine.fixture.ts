/** For tests: a host with systemd, containerd, shims and runc, on which the test plays dockerd. */
import type { Fact, JournalEvent } from '../../journal/event.ts';
import type { Program, Running } from '../../kernel/abi.ts';
import { createKernel, startInit } from '../../kernel/create-kernel.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { runNext } from '../../kernel/scheduler.ts';
import * as sys from '../../kernel/sys.ts';
import { elf } from '../../kernel/task/execve.ts';
import { makeDevice, makeDirectory, makeFile, makeSymlink } from '../../kernel/vfs/host-files.ts';
import { print } from '../../programs/io.ts';
import { runcProgram } from '../runc/main.ts';
import type { Spec } from '../runc/spec.ts';
import { shimProgram } from '../shim/main.ts';
import { systemd } from '../systemd/main.ts';
import { unitFiles } from '../systemd/unit-files.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc, dialRpc } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import { notifySystemd } from '../wire/sd-notify.ts';
import { containerdProgram } from './main.ts';

export const containerId = 'c'.repeat(64);
const stdioDirectory = `/run/docker/containerd/${containerId}`;

/** What the container's image holds: programs that say or wait. */
const imagePrograms: Readonly<Record<string, Program>> = {
  *sleep(argv) {
    yield* sys.nanosleep(Number(argv[1]) * 1e9);
    return 0;
  },
  *echo(argv) {
    yield* print(`${argv.slice(1).join(' ')}\n`);
    return 0;
  },
  *cat() {
    for (let data = yield* sys.read(0); data !== ''; data = yield* sys.read(0)) yield* print(data);
    return 0;
  },
  *pid() {
    yield* print(`pid=${yield* sys.getpid()} ppid=${yield* sys.getppid()}\n`);
    return 7;
  },
  *trap() {
    yield* sys.sigaction('SIGTERM', function* () {
      yield* sys.exit(0);
    });
    for (;;) yield* sys.nanosleep(1e9);
  },
};

/** Boots, runs `dockerd` in the place of the real one, and returns the journal once it has ended. */
export function runEngine(dockerd: (client: RpcClient) => Running<void>): readonly JournalEvent[] {
  const events: JournalEvent[] = [];
  let ended = false;
  const programs = new Map<string, Program>([
    ['containerd', containerdProgram],
    ['containerd-shim-runc-v2', shimProgram],
    ['runc', runcProgram],
    ...Object.entries(imagePrograms),
    [
      'dockerd',
      function* (_argv, env) {
        yield* notifySystemd(env, 'READY=1');
        const client = yield* dialRpc('/run/containerd/containerd.sock', 'gRPC');
        yield* dockerd(client);
        ended = true;
        return yield* sys.pause();
      },
    ],
  ]);
  const kernel = createKernel({
    seed: 1,
    model: 'test',
    bootUnixSeconds: 1_795_485_600,
    hostname: 'bench',
    programs,
    sink: (event) => events.push(event),
  });
  furnish(kernel);
  const main = systemd({ waiting: [] }, () => undefined);
  startInit(kernel, 'bench', 'systemd', ['/sbin/init'], () =>
    main(['/sbin/init'], { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }),
  );
  for (let steps = 0; !ended; steps += 1) {
    if (!runNext(kernel, 120e9) || steps > 1_000_000) break;
  }
  const fault = events.find((event) => event.type === 'note' && event.topic === 'fault');
  if (fault?.type === 'note') throw new Error(fault.text);
  if (!ended) {
    const last = events
      .slice(-25)
      .map((event) => JSON.stringify(event).slice(0, 300))
      .join('\n');
    throw new Error(`not ended at ${kernel.nowNs / 1e6} ms: ${asleep(kernel)}\n${last}`);
  }
  return events;
}

function asleep(kernel: Kernel): string {
  return Array.from(kernel.tasks.values())
    .flatMap((task) =>
      task.threads.map(
        (thread) => `${task.pid} ${task.comm} ${thread.call?.call ?? thread.state} ${String(thread.call?.args[0])}`,
      ),
    )
    .join('\n');
}

function furnish(kernel: Kernel): void {
  const directories = [
    '/dev',
    '/dev/pts',
    '/dev/shm',
    '/etc',
    '/proc',
    '/run',
    '/sys',
    '/tmp',
    '/sbin',
    '/usr',
    '/usr/bin',
    '/usr/sbin',
    '/usr/lib',
    '/usr/lib/systemd',
    '/usr/lib/systemd/system',
    '/var',
    '/var/lib',
    '/var/log',
    '/var/log/journal',
    '/etc/systemd',
    '/etc/systemd/system',
    '/etc/systemd/system/multi-user.target.wants',
    '/rootfs',
    '/rootfs/bin',
    '/rootfs/dev',
    '/rootfs/proc',
    '/rootfs/sys',
    '/rootfs/tmp',
    '/rootfs/etc',
  ];
  for (const path of directories) makeDirectory(kernel, path);
  makeSymlink(kernel, '/var/run', '/run');
  for (const [name, major, minor] of [
    ['null', 1, 3],
    ['zero', 1, 5],
    ['full', 1, 7],
    ['random', 1, 8],
    ['urandom', 1, 9],
    ['tty', 5, 0],
    ['ptmx', 5, 2],
  ] as const)
    makeDevice(kernel, `/dev/${name}`, major, minor);
  for (const [path, name] of [
    ['/usr/bin/containerd', 'containerd'],
    ['/usr/bin/containerd-shim-runc-v2', 'containerd-shim-runc-v2'],
    ['/usr/sbin/runc', 'runc'],
    ['/usr/sbin/dockerd', 'dockerd'],
    ...Object.keys(imagePrograms).map((name) => [`/rootfs/bin/${name}`, name]),
  ] as const)
    makeFile(kernel, path ?? '', elf(name ?? ''), 0o755);
  makeFile(kernel, '/rootfs/etc/hostname', 'x\n', 0o644);
  for (const [name, text] of Object.entries(unitFiles)) {
    makeFile(kernel, `/usr/lib/systemd/system/${name}`, text, 0o644);
    makeSymlink(kernel, `/etc/systemd/system/multi-user.target.wants/${name}`, `/usr/lib/systemd/system/${name}`);
  }
}

const noexec = ['nosuid', 'noexec', 'nodev'];

/** config.json of a container, as dockerd would write it but for its hook and its network. */
export function specFor(args: readonly string[], terminal = false): Spec {
  return {
    ociVersion: '1.2.0',
    process: {
      terminal,
      user: { uid: 0, gid: 0 },
      args,
      env: ['PATH=/usr/bin:/bin', 'HOME=/root'],
      cwd: '/',
      oomScoreAdj: 0,
    },
    root: { path: '/rootfs' },
    hostname: containerId.slice(0, 12),
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: noexec },
      {
        destination: '/dev',
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
      },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
      },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...noexec, 'ro'] },
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro', ...noexec] },
      { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: noexec },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...noexec, 'mode=1777', 'size=67108864'] },
    ],
    linux: {
      cgroupsPath: `system.slice:docker:${containerId}`,
      namespaces: (['mount', 'network', 'uts', 'pid', 'ipc', 'cgroup'] as const).map((type) => ({ type })),
      seccomp: {},
      readonlyPaths: ['/proc/bus', '/proc/sys'],
      maskedPaths: ['/proc/asound', '/proc/kcore', '/sys/firmware'],
    },
  };
}

export interface Fifos {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes the fifos and begins to read them; gives what was read, when asked. */
export function* openFifos(name: string): Running<Fifos & { readonly output: { text: string } }> {
  const output = { text: '' };
  yield* mkdirs(stdioDirectory);
  const [stdout, stderr] = [`${stdioDirectory}/${name}-stdout`, `${stdioDirectory}/${name}-stderr`];
  for (const path of [stdout, stderr]) {
    yield* sys.mkfifo(path);
    yield* sys.go(function* () {
      const fd = yield* sys.open(path, 0);
      for (let data = yield* sys.read(fd); data !== ''; data = yield* sys.read(fd)) output.text += data;
      yield* sys.close(fd);
    });
  }
  return { stdin: '', stdout, stderr, output };
}

function* mkdirs(path: string): Running<void> {
  const parts = path.split('/').slice(1);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    try {
      yield* sys.mkdir(`/${parts.slice(0, depth).join('/')}`);
    } catch {
      // It is there already.
    }
  }
}

const options = {
  type_url: 'containerd.runc.v1.Options',
  value: { binary_name: 'runc', root: '/var/run/docker/runtime-runc', systemd_cgroup: true },
};

/** Containers/Create and Tasks/Create, as dockerd calls them. */
export function* createTask(client: RpcClient, spec: Spec, fifos: Fifos, terminal = false): Running<number> {
  const container = {
    id: containerId,
    labels: {},
    image: '',
    runtime: { name: 'io.containerd.runc.v2', options },
    spec: { type_url: 'types.containerd.io/opencontainers/runtime-spec/1/Spec', value: spec },
  };
  yield* callRpc(client, methods.containersCreate, { container });
  const { stdin, stdout, stderr } = fifos;
  const answer = yield* callRpc(client, methods.tasksCreate, {
    container_id: containerId,
    stdin,
    stdout,
    stderr,
    terminal,
    options,
  });
  return (answer as { readonly pid: number }).pid;
}

/** The facts of life, by role, as the recordings tell them: `runc-create fork runc-init-0`. */
export function history(events: readonly JournalEvent[]): readonly string[] {
  const roles = new Map<number, string>([[1, 'systemd']]);
  const named = (pid: number): string => roles.get(pid) ?? `(${pid})`;
  return events.flatMap((event) => storyOf(event, roles, named) ?? []);
}

function storyOf(event: Fact, roles: Map<number, string>, named: (pid: number) => string): string | null {
  switch (event.type) {
    case 'task.exec':
      roles.set(event.pid, roleOf(event.argv));
      return `${named(event.pid)} exec`;
    case 'task.fork':
      roles.set(event.pid, `(${event.pid})`);
      return `${named(event.by)} fork${event.parent === event.by ? '' : ` child of ${named(event.parent)}`}`;
    case 'task.name':
      roles.set(event.pid, event.comm);
      return null;
    case 'task.exit':
      return `${named(event.pid)} exit ${'code' in event.status ? event.status.code : event.status.signal}`;
    case 'task.reap':
      return `${named(event.by)} reaps ${named(event.pid)}`;
    case 'task.reparent':
      return `${named(event.pid)} reparent ${named(event.from)} -> ${named(event.to)}`;
    case 'message.send':
      return `${event.kind} ${event.label.replace(/^\/?[a-z.0-9]*\.(\w+\/)/, '$1')} ${event.status ?? ''}`.trimEnd();
    default:
      return null;
  }
}

const verbs = /^(create|start|kill|delete|exec|pause|resume|ps|init)$/;

/** `runc-create`, `shim-start`, `shim`, or the program's name. */
function roleOf(argv: readonly string[]): string {
  const program = (argv[0] ?? '').replace(/.*\//, '');
  if (program !== 'runc' && program !== 'containerd-shim-runc-v2') return program;
  return [program === 'runc' ? 'runc' : 'shim', ...argv.filter((word) => verbs.test(word)).slice(0, 1)].join('-');
}
