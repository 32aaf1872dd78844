/** `docker top`: dockerd runs the host's ps and keeps the container's lines. moby: daemon/top_unix.go. */
import type { Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, readAll } from '../../programs/io.ts';
import { lookPath, spawn, waitFor } from '../../programs/spawn.ts';
import { methods } from '../wire/containerd-api.ts';
import { callRpc } from '../wire/rpc.ts';
import { ApiError, conflict, serverError } from './api-error.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import type { Daemon } from './daemon.ts';
import { emitContainerEvent } from './events.ts';

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** The answer to GET /containers/{id}/top. `psArgs` is split at blanks; `-ef` when empty. */
export function* topOf(daemon: Daemon, container: Container, psArgs: string): Running<unknown> {
  yield* untilUnlocked(container);
  const { ID, State } = container.record;
  if (!isRunning(container)) throw conflict(`container ${ID} is not running`);
  if (State.Restarting) throw conflict(`Container ${ID} is restarting, wait until the container is running`);
  const answer = (yield* callRpc(daemon.containerd, methods.tasksListPids, { container_id: ID })) as {
    readonly processes: readonly { readonly pid: number }[];
  };
  const pids = new Set(answer.processes.map(({ pid }) => pid));
  const lines = linesOf(yield* outputOfPs(psArgs === '' ? ['-ef'] : psArgs.split(' '), [...pids]));
  const titles = fieldsOf(lines[0] ?? '');
  const pidColumn = titles.indexOf('PID');
  if (pidColumn < 0) throw serverError("Couldn't find PID field in ps output");
  const rows = lines
    .slice(1)
    .map((line) => rowOf(line, titles.length))
    .filter((row) => pids.has(Number(row[pidColumn])));
  yield* emitContainerEvent(daemon.events, container, 'top');
  return { Processes: rows, Titles: titles };
}

/** Some options of ps do not go together with -q: then it is asked for everybody. */
function* outputOfPs(args: readonly string[], pids: readonly number[]): Running<string> {
  try {
    return yield* runPs([...args, `-q${pids.join(',')}`]);
  } catch (error) {
    if (error instanceof ApiError) return yield* runPs(args);
    throw error;
  }
}

function* runPs(args: readonly string[]): Running<string> {
  const [read, write] = yield* sys.pipe2(O.CLOEXEC);
  const [readWords, writeWords] = yield* sys.pipe2(O.CLOEXEC);
  const path = yield* pathOfPs();
  const pid = yield* spawn({ path, argv: ['ps', ...args], env: environment, fds: { 1: write, 2: writeWords } });
  yield* sys.close(write);
  yield* sys.close(writeWords);
  const output = yield* readAll(read);
  yield* sys.close(read);
  const [words = ''] = linesOf(yield* readAll(readWords));
  yield* sys.close(readWords);
  const status = yield* waitFor(pid);
  if (!('code' in status) || status.code !== 0)
    throw serverError(`ps: ${words === '' ? `exit status ${'code' in status ? status.code : 1}` : words}`);
  return output;
}

function* pathOfPs(): Running<string> {
  try {
    return yield* lookPath('ps', environment);
  } catch (error) {
    if (isErrno(error)) throw serverError('exec: "ps": executable file not found in $PATH');
    throw error;
  }
}

function fieldsOf(line: string): readonly string[] {
  return line.split(/\s+/).filter((field) => field !== '');
}

/** The last column takes the rest of the line, blanks and all. */
function rowOf(line: string, columns: number): readonly string[] {
  const fields = fieldsOf(line);
  return [...fields.slice(0, columns - 1), fields.slice(columns - 1).join(' ')];
}
