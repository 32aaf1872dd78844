/**
 * `runc init`, stages 0 and 1: the C code that runs before Go's runtime starts threads, because unshare and setns want
 * a single one.
 *
 * runc: libcontainer/nsenter/nsexec.c. Stage 0 forks stage 1, which makes or joins the namespaces and forks stage 2;
 * both forks use CLONE_PARENT, so that all three are children of `runc create`.
 */
import { O } from '../../kernel/abi.ts';
import type { CloneFlag, Environment, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { readAll, writeAll } from '../../programs/io.ts';
import { runcDurations } from '../durations.ts';
import { encodeFrame, readFrame } from '../wire/frame.ts';
import { receiveOrders, send } from './bootstrap.ts';
import type { Bootstrap } from './bootstrap.ts';
import { writeControl } from './cgroup.ts';
import { runStageTwo } from './init.ts';

const sealed = '_LIBCONTAINER_CLONED_BINARY';

/** The program behind `runc init`. */
export function* initMain(env: Environment): Running {
  yield* sys.compute(runcDurations.initBegins);
  if (env[sealed] !== '1') yield* execSealedCopy(env);
  const pipe = Number(env['_LIBCONTAINER_INITPIPE']);
  const bootstrap = (yield* receiveOrders(pipe)) as Bootstrap | undefined;
  if (bootstrap === undefined) return 1;
  if (bootstrap.oomScoreAdj !== null) yield* writeControl('/proc/self/oom_score_adj', String(bootstrap.oomScoreAdj));
  return yield* orBail(() => stageZero(pipe, bootstrap, env));
}

/** A call that fails ends the stage, as when another of them has been killed. nsexec.c: bail(). */
function* orBail(body: () => Running): Running {
  try {
    return yield* body();
  } catch (error) {
    if (!isErrno(error)) throw error;
    return 1;
  }
}

/**
 * So that a container can never overwrite the host's runc through /proc/PID/exe (CVE-2019-5736), init runs from a copy
 * in memory, which takes its time while both are open (vm-11e). runc: libcontainer/nsenter/cloned_binary.c.
 */
function* execSealedCopy(env: Environment): Running<void> {
  const copy = yield* sys.memfdCreate('runc_cloned:/proc/self/exe');
  const own = yield* sys.open('/proc/self/exe', O.RDONLY | O.CLOEXEC);
  yield* sys.compute(runcDurations.sealedCopy);
  yield* writeAll(copy, yield* readAll(own));
  yield* sys.close(own);
  yield* sys.setCloseOnExec(copy, true);
  yield* sys.execveat(copy, ['runc', 'init'], { ...env, [sealed]: '1' });
}

function* stageZero(pipe: number, bootstrap: Bootstrap, env: Environment): Running {
  const [toOne, fromOne] = yield* sys.socketpair();
  const [toTwo, fromTwo] = yield* sys.socketpair();
  // So that nobody in the namespaces that it is to join can look into it.
  if (bootstrap.join.length > 0) yield* sys.confine('prctl', 'PR_SET_DUMPABLE, SUID_DUMP_DISABLE');
  yield* sys.setName('runc:[0:PARENT]');
  const one = yield* sys.clone(function* () {
    yield* closeAll([toOne, toTwo]);
    return yield* orBail(() => stageOne(fromOne, fromTwo, bootstrap, env));
  }, 'CLONE_PARENT');
  yield* closeAll([fromOne, fromTwo]);
  const two = (yield* readFrame(toOne)) as { readonly pid: number } | undefined;
  if (two === undefined) return 1;
  // Stage 1 has ended by now; its death is told to runc before this process's.
  yield* send(pipe, { stage1_pid: one, pid: two.pid });
  yield* writeAll(toTwo, encodeFrame('go on'));
  yield* readFrame(toTwo);
  yield* sys.compute(runcDurations.stageEnds);
  return 0;
}

function* stageOne(toZero: number, twoToZero: number, bootstrap: Bootstrap, env: Environment): Running {
  yield* sys.setName('runc:[1:CHILD]');
  yield* sys.compute(runcDurations.stageOne);
  yield* joinNamespaces(bootstrap);
  yield* sys.unshare(...bootstrap.unshare);
  if (bootstrap.unshare.length > 0) yield* sys.compute(runcDurations.unshare);
  const pid = yield* sys.clone(function* () {
    yield* sys.close(toZero);
    const failure = yield* orBail(() => stageTwo(twoToZero, bootstrap));
    return failure === 0 ? yield* runStageTwo(env) : failure;
  }, 'CLONE_PARENT');
  yield* writeAll(toZero, encodeFrame({ pid }));
  return 0;
}

/** All are opened first: after the mount namespace's, the paths would mean other files. */
function* joinNamespaces({ join }: Bootstrap): Running<void> {
  const opened: { readonly fd: number; readonly kind: (typeof join)[number]['kind'] }[] = [];
  for (const { kind, path } of join) opened.push({ fd: yield* sys.open(path, O.RDONLY | O.CLOEXEC), kind });
  for (const { fd, kind } of opened) {
    yield* sys.setns(fd, kind);
    yield* sys.close(fd);
  }
}

/** Up to where Go's runtime takes over. */
function* stageTwo(toZero: number, bootstrap: Bootstrap): Running {
  yield* sys.setName('runc:[2:INIT]');
  yield* sys.setsid();
  if ((yield* readFrame(toZero)) === undefined) return 1;
  yield* sys.setuid(0, 0);
  if (bootstrap.cgroupNamespace) yield* sys.unshare(...cgroupOnly);
  yield* writeAll(toZero, encodeFrame('ready'));
  yield* sys.close(toZero);
  return 0;
}
const cgroupOnly: readonly CloneFlag[] = ['CLONE_NEWCGROUP'];

function* closeAll(fds: readonly number[]): Running<void> {
  for (const fd of fds) yield* sys.close(fd);
}
