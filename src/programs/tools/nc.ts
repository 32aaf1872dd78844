/**
 * nc: standard input goes to a TCP connection, what comes back to standard output. busybox's small one
 * (networking/nc.c), and on the host OpenBSD's as Debian packages it; asked of both.
 */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import { connectWithin, resolveHost } from '../http/connect-host.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, print, readFileIfAny, readSome, writeAll } from '../io.ts';
import { forkOrComplain } from '../spawn.ts';
import { become } from './everyday-tools.ts';
import { parseOptions, type Options } from './options.ts';

const usage = `BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]

Open a pipe to IP:PORT or FILE

	-l	Listen mode, for inbound connects
		(use -ll with -e for persistent server)
	-p PORT	Local port
	-w SEC	Connect timeout
	-i SEC	Delay interval for lines sent
	-f FILE	Use file (ala /dev/ttyS0) instead of network
	-e PROG	Run PROG after connect
`;

/** The applet. */
export const busyboxNc: Program = function* (argv, environment): Running {
  const words = argv.slice(1);
  // -e takes all that is left.
  const at = words.findIndex((word) => /^-[a-z]*e$/.test(word));
  const program = at < 0 ? null : words.slice(at + 1);
  const options = parseOptions(at < 0 ? words : [...words.slice(0, at), ...lettersOf(words[at])], 'lp:w:i:f:');
  const complaint =
    program?.length === 0 ? "option requires an argument -- 'e'" : typeof options === 'string' ? options : '';
  if (typeof options === 'string' || complaint !== '' || words.length === 0) {
    if (complaint !== '') yield* complain('nc', complaint);
    yield* print(usage, 2);
    return 1;
  }
  const { has, values, operands } = options;
  const noNumber = options.all.find(([letter, text]) => /[wi]/.test(letter) && !isWithin(text, 4_294_967_295));
  if (noNumber !== undefined) return yield* fail(`invalid number '${noNumber[1]}'`);
  if (has('f')) {
    yield* complain('glassdock', 'nc -f is not modelled yet: `cat` opens a file');
    return 1;
  }
  const port = numberOfPort((has('l') ? values.get('p') : operands[1]) ?? '0');
  if (port === null) return yield* fail(`bad port '${operands[1] ?? values.get('p') ?? ''}'`);
  const host = operands[0] ?? (has('l') ? '::' : '');
  const address = /^\d+$/.test(host) ? dotted(Number(host)) : yield* resolveHost(host);
  if (address === null) return yield* fail(`bad address '${host}'`);
  const run = program === null ? null : () => become('nc', program, environment, 'busybox');
  if (!has('l')) return yield* busyboxConnect({ address, port }, nanosecondsOf(values.get('w')) || undefined, run);
  const isPersistent = options.all.filter(([letter]) => letter === 'l').length > 1 && run !== null;
  return yield* busyboxListen({ address, port }, isPersistent, run);
};

function lettersOf(word = ''): readonly string[] {
  return word === '-e' ? [] : [word.slice(0, -1)];
}

/** inet_aton(3): a number alone is a whole address. */
function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

interface Place {
  readonly address: string;
  readonly port: number;
}
type Run = (() => Running) | null;

function* busyboxConnect(to: Place, limitNs: number | undefined, run: Run): Running {
  const fd = yield* connectWithin(to, limitNs);
  if (fd === null) return yield* fail('timed out');
  if (typeof fd !== 'number') return yield* fail(`can't connect to remote host (${to.address}): ${strerror(fd.errno)}`);
  return yield* run === null ? pass(fd, true) : runOver(fd, run);
}

function* busyboxListen(on: Place, isPersistent: boolean, run: Run): Running {
  let listening: number;
  try {
    listening = yield* sys.listen(on, 1);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return yield* fail(`bind: ${strerror(error.errno)}`);
  }
  if (isPersistent) yield* sys.sigaction('SIGCHLD', 'ignore');
  for (;;) {
    const fd = yield* sys.accept(listening);
    if (isPersistent && run !== null) {
      if ((yield* forkOrComplain('nc', 'vfork', () => runOver(fd, run))) === null) return 1;
      yield* sys.close(fd);
      continue;
    }
    yield* sys.close(listening);
    return yield* run === null ? pass(fd, true) : runOver(fd, run);
  }
}

/** A program whose input and output are the connection. */
function* runOver(fd: number, run: () => Running): Running {
  for (const standard of [0, 1, 2]) yield* sys.dup(fd, standard);
  yield* sys.close(fd);
  return yield* run();
}

