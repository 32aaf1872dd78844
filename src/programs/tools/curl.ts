/** curl(1) 8.14: GET and its kin over TCP and unix sockets. No TLS, no proxies, no cookies. */
import type { Program, Running } from '../../kernel/abi.ts';
import { O } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { connectWithin, parseUrl, relativeUrl, resolveHost } from '../http/connect-host.ts';
import type { Url } from '../http/connect-host.ts';
import { fieldNamed, httpReader, readBody, readHead } from '../http/http-reader.ts';
import type { HttpHead } from '../http/http-reader.ts';
import { print, readAll, readFile, writeAll } from '../io.ts';
import { writtenOut } from './curl-write-out.ts';
import { parseOptions } from './options.ts';
import type { Options } from './options.ts';

export const curlVersion = '8.14.1';

/** What a transfer came to. */
export interface Transfer {
  readonly url: Url;
  status: number;
  bodyBytes: number;
  contentType: string;
  local: { readonly address: string; readonly port: number };
  remote: { readonly address: string; readonly port: number };
  connectedNs: number;
  totalNs: number;
  redirectTo: string;
}

/** An exit code with its words. curl: src/tool_operate.c, lib/strerror.c. */
class CurlError extends Error {
  readonly code: number;
  constructor(code: number, words: string) {
    super(words);
    this.code = code;
  }
}

/** Noticed when the transfer is over: with -s nobody is told. */
class LateFailure extends CurlError {}

const letters = 'A:B:d:fH:hIikLm:No:Osu:U:vVw:X:SC:n';
const long: Readonly<Record<string, string>> = {
  'user-agent': 'A',
  data: 'd',
  'data-binary': 'B',
  fail: 'f',
  header: 'H',
  help: 'h',
  head: 'I',
  include: 'i',
  'show-headers': 'i',
  insecure: 'k',
  location: 'L',
  'max-time': 'm',
  // Nothing is kept back here anyway.
  'no-buffer': 'N',
  output: 'o',
  'remote-name': 'O',
  silent: 's',
  'show-error': 'S',
  'unix-socket': 'U',
  verbose: 'v',
  version: 'V',
  'write-out': 'w',
  request: 'X',
  'connect-timeout': 'C',
};
const mostRedirects = 50;

export const curl: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), letters, long);
  if (typeof options === 'string') return yield* refuse(options);
  if (options.has('V')) {
    yield* print(`curl ${curlVersion} (x86_64-pc-linux-gnu) glassdock\nProtocols: http\nFeatures: UnixSockets\n`);
    return 0;
  }
  // libcurl: whoever reads no more is told of by an error.
  yield* sys.sigaction('SIGPIPE', 'ignore');
  if (options.operands.length === 0) {
    yield* print("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n", 2);
    return 2;
  }
  let code = 0;
  for (const text of options.operands) code = yield* fetchOne(text, options);
  return code;
};

