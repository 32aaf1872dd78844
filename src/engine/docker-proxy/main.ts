/**
 * docker-proxy: listens on a published port of the host and passes each connection on to the container. It is there for
 * what the rules do not reach, such as 127.0.0.1. moby: cmd/docker-proxy.
 */
import { isErrno } from '../../kernel/errno.ts';
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print, writeAll } from '../../programs/io.ts';
import { threadCounts } from '../durations.ts';
import { takeUnwantedSignals } from '../go-signals.ts';
import { startThreads } from '../go-threads.ts';
import { outliveBrokenPipes, readOrEnd, shutdownIfOpen, writeOrFalse } from '../wire/byte-stream.ts';

/** The pipe on which its parent waits for `0`, or `1` and the words of a failure. */
const reportFd = 3;

/** Go: package flag, which writes its help to standard error. */
const usage = `Usage of docker-proxy:
  -container-ip string
    \tcontainer ip
  -container-port int
    \tcontainer port (default -1)
  -host-ip string
    \thost ip
  -host-port int
    \thost port (default -1)
  -proto string
    \tproxy protocol (default "tcp")
  -v\tprint version information and quit
  -version
    \tprint version information and quit
`;
const valued = ['-container-ip', '-container-port', '-host-ip', '-host-port', '-proto'];

export const dockerProxyProgram: Program = function* (argv): Running {
  const words = argv.slice(1).filter((_, index, all) => !valued.includes(all[index - 1] ?? ''));
  const alien = words.find((word) => word.startsWith('-') && !valued.includes(word));
  if (alien !== undefined) {
    const isHelp = alien === '-h' || alien === '-help';
    yield* print(`${isHelp ? '' : `flag provided but not defined: ${alien}\n`}${usage}`, 2);
    return isHelp ? 0 : 2;
  }
  // By hand there is nobody to be told.
  if (!valued.every((name) => argv.includes(name))) return 1;
  const option = (name: string): string => argv[argv.indexOf(name) + 1] ?? '';
  const address = option('-host-ip');
  const port = Number(option('-host-port'));
  const to = { address: option('-container-ip'), port: Number(option('-container-port')) };
  yield* outliveBrokenPipes();
  yield* startThreads(threadCounts.dockerProxy);
  yield* takeUnwantedSignals();
  const ended = { isEnded: false };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    yield* sys.sigaction(signal, function* () {
      ended.isEnded = true;
      yield* sys.futexWake(ended);
    });
  }
  const isIpv6 = address.includes(':');
  // Without UDP there is nothing to listen on: the port only counts as taken.
  if (option('-proto') === 'tcp') {
    try {
      const listening = yield* sys.listen({ address, port, ipv6Only: isIpv6 }, 4096);
      yield* sys.go(() => acceptForEver(listening, to));
    } catch (error) {
      if (!isErrno(error)) throw error;
      const spot = isIpv6 ? `tcp6 [${address}]:${port}` : `tcp4 ${address}:${port}`;
      yield* writeAll(reportFd, `1\nlisten ${spot}: bind: ${error.message.toLowerCase()}`);
      return 1;
    }
  }
  yield* writeAll(reportFd, '0\n');
  yield* sys.close(reportFd);
  while (!ended.isEnded) yield* sys.futexWait(ended);
  return 0;
};

function* acceptForEver(listening: number, to: { readonly address: string; readonly port: number }): Running<void> {
  for (;;) {
    const client = yield* sys.accept(listening);
    yield* sys.go(() => passOn(client, to));
  }
}

/** Both directions at once; each ends by itself, and the connections close with the second. */
function* passOn(client: number, to: { readonly address: string; readonly port: number }): Running<void> {
  let backend: number;
  try {
    backend = yield* sys.connect(to);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* sys.close(client);
    return;
  }
  const halves = { open: 2 };
  const carry = function* (from: number, into: number): Running<void> {
    for (let data = yield* readOrEnd(from); data !== ''; data = yield* readOrEnd(from)) {
      if (!(yield* writeOrFalse(into, data))) break;
    }
    yield* shutdownIfOpen(into, 'write');
    yield* shutdownIfOpen(from, 'read');
    halves.open -= 1;
    if (halves.open > 0) return;
    yield* sys.close(client);
    yield* sys.close(backend);
  };
  yield* sys.goCarrying(() => carry(client, backend));
  yield* carry(backend, client);
}