/** Both ways at once, until the other side has ended. With `halfCloses` the other side hears that our input is over. */
function* pass(fd: number, halfCloses: boolean): Running {
  let reads = true;
  for (;;) {
    const wanted = reads ? [0, fd] : [fd];
    const ready = yield* sys.poll(wanted.map((each) => ({ fd: each, events: ['in'] as const })));
    for (const each of ready) {
      const data = yield* readSome(each.fd);
      if (each.fd === fd && data === '') return 0;
      if (each.fd === fd) yield* writeAll(1, data);
      else if (data !== '') yield* writeAll(fd, data);
      else {
        reads = false;
        if (halfCloses) yield* sys.shutdown(fd, 'write');
      }
    }
  }
}

const openbsdUsage = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [destination] [port]
`;

/** The host's tool. */
export function* ncMain(argv: readonly string[]): Running {
  const options = parseOptions(argv.slice(1), '46dhklNnuvzp:q:s:w:');
  if (typeof options === 'string' || argv.length === 1 || options.has('h')) {
    if (typeof options === 'string') yield* complain('nc', options);
    yield* print(openbsdUsage, 2);
    return 1;
  }
  const { has, values, operands } = options;
  const timeout = values.get('w') ?? '0';
  if (!isWithin(timeout, longestTimeout)) return yield* fail(`timeout ${whyNot(timeout)}: ${timeout}`);
  if (has('u')) {
    yield* complain('glassdock', 'nc -u is not modelled yet: of the protocols there is TCP');
    return 1;
  }
  const isListening = has('l');
  const port = operands[1] ?? (isListening ? (values.get('p') ?? operands[0]) : undefined);
  const host = operands[1] !== undefined || (isListening && values.has('p')) ? operands[0] : undefined;
  if (port === undefined || (!isListening && host === undefined)) return yield* fail('missing port number');
  const number = numberOfPort(port);
  if (number === null) return yield* fail(`port number invalid: ${port}`);
  const address = yield* resolveHost(host ?? '0.0.0.0');
  if (address === null)
    return yield* fail(`getaddrinfo for host "${host ?? ''}" port ${port}: Name or service not known`);
  const place = { address, port: number };
  return yield* isListening ? openbsdListen(place, options) : openbsdConnect(host ?? '', place, options);
}

function* openbsdConnect(host: string, to: Place, { has, values }: Options): Running {
  const fd = yield* connectWithin(to, nanosecondsOf(values.get('w')));
  const isVerbose = has('v');
  if (fd === null || typeof fd !== 'number') {
    const why = fd === null ? 'timed out: Operation now in progress' : `failed: ${strerror(fd.errno)}`;
    const where = host === to.address ? host : `${host} (${to.address})`;
    if (isVerbose) yield* complain('nc', `connect to ${where} port ${to.port} (tcp) ${why}`);
    return 1;
  }
  if (isVerbose) {
    const service = services[to.port] ?? '*';
    yield* print(`Connection to ${host} ${to.port} port [tcp/${service}] succeeded!\n`, 2);
  }
  if (has('z')) return 0;
  return yield* pass(fd, has('N'));
}

function* openbsdListen(on: Place, { has }: Options): Running {
  let listening: number;
  try {
    listening = yield* sys.listen(on, 1);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return yield* fail(strerror(error.errno));
  }
  if (has('v')) yield* print(`Listening on ${on.address} ${on.port}\n`, 2);
  for (;;) {
    const fd = yield* sys.accept(listening);
    const { address, port } = yield* sys.getpeername(fd);
    if (has('v')) yield* print(`Connection received on ${yield* nameOf(address)} ${port}\n`, 2);
    if (!has('k')) yield* sys.close(listening);
    yield* pass(fd, has('N'));
    if (!has('k')) return 0;
    yield* sys.close(fd);
  }
}

/** getnameinfo(3), as far as files go. */
function* nameOf(address: string): Running<string> {
  const lines = ((yield* readFileIfAny('/etc/hosts')) ?? '').split('\n').map((line) => line.split(/\s+/));
  return lines.find(([first]) => first === address)?.[1] ?? address;
}

/** Of /etc/services the names that one meets. */
const services: Readonly<Record<number, string>> = {
  22: 'ssh',
  25: 'smtp',
  53: 'domain',
  80: 'http',
  443: 'https',
  3306: 'mysql',
  5432: 'postgresql',
  6379: 'redis',
  8080: 'http-alt',
};

function numberOfPort(text: string): number | null {
  return /^\d+$/.test(text) && Number(text) < 65_536 ? Number(text) : null;
}

function isWithin(text: string, most: number): boolean {
  return /^\d+$/.test(text) && Number(text) <= most;
}

/** OpenBSD's: INT_MAX / 1000. */
const longestTimeout = 2_147_483;

/** strtonum(3)'s words. */
function whyNot(text: string): string {
  return /^[-+]?\d+$/.test(text) ? (text.startsWith('-') ? 'too small' : 'too large') : 'invalid';
}

function nanosecondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text) * 1e9;
}

function* fail(message: string): Running {
  yield* complain('nc', message);
  return 1;
}