function* refuse(complaint: string): Running {
  const letter = /'(.*)'/.exec(complaint)?.[1] ?? '';
  const option = letter.startsWith('-') ? letter : `-${letter}`;
  const words = complaint.includes('requires') ? 'requires parameter' : 'is unknown';
  yield* print(
    `curl: option ${option}: ${words}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
    2,
  );
  return 2;
}

function* fetchOne(text: string, options: Options): Running {
  let transfer: Transfer | null = null;
  let isTold = false;
  try {
    let url = urlOf(text);
    for (let redirects = 0; ; redirects += 1) {
      transfer = newTransfer(url);
      yield* perform(transfer, options);
      if (transfer.redirectTo === '' || !options.has('L')) {
        yield* print(writtenOut(options.values.get('w') ?? '', transfer));
        isTold = true;
        if (options.has('f') && transfer.status >= 400) {
          throw new CurlError(22, `The requested URL returned error: ${transfer.status}`);
        }
        return 0;
      }
      if (redirects === mostRedirects) throw new CurlError(47, `Maximum (${mostRedirects}) redirects followed`);
      url = urlOf(relativeUrl(url, transfer.redirectTo));
    }
  } catch (error) {
    if (!(error instanceof CurlError)) throw error;
    // What failed has a code, too: 000, or that of the answer so far.
    if (transfer !== null && !isTold) yield* print(writtenOut(options.values.get('w') ?? '', transfer));
    if (error instanceof LateFailure) {
      if (!options.has('s')) yield* print(`${meterOf(transfer?.bodyBytes ?? 0)}curl: ${error.message}\n`, 2);
    } else if (!options.has('s') || options.has('S')) yield* print(`curl: (${error.code}) ${error.message}\n`, 2);
    return error.code;
  }
}

function urlOf(text: string): Url {
  const url = parseUrl(text);
  if (url === null) throw new CurlError(3, 'URL rejected: No host part in the URL');
  if (url.scheme === 'http') return url;
  if (url.scheme === 'https') throw new CurlError(1, 'Protocol "https" not supported: no TLS is modelled');
  throw new CurlError(1, `Protocol "${url.scheme}" not supported`);
}

function newTransfer(url: Url): Transfer {
  return {
    url,
    status: 0,
    bodyBytes: 0,
    contentType: '',
    local: { address: '', port: 0 },
    remote: { address: '', port: 0 },
    connectedNs: 0,
    totalNs: 0,
    redirectTo: '',
  };
}

function* perform(transfer: Transfer, options: Options): Running<void> {
  const { url } = transfer;
  const startNs = yield* sys.monotonic();
  const tell = function* (line: string): Running<void> {
    if (options.has('v')) yield* print(`${line}\n`, 2);
  };
  const fd = yield* dial(url, options, transfer, tell);
  transfer.connectedNs = (yield* sys.monotonic()) - startNs;
  const limit = yield* limitTransfer(fd, options, transfer.connectedNs);
  yield* sendRequest(fd, url, options, tell);
  const reader = httpReader(fd);
  const head = yield* readHead(reader);
  const cut = (): CurlError | undefined =>
    reader.wasReset ? new CurlError(56, 'Recv failure: Connection reset by peer') : undefined;
  if (head === null) throw limit.complaint(0) ?? cut() ?? new CurlError(52, 'Empty reply from server');
  const message = fieldNamed(head, 'glass-message');
  if (message !== undefined) yield* sys.receiveMessage(Number(message));
  transfer.status = Number(head.startLine.split(' ')[1] ?? 0);
  transfer.contentType = fieldNamed(head, 'content-type') ?? '';
  transfer.redirectTo = transfer.status >= 300 && transfer.status < 400 ? (fieldNamed(head, 'location') ?? '') : '';
  for (const line of linesOf(head)) yield* tell(`< ${line}`);
  yield* tell('< ');
  const out = yield* openOutput(url, options, Number(fieldNamed(head, 'content-length') ?? 0));
  if (options.has('i') || options.has('I')) yield* put(out, `${linesOf(head).join('\r\n')}\r\n\r\n`);
  const isHidden = (options.has('f') && transfer.status >= 400) || (options.has('L') && transfer.redirectTo !== '');
  const hasBody = !options.has('I') && transfer.status !== 204 && transfer.status !== 304;
  if (hasBody) {
    const isWhole = yield* readBody(reader, head, function* (piece) {
      transfer.bodyBytes += piece.length;
      if (!isHidden) yield* put(out, piece);
    });
    const late = limit.complaint(transfer.bodyBytes);
    if (late !== undefined) throw late;
    if (!isWhole) throw cut() ?? new CurlError(18, 'transfer closed with outstanding read data remaining');
  }
  limit.isOver = true;
  transfer.totalNs = (yield* sys.monotonic()) - startNs;
  yield* tell(`* Connection #0 to host ${url.host} left intact`);
  yield* sys.close(fd);
  if (out !== 1) yield* sys.close(out);
  if (!options.has('s') && !(yield* sys.isatty(out === 1 ? 1 : 2))) yield* print(meterOf(transfer.bodyBytes), 2);
  else if (!options.has('s') && out !== 1) yield* print(meterOf(transfer.bodyBytes), 2);
}

/** `--max-time` for what comes after the connecting: at its end the connection is shut, as if the server had gone. */
function* limitTransfer(
  fd: number,
  options: Options,
  passedNs: number,
): Running<{ isOver: boolean; readonly complaint: (bytes: number) => CurlError | undefined }> {
  const seconds = Number(options.values.get('m') ?? Number.NaN);
  const words = `Operation timed out after ${Math.round(seconds * 1000)} milliseconds with`;
  let isLate = false;
  const limit = {
    isOver: false,
    complaint: (bytes: number) => (isLate ? new CurlError(28, `${words} ${bytes} bytes received`) : undefined),
  };
  if (Number.isNaN(seconds)) return limit;
  yield* sys.go(function* () {
    yield* sys.nanosleep(Math.max(0, seconds * 1e9 - passedNs));
    if (limit.isOver) return;
    isLate = true;
    yield* sys.shutdown(fd, 'read');
  });
  return limit;
}

/** The head's lines; ours is not shown. */
function linesOf(head: HttpHead): readonly string[] {
  const fields = head.fields.filter(([name]) => name !== 'Glass-Message');
  return [head.startLine, ...fields.map(([name, value]) => `${name}: ${value}`)];
}

function* dial(url: Url, options: Options, transfer: Transfer, tell: (line: string) => Running<void>): Running<number> {
  const path = options.values.get('U');
  const seconds = Number(options.values.get('C') ?? options.values.get('m') ?? Number.NaN);
  const limitNs = Number.isNaN(seconds) ? undefined : seconds * 1e9;
  const address = path === undefined ? yield* resolveHost(url.host) : '';
  if (address === null) throw new CurlError(6, `Could not resolve host: ${url.host}`);
  const target = path ?? { address, port: url.port };
  const spot = address.includes(':') ? `[${address}]:${url.port}` : `${address}:${url.port}`;
  yield* tell(path === undefined ? `*   Trying ${spot}...` : `*   Trying ${path}:0...`);
  const startNs = yield* sys.monotonic();
  const outcome = yield* connectWithin(target, limitNs);
  const passedMs = Math.floor(((yield* sys.monotonic()) - startNs) / 1e6);
  if (outcome === null) throw new CurlError(28, `Connection timed out after ${passedMs} milliseconds`);
  if (typeof outcome !== 'number') {
    if (path !== undefined) throw new CurlError(7, `Failed to connect to ${url.host} port ${url.port} via ${path}`);
    yield* tell(`* connect to ${address} port ${url.port} failed: ${outcome.message}`);
    const words = `Failed to connect to ${url.host} port ${url.port} after ${passedMs} ms: Could not connect to server`;
    throw new CurlError(7, words);
  }
  if (path === undefined) {
    transfer.local = yield* sys.getsockname(outcome);
    transfer.remote = yield* sys.getpeername(outcome);
    yield* tell(`* Connected to ${url.host} (${address}) port ${url.port}`);
  } else yield* tell(`* Connected to ${url.host} (${path}) port 0`);
  yield* tell('* using HTTP/1.x');
  return outcome;
}

function* sendRequest(fd: number, url: Url, options: Options, tell: (line: string) => Running<void>): Running<void> {
  const data: string[] = [];
  for (const [letter, value] of options.all)
    if (letter === 'd' || letter === 'B') data.push(yield* dataOf(value, letter === 'B'));
  const body = data.join('&');
  const own = options.all.filter(([letter]) => letter === 'H').map(([, value]) => value);
  const isOwn = (name: string): boolean => own.some((line) => line.toLowerCase().startsWith(`${name}:`));
  const method = options.values.get('X') ?? (options.has('I') ? 'HEAD' : data.length > 0 ? 'POST' : 'GET');
  const defaults = [
    `Host: ${url.authority}`,
    `User-Agent: ${options.values.get('A') ?? `curl/${curlVersion}`}`,
    'Accept: */*',
    ...(data.length === 0 ? [] : [`Content-Length: ${body.length}`]),
    ...(data.length === 0 ? [] : ['Content-Type: application/x-www-form-urlencoded']),
  ].filter((line) => !isOwn((line.split(':')[0] ?? '').toLowerCase()));
  const lines = [`${method} ${url.target} HTTP/1.1`, ...defaults, ...own.filter((line) => !line.endsWith(':'))];
  for (const line of lines) yield* tell(`> ${line}`);
  yield* tell('> ');
  const glass = options.has('U') ? yield* tellMessage(fd, `${method} ${url.target}`) : '';
  try {
    yield* writeAll(fd, `${lines.join('\r\n')}\r\n${glass}\r\n${body}`);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new CurlError(55, `Send failure: ${error.message}`);
  }
  yield* tell('* Request completely sent off');
}

/** `@FILE` stands for what is in it, `@-` for standard input; but for `--data-binary` without its line ends. */
function* dataOf(text: string, isBinary: boolean): Running<string> {
  if (!text.startsWith('@')) return text;
  const name = text.slice(1);
  try {
    const data = name === '-' ? yield* readAll(0) : yield* readFile(name);
    return isBinary ? data : data.replaceAll(/[\r\n\0]/g, '');
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new CurlError(26, 'Failed to open/read local data from file/application');
  }
}

/** Over a unix socket the program tells its message itself, as the engine's own programs do. */
function* tellMessage(fd: number, label: string): Running<string> {
  const { id } = yield* sys.sendMessage(fd, { protocol: 'HTTP', kind: 'request', label });
  return `Glass-Message: ${id}\r\n`;
}

function* openOutput(url: Url, options: Options, bytes: number): Running<number> {
  const name = options.values.get('o') ?? (options.has('O') ? (url.target.split('/').at(-1) ?? '') : '-');
  if (name === '-') return 1;
  try {
    return yield* sys.open(name, O.WRONLY | O.CREAT | O.TRUNC, 0o644);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new CurlError(23, `client returned ERROR on write of ${bytes} bytes`);
  }
}

/** stdio's buffer, and how much libcurl passes on at once. */
const bufferBytes = 4096;
const pieceBytes = 16_384;

/** What has no room in the buffer fails at once; what has is only missed when all is over. As 8.14.1 was seen to do. */
function* put(out: number, piece: string): Running<void> {
  try {
    yield* writeAll(out, piece);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (piece.length <= bufferBytes) throw new LateFailure(23, 'Failed writing body');
    const passed = Math.min(piece.length, pieceBytes);
    const words = `Failure writing output to destination, passed ${passed} returned ${bufferBytes}`;
    throw new CurlError(23, words);
  }
}

/** The progress meter of a transfer that took no time worth telling. */
function meterOf(bytes: number): string {
  const count = String(bytes).padStart(5);
  return (
    '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
    '                                 Dload  Upload   Total   Spent    Left  Speed\n' +
    `\r100 ${count}  100 ${count}    0     0  ${String(bytes).padStart(5)}      0 --:--:-- --:--:-- --:--:-- ${count}\n`
  );
}
