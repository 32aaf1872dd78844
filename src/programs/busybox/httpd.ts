/** busybox httpd: a small web server that forks for each connection. busybox: networking/httpd.c. */
import type { Program, Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { httpDate } from '../http/http-date.ts';
import { httpReader, readHead } from '../http/http-reader.ts';
import { complain, print, readFileIfAny, writeAll } from '../io.ts';
import { civilTime } from '../clock.ts';
import { forkOrComplain } from '../spawn.ts';
import { parseOptions } from '../tools/options.ts';

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpg: 'image/jpeg',
  js: 'application/javascript',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
};

export const httpd: Program = function* (argv): Running {
  const options = parseOptions(argv.slice(1), 'ifvu:p:h:c:r:');
  if (typeof options === 'string') {
    yield* print('Usage: httpd [-ifv[v]] [-c CONFFILE] [-p [IP:]PORT] [-u USER[:GRP]] [-r REALM] [-h HOME]\n', 2);
    return 1;
  }
  const home = options.values.get('h') ?? '.';
  try {
    yield* sys.chdir(home);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('httpd', `can't change directory to '${home}': ${error.message}`);
    return 1;
  }
  const [port = '80', address] = (options.values.get('p') ?? '80').split(':').toReversed();
  let listening: number;
  try {
    listening = yield* sys.listen({ address: address ?? '::', port: Number(port) }, 9);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* complain('httpd', `bind: ${error.message}`);
    return 1;
  }
  if (options.has('f')) return yield* serve(listening, options.has('v'));
  const daemon = yield* forkOrComplain('httpd', 'fork', function* () {
    yield* sys.setsid();
    return yield* serve(listening, options.has('v'));
  });
  return daemon === null ? 1 : 0;
};

function* serve(listening: number, isVerbose: boolean): Running {
  // Children that nobody waits for: the kernel reaps them.
  yield* sys.sigaction('SIGCHLD', 'ignore');
  for (;;) {
    const fd = yield* sys.accept(listening);
    try {
      yield* sys.fork(function* () {
        yield* sys.close(listening);
        return yield* answer(fd, isVerbose);
      });
    } catch (error) {
      // Who cannot be served loses the connection: mini_httpd() takes a failed fork for the parent's.
      if (!isErrno(error, 'EAGAIN')) throw error;
    }
    yield* sys.close(fd);
  }
}

function* answer(fd: number, isVerbose: boolean): Running {
  const head = yield* readHead(httpReader(fd));
  if (head === null) return 0;
  const { address, port } = yield* sys.getpeername(fd);
  const [method = '', target = ''] = head.startLine.split(' ');
  const path = `.${(target.split('?')[0] ?? '').replaceAll('/..', '')}`;
  const file = path.endsWith('/') ? `${path}index.html` : path;
  const body = method === 'GET' || method === 'HEAD' ? yield* readFileIfAny(file) : null;
  const { seconds } = yield* sys.realtime();
  const status = method !== 'GET' && method !== 'HEAD' ? 501 : body === null ? 404 : 200;
  const date = httpDate(seconds, civilTime(seconds));
  if (isVerbose) yield* print(`[${address}]:${port}: response:${status}\n`, 2);
  const type = contentTypes[/\.(\w+)$/.exec(file)?.[1] ?? ''] ?? 'application/octet-stream';
  const reason = status === 404 ? 'Not Found' : 'Not Implemented';
  const page =
    `<HTML><HEAD><TITLE>${status} ${reason}</TITLE></HEAD>\n<BODY><H1>${status} ${reason}</H1>\n` +
    `${status === 404 ? 'The requested URL was not found' : 'The requested method is not recognized'}\n</BODY></HTML>\n`;
  const text =
    body === null
      ? `HTTP/1.1 ${status} ${reason}\r\nDate: ${date}\r\nConnection: close\r\nContent-type: text/html\r\n\r\n${page}`
      : `HTTP/1.1 200 OK\r\nDate: ${date}\r\nConnection: close\r\nContent-type: ${type}\r\nAccept-Ranges: bytes\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${method === 'HEAD' ? '' : body}`;
  yield* writeAll(fd, text);
  return 0;
}
