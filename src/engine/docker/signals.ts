/** Signals that reach the CLI go on to the container's first process. docker: cli/command/container/signals.go. */
import type { Running, SignalName } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { call, DaemonError, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { windowSize } from './terminal.ts';

const proxied: readonly SignalName[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGCONT',
  'SIGTSTP',
];

/** From now on, each signal becomes a request. */
export function* proxySignals(docker: DockerClient, id: string): Running<void> {
  for (const signal of proxied) {
    yield* sys.sigaction(signal, function* () {
      yield* sys.go(() => sendSignal(docker, id, signal));
    });
  }
}

function* sendSignal(docker: DockerClient, id: string, signal: SignalName): Running<void> {
  try {
    yield* call(docker, { method: 'POST', target: target(`/containers/${id}/kill`, { signal: signal.slice(3) }) });
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
  }
}

/** Tells the process's terminal the size of the CLI's own, now and whenever it changes. docker: MonitorTtySize(). */
export function* followWindowSize(docker: DockerClient, path: string): Running<void> {
  yield* sendSize(docker, path);
  yield* sys.sigaction('SIGWINCH', function* () {
    yield* sys.go(() => sendSize(docker, path));
  });
}

function* sendSize(docker: DockerClient, path: string): Running<void> {
  const [height, width] = yield* windowSize();
  if (height === 0 && width === 0) return;
  try {
    yield* call(docker, { method: 'POST', target: target(`${path}/resize`, { h: String(height), w: String(width) }) });
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
  }
}
