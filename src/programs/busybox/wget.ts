/** busybox wget: one file over HTTP. busybox: networking/wget.c. */
import type { Program, Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { connectWithin, parseUrl, relativeUrl, resolveHost } from '../http/connect-host.ts';
import type { Url } from '../http/connect-host.ts';
import { fieldNamed, httpReader, readBody, readHead } from '../http/http-reader.ts';
import { complain, print, writeAll } from '../io.ts';
import { parseOptions } from '../tools/options.ts';
import type { Options } from '../tools/options.ts';

const usage = 'Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [-T SEC] URL...\n';
const long: Readonly<Record<string, string>> = {
  quiet: 'q',
  'output-document': 'O',
  'server-response': 'S',
  spider: 's',
  timeout: 'T',
  header: 'H',
  'user-agent': 'U',
  'post-data': 'p',
};

/** Words for standard error; the program ends with 1. */
class WgetError extends Error {}

export const wget: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'cqSO:o:T:U:H:p:sP:', long);
  if (typeof options === 'string' || options.operands.length === 0) {
    yield* print(`BusyBox v1.36.1 multi-call binary.\n\n${usage}`, 2);
    return 1;
  }
  try {
    for (const operand of options.operands) yield* download(operand, options);
    return 0;
  } catch (error) {
    if (!(error instanceof WgetError)) throw error;
    yield* complain('wget', error.message);
    return 1;
  }
};

function* download(text: string, options: Options): Running<void> {
  let url = urlOf(text);
  for (let redirects = 5; ; redirects -= 1) {
    const location = yield* fetchFrom(url, options);
    if (location === null) return;
    if (redirects === 0) throw new WgetError('too many redirections');
    url = urlOf(relativeUrl(url, location));
  }
}

function urlOf(text: string): Url {
  const url = parseUrl(text);
  if (url?.scheme === 'https') throw new WgetError('glassdock: https is not modelled yet');
  if (url?.scheme !== 'http') throw new WgetError(`not an http or ftp url: ${text}`);
  return url;
}

/** Where the server sends us instead, or null when the file is there. */
function* fetchFrom(url: Url, options: Options): Running<string | null> {
  const fd = yield* dial(url, options);
  const data = options.values.get('p');
  const lines = [
    `${data === undefined ? 'GET' : 'POST'} ${url.target} HTTP/1.1`,
    `Host: ${url.authority}`,
    `User-Agent: ${options.values.get('U') ?? 'Wget'}`,
    ...options.all.filter(([letter]) => letter === 'H').map(([, value]) => value),
    'Connection: close',
    ...(data === undefined ? [] : [`Content-Length: ${data.length}`]),
  ];
  yield* writeAll(fd, `${lines.join('\r\n')}\r\n\r\n${data ?? ''}`);
  const reader = httpReader(fd);
  const head = yield* readHead(reader);
  if (head === null) throw new WgetError('error getting response');
  if (options.has('S')) {
    yield* print(`  ${[head.startLine, ...head.fields.map((field) => field.join(': '))].join('\n  ')}\n`, 2);
  }
  const status = Number(head.startLine.split(' ')[1] ?? 0);
  const location = fieldNamed(head, 'location');
  if (status >= 300 && status < 400 && location !== undefined) {
    yield* sys.close(fd);
    return location;
  }
  if (status < 200 || status > 206) throw new WgetError(`server returned error: ${head.startLine}`);
  if (options.has('s')) {
    if (!options.has('q')) yield* print('remote file exists\n', 2);
    return null;
  }
  const name = options.values.get('O') ?? ((url.target.split('?')[0] ?? '').split('/').at(-1) || 'index.html');
  const out = name === '-' ? 1 : yield* openOutput(name, options.has('O'));
  if (!options.has('q')) yield* print(name === '-' ? 'writing to stdout\n' : `saving to '${name}'\n`, 2);
  let bytes = 0;
  const isWhole = yield* readBody(reader, head, function* (piece) {
    bytes += piece.length;
    yield* writeAll(out, piece);
  });
  if (!isWhole) throw new WgetError('connection closed prematurely');
  if (!options.has('q')) {
    const bar = `${name.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${String(bytes).padStart(5)}  0:00:00 ETA`;
    yield* print(`${bar}\n${name === '-' ? 'written to stdout' : `'${name}' saved`}\n`, 2);
  }
  yield* sys.close(fd);
  return null;
}

function* dial(url: Url, options: Options): Running<number> {
  const address = yield* resolveHost(url.host);
  if (address === null) throw new WgetError(`bad address '${url.host}'`);
  if (!options.has('q')) yield* print(`Connecting to ${url.authority} (${address}:${url.port})\n`, 2);
  const seconds = options.values.get('T');
  const limitNs = seconds === undefined ? undefined : Number(seconds) * 1e9;
  const outcome = yield* connectWithin({ address, port: url.port }, limitNs);
  if (outcome === null) throw new WgetError('download timed out');
  if (typeof outcome === 'number') return outcome;
  throw new WgetError(`can't connect to remote host (${address}): ${outcome.message}`);
}

/** Without -O a file that is there already is not written over. */
function* openOutput(name: string, mayReplace: boolean): Running<number> {
  try {
    return yield* sys.open(name, O.WRONLY | O.CREAT | (mayReplace ? O.TRUNC : O.EXCL), 0o666);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new WgetError(`can't open '${name}': ${error.message}`);
  }
}
