/** One probe: an exec without a client. moby: daemon/health.go, cmdProbe.run(). */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { formatDuration } from '../docker/duration.ts';
import { timestampNow } from '../timestamp.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc, RpcError } from '../wire/rpc.ts';
import { answerOf } from './api-error.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { createExec, startExec } from './exec.ts';
import type { Exec } from './exec.ts';
import type { HealthMonitor } from './health.ts';
import type { HealthConfig, HealthLogEntry } from './records.ts';
import { startFailure } from './start-failure.ts';

const defaultTimeoutNs = 30e9;
const longestOutput = 4096;

/** What a probe prints, as far as it is kept. */
interface Output {
  text: string;
  isCut: boolean;
}

/** Runs the check's command in the container. Null when the container ended, or its monitor, meanwhile. */
export function* runProbe(
  daemon: Daemon,
  container: Container,
  check: HealthConfig,
  monitor: HealthMonitor,
): Running<HealthLogEntry | null> {
  const Start = yield* timestampNow();
  const output: Output = { text: '', isCut: false };
  try {
    const exec = yield* createExec(daemon, container, {
      AttachStdout: true,
      AttachStderr: true,
      Cmd: commandOf(check),
    });
    daemon.execs.delete(exec.id);
    exec.streams.attached.add(collector(output));
    yield* startExec(daemon, exec);
    const timeoutNs = check.Timeout || defaultTimeoutNs;
    const isOver = yield* untilOver(exec, monitor, timeoutNs);
    if (monitor.stopped) return null;
    if (isOver) return { Start, End: yield* timestampNow(), ExitCode: exec.exitCode ?? -1, Output: wordsOf(output) };
    yield* abandon(daemon, exec, monitor);
    const words = wordsOf(output);
    const Output = `Health check exceeded timeout (${formatDuration(timeoutNs)})${words === '' ? '' : `: ${words}`}`;
    return { Start, End: yield* timestampNow(), ExitCode: -1, Output };
  } catch (error) {
    const { message: Output } = error instanceof RpcError ? startFailure(error.message) : answerOf(error);
    yield* daemon.log('warn', `Health check for container ${container.record.ID} error: ${Output}`);
    return { Start, End: yield* timestampNow(), ExitCode: -1, Output };
  }
}

/** `CMD-SHELL` is a line for the shell, `CMD` a command with its arguments. */
function commandOf({ Test = [] }: HealthConfig): readonly string[] {
  const [kind, ...words] = Test;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words;
}

function collector(output: Output) {
  return {
    stdout: true,
    stderr: true,
    // oxlint-disable-next-line require-yield -- it keeps what comes.
    *write(_stream: 'stdout' | 'stderr', data: string): Running<boolean> {
      const kept = data.slice(0, longestOutput - output.text.length);
      output.text += kept;
      output.isCut ||= kept.length < data.length;
      return true;
    },
  };
}

const wordsOf = ({ text, isCut }: Output): string => `${text}${isCut ? '...' : ''}`;

/** Sleeps until the process and its streams have ended; false after `timeoutNs`. */
function* untilOver(exec: Exec, monitor: HealthMonitor, timeoutNs: number): Running<boolean> {
  const endNs = (yield* sys.monotonic()) + timeoutNs;
  while (!isTold(exec) && !monitor.stopped) {
    const leftNs = endNs - (yield* sys.monotonic());
    if (leftNs <= 0) return false;
    yield* sys.futexWait(exec.changed, leftNs);
  }
  return true;
}

/** SIGKILL, and the wait for its effect, so that no dying probes pile up. */
function* abandon(daemon: Daemon, exec: Exec, monitor: HealthMonitor): Running<void> {
  exec.isAbandoned = true;
  const process = { container_id: exec.container.record.ID, exec_id: exec.id };
  yield* callRpc(daemon.containerd, methods.tasksKill, { ...process, signal: 9 });
  while (!isTold(exec) && !monitor.stopped) yield* sys.futexWait(exec.changed);
}

/** Its streams have ended, and its end is an event. */
const isTold = ({ id, container }: Exec): boolean => !container.execs.has(id);
