/** redis-cli: one command and its reply, or those that are typed or read line by line. redis: src/redis-cli.c. */
import type { Running } from '../../kernel/abi.ts';
import { isErrno } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { resolveHost } from '../http/connect-host.ts';
import { errnoWords, print, readSome, writeAll } from '../io.ts';
import { parseOptions } from '../tools/options.ts';
import type { Reply } from './redis-commands.ts';
import { readReply, requestText } from './redis-protocol.ts';

export function* redisCliMain(argv: readonly string[]): Running {
  const options = parseOptions(argv.slice(1), '+h:p:', { version: 'v' });
  if (typeof options === 'string') {
    yield* print(`Unrecognized option or bad number of args for: '${argv[1] ?? ''}'\n`, 2);
    return 1;
  }
  if (options.has('v')) {
    yield* print('redis-cli 8.2.3\n');
    return 0;
  }
  // What is no number is 0: atoi(3).
  const port = Number.parseInt(options.values.get('p') ?? '6379', 10) || 0;
  if (port < 0 || port > 65_535) {
    yield* print('Invalid server port.\n', 2);
    return 1;
  }
  const place = { host: options.values.get('h') ?? '127.0.0.1', port };
  const fd = yield* connect(place);
  if (options.operands.length > 0) {
    if (fd === null) return 1;
    return yield* ask(fd, options.operands, yield* sys.isatty(1));
  }
  return yield* converse(fd, `${place.host}:${place.port}`);
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Null once it has said why not. */
function* connect({ host, port }: Place): Running<number | null> {
  const where = `Could not connect to Redis at ${host}:${port}`;
  const address = yield* resolveHost(host);
  try {
    if (address !== null) return yield* sys.connect({ address, port });
    yield* print(`${where}: Name or service not known\n`, 2);
  } catch (error) {
    yield* print(`${where}: ${errnoWords(error)}\n`, 2);
  }
  return null;
}

/** A command and its reply. 1 when the server has gone. */
function* ask(fd: number, words: readonly string[], forPerson: boolean): Running<number> {
  let text = '';
  try {
    yield* writeAll(fd, requestText(words));
    for (let reply = readReply(text); ; reply = readReply(text)) {
      if (reply !== null) {
        yield* print(forPerson ? shown(reply) : plain(reply));
        return 0;
      }
      const part = yield* readSome(fd);
      if (part === '') break;
      text += part;
    }
  } catch (error) {
    if (!isErrno(error, 'EPIPE', 'ECONNRESET')) throw error;
  }
  yield* print('Error: Server closed the connection\n', 2);
  return 1;
}

/** For whoever reads the output by a program. */
function plain(reply: Reply): string {
  switch (reply.type) {
    case 'integer':
      return `${reply.value}\n`;
    case 'array':
      return reply.items.length === 0 ? '\n' : reply.items.map((item) => `${item}\n`).join('');
    case 'error':
      return `${reply.text}\n\n`;
    case 'status':
    case 'bulk':
      return `${reply.text ?? ''}\n`;
  }
}

/** For a person at a terminal. */
function shown(reply: Reply): string {
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  switch (reply.type) {
    case 'status':
      return `${reply.text}\n`;
    case 'error':
      return `(error) ${reply.text}\n`;
    case 'integer':
      return `(integer) ${reply.value}\n`;
    case 'bulk':
      return reply.text === null ? '(nil)\n' : `${quote(reply.text)}\n`;
    case 'array':
      if (reply.items.length === 0) return '(empty array)\n';
      return reply.items.map((item, index) => `${index + 1}) ${quote(item)}\n`).join('');
  }
}

/** Lines of standard input, with a prompt for each at a terminal. */
function* converse(fd: number | null, place: string): Running<number> {
  const isTerminal = yield* sys.isatty(0);
  let connected = fd;
  let text = '';
  for (;;) {
    if (isTerminal) yield* print(connected === null ? 'not connected> ' : `${place}> `);
    while (!text.includes('\n')) {
      const part = yield* readSome(0);
      if (part === '') return 0;
      text += part;
    }
    const end = text.indexOf('\n');
    const words = wordsOf(text.slice(0, end));
    text = text.slice(end + 1);
    if (words[0] === 'exit' || words[0] === 'quit') return 0;
    if (words.length === 0) continue;
    if (connected === null) return 1;
    if ((yield* ask(connected, words, isTerminal)) !== 0) connected = null;
  }
}

/** `set a "b c"` as words. */
function wordsOf(line: string): readonly string[] {
  return Array.from(
    line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g),
    ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  );
}
