/**
 * Running a service: its cgroup, its process, its restart. Man pages: systemd.service(5), systemd.exec(5),
 * systemd.kill(5).
 */
import type { ExitStatus } from '../../journal/event.ts';
import type { Environment, Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../../programs/io.ts';
import { spawn } from '../../programs/spawn.ts';
import type { ServiceUnit } from './unit.ts';

const cgroupTree = '/sys/fs/cgroup';
const millisecondNs = 1_000_000;
const secondNs = 1_000_000_000;
/** As long as a service may take to be ready. systemd: DefaultTimeoutStartSec. */
const startTimeoutMs = 90_000;

export interface Service {
  readonly unit: ServiceUnit;
  mainPid: number;
  /** Listening sockets that it gets. */
  readonly listenFds: readonly number[];
}

/** Starts the service's process and waits until it is ready. */
export function* startService(service: Service, env: Environment): Running<void> {
  const { unit } = service;
  const [path = ''] = unit.execStart;
  const cgroup = `${cgroupTree}/system.slice/${unit.name}`;
  yield* makeCgroup(cgroup);
  const inherited = Object.fromEntries(service.listenFds.map((fd, index) => [3 + index, fd]));
  const passing: Environment =
    service.listenFds.length > 0 ? { ...env, LISTEN_FDS: String(service.listenFds.length) } : env;
  service.mainPid = yield* spawn({
    path,
    argv: unit.execStart,
    env: passing,
    sid: true,
    fds: inherited,
    before: function* () {
      yield* writeFile(`${cgroup}/cgroup.procs`, '0');
      yield* writeFile('/proc/self/oom_score_adj', String(unit.oomScoreAdjust));
    },
  });
  yield* untilReady(unit.readyPath);
}

/** Starts it again after its end, when the unit says so. */
export function* restartService(service: Service, status: ExitStatus, env: Environment): Running<void> {
  const { unit } = service;
  service.mainPid = 0;
  const failed = !('code' in status && status.code === 0);
  if (unit.restart === 'no' || (unit.restart === 'on-failure' && !failed)) return;
  yield* sys.nanosleep(unit.restartSeconds * secondNs);
  yield* startService(service, env);
}

function* untilReady(path: string): Running<void> {
  if (path === '') return;
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs++) {
    try {
      yield* sys.stat(path);
      return;
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
    yield* sys.nanosleep(millisecondNs);
  }
}

/** mkdir, and every controller for what may come below the parents. */
export function* makeCgroup(path: string): Running<void> {
  try {
    yield* sys.mkdir(path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

export function* writeFile(path: string, data: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CLOEXEC);
  yield* writeAll(fd, data);
  yield* sys.close(fd);
}
