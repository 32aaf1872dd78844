/**
 * `libnetwork-setkey`: dockerd's own binary, run by runc as the container's prestart hook, tells the daemon which
 * network namespace to set up. moby: libnetwork/sandbox_externalkey_unix.go.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { isErrno } from '../../kernel/errno.ts';
import { errnoWords, readAll } from '../../programs/io.ts';
import { dockerdDurations } from '../durations-docker.ts';
import { startThreads } from '../go-threads.ts';
import { inSpan } from '../span.ts';
import { outliveBrokenPipes, readOrEnd, writeOrFalse } from '../wire/byte-stream.ts';
import type { Daemon } from './daemon.ts';
import { unlinkIfAny } from '../unlink.ts';
import { rebuildHosts } from './network-files.ts';
import { setKey } from './network.ts';
import { execRoot } from './records.ts';

interface KeyMessage {
  readonly ContainerID: string;
  readonly Key: string;
  /** The journal's number of the message. */
  readonly glass: number;
}

function socketPath(controller: string): string {
  return `${execRoot}/libnetwork/${controller}.sock`;
}

/** The hook: reads the container's state from standard input, sends the namespace's path, waits for `success`. */
export function* setkeyMain(argv: readonly string[]): Running {
  const [, , containerId = '', controller = ''] = argv;
  yield* outliveBrokenPipes();
  yield* startThreads(6);
  const input = yield* readAll(0);
  if (input.trim() === '') return yield* failed('EOF');
  const state = JSON.parse(input) as { readonly pid: number };
  yield* sys.compute(dockerdDurations.setkeyBegins);
  const path = socketPath(controller);
  let fd: number;
  try {
    fd = yield* sys.connect(path);
  } catch (error) {
    return yield* failed(`dial unix ${path}: connect: ${errnoWords(error).toLowerCase()}`);
  }
  const glass = yield* journalHook(fd, 'request', undefined);
  const message: KeyMessage = { ContainerID: containerId, Key: `/proc/${state.pid}/ns/net`, glass };
  yield* writeOrFalse(fd, `${JSON.stringify(message)}\n`);
  const answer = yield* readOrEnd(fd);
  const [number = '', words = ''] = answer.split(/ (.*)/s);
  if (number !== '') yield* sys.receiveMessage(Number(number));
  yield* sys.close(fd);
  if (words === 'success') return 0;
  return yield* failed(answer === '' ? 'failed to read buf in processReturn : EOF' : words);
}

/** runc shows what a failed hook says, if there still is a runc. */
function* failed(why: string): Running {
  yield* writeOrFalse(2, `${why}\n`);
  return 1;
}

/** The daemon's side: a coroutine a hook. */
export function* serveSetkey(daemon: Daemon): Running<void> {
  const path = socketPath(daemon.network.name);
  yield* unlinkIfAny(path);
  const listening = yield* sys.listen(path);
  yield* sys.chmod(path, 0o600);
  yield* sys.setCloseOnExec(listening, true);
  for (;;) {
    const fd = yield* sys.accept(listening);
    yield* sys.go(() => answerHook(daemon, fd));
  }
}

function* answerHook(daemon: Daemon, fd: number): Running<void> {
  yield* sys.setCloseOnExec(fd, true);
  const line = yield* readOrEnd(fd);
  if (line === '') {
    yield* sys.close(fd);
    return;
  }
  const message = JSON.parse(line) as KeyMessage;
  yield* sys.receiveMessage(message.glass, yield* sys.peerSpan());
  yield* inSpan('set key', 'engine', function* () {
    const words = yield* setUp(daemon, message);
    yield* sys.compute(dockerdDurations.setkeyWork);
    const number = yield* journalHook(fd, 'response', words);
    yield* writeOrFalse(fd, `${number} ${words}`);
  });
  yield* sys.close(fd);
}

/** What the daemon answers: `success`, or why not, as when the container has been killed meanwhile. */
function* setUp(daemon: Daemon, { ContainerID, Key }: KeyMessage): Running<string> {
  const container = daemon.containers.get(ContainerID);
  const sandbox = container?.sandbox ?? null;
  if (container === undefined || sandbox === null) return `no sandbox present for ${ContainerID}`;
  try {
    yield* setKey(sandbox, Key, () => rebuildHosts(daemon, container));
    return 'success';
  } catch (error) {
    if (!isErrno(error)) throw error;
    return error.message.toLowerCase();
  }
}

function* journalHook(fd: number, kind: 'request' | 'response', status: string | undefined): Running<number> {
  const text = { protocol: 'hook', kind, label: 'libnetwork-setkey' } as const;
  const { id } = yield* sys.sendMessage(fd, status === undefined ? text : { ...text, status });
  return id;
}
