/**
 * TCP segments in the journal, as a packet capture tells them: a request by its first line, an answer by what was
 * asked.
 */
import type { Kernel, Thread } from '../kernel.ts';
import type { InternetEnd, StreamSocket } from './socket-layer.ts';

const longestLabel = 60;

/** Writes down that data leaves; the message's number, 0 on a unix socket, whose programs tell their own messages. */
export function recordDeparture(kernel: Kernel, thread: Thread, socket: StreamSocket, data: string): number {
  const { internet, peer } = socket;
  if (internet === null || peer === null) return 0;
  const id = kernel.nextGlassId;
  kernel.nextGlassId += 1;
  const status = /^HTTP\/1\.\d (\d{3})/.exec(data)?.[1];
  kernel.record({
    type: 'message.send',
    pid: thread.task.pid,
    id,
    connection: socket.connection,
    protocol: 'TCP',
    kind: internet.isClient ? 'request' : 'response',
    label: labelOf(internet, peer.internet, data),
    ...(status === undefined ? {} : { status }),
    to: peer.user,
  });
  return id;
}

/** Writes down that a segment has been read for the first time. */
export function recordArrival(kernel: Kernel, thread: Thread, socket: StreamSocket, message: number): void {
  if (message === 0 || message <= (socket.internet?.lastArrival ?? 0)) return;
  if (socket.internet !== null) socket.internet.lastArrival = message;
  kernel.record({ type: 'message.receive', pid: thread.task.pid, id: message });
}

/** `GET /`, `PING` (of a line, or of redis' protocol by its first word), `615 bytes`. */
function labelOf(own: InternetEnd, other: InternetEnd | null, data: string): string {
  if (!own.isClient) return other?.lastRequest ?? '';
  const http = /^([A-Z]+ \S+) HTTP\/1\.\d\r?\n/.exec(data)?.[1];
  const redis = /^\*\d+\r\n\$\d+\r\n([!-~]+)\r\n/.exec(data)?.[1];
  const line = data.split(/\r?\n/, 1)[0] ?? '';
  const isText = line !== '' && !/[^\x20-\x7e]/.test(line);
  const label = http ?? redis ?? (isText ? line : `${data.length} bytes`);
  own.lastRequest = label.slice(0, longestLabel);
  return own.lastRequest;
}
