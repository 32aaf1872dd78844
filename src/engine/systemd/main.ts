/**
 * systemd, as far as a Docker host needs it: pid 1 furnishes the machine, starts containerd and dockerd as separate
 * units, makes a scope for each container when runc asks over D-Bus, and reaps whatever has lost its parent. Man page:
 * systemd(1).
 */
import type { ExitStatus } from '../../journal/event.ts';
import type { Environment, Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, readFile } from '../../programs/io.ts';
import { lookPath, spawn } from '../../programs/spawn.ts';
import { RpcError, rpcCode, serveRpc } from '../wire/rpc.ts';
import type { RpcHandlers } from '../wire/rpc.ts';
import { answerDoor } from './door.ts';
import type { Door, LoginRequest } from './door.ts';
import { makeCgroup, restartService, startService, writeFile } from './service.ts';
import type { Service } from './service.ts';
import { listenPathOf, serviceOf } from './unit.ts';

const cgroupTree = '/sys/fs/cgroup';
const units = '/usr/lib/systemd/system';
const allControllers = '+cpuset +cpu +io +memory +hugetlb +pids +rdma +misc';

/** What systemd-networkd does on the recorded host: an address by DHCP, and nobody behind the card. */
function* setUpNetworkCard(): Running<void> {
  const card = (yield* sys.netlink({ op: 'list' })).find(({ kind }) => kind === 'physical');
  if (card === undefined) return;
  yield* sys.netlink({ op: 'address', name: card.name, cidr: '10.0.2.15/24' });
  yield* sys.netlink({ op: 'up', name: card.name });
}

/** The program of pid 1. `door` is how the outside asks for log-ins; `booted` is told when every unit runs. */
export function systemd(door: Door, booted: () => void): Program {
  return function* (_argv, env): Running {
    yield* mountAll();
    yield* furnishCgroups();
    yield* sys.netlink({ op: 'up', name: 'lo' });
    yield* setUpNetworkCard();
    yield* sys.mkdir('/run/dbus');
    yield* sys.go(function* () {
      yield* serveRpc(yield* sys.listen('/run/dbus/system_bus_socket'), 'D-Bus', busMethods);
    });
    const socket = yield* sys.listen(listenPathOf(yield* readFile(`${units}/docker.socket`)));
    yield* sys.setCloseOnExec(socket, true);
    const services: Service[] = [];
    yield* sys.go(function* () {
      for (const [name, listenFds] of [
        ['containerd.service', []],
        ['docker.service', [socket]],
      ] as const) {
        const service = { unit: serviceOf(name, yield* readFile(`${units}/${name}`)), mainPid: 0, listenFds };
        services.push(service);
        yield* startService(service, env);
      }
      booted();
      yield* answerDoor(door, logIn);
    });
    return yield* reapForEver(services, env);
  };
}

function* mountAll(): Running<void> {
  yield* sys.mount('proc', '/proc', 'proc', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('sysfs', '/sys', 'sysfs', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('cgroup2', cgroupTree, 'cgroup2', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('devpts', '/dev/pts', 'devpts', ['MS_NOSUID', 'MS_NOEXEC'], 'gid=5,mode=620,ptmxmode=000');
  yield* sys.mount('tmpfs', '/dev/shm', 'tmpfs', ['MS_NOSUID', 'MS_NODEV']);
  yield* sys.mount('tmpfs', '/run', 'tmpfs', ['MS_NOSUID', 'MS_NODEV'], 'mode=755');
}

function* furnishCgroups(): Running<void> {
  yield* makeCgroup(`${cgroupTree}/init.scope`);
  yield* writeFile(`${cgroupTree}/init.scope/cgroup.procs`, '1');
  yield* writeFile(`${cgroupTree}/cgroup.subtree_control`, allControllers);
  for (const slice of ['system.slice', 'user.slice']) {
    yield* makeCgroup(`${cgroupTree}/${slice}`);
    yield* writeFile(`${cgroupTree}/${slice}/cgroup.subtree_control`, allControllers);
  }
  yield* makeCgroup(`${cgroupTree}/user.slice/user-0.slice`);
}

/** A session: its scope, its terminal, its shell. What getty and login, or sshd, do on a real host. */
function* logIn(request: LoginRequest, session: number): Running<void> {
  const scope = `${cgroupTree}/user.slice/user-0.slice/session-${session}.scope`;
  yield* makeCgroup(scope);
  try {
    const pid = yield* spawn({
      path: yield* lookPath(request.path, request.env),
      argv: request.argv,
      env: request.env,
      cwd: request.cwd,
      sid: true,
      before: function* () {
        yield* writeFile(`${scope}/cgroup.procs`, '0');
        for (const fd of [0, 1, 2] as const) yield* openAs(request.stdio[fd], fd);
        if (yield* sys.isatty(0)) yield* sys.setControllingTerminal(0);
      },
    });
    request.started(pid);
  } catch (error) {
    request.failed(errnoWords(error));
  }
}

function* openAs(path: string, fd: number): Running<void> {
  const opened = yield* sys.open(path, path === '/dev/null' ? 0 : 2);
  if (opened === fd) return;
  yield* sys.dup(opened, fd);
  yield* sys.close(opened);
}

/** wait4 for any child: services that end are started again, everybody else is only let go. */
function* reapForEver(services: readonly Service[], env: Environment): Running<never> {
  for (;;) {
    try {
      const waited = yield* sys.wait4(-1);
      const service = services.find(({ mainPid }) => mainPid !== 0 && mainPid === waited?.pid);
      const status = waited?.status;
      if (service && status && ('code' in status || 'signal' in status))
        yield* sys.go(() => againOrNot(service, status, env));
    } catch (error) {
      if (isErrno(error, 'ECHILD')) yield* sys.nanosleep(1_000_000);
      else if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}

function* againOrNot(service: Service, status: ExitStatus, env: Environment): Running<void> {
  yield* restartService(service, status, env);
}

interface TransientUnit {
  readonly name: string;
  readonly slice: string;
  readonly pids: readonly number[];
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** What runc asks of systemd. Interface: org.freedesktop.systemd1(5). */
const busMethods: RpcHandlers = {
  *'org.freedesktop.systemd1.Manager/StartTransientUnit'(unit: TransientUnit) {
    const path = `${cgroupTree}/${unit.slice}/${unit.name}`;
    yield* makeCgroup(path);
    for (const [property, file] of propertyFiles) {
      const value = unit.properties[property];
      if (value !== undefined) yield* writeFile(`${path}/${file}`, String(value));
    }
    for (const pid of unit.pids) yield* writeFile(`${path}/cgroup.procs`, String(pid));
    return { job: `/org/freedesktop/systemd1/job/${unit.name}` };
  },
  *'org.freedesktop.systemd1.Manager/StopUnit'({ name }: { readonly name: string }) {
    try {
      yield* sys.rmdir(`${cgroupTree}/system.slice/${name}`);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) throw new RpcError(rpcCode.notFound, `Unit ${name} not loaded.`);
      if (!isErrno(error, 'EBUSY')) throw error;
    }
    return {};
  },
};

const propertyFiles = [
  ['MemoryMax', 'memory.max'],
  ['TasksMax', 'pids.max'],
  ['CPUWeight', 'cpu.weight'],
] as const;
