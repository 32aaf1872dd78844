import type { JournalEvent } from '../journal/event.ts';
import type { StoryKey } from '../text/story.en.ts';
import type { Params } from '../text/text.ts';
import type { BeatKind, Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { taskLimitIn } from './left-behind.ts';
import { bodyField, containerOfScope, signalText } from './names.ts';
import { lostIn } from './outlived.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/**
 * What follows from what goes wrong (trouble-beats.ts): who dies with whom and who stays a zombie, what dockerd does
 * unasked, clients that lose their line, writers that wait, output that is lost.
 */
export function aftermathOf(event: JournalEvent, cursor: Cursor): Telling | undefined {
  switch (event.type) {
    case 'cgroup.write':
      return limit(event, cursor);
    case 'task.exit':
      return memberEnd(event, cursor);
    case 'task.reap':
      return memberReaped(event, cursor);
    case 'machine':
      return machine(event, cursor);
    case 'message.send':
      return unasked(event, cursor) ?? failed(event, cursor);
    case 'call':
      return blockedWriter(event, cursor);
    case 'note':
      return lostOutput(event, cursor);
    case 'stream.write':
      return passedOn(event, cursor) ?? clientsWords(event, cursor);
    default:
      return undefined;
  }
}

function telling(
  kind: BeatKind,
  anchor: string,
  key: StoryKey,
  params: Params,
  weight: number,
  ...focus: readonly number[]
): Telling {
  return { kind, anchor, key, params, focus: focus.filter((pid) => pid !== 0), weight };
}

const limits: Readonly<Record<string, StoryKey>> = {
  'memory.max': 'limit.memory',
  'pids.max': 'limit.pids',
  'cpu.max': 'limit.cpu',
};

/** Limits of a container as they are set. */
function limit(event: Of<'cgroup.write'>, cursor: Cursor): Telling | undefined {
  const id = containerOfScope(event.path);
  if (id === undefined) return undefined;
  const container = cursor.container(id);
  const value = event.value.trim();
  const key = limits[event.file];
  const before = cursor.aftermath.limits.get(`${event.path} ${event.file}`);
  // A new scope has systemd's DefaultTasksMax: nobody asked for it.
  const isDefault = event.file === 'pids.max' && before === undefined;
  if (key === undefined || before === value || isDefault || value.startsWith('max')) return undefined;
  const shown = event.file === 'memory.max' ? mebibytes(value) : value;
  const [quota = '', period = ''] = value.split(' ');
  const params = { container, value: shown, quota, period };
  return telling('cgroup', `${container} ${event.file}`, key, params, 2600, event.pid);
}

function mebibytes(bytes: string): string {
  return `${(Number(bytes) / 1_048_576).toFixed(1).replace(/\.0$/, '')} MiB`;
}

/** The end of a process in a container that is not its first. */
function memberEnd({ pid, status }: Of<'task.exit'>, cursor: Cursor): Telling | undefined {
  const container = cursor.memberOf(pid);
  const part = cursor.role(pid)?.part;
  if (container === '' || part === 'init' || !(cursor.hasExecuted(pid) || part !== 'exec')) return undefined;
  const who = cursor.title(pid);
  const anchor = cursor.label(pid);
  const parent = cursor.parentOf(pid);
  if ('signal' in status) {
    const { signalled, oomVictims, emptied } = cursor.aftermath;
    // Only SIGKILL empties a namespace; another signal is somebody's, or the terminal's.
    if (status.signal !== 'SIGKILL' || signalled.get(pid) === status.signal || oomVictims.has(pid)) {
      const key = part === 'exec' ? 'exec.killed' : 'member.killed';
      return telling('exit', anchor, key, { who, container, signal: status.signal }, 2800, pid);
    }
    if (emptied.has(container)) return undefined;
    emptied.add(container);
    return telling('exit', anchor, 'namespace.emptied', { container }, 2800, pid);
  }
  if (!cursor.aftermath.adopted.has(pid) || cursor.role(parent)?.part !== 'init') return undefined;
  const limit = taskLimitIn(cursor.aftermath.limits, cursor.role(parent)?.container ?? '');
  const params = { who, container, parent: cursor.title(parent), limit: limit ?? 0 };
  // sleep(1) makes no wait(2): whoever is given to it as process 1 stays a zombie for good.
  const counted = params.parent === 'sleep' ? 'member.zombie-for-good' : 'member.zombie-counted';
  return telling('exit', anchor, limit === undefined ? 'member.zombie' : counted, params, 2600, pid, parent);
}

function memberReaped({ pid, by }: Of<'task.reap'>, cursor: Cursor): Telling | undefined {
  const isOrphan = cursor.aftermath.adopted.has(pid) && cursor.role(pid)?.part !== 'exec';
  if (!isOrphan || cursor.memberOf(pid) === '' || cursor.role(by)?.part !== 'init') return undefined;
  // A first process that ends has the kernel wait for what it left.
  if (cursor.aftermath.signalled.get(by) === 'SIGKILL' || cursor.aftermath.emptied.has(cursor.memberOf(pid)))
    return undefined;
  const params = { who: cursor.title(pid), parent: cursor.title(by) };
  return telling('reap', cursor.label(pid), 'member.reaped', params, 1800, by, pid);
}

function machine(event: Of<'machine'>, cursor: Cursor): Telling | undefined {
  const container = cursor.container(event.object);
  if (event.machine === 'dockerd') return event.to === 'letting its clients go' ? leaving(event, cursor) : undefined;
  const sinceNs = cursor.aftermath.waitingSinceNs.get(event.object);
  if (event.machine !== 'container' || event.to !== 'setting up' || sinceNs === undefined) return undefined;
  const params = { container, seconds: ((event.timeNs - sinceNs) / 1e9).toFixed(1) };
  return telling('machine', `${container} again`, 'dockerd.starts-again', params, 2600, event.pid);
}

/** dockerd is about to end while containers run: live-restore keeps them. */
function leaving(event: Of<'machine'>, cursor: Cursor): Telling | undefined {
  const ids = [...cursor.aftermath.announcers.keys()];
  const count = ids.filter((id) => cursor.statusOf(id) === 'running' || cursor.statusOf(id) === 'paused').length;
  return count === 0 ? undefined : telling('machine', 'dockerd leaves', 'dockerd.leaves', { count }, 3200, event.pid);
}

/** What dockerd asks for by itself: a probe, or the end of containers when it goes or comes. */
function unasked(event: Of<'message.send'>, cursor: Cursor): Telling | undefined {
  if (event.kind !== 'request') return undefined;
  if (event.label.endsWith('Tasks/Exec') && !cursor.aftermath.asked.has(bodyField(event.body, 'exec_id'))) {
    const probed = cursor.container(bodyField(event.body, 'container_id'));
    const focus = [event.pid, cursor.receiver(event)] as const;
    return telling('request', `${probed} probe`, 'dockerd.probes', { container: probed }, 2200, ...focus);
  }
  return event.label.endsWith('Tasks/Kill') ? stopping(event, cursor) : undefined;
}

/** The shim's answer when runc has failed it; what follows from it may come much later, or otherwise. */
function failed(event: Of<'message.send'>, cursor: Cursor): Telling | undefined {
  const { kind, protocol, status, label, pid, body } = event;
  if (kind !== 'response' || protocol !== 'ttrpc' || (status ?? '0') === '0') return undefined;
  if (!/Task\/(?:Create|Start|Exec|Kill|Pause|Resume|Update)$/.test(label)) return undefined;
  // The body may have been cut anywhere but within this.
  const quoted = /"message":("(?:[^"\\]|\\u[0-9a-f]{4}|\\[^u])*)/.exec(body ?? '')?.[1] ?? '"';
  const message = (JSON.parse(`${quoted}"`) as string).replace(/\s+/g, ' ').trim();
  const params = { who: cursor.title(pid), words: shortened(message, 100) };
  return telling('response', `${cursor.label(pid)} failed`, 'shim.fails', params, 3400, pid, cursor.receiver(event));
}

