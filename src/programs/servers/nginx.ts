/**
 * nginx: a master that listens, forks workers that serve, and is told what to do by signals. Source:
 * nginx.org/en/docs/control.html.
 */
import type { Running, SignalName } from '../../kernel/abi.ts';
import { O, signalNumbers } from '../../kernel/abi.ts';
import { errnoNumber, isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print, readFileIfAny, writeAll } from '../io.ts';
import { now, twoDigits } from '../clock.ts';
import { compiler, parseCommandLine, version } from './nginx-command-line.ts';
import { serveConnection, siteOf } from './nginx-site.ts';
import type { Site } from './nginx-site.ts';

const pidFile = '/run/nginx.pid';
const configurationFile = '/etc/nginx/nginx.conf';
const siteFile = '/etc/nginx/conf.d/default.conf';

/** `worker_processes auto`: one for each processor. */
const workerCount = 2;
/** The image's user nginx. */
const workerUid = 101;
const startUpNs = 12_000_000;

/** How often, and how far apart, a port that is taken is asked for. */
const bindTries = 5;
const bindPauseNs = 500_000_000;
/** nginx: NGX_LISTEN_BACKLOG. */
const acceptBacklog = 511;

interface Master {
  readonly pid: number;
  readonly workers: Set<number>;
  /** The last order that came by signal, until it has been followed. */
  order: SignalName | null;
  isEnding: boolean;
  /** Read again at SIGHUP. */
  site: Site;
  readonly listening: readonly number[];
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
  const site = yield* readSite();
  if (!(yield* makePaths())) return 1;
  const listening = yield* bind(site);
  if (listening === null) return 1;
  if (inForeground) return yield* masterMain(argv, site, listening);
  // `daemon on` is the default: the master is a child, and whoever started nginx has it back.
  try {
    yield* sys.fork(function* () {
      yield* sys.setsid();
      return yield* masterMain(argv, site, listening);
    });
    return 0;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return yield* emergency(`fork() failed (${errnoNumber(error.errno)}: ${error.message})`);
  }
}

function* readSite(): Running<Site> {
  return siteOf((yield* readFileIfAny(siteFile)) ?? '');
}

/** The directories for what does not fit into a buffer, the workers' own. nginx: ngx_create_paths(). */
function* makePaths(): Running<boolean> {
  for (const kind of ['client', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) {
    const path = `/var/cache/nginx/${kind}_temp`;
    try {
      yield* sys.mkdir(path, 0o700);
    } catch (error) {
      if (!isErrno(error)) throw error;
      if (error.errno === 'EEXIST') continue;
      yield* emergency(`mkdir() "${path}" failed (${errnoNumber(error.errno)}: ${error.message})`);
      return false;
    }
    if ((yield* sys.getuid()) === 0) yield* sys.chown(path, workerUid, -1);
  }
  return true;
}

/** Null when a port stays taken. nginx: ngx_open_listening_sockets(). */
function* bind(site: Site): Running<readonly number[] | null> {
  const pid = yield* sys.getpid();
  const opened = new Map<string, number>();
  for (let tries = 0; tries < bindTries; tries++) {
    for (const at of site.listen) {
      const name = `${at.address}:${at.port}`;
      if (opened.has(name)) continue;
      try {
        opened.set(name, yield* sys.listen(at, acceptBacklog));
      } catch (error) {
        if (!isErrno(error, 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES')) throw error;
        yield* emergency(`bind() to ${name} failed (${errnoNumber(error.errno)}: ${error.message})`);
        if (error.errno !== 'EADDRINUSE') return null;
      }
    }
    if (opened.size === site.listen.length) return [...opened.values()];
    yield* notice(pid, 'try again to bind() after 500ms');
    yield* sys.nanosleep(bindPauseNs);
  }
  yield* emergency('still could not bind()');
  return null;
}

function* masterMain(argv: readonly string[], site: Site, listening: readonly number[]): Running<number> {
  const pid = yield* sys.getpid();
  const master: Master = { pid, workers: new Set(), order: null, isEnding: false, site, listening };
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
  const files = yield* sys.prlimit(0, 'RLIMIT_NOFILE');
  yield* notice(master.pid, `getrlimit(RLIMIT_NOFILE): ${files.soft}:${files.hard}`);
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
    master.site = yield* readSite();
    yield* notice(master.pid, 'using the "epoll" event method');
    yield* startWorkers(master);
  }
  for (const worker of old) yield* sys.kill(worker, signal === 'SIGHUP' ? 'SIGQUIT' : signal);
}

function* startWorkers(master: Master): Running<void> {
  yield* notice(master.pid, 'start worker processes');
  for (let index = 0; index < workerCount; index++) yield* startWorker(master);
}

/** False when there can be no further process: the master goes on without. nginx: ngx_spawn_process(). */
function* startWorker(master: Master): Running<boolean> {
  try {
    const worker = yield* sys.fork(() => workerMain(master.site, master.listening));
    master.workers.add(worker);
    yield* notice(master.pid, `start worker process ${worker}`);
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    const why = `(${errnoNumber(error.errno)}: ${error.message})`;
    yield* log('alert', master.pid, `fork() failed while spawning "worker process" ${why}`);
    return false;
  }
}

function* workerMain(site: Site, listening: readonly number[]): Running {
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
  yield* sys.setuid(workerUid, workerUid);
  yield* sys.setTitle('nginx: worker process');
  yield* sys.sigaction('SIGPIPE', 'ignore');
  const pid = yield* sys.getpid();
  const count = { connections: 0 };
  for (const fd of listening) yield* sys.go(() => acceptConnections(fd, site, pid, count));
  while (order === null) {
    if (reopen.pop()) yield* notice(pid, 'reopening logs');
    else yield* rest();
  }
  if (order === 'SIGQUIT') yield* notice(pid, 'gracefully shutting down');
  yield* notice(pid, 'exiting');
  yield* notice(pid, 'exit');
  return 0;
}

function* acceptConnections(listening: number, site: Site, pid: number, count: { connections: number }): Running<void> {
  for (;;) {
    const fd = yield* sys.accept(listening);
    count.connections += 1;
    const number = count.connections;
    yield* sys.go(() => serveConnection(fd, site, pid, number));
  }
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
    if (!master.isEnding && 'signal' in status && !(yield* startWorker(master)))
      yield* log('alert', master.pid, 'could not respawn worker process');
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
