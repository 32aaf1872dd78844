/**
 * POST /images/create and its progress, on a terminal and without one. docker: cli/command/image/pull.go; moby:
 * pkg/jsonmessage.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, writeAll } from '../../programs/io.ts';
import { finishBody, nextChunk } from '../wire/http-client.ts';
import type { ClientRequest } from '../wire/http-client.ts';
import type { PullProgress } from '../dockerd/pull.ts';
import { DaemonError, openAnswer, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { isSet, stringFlag } from './pflag.ts';
import type { ParsedFlags } from './pflag.ts';
import type { ImageReference } from './reference.ts';
import { humanSize } from './size.ts';
import { windowSize } from './terminal.ts';

/** `--platform`, else what the environment says; '' for nothing said. */
export function platformAsked({ env }: DockerClient, flags: ParsedFlags): string {
  return isSet(flags, 'platform') ? stringFlag(flags, 'platform') : (env['DOCKER_DEFAULT_PLATFORM'] ?? '');
}

type ProgressLine = PullProgress & { readonly error?: string };

/**
 * Pulls an image, printing what happens.
 *
 * @param platform '' for the daemon's own.
 * @param fd where the progress goes; -1 for nowhere.
 * @throws DaemonError.
 */
export function* pullImage(
  docker: DockerClient,
  reference: ImageReference,
  platform: string,
  fd: number,
): Running<void> {
  const tag = reference.digest === '' ? reference.tag || 'latest' : reference.digest;
  const path = target('/images/create', {
    fromImage: reference.familiarName,
    platform: platform === '' ? undefined : platform.toLowerCase(),
    tag,
  });
  yield* showProgress(docker, { method: 'POST', target: path }, fd);
}

/** Asks the daemon for something and prints what it says of its progress. Throws a DaemonError. */
export function* showProgress(docker: DockerClient, request: ClientRequest, fd: number): Running<void> {
  const response = yield* openAnswer(docker, request);
  if (response.headers['transfer-encoding'] !== 'chunked') {
    yield* finishBody(response);
    return;
  }
  const display = yield* progressDisplay(fd);
  let rest = '';
  for (;;) {
    const chunk = yield* reach(docker, () => nextChunk(response));
    if (chunk === null) return;
    const text = rest + chunk;
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    for (const line of linesOf(text.slice(0, end))) yield* display(JSON.parse(line) as ProgressLine);
  }
}

/** What prints one line of progress: over the earlier one of the same layer on a terminal, below all others without. */
function* progressDisplay(fd: number): Running<(line: ProgressLine) => Running<void>> {
  const isTerminal = fd >= 0 && (yield* sys.isatty(fd));
  let rows = new Map<string, number>();
  return function* display(line) {
    if (line.error !== undefined) throw new DaemonError(500, line.error);
    if (fd < 0) return;
    // Asked each time: the window may have changed.
    const [, width] = isTerminal ? yield* windowSize() : [0, 0];
    if (!isTerminal) {
      if (line.progressDetail === undefined || bar(line, width) === '')
        yield* writeAll(fd, `${named(line, line.status)}\n`);
      return;
    }
    if (line.id === undefined || line.progressDetail === undefined) {
      rows = new Map();
      yield* writeAll(fd, `${named(line, line.status)}\n`);
      return;
    }
    let text = '';
    if (!rows.has(line.id)) {
      rows.set(line.id, rows.size);
      text = '\n';
    }
    const up = rows.size - (rows.get(line.id) ?? 0);
    text += `\x1b[${up}A\x1b[2K\r${named(line, `${line.status} ${bar(line, width)}`)}\r\x1b[${up}B`;
    yield* writeAll(fd, text);
  };
}

function named(line: ProgressLine, text: string): string {
  return line.id === undefined ? text : `${line.id}: ${text}`;
}

/** `[===>    ]  1.05MB/29.1MB`, without the bar on a narrow terminal. moby: JSONProgress.String(). */
function bar(line: ProgressLine, width: number): string {
  const { current = 0, total = 0 } = line.progressDetail ?? {};
  if (current <= 0 && total <= 0) return '';
  const filled = Math.min(50, Math.floor((Math.min(current, total) / total) * 50));
  const box = width > 110 ? `[${'='.repeat(filled)}>${' '.repeat(50 - filled)}] ` : '';
  return `${box}${humanSize(current).padStart(8)}/${humanSize(total)}`;
}
