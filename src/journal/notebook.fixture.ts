import type { Fact, JournalEvent, OpenFileFact, Protocol } from './event.ts';

/** Writes a journal by hand: stamps, spans and both halves of a message are filled in. */
export interface Notebook {
  readonly events: JournalEvent[];
  /** Writes a fact; `afterUs` is the time since the fact before. */
  readonly write: (fact: Fact, afterUs?: number) => number;
  readonly inSpan: (pid: number, name: string, body: () => void) => void;
  readonly request: (
    from: number,
    to: number,
    protocol: Protocol,
    label: string,
    work: () => string,
    body?: string,
  ) => void;
}

export function notebook(): Notebook {
  const events: JournalEvent[] = [];
  let timeNs = 0;
  let number = 0;
  const spans: number[] = [];
  const connections = new Map<string, number>();
  const write = (fact: Fact, afterUs = 50): number => {
    timeNs += afterUs * 1000;
    const span = spans.at(-1);
    const seq = events.length;
    events.push({ ...fact, seq, timeNs, ...(span === undefined ? {} : { span }) });
    return seq;
  };
  const inSpan = (pid: number, name: string, body: () => void): void => {
    const id = (number += 1);
    const parent = spans.at(-1);
    write({ type: 'span.open', pid, id, name, level: 'engine', ...(parent === undefined ? {} : { parent }) });
    spans.push(id);
    body();
    spans.pop();
    write({ type: 'span.close', pid, id });
  };
  const request: Notebook['request'] = (from, to, protocol, label, work, body) => {
    const key = `${from}-${to}`;
    const connection = connections.get(key) ?? 7000 + connections.size;
    connections.set(key, connection);
    const send = (pid: number, other: number, kind: 'request' | 'response', status?: string) => {
      const id = (number += 1);
      const answer = status === undefined ? (body === undefined ? {} : { body }) : { status };
      write({ type: 'message.send', pid, id, connection, protocol, kind, label, ...answer, to: other }, 80);
      write({ type: 'message.receive', pid: other, id }, 120);
    };
    send(from, to, 'request');
    let status = '';
    inSpan(to, label.replace(/^.*\.(?=[A-Z][a-z]+\/)/, ''), () => {
      status = work();
    });
    send(to, from, 'response', status);
  };
  return { events, write, inSpan, request };
}

export const flagsOfSpawn = ['CLONE_VM', 'CLONE_VFORK', 'SIGCHLD'];

export function spawn(
  book: Notebook,
  pid: number,
  by: number,
  path: string,
  argv: readonly string[],
  comm: string,
): void {
  book.write({ type: 'task.fork', pid, by, parent: by, nsPids: [pid], flags: flagsOfSpawn }, 200);
  book.write({ type: 'task.exec', pid, path, argv, comm, closed: [] }, 400);
}

export function open(book: Notebook, pid: number, fd: number, file: Omit<OpenFileFact, 'id'>): void {
  book.write({ type: 'fd.open', pid, fd, file: { id: pid * 10 + fd, ...file }, closeOnExec: false }, 1);
}

export function end(book: Notebook, pid: number, by: number): void {
  book.write({ type: 'task.exit', pid, status: { code: 0 } }, 300);
  book.write({ type: 'task.reap', pid, by }, 60);
}
