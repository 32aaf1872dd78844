/**
 * nginx: a master that forks workers and is told what to do by signals. Source: nginx.org/en/docs/control.html. No
 * connection is served yet.
 */
import type { Running, SignalName } from '../../kernel/abi.ts';
import { O, signalNumbers } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny, writeAll } from '../io.ts';
import { now, twoDigits } from './clock.ts';
import { compiler, parseCommandLine, version } from './nginx-command-line.ts';

const pidFile = '/run/nginx.pid';
const configurationFile = '/etc/nginx/nginx.conf';

/** `worker_processes auto`: one for each processor. */
const workerCount = 2;
const startUpNs = 12_000_000;

/** How often, and how far apart, a port that is taken is asked for. */
const bindTries = 5;
const bindPauseNs = 500_000_000;

interface Master {
  readonly pid: number;
  readonly workers: Set<number>;
  /** The last order that came by signal, until it has been followed. */
  order: SignalName | null;
  isEnding: boolean;
}

export function* nginxMain(argv: readonly string[]): Running {
  const request = parseCommandLine(argv);
  switch (request.type) {
    case 'say':
      yield* writeAll(2, request.text);
      return request.status;
    case 'test':
      if (!request.isQuiet) {
        yield* writeAll(2, `nginx: the configuration file ${configurationFile} syntax is ok\n`);
        yield* writeAll(2, `nginx: configuration file ${configurationFile} test is successful\n`);
      }
      if (request.dumps) {
        yield* print(
          `# configuration file ${configurationFile}:\n${(yield* readFileIfAny(configurationFile)) ?? ''}\n`,
        );
      }
      return 0;
    case 'signal':
      return yield* signalMaster(request.signal);
    case 'serve':
      return yield* serve(argv, request.inForeground);
  }
}

/** `nginx -s …`: tells the master whose number is in the pid file. */
function* signalMaster(signal: SignalName): Running<number> {
  yield* notice(yield* sys.getpid(), 'signal process started');
  const text = yield* readFileIfAny(pidFile);
  if (text === null) return yield* emergency(`open() "${pidFile}" failed (2: No such file or directory)`, 'error');
  try {
    yield* sys.kill(Number(text), signal);
    return 0;
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
    return yield* emergency(`kill(${Number(text)}, ${signalNumbers[signal]}) failed (3: No such process)`, 'alert');
  }
}

function* serve(argv: readonly string[], inForeground: boolean): Running<number> {
  yield* sys.compute(startUpNs);
  if (!(yield* bind())) return 1;
  if (inForeground) return yield* masterMain(argv);
  // `daemon on` is the default: the master is a child, and whoever started nginx has it back.
  yield* sys.fork(function* () {
    yield* sys.setsid();
    return yield* masterMain(argv);
  });
  return 0;
}

/** No packet travels here, so the port is taken while the master of the pid file lives. */
function* bind(): Running<boolean> {
  const pid = yield* sys.getpid();
  for (let tries = 0; tries < bindTries; tries++) {
    const holder = Number((yield* readFileIfAny(pidFile)) ?? 0);
    if (holder === 0 || holder === pid || !(yield* isAlive(holder))) return true;
    yield* emergency('bind() to 0.0.0.0:80 failed (98: Address already in use)');
    yield* notice(pid, 'try again to bind() after 500ms');
    yield* sys.nanosleep(bindPauseNs);
  }
  yield* emergency('still could not bind()');
  return false;
}

function* isAlive(pid: number): Running<boolean> {
  try {
    yield* sys.kill(pid, 0);
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return false;
  }
}