/** A line that was typed goes on into a container: dockerd writes it into the fifo that the shim reads. */
function passedOn({ pid, inode }: Of<'stream.write'>, cursor: Cursor): Telling | undefined {
  const id = cursor.aftermath.inputs.get(inode);
  if (id === undefined || !cursor.aftermath.hasTyped || cursor.role(pid)?.part !== 'dockerd') return undefined;
  const container = cursor.container(id);
  return telling('output', `${container} typed`, 'client.passes-on', { container }, 3000, pid);
}

function stopping(event: Of<'message.send'>, cursor: Cursor): Telling | undefined {
  const state = cursor.aftermath.dockerdState;
  const key = stops[state];
  if (key === undefined || cursor.role(event.pid)?.part !== 'dockerd') return undefined;
  const container = cursor.container(bodyField(event.body, 'container_id'));
  const signal = signalText(bodyField(event.body, 'signal'));
  const focus = [event.pid, cursor.receiver(event)] as const;
  return telling('request', `${container} ${signal} ${state}`, key, { container, signal }, 2600, ...focus);
}

const stops: Readonly<Record<string, StoryKey>> = {
  'stopping its containers': 'dockerd.takes-along',
  'restoring containers': 'dockerd.stops-found',
};

/** A wait shorter than this is no event: pipes fill up and are emptied all the time. */
const tellingNs = 1_000_000_000;

