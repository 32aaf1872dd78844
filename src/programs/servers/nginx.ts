/**
 * nginx: a master that forks workers and is told what to do by signals. Source: nginx.org/en/docs/control.html. No
 * connection is served yet.
 */
import type { Running, SignalName } from '../../kernel/abi.ts';
import { signalNumbers } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { writeAll } from '../io.ts';
import { now, twoDigits } from './clock.ts';

/** `worker_processes auto`: one for each processor. */
const workerCount = 2;
const startUpNs = 12_000_000;

interface Master {
  readonly pid: number;
  readonly workers: Set<number>;
  /** The last order that came by signal, until it has been followed. */
  order: SignalName | null;
  isEnding: boolean;
}

export function* nginxMain(argv: readonly string[]): Running {
  yield* sys.compute(startUpNs);
  const master: Master = { pid: yield* sys.getpid(), workers: new Set(), order: null, isEnding: false };
  for (const signal of ['SIGQUIT', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    yield* sys.sigaction(signal, function* (heard) {
      master.order = heard;
    });
  }
  // A handler, so that the pause ends; who has gone is asked with wait4.
  yield* sys.sigaction('SIGCHLD', function* () {});
  yield* sys.setTitle(`nginx: master process ${argv.join(' ')}`);
  yield* notice(master.pid, 'using the "epoll" event method');
  yield* notice(master.pid, 'nginx/1.29.3');
  yield* notice(master.pid, 'built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) ');
  yield* notice(master.pid, `OS: Linux ${(yield* sys.uname()).release}`);
  yield* notice(master.pid, 'getrlimit(RLIMIT_NOFILE): 1048576:1048576');
  yield* notice(master.pid, 'start worker processes');
  for (let index = 0; index < workerCount; index++) yield* startWorker(master);
  for (;;) {
    yield* collect(master);
    if (master.isEnding && master.workers.size === 0) break;
    if (master.order) yield* follow(master, master.order);
    else yield* rest();
  }
  yield* notice(master.pid, 'exit');
  return 0;
}

/** Sleeps until a signal's handler has run. */
function* rest(): Running<void> {
  try {
    yield* sys.pause();
  } catch (error) {
    if (!isErrno(error, 'EINTR')) throw error;
  }
}

/** SIGQUIT: finish what is being served. SIGTERM and SIGINT: at once. SIGHUP: new workers. */
function* follow(master: Master, signal: SignalName): Running<void> {
  master.order = null;
  const words = signal === 'SIGQUIT' ? 'shutting down' : signal === 'SIGHUP' ? 'reconfiguring' : 'exiting';
  yield* notice(master.pid, `signal ${signalNumbers[signal]} (${signal}) received, ${words}`);
  const old = [...master.workers];
  if (signal === 'SIGHUP') {
    yield* notice(master.pid, 'start worker processes');
    for (let index = 0; index < workerCount; index++) yield* startWorker(master);
  } else master.isEnding = true;
  for (const worker of old) yield* sys.kill(worker, signal === 'SIGHUP' ? 'SIGQUIT' : signal);
}

function* startWorker(master: Master): Running<void> {
  const worker = yield* sys.fork(workerMain);
  master.workers.add(worker);
  yield* notice(master.pid, `start worker process ${worker}`);
}

function* workerMain(): Running {
  let order: SignalName | null = null;
  const hear = function* (signal: SignalName): Running<void> {
    order = signal;
  };
  for (const signal of ['SIGQUIT', 'SIGTERM', 'SIGINT'] as const) yield* sys.sigaction(signal, hear);
  yield* sys.sigaction('SIGHUP', 'ignore');
  yield* sys.sigaction('SIGCHLD', 'default');
  yield* sys.setuid(101, 101);
  yield* sys.setTitle('nginx: worker process');
  const pid = yield* sys.getpid();
  while (order === null) yield* rest();
  if (order === 'SIGQUIT') yield* notice(pid, 'gracefully shutting down');
  yield* notice(pid, 'exiting');
  yield* notice(pid, 'exit');
  return 0;
}

/** wait4 for workers that have ended. */
function* collect(master: Master): Running<void> {
  while (master.workers.size > 0) {
    const waited = yield* sys.wait4(-1, { nohang: true });
    if (!waited) return;
    master.workers.delete(waited.pid);
    yield* notice(master.pid, `signal ${signalNumbers.SIGCHLD} (SIGCHLD) received from ${waited.pid}`);
    const { status } = waited;
    const end =
      'signal' in status
        ? `exited on signal ${signalNumbers[status.signal as SignalName]}`
        : `exited with code ${'code' in status ? status.code : 0}`;
    yield* notice(master.pid, `worker process ${waited.pid} ${end}`);
    if (!master.isEnding && 'signal' in status) yield* startWorker(master);
  }
}

function* notice(pid: number, text: string): Running<void> {
  const { year, month, day, hour, minute, second } = yield* now();
  const date = `${year}/${twoDigits(month)}/${twoDigits(day)}`;
  const time = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
  yield* writeAll(2, `${date} ${time} [notice] ${pid}#${pid}: ${text}\n`);
}
