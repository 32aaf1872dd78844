/**
 * systemd, as far as a Docker host needs it: pid 1 furnishes the machine, starts containerd and dockerd as separate
 * units and keeps them to their unit files, listens in dockerd's place, makes a scope for each container when runc asks
 * over D-Bus, keeps the journal, and reaps whatever has lost its parent. Man page: systemd(1).
 */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { errnoWords, readSome } from '../../programs/io.ts';
import { lookPath, spawn } from '../../programs/spawn.ts';
import { serveRpc } from '../wire/rpc.ts';
import { busMethods, busSocket } from './bus.ts';
import { scopeKeeper } from './scope.ts';
import type { ScopeKeeper } from './scope.ts';
import { cgroupTree, furnishCgroups, makeCgroup, writeFile } from './cgroup.ts';
import { answerDoor } from './door.ts';
import type { Door, LoginRequest } from './door.ts';
import { keepKernelMessages, openJournal } from './journald.ts';
import { notifySocket } from './service.ts';
import { informSockets, loadUnits, processEnded, startUnit } from './units.ts';
import type { Units } from './units.ts';
import { isEnabled } from './unit-links.ts';

/** What systemd-networkd does on the recorded host: an address by DHCP, and nobody behind the card. */
function* setUpNetworkCard(): Running<void> {
  const card = (yield* sys.netlink({ op: 'list' })).find(({ kind }) => kind === 'physical');
  if (card === undefined) return;
  yield* sys.netlink({ op: 'address', name: card.name, cidr: '10.0.2.15/24' });
  yield* sys.netlink({ op: 'up', name: card.name });
}

const rankAtBoot = (name: string): number => (name.endsWith('.socket') ? 0 : 1);

/** The program of pid 1. `door` is how the outside asks for log-ins; `booted` is told when every unit runs. */
export function systemd(door: Door, booted: () => void): Program {
  return function* (_argv, env): Running {
    yield* mountAll();
    yield* furnishCgroups();
    yield* sys.netlink({ op: 'up', name: 'lo' });
    yield* setUpNetworkCard();
    for (const path of ['/run/dbus', '/run/systemd']) yield* sys.mkdir(path);
    const journald = yield* openJournal();
    const units: Units = {
      around: {
        env,
        journald,
        listenFdsOf: ({ sockets }) =>
          sockets.flatMap((name) => {
            const socket = units.loaded.get(name);
            return socket?.kind === 'socket' && socket.fd >= 0 ? [socket.fd] : [];
          }),
        tellOthers: (service) => informSockets(units, service),
      },
      loaded: new Map(),
      masked: new Set(),
    };
    yield* sys.goCarrying(() => keepKernelMessages(journald));
    yield* loadUnits(units);
    const scopes = yield* scopeKeeper(journald);
    yield* sys.go(function* () {
      yield* serveRpc(yield* sys.listen(busSocket), 'D-Bus', busMethods(units, scopes, journald));
    });
    yield* sys.go(() => hearNotifications(units));
    yield* sys.go(function* () {
      // sockets.target is reached before any service starts (vm-27, the boot).
      const names = [...units.loaded.keys()].toSorted((one, other) => rankAtBoot(one) - rankAtBoot(other));
      for (const name of names) if (yield* isEnabled(name)) yield* startUnit(units, name);
      booted();
      yield* answerDoor(door, (request, session) => logIn(scopes, request, session));
    });
    return yield* reapForEver(units);
  };
}

/** READY=1 from a service's main process. The real one is a datagram; sd_notify(3). */
function* hearNotifications(units: Units): Running<never> {
  const listening = yield* sys.listen(notifySocket);
  for (;;) {
    const fd = yield* sys.accept(listening);
    yield* sys.setCloseOnExec(fd, true);
    const { pid } = yield* sys.peer(fd);
    const words = yield* readSome(fd);
    yield* sys.close(fd);
    for (const service of units.loaded.values()) {
      if (service.kind !== 'service' || service.mainPid !== pid || !words.split('\n').includes('READY=1')) continue;
      service.isReady = true;
      yield* sys.futexWake(service.changed);
    }
  }
}

function* mountAll(): Running<void> {
  yield* sys.mount('proc', '/proc', 'proc', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('sysfs', '/sys', 'sysfs', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('cgroup2', cgroupTree, 'cgroup2', ['MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC']);
  yield* sys.mount('devpts', '/dev/pts', 'devpts', ['MS_NOSUID', 'MS_NOEXEC'], 'gid=5,mode=620,ptmxmode=000');
  yield* sys.mount('tmpfs', '/dev/shm', 'tmpfs', ['MS_NOSUID', 'MS_NODEV']);
  yield* sys.mount('tmpfs', '/run', 'tmpfs', ['MS_NOSUID', 'MS_NODEV'], 'mode=755');
}

/**
 * A session: its scope, which lasts as long as somebody is in it, its terminal, its shell. What getty and login, or
 * sshd, do on a real host, and systemd-logind.
 */
function* logIn(scopes: ScopeKeeper, request: LoginRequest, session: number): Running<void> {
  const scope = `${cgroupTree}/user.slice/user-0.slice/session-${session}.scope`;
  const hasScope = yield* canMake(scope);
  try {
    const pid = yield* spawn({
      path: yield* lookPath(request.path, request.env),
      argv: request.argv,
      env: request.env,
      cwd: request.cwd,
      sid: true,
      before: function* () {
        if (hasScope) yield* writeFile(`${scope}/cgroup.procs`, '0');
        yield* sys.setgroups([0]);
        // systemd's default for all but the services that ask for more.
        yield* sys.prlimit(0, 'RLIMIT_NOFILE', { soft: 1024, hard: 524_288 });
        // pam_limits: who logs in leaves no cores.
        yield* sys.prlimit(0, 'RLIMIT_CORE', { soft: 0, hard: Number.POSITIVE_INFINITY });
        for (const fd of [0, 1, 2] as const) yield* openAs(request.stdio[fd], fd);
        if (yield* sys.isatty(0)) yield* sys.setControllingTerminal(0);
      },
    });
    request.started(pid);
  } catch (error) {
    request.failed(errnoWords(error));
  }
  if (hasScope) yield* scopes.keep(scope);
}

/** Without a scope (nobody has the cgroups mounted) one is logged in all the same: pam_systemd is optional. */
function* canMake(scope: string): Running<boolean> {
  try {
    yield* makeCgroup(scope);
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return false;
  }
}

function* openAs(path: string, fd: number): Running<void> {
  const opened = yield* sys.open(path, path === '/dev/null' ? 0 : 2);
  if (opened === fd) return;
  yield* sys.dup(opened, fd);
  yield* sys.close(opened);
}

/** wait4 for any child: units are told of the end of theirs, everybody else is only let go. */
function* reapForEver(units: Units): Running<never> {
  for (;;) {
    try {
      const waited = yield* sys.wait4(-1);
      if (waited === null) continue;
      const { pid, status } = waited;
      if ('code' in status || 'signal' in status) yield* sys.go(() => processEnded(units, pid, status));
    } catch (error) {
      if (isErrno(error, 'ECHILD')) yield* sys.nanosleep(1_000_000);
      else if (!isErrno(error, 'EINTR')) throw error;
    }
  }
}
