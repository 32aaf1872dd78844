/** What a simulated run did, in the words of the recordings: read from the journal alone. */
import type { JournalEvent } from '../journal/event.ts';
import { report } from '../journal/report.ts';
import { labelOf, rolesOf } from '../journal/roles.ts';
import type { ApiFact, EventFact, HistoryOperation, RpcFact, TaskEventFact } from './recording.ts';
import { numberReported } from './role-numbers.ts';

export interface Observed {
  readonly history: readonly HistoryOperation[];
  readonly rpcs: readonly RpcFact[];
  readonly taskEvents: readonly TaskEventFact[];
  readonly api: readonly ApiFact[];
  readonly events: readonly EventFact[];
}

/** What the daemons logged at `info` and above, without the time; the events are those of observe(). */
export function logOf(journal: readonly JournalEvent[], fromSeq: number, toSeq?: number): readonly string[] {
  return journal.slice(fromSeq, toSeq).flatMap((event) => {
    const line = event.type === 'stream.write' ? /^time="[^"]*" (level=(?!debug).*)/.exec(event.data)?.[1] : undefined;
    return line === undefined ? [] : [line];
  });
}

type Message = Extract<JournalEvent, { type: 'message.send' }>;

/**
 * The facts of the events from `fromSeq` up to, not including, `toSeq`.
 *
 * @param tellsWhose - the calls to containerd and its events are told with the container's id, as in the recordings
 *   that have it.
 */
export function observe(
  journal: readonly JournalEvent[],
  fromSeq: number,
  toSeq: number,
  tellsWhose = false,
): Observed {
  const whose = tellsWhose ? containerOf : (): object => ({});
  const roles = rolesOf(journal);
  const role = (pid: number): string => labelOf(roles, pid);
  const window = journal.slice(fromSeq, toSeq);
  const answers = answersOf(journal.slice(fromSeq));
  const rpcs: RpcFact[] = [];
  const taskEvents: TaskEventFact[] = [];
  const api: ApiFact[] = [];
  for (const event of window) {
    if (event.type !== 'message.send') continue;
    const [method = '', topic] = event.label.split(' ');
    if (event.kind === 'event' && event.protocol === 'gRPC' && role(event.to) === 'dockerd')
      taskEvents.push({ topic: event.label, ...whose(event.body) });
    if (event.kind !== 'request') continue;
    const answer = answers(event);
    if (event.protocol === 'HTTP' && role(event.pid) === 'docker') {
      api.push({
        request: event.label,
        ...(answer?.status === undefined ? {} : { status: answer.status.split(' ')[0] ?? '' }),
      });
    }
    if (event.protocol !== 'gRPC' && event.protocol !== 'ttrpc') continue;
    rpcs.push({
      via: event.protocol === 'gRPC' ? 'grpc' : 'ttrpc',
      from: role(event.pid),
      to: role(event.to),
      method: method.replace(/^\//, ''),
      ...(topic === undefined ? {} : { topic }),
      // The recordings have the signal of dockerd's call and the code of containerd's answer; a shim's answer has words
      // only.
      ...(event.protocol === 'gRPC' ? { ...whose(event.body), ...signalOf(event.body) } : {}),
      ...errorOf(answer, event.protocol === 'gRPC'),
    });
  }
  return { history: historyOf(journal, fromSeq, toSeq), rpcs, taskEvents, api, events: dockerEvents(window) };
}

/**
 * The answer to a request. On an HTTP connection there is one at a time. Of the others several of the same name are
 * open at once; whoever takes one works on it in a span of its name within the asker's, and they are taken in order.
 */
function answersOf(journal: readonly JournalEvent[]): (request: Message) => Message | undefined {
  const requests = new Map<number, Message>();
  const taken = new Map<string, number[]>();
  const spans = new Map<number, string>();
  const answers = new Map<string, Message[]>();
  const place = (of: Message): string => `${of.connection} ${of.label}`;
  for (const event of journal) {
    if (event.type === 'message.send' && event.kind === 'request') requests.set(event.id, event);
    const request = event.type === 'message.receive' ? requests.get(event.id) : undefined;
    if (request !== undefined && event.type === 'message.receive') {
      const name = request.label.split(' ')[0]?.split('.').at(-1);
      const work = `${event.pid} ${name} ${request.span}`;
      taken.set(work, [...(taken.get(work) ?? []), request.id]);
    }
    if (event.type === 'span.open') {
      const id = taken.get(`${event.pid} ${event.name} ${event.parent}`)?.shift();
      if (id !== undefined) spans.set(id, `span ${event.id}`);
    }
    if (event.type !== 'message.send' || event.kind !== 'response') continue;
    const key = event.protocol === 'HTTP' ? place(event) : `span ${event.span}`;
    answers.set(key, [...(answers.get(key) ?? []), event]);
  }
  return (request) => {
    const key = request.protocol === 'HTTP' ? place(request) : spans.get(request.id);
    return answers.get(key ?? '')?.find(({ seq }) => seq > request.seq);
  };
}

function historyOf(journal: readonly JournalEvent[], fromSeq: number, toSeq: number): readonly HistoryOperation[] {
  const lines = report(journal, 0).history.filter(({ seq }) => seq >= fromSeq && seq < toSeq);
  return numberReported(
    lines.map((line) => {
      const { timeNs: _time, seq: _seq, ...operation } = withoutPids(line);
      return operation;
    }),
  );
}

function containerOf(body: string | undefined): { readonly container?: string } {
  const container = /"(?:container_)?id":"([0-9a-f]{64})"/.exec(body ?? '')?.[1];
  return container === undefined ? {} : { container };
}

function signalOf(body: string | undefined): { readonly signal?: number } {
  const signal = /"signal":(\d+)/i.exec(body ?? '')?.[1];
  return signal === undefined ? {} : { signal: Number(signal) };
}

function errorOf(
  answer: { readonly status?: string; readonly body?: string } | undefined,
  hasCode: boolean,
): { readonly code?: number; readonly message?: string } {
  if (answer?.status === undefined || answer.status === '0') return {};
  const message: unknown = JSON.parse(answer.body ?? '{}');
  const text = typeof message === 'object' && message !== null && 'message' in message ? String(message.message) : '';
  return { ...(hasCode ? { code: Number(answer.status) } : {}), message: text };
}

/** `2026-…Z container die ID (exitCode=0, image=busybox, name=web)`. */
function dockerEvents(window: readonly JournalEvent[]): readonly EventFact[] {
  return window.flatMap((event): EventFact[] => {
    if (event.type !== 'docker.event') return [];
    const [type = '', ...action] = event.action.split(' ');
    const list = /\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(event.line)?.[1] ?? '';
    const attributes = Object.fromEntries(
      list
        .split(', ')
        .filter((pair) => pair.includes('=') && !pair.startsWith('execDuration='))
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    return [{ type, action: action.join(' '), attributes }];
  });
}

/** The recordings tell processes apart by counting; the report's further pids say the same a second time. */
function withoutPids<Line extends object>(line: Line): Line {
  return Object.fromEntries(
    Object.entries(line).filter(([name]) => !/^(child|parent|from|to|by)Pid$/.test(name)),
  ) as Line;
}