function blockedWriter(event: Of<'call'>, cursor: Cursor): Telling | undefined {
  if (event.call !== 'write' || event.phase === undefined) return undefined;
  const { pid } = event;
  const isShim = cursor.role(pid)?.part === 'shim';
  const container = isShim ? cursor.containerOf(pid) : cursor.memberOf(pid);
  if (container === '') return undefined;
  const sinceNs = cursor.aftermath.blockedSinceNs.get(pid);
  const params = { container, who: cursor.title(pid) };
  const anchor = `${cursor.label(pid)} write`;
  if (event.phase === 'enter') {
    if (sinceNs !== undefined || cursor.writeSleepsNs(event.seq) < tellingNs) return undefined;
    return telling('call', anchor, isShim ? 'shim.blocked' : 'writer.blocked', params, 3600, pid);
  }
  if (sinceNs === undefined || event.timeNs - sinceNs < tellingNs) return undefined;
  return telling('call', `${anchor} again`, isShim ? 'shim.goes-on' : 'writer.goes-on', params, 2600, pid);
}

/** The kernel notes what is left in a pipe when its last end is closed. */
function lostOutput(event: Of<'note'>, cursor: Cursor): Telling | undefined {
  if (event.topic !== 'pipe') return undefined;
  const [, bytes = '', inode = ''] = lostIn.exec(event.text) ?? [];
  const id = cursor.aftermath.outputs.get(Number(inode));
  if (id === undefined) return undefined;
  const container = cursor.container(id);
  return telling('output', `${container} lost`, 'output.lost', { container, bytes }, 3600, event.pid);
}

/** What a client says when it cannot do what it was asked for. */
function clientsWords(event: Of<'stream.write'>, cursor: Cursor): Telling | undefined {
  if (cursor.role(event.pid)?.label !== 'docker') return undefined;
  const { data, pid } = event;
  if (data.includes('unexpected EOF')) return telling('output', 'line lost', 'client.loses-line', {}, 3600, pid);
  if (data.startsWith('Cannot connect to the Docker daemon'))
    return telling('output', 'nobody there', 'client.finds-nobody', {}, 3200, pid);
  const refusal = refusals.exec(data)?.[1];
  if (refusal === undefined) return undefined;
  return telling('output', 'refusal', 'client.refused', { words: shortened(refusal, 160) }, 3200, pid);
}

const refusals =
  /(?:Error response from daemon: |^)((?:(?<=: )|OCI runtime |connection error: |failed to register layer: )[^\r\n]+)/;

/** Long refusals have the reason at their end, ids and paths in the middle. */
function shortened(words: string, most: number): string {
  const plain = words.replace(/[0-9a-f]{64}/g, '…').replace(/\.$/, '');
  if (plain.length <= most) return plain;
  const head = plain.slice(0, plain.lastIndexOf(' ', most * 0.4));
  return `${head} … ${plain.slice(plain.indexOf(' ', plain.length - most * 0.6) + 1)}`;
}
