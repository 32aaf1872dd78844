/** What an nginx worker does with a connection: static files, error pages, a line in the access log for each. */
import type { Running } from '../../kernel/abi.ts';
import { errnoNumber, isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { httpDate, months } from '../http/http-date.ts';
import { fieldNamed, httpReader, readBody, readHead } from '../http/http-reader.ts';
import type { HttpHead, HttpReader } from '../http/http-reader.ts';
import { readFile, statIfAny, writeAll } from '../io.ts';
import { civilTime, twoDigits } from '../clock.ts';
import { version } from './nginx-command-line.ts';

/** The part of the configuration that is followed. */
export interface Site {
  /** `80`, `127.0.0.1:8080`. */
  readonly listen: readonly { readonly address: string; readonly port: number }[];
  readonly root: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Beside Server, Date, Content-Type, Content-Length and Connection. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly contentType: string;
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
};

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpg: 'image/jpeg',
  js: 'application/javascript',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  xml: 'text/xml',
};

/** `listen` and `root` of a configuration; what else is in it is not looked at. */
export function siteOf(configuration: string): Site {
  const text = configuration.replace(/#.*/g, '');
  const listen = [...text.matchAll(/\blisten\s+(?:([\d.]+|\*):)?(\d+)[^;]*;/g)].map(
    ([, address = '*', port = '80']) => ({
      address: address === '*' ? '0.0.0.0' : address,
      port: Number(port),
    }),
  );
  // A server that does not say where listens on port 80.
  const places = listen.length > 0 ? listen : [{ address: '0.0.0.0', port: 80 }];
  return { listen: places, root: /\broot\s+([^;\s]+);/.exec(text)?.[1] ?? '/etc/nginx/html' };
}

/** Serves one connection until the client has enough. */
export function* serveConnection(fd: number, site: Site, pid: number, number: number): Running<void> {
  const client = (yield* sys.getpeername(fd)).address;
  const reader = httpReader(fd);
  for (let head = yield* readHead(reader); head !== null; head = yield* readHead(reader)) {
    const isKept = yield* serveRequest(reader, head, { site, pid, number, client });
    if (!isKept) break;
  }
  yield* sys.close(fd);
}

interface Visit {
  readonly site: Site;
  readonly pid: number;
  /** Of the connection, in the error log. */
  readonly number: number;
  readonly client: string;
}

/** False when the connection ends with this answer. */
function* serveRequest(reader: HttpReader, head: HttpHead, visit: Visit): Running<boolean> {
  yield* readBody(reader, head, function* () {});
  const [method = '', target = '', protocol = ''] = head.startLine.split(' ');
  const answer = yield* answerTo(method, target, protocol, head, visit);
  const wish = fieldNamed(head, 'connection')?.toLowerCase();
  const isKept = answer.status !== 400 && (protocol === 'HTTP/1.0' ? wish === 'keep-alive' : wish !== 'close');
  const { seconds } = yield* sys.realtime();
  const fields: readonly (readonly [string, string])[] = [
    ['Server', version],
    ['Date', httpDate(seconds, civilTime(seconds))],
    ...(answer.status === 304 ? [] : ([['Content-Type', answer.contentType]] as const)),
    ...(answer.status === 304 ? [] : ([['Content-Length', String(answer.body.length)]] as const)),
    ...answer.fields.filter(([name]) => name === 'Last-Modified' || name === 'Location'),
    ['Connection', isKept ? 'keep-alive' : 'close'],
    ...answer.fields.filter(([name]) => name !== 'Last-Modified' && name !== 'Location'),
  ];
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const body = method === 'HEAD' ? '' : answer.body;
  const isSent = yield* sendOrFalse(
    reader.fd,
    `HTTP/1.1 ${answer.status} ${reasons[answer.status] ?? ''}\r\n${lines}\r\n${body}`,
  );
  yield* logAccess(head, visit, answer.status, body.length, seconds);
  return isSent && isKept;
}

function* sendOrFalse(fd: number, data: string): Running<boolean> {
  try {
    yield* writeAll(fd, data);
    return true;
  } catch (error) {
    if (isErrno(error, 'EPIPE', 'ECONNRESET')) return false;
    throw error;
  }
}

function* answerTo(method: string, target: string, protocol: string, head: HttpHead, visit: Visit): Running<Answer> {
  if (!/^HTTP\/1\.[01]$/.test(protocol) || !target.startsWith('/')) return errorPage(400);
  if (protocol === 'HTTP/1.1' && fieldNamed(head, 'host') === undefined) return errorPage(400);
  if (method !== 'GET' && method !== 'HEAD') return errorPage(405);
  const path = decodePath(target.split('?')[0] ?? '');
  const isIndex = path.endsWith('/');
  const file = `${visit.site.root}${path}${isIndex ? 'index.html' : ''}`;
  try {
    const { type, size, modifiedNs } = yield* sys.stat(file);
    if (type === 'directory') {
      const host = fieldNamed(head, 'host') ?? 'localhost';
      return { ...errorPage(301), fields: [['Location', `http://${host}${path}/`]] };
    }
    const now = yield* sys.realtime();
    const changed = now.seconds - Math.floor(((yield* sys.monotonic()) - modifiedNs) / 1e9);
    const etag = `"${changed.toString(16)}-${size.toString(16)}"`;
    const fields = [
      ['Last-Modified', httpDate(changed, civilTime(changed))],
      ['ETag', etag],
    ] as const;
    const contentType = contentTypes[/\.(\w+)$/.exec(file)?.[1] ?? ''] ?? 'application/octet-stream';
    if (fieldNamed(head, 'if-none-match') === etag) return { status: 304, body: '', fields, contentType };
    const body = yield* readFile(file);
    return { status: 200, body, fields: [...fields, ['Accept-Ranges', 'bytes']], contentType };
  } catch (error) {
    if (!isErrno(error)) throw error;
    const isMissing = error.errno === 'ENOENT' || error.errno === 'ENOTDIR';
    // A directory is there, and nothing in it that could be shown.
    const isForbidden = isMissing && isIndex && (yield* statIfAny(`${visit.site.root}${path}`))?.type === 'directory';
    const complaint = isForbidden
      ? `directory index of "${visit.site.root}${path}" is forbidden`
      : `open() "${file}" failed (${errnoNumber(error.errno)}: ${strerror(error.errno)})`;
    yield* logError(complaint, head, visit);
    return errorPage(isMissing && !isForbidden ? 404 : 403);
  }
}

/** Percent signs undone, and no way out of the root. */
function decodePath(path: string): string {
  const plain = path.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  const parts: string[] = [];
  for (const part of plain.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return `/${parts.join('/').replace(/^\/+/, '')}`;
}

/** nginx: src/http/ngx_http_special_response.c. */
function errorPage(status: number): Answer {
  const title = `${status} ${reasons[status] ?? ''}`;
  const body =
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    `<hr><center>${version}</center>\r\n</body>\r\n</html>\r\n`;
  return { status, body, fields: [], contentType: 'text/html' };
}

/** `log_format main` of the image's nginx.conf. access.log is a link to standard output. */
function* logAccess(head: HttpHead, visit: Visit, status: number, bytes: number, seconds: number): Running<void> {
  const { year, month, day, hour, minute, second } = civilTime(seconds);
  const clock = [hour, minute, second].map(twoDigits).join(':');
  const time = `${twoDigits(day)}/${months[month - 1] ?? ''}/${year}:${clock} +0000`;
  const told = (name: string): string => fieldNamed(head, name) ?? '-';
  const parts = `"${told('referer')}" "${told('user-agent')}" "${told('x-forwarded-for')}"`;
  yield* writeAll(1, `${visit.client} - - [${time}] "${head.startLine}" ${status} ${bytes} ${parts}\n`);
}

function* logError(complaint: string, head: HttpHead, visit: Visit): Running<void> {
  const { seconds } = yield* sys.realtime();
  const { year, month, day, hour, minute, second } = civilTime(seconds);
  const time = `${year}/${twoDigits(month)}/${twoDigits(day)} ${[hour, minute, second].map(twoDigits).join(':')}`;
  const { pid, number, client } = visit;
  const host = fieldNamed(head, 'host') ?? '';
  yield* writeAll(
    2,
    `${time} [error] ${pid}#${pid}: *${number} ${complaint}, client: ${client}, server: localhost, ` +
      `request: "${head.startLine}", host: "${host}"\n`,
  );
}
