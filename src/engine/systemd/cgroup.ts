/** The cgroups in which systemd keeps its units. Man pages: systemd.slice(5), systemd.scope(5). */
import { O } from '../../kernel/abi.ts';
import type { Running, SignalName } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, readFileIfAny, writeAll } from '../../programs/io.ts';

export const cgroupTree = '/sys/fs/cgroup';
export const systemSlice = `${cgroupTree}/system.slice`;
export const allControllers = '+cpuset +cpu +io +memory +hugetlb +pids +rdma +misc';

/** pid 1's own scope, and the slices with every controller for what may come below them. */
export function* furnishCgroups(): Running<void> {
  yield* makeCgroup(`${cgroupTree}/init.scope`);
  yield* writeFile(`${cgroupTree}/init.scope/cgroup.procs`, '1');
  yield* writeFile(`${cgroupTree}/cgroup.subtree_control`, allControllers);
  for (const slice of ['system.slice', 'user.slice']) {
    yield* makeCgroup(`${cgroupTree}/${slice}`);
    yield* writeFile(`${cgroupTree}/${slice}/cgroup.subtree_control`, allControllers);
  }
  yield* makeCgroup(`${cgroupTree}/user.slice/user-0.slice`);
}

/** mkdir; one that is there already is no error. */
export function* makeCgroup(path: string): Running<void> {
  try {
    yield* sys.mkdir(path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

/** rmdir, unless somebody is in it or it is gone. */
export function* removeIfEmpty(path: string): Running<void> {
  try {
    yield* sys.rmdir(path);
  } catch (error) {
    if (!isErrno(error, 'EBUSY', 'ENOTEMPTY', 'ENOENT')) throw error;
  }
}

export interface Member {
  readonly pid: number;
  readonly comm: string;
}

/** Who is in a cgroup; nobody when it is not there. */
export function* processesIn(path: string): Running<readonly Member[]> {
  const members: Member[] = [];
  for (const line of linesOf((yield* readFileIfAny(`${path}/cgroup.procs`)) ?? '')) {
    const comm = yield* readFileIfAny(`/proc/${line}/comm`);
    if (comm !== null) members.push({ pid: Number(line), comm: comm.trimEnd() });
  }
  return members;
}

/** kill(2); one that has ended meanwhile is no error. */
export function* killIfAny(pid: number, signal: SignalName): Running<void> {
  try {
    yield* sys.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

export function* writeFile(path: string, data: string): Running<void> {
  const fd = yield* sys.open(path, O.WRONLY | O.CLOEXEC);
  yield* writeAll(fd, data);
  yield* sys.close(fd);
}