function* masterMain(argv: readonly string[]): Running<number> {
  const master: Master = { pid: yield* sys.getpid(), workers: new Set(), order: null, isEnding: false };
  for (const signal of ['SIGQUIT', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) {
    yield* sys.sigaction(signal, function* (heard) {
      master.order = heard;
    });
  }
  // A handler, so that the pause ends; who has gone is asked with wait4.
  yield* sys.sigaction('SIGCHLD', function* () {});
  yield* sys.setTitle(`nginx: master process ${argv.join(' ')}`);
  yield* writePidFile(master.pid);
  yield* notice(master.pid, 'using the "epoll" event method');
  yield* notice(master.pid, version);
  yield* notice(master.pid, compiler);
  yield* notice(master.pid, `OS: Linux ${(yield* sys.uname()).release}`);
  yield* notice(master.pid, 'getrlimit(RLIMIT_NOFILE): 1048576:1048576');
  yield* startWorkers(master);
  for (;;) {
    yield* collect(master);
    if (master.isEnding && master.workers.size === 0) break;
    if (master.order) yield* follow(master, master.order);
    else yield* rest();
  }
  yield* notice(master.pid, 'exit');
  yield* sys.unlink(pidFile);
  return 0;
}

function* writePidFile(pid: number): Running<void> {
  const fd = yield* sys.open(pidFile, O.WRONLY | O.CREAT | O.TRUNC, 0o644);
  yield* writeAll(fd, `${pid}\n`);
  yield* sys.close(fd);
}

/** Sleeps until a signal's handler has run. */
function* rest(): Running<void> {
  try {
    yield* sys.pause();
  } catch (error) {
    if (!isErrno(error, 'EINTR')) throw error;
  }
}

const meanings: Readonly<Partial<Record<SignalName, string>>> = {
  SIGQUIT: 'shutting down',
  SIGHUP: 'reconfiguring',
  SIGUSR1: 'reopening logs',
};

/** SIGQUIT: finish what is served. SIGTERM, SIGINT: at once. SIGHUP: new workers. SIGUSR1: open the logs anew. */
function* follow(master: Master, signal: SignalName): Running<void> {
  master.order = null;
  const words = meanings[signal] ?? 'exiting';
  yield* notice(master.pid, `signal ${signalNumbers[signal]} (${signal}) received, ${words}`);
  const old = [...master.workers];
  if (signal === 'SIGHUP' || signal === 'SIGUSR1') yield* notice(master.pid, words);
  else master.isEnding = true;
  if (signal === 'SIGHUP') {
    yield* notice(master.pid, 'using the "epoll" event method');
    yield* startWorkers(master);
  }
  for (const worker of old) yield* sys.kill(worker, signal === 'SIGHUP' ? 'SIGQUIT' : signal);
}

function* startWorkers(master: Master): Running<void> {
  yield* notice(master.pid, 'start worker processes');
  for (let index = 0; index < workerCount; index++) yield* startWorker(master);
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
  const reopen: SignalName[] = [];
  yield* sys.sigaction('SIGUSR1', function* (signal) {
    reopen.push(signal);
  });
  yield* sys.sigaction('SIGCHLD', 'default');
  yield* sys.setuid(101, 101);
  yield* sys.setTitle('nginx: worker process');
  const pid = yield* sys.getpid();
  while (order === null) {
    if (reopen.pop()) yield* notice(pid, 'reopening logs');
    else yield* rest();
  }
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

/** A mistake before the log is open is told twice: with a name, and as a line of the log. Returns the exit code. */
function* emergency(text: string, level = 'emerg'): Running<number> {
  const pid = yield* sys.getpid();
  yield* log(level, pid, text);
  yield* writeAll(2, `nginx: [${level}] ${text}\n`);
  return 1;
}

function notice(pid: number, text: string): Running<void> {
  return log('notice', pid, text);
}

function* log(level: string, pid: number, text: string): Running<void> {
  const { year, month, day, hour, minute, second } = yield* now();
  const date = `${year}/${twoDigits(month)}/${twoDigits(day)}`;
  const time = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
  yield* writeAll(2, `${date} ${time} [${level}] ${pid}#${pid}: ${text}\n`);
}
