import type { ExitStatus, JournalEvent } from '../journal/event.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { containerOfScope, titleOf } from './names.ts';
import { programName } from './node-text.ts';
import { proxyBorn, segment, translation } from './network-beats.ts';
import { closingOf } from './closing-beats.ts';
import { byHandOf } from './hand-beats.ts';
import { hostOf } from './host-beats.ts';
import { isGivenUp, isLost } from './left-behind.ts';
import { requestStory } from './request-beats.ts';
import { signalSent, standstill } from './signal-beats.ts';
import { troubleOf } from './trouble-beats.ts';
import type { StoryKey } from '../text/story.en.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** How the story tells an event; undefined when it passes it over. The captions are in text/story.en.ts. */
export function storyOf(event: JournalEvent, cursor: Cursor): Telling | undefined {
  return troubleOf(event, cursor) ?? hostOf(event, cursor) ?? byHandOf(event, cursor) ?? usualOf(event, cursor);
}

function usualOf(event: JournalEvent, cursor: Cursor): Telling | undefined {
  switch (event.type) {
    case 'task.fork':
      return birth(event, cursor);
    case 'task.exec':
      return execution(event, cursor);
    case 'task.reparent':
      return adoption(event, cursor);
    case 'task.exit':
      return end(event, cursor);
    case 'task.reap':
      return reaping(event, cursor) ?? closingOf(event, cursor);
    case 'message.send':
      if (event.protocol === 'TCP') return segment(event, cursor);
      return event.kind === 'request' ? requestStory(event, cursor) : undefined;
    case 'net.translate':
      return translation(event, cursor);
    case 'container':
      return paper(event, cursor);
    case 'mount.add':
      return layers(event, cursor);
    case 'net.link':
      return cable(event, cursor);
    case 'namespace.create':
      return separation(event, cursor);
    case 'cgroup.create':
      return group(event, cursor);
    case 'cgroup.write':
      return freezing(event, cursor);
    case 'call':
      return sleep(event, cursor);
    case 'signal.send':
      return signalSent(event, cursor);
    case 'daemon':
      return rereading(event, cursor);
    case 'task.stop':
      return standstill(event, cursor);
    case 'stream.write':
      return firstLine(event, cursor);
    case 'note':
      return closingOf(event, cursor);
    default:
      return undefined;
  }
}

type Words = Pick<Telling, 'key' | 'weight'> & Partial<Pick<Telling, 'note'>>;

const births: Readonly<Record<string, Words>> = {
  'shim-start': { key: 'containerd.forks-helper', weight: 3000, note: 'folklore-1' },
  shim: { key: 'shim.born', weight: 2200 },
  'runc-create': { key: 'shim.runs-create', weight: 2600 },
  init: { key: 'runc.forks-init', weight: 3200, note: 'folklore-4' },
  'runc-start': { key: 'shim.runs-start', weight: 2400 },
  'runc-kill': { key: 'shim.runs-kill', weight: 2400, note: 'folklore-11' },
  'runc-exec': { key: 'shim.runs-exec', weight: 2400 },
  'runc-delete': { key: 'shim.runs-delete', weight: 1800 },
  exec: { key: 'exec.born', weight: 2400 },
  'shim-delete': { key: 'containerd.forks-cleaner', weight: 1800 },
};

/** runc delete by the shim's clean-up: after the shim's own, or in its place when that never came to it. */
const again = { key: 'shim.runs-delete-again', note: 'folklore-20' } as const;
const instead = { key: 'shim.runs-delete-instead' } as const;

function birth(event: Of<'task.fork'>, cursor: Cursor): Telling | undefined {
  const part = cursor.role(event.pid)?.part ?? '';
  const isCleanUp = part === 'runc-delete' && cursor.role(event.by)?.part === 'shim-delete';
  const cleanUp = cursor.wasDeleted(cursor.role(event.pid)?.container ?? '') ? again : instead;
  const words = births[part];
  // The note is about docker stop; docker kill runs runc kill just as well.
  const isOtherKill = part === 'runc-kill' && !cursor.isBeingStopped(cursor.role(event.pid)?.container ?? '');
  // By hand runc has another parent, and is told as any command of the shell's.
  const isByHand = part.startsWith('runc-') && !cursor.role(event.by)?.part.startsWith('shim');
  if (words === undefined || isByHand) return undefined;
  return {
    kind: 'fork',
    anchor: cursor.label(event.pid),
    params: { container: cursor.containerOf(event.pid) },
    focus: [event.pid, event.parent],
    key: words.key,
    weight: words.weight,
    ...(words.note === undefined || isOtherKill ? {} : { note: words.note }),
    ...(isCleanUp ? cleanUp : {}),
  };
}

function execution(event: Of<'task.exec'>, cursor: Cursor): Telling | undefined {
  const { pid } = event;
  const role = cursor.role(pid);
  const about = { kind: 'exec', anchor: role?.label ?? '', focus: [pid] } as const;
  const params = {
    who: titleOf(role),
    container: cursor.containerOf(pid),
    program: programName(event.path, event.argv),
    // `runc run` is create and start in one.
    starter: cursor.role(cursor.parentOf(pid))?.part === 'runc-run' ? 'runc run' : 'runc start',
  };
  if (role?.part === 'init' && !cursor.hasExecuted(pid) && event.argv[1] !== 'init') {
    return { ...about, key: 'init.executes', params, weight: 4000, note: 'folklore-6' };
  }
  if (role?.part === 'exec' && !cursor.hasExecuted(pid) && event.argv[1] !== 'init') {
    return { ...about, key: 'exec.executes', params, weight: 2600 };
  }
  const parent = cursor.parentOf(pid);
  if (parent === 0) return { ...about, kind: 'boot', key: 'boot.systemd', weight: 1200 };
  if (parent === 1 && cursor.hasExecuted(pid) && cursor.title(pid) === 'sh')
    return { ...about, key: 'shell.becomes', params, weight: 2400 };
  if (parent === 1) return booted(event, cursor);
  if (role?.part === 'docker-proxy') return proxyBorn(event, cursor);
  if (role?.label === 'docker' && !cursor.isHostShell(parent))
    return { ...about, key: 'client.begins-below', params: { parent: cursor.title(parent) }, weight: 2400 };
  if (role?.label === 'docker' && cursor.isFirstOfLine(pid)) return { ...about, key: 'client.begins', weight: 2400 };
  if (!cursor.isHostShell(parent)) return undefined;
  return { ...about, key: 'host.begins', params, weight: 1200 };
}

function booted(event: Of<'task.exec'>, cursor: Cursor): Telling | undefined {
  const part = cursor.role(event.pid)?.part;
  const about = { kind: 'boot', anchor: cursor.label(event.pid), focus: [event.pid], weight: 1200 } as const;
  const isDaemon = part === 'containerd' || part === 'dockerd';
  if (isDaemon && cursor.isUp())
    return { ...about, kind: 'exec', key: 'daemon.restarted', params: { who: part }, weight: 3000 };
  if (part === 'containerd') return { ...about, key: 'boot.containerd' };
  if (part === 'dockerd') return { ...about, key: 'boot.dockerd' };
  return part === 'sh' ? { ...about, key: 'boot.shell' } : undefined;
}

function adoption(event: Of<'task.reparent'>, cursor: Cursor): Telling {
  const part = cursor.role(event.pid)?.part;
  const wasKilled = cursor.signalOf(event.from) !== '';
  const about = {
    kind: 'reparent',
    anchor: cursor.label(event.pid),
    params: { who: cursor.title(event.pid), from: cursor.title(event.from), to: cursor.title(event.to) },
    focus: [event.pid, event.to, event.from],
  } as const;
  if (part === 'shim') return { ...about, key: 'shim.adopted', weight: 4500, note: 'folklore-2' };
  if (part === 'init' && cursor.role(event.from)?.part === 'shim')
    return { ...about, key: 'init.orphaned', weight: 4500, params: { container: cursor.containerOf(event.pid) } };
  // By hand runc has nobody above it who takes in orphans.
  const isToShim = cursor.role(event.to)?.part === 'shim';
  if (part === 'init' && isToShim)
    return { ...about, key: wasKilled ? 'init.adopted-from-killed' : 'init.adopted', weight: 7500, note: 'folklore-3' };
  if (part === 'exec' && isToShim)
    return { ...about, key: wasKilled ? 'exec.adopted-from-killed' : 'exec.adopted', weight: 4500, note: 'folklore-9' };
  return { ...about, key: 'orphan.adopted', weight: 2500 };
}

/** Whether a shim that exits leaves a container that runs. */
function isLeftAlone({ pid, seq }: Of<'task.exit'>, cursor: Cursor): boolean {
  const id = cursor.role(pid)?.container ?? '';
  return !cursor.hasEnded(id) && cursor.initsOf(id, seq).length > 0;
}

function end(event: Of<'task.exit'>, cursor: Cursor): Telling | undefined {
  const part = cursor.role(event.pid)?.part;
  const about = { kind: 'exit', anchor: cursor.label(event.pid), focus: [event.pid] } as const;
  const params = { container: cursor.containerOf(event.pid), ...endOf(event.status) };
  const isKilled = 'signal' in event.status;
  if (part === 'init') {
    const parent = cursor.title(cursor.parentOf(event.pid));
    return { ...about, key: isKilled ? 'init.killed' : 'init.exits', params: { ...params, parent }, weight: 2800 };
  }
  if (part === 'exec') return { ...about, key: isKilled ? 'exec.killed' : 'exec.exits', params, weight: 1800 };
  if (part === 'shim') {
    return isKilled
      ? { ...about, key: 'shim.killed', params, weight: 4500, note: 'folklore-13' }
      : isLeftAlone(event, cursor)
        ? { ...about, key: 'shim.leaves', params, weight: 4500, note: 'folklore-13' }
        : { ...about, key: 'shim.ends', params, weight: 1600 };
  }
  if (part === 'docker-proxy' && isKilled)
    return {
      ...about,
      key: cursor.isOfIpv6(event.pid) ? 'proxy.killed-ipv6' : 'proxy.killed',
      params: { ...params, port: cursor.portOf(event.pid) },
      weight: 2800,
    };
  if (part !== 'dockerd' && part !== 'containerd') return loginEnd(event, cursor);
  const who = titleOf(cursor.role(event.pid));
  return isKilled
    ? { ...about, key: 'daemon.killed', params: { ...params, who }, weight: 4500, note: 'folklore-12' }
    : { ...about, key: 'daemon.exits', params: { ...params, who }, weight: 3000 };
}

/** Who was logged in at a terminal that is gone: a shell, or what it has become by exec. */
function loginEnd({ pid, status }: Of<'task.exit'>, cursor: Cursor): Telling | undefined {
  if (!('signal' in status) || status.signal !== 'SIGHUP' || cursor.parentOf(pid) !== 1) return undefined;
  const params = { who: cursor.title(pid) };
  return { kind: 'exit', anchor: cursor.label(pid), focus: [pid, 1], key: 'terminal.ended', params, weight: 2400 };
}

/** Parameters that say how a process ended. */
export function endOf(status: ExitStatus): { readonly code: string } | { readonly signal: string } {
  return 'code' in status ? { code: String(status.code) } : { signal: status.signal };
}

/** What is left of a container's first process. */
function reaping({ pid, by }: Of<'task.reap'>, cursor: Cursor): Telling | undefined {
  if (cursor.role(pid)?.part !== 'init') return undefined;
  const about = { kind: 'reap', anchor: cursor.label(pid), focus: [by, pid], weight: 2000 } as const;
  const key = cursor.aftermath.adopted.has(pid) ? 'init.reaped' : 'init.reaped-by-its-own';
  if (cursor.role(by)?.part !== 'shim') return { ...about, key, params: { who: cursor.title(by) } };
  return { ...about, key: 'shim.reaps', params: { container: cursor.containerOf(pid) } };
}

function paper(event: Of<'container'>, cursor: Cursor): Telling | undefined {
  const before = cursor.statusOf(event.id);
  const [pid = 0] = cursor.initsOf(event.id, event.seq);
  const words = { code: event.exitCode, count: event.restartCount, pid, real: realEnd(pid, cursor) };
  const params = { container: cursor.container(event.id), ...words };
  const about = { kind: 'container', focus: [event.pid], params } as const;
  const anchor = `${cursor.container(event.id)} ${event.removed ? 'removed' : event.status}`;
  if (event.removed) return { ...about, anchor, key: 'dockerd.removed', weight: 1600 };
  if (before === event.status) return undefined;
  if (event.status === 'created') return { ...about, anchor, key: 'dockerd.created', weight: 2200 };
  // While it is being removed, its end is written down under that word.
  const isKilledToGo = event.status === 'removing' && (before === 'running' || before === 'paused');
  if (event.status !== 'exited' && !isKilledToGo) return undefined;
  const note = event.exitCode === 137 ? ({ note: 'folklore-15' } as const) : {};
  return { ...about, anchor, key: endKey(event, pid, cursor), frame: params.container, weight: 1600, ...note };
}

const realEnd = (pid: number, cursor: Cursor): string => cursor.signalOf(pid) || String(cursor.codeOf(pid));

/** In what words dockerd's note of an end is told: what it believes may not be so. `pid` is the first process. */
function endKey(event: Of<'container'>, pid: number, cursor: Cursor): StoryKey {
  const { id, exitCode, oomKilled } = event;
  const before = cursor.statusOf(id);
  const wasUp = pid !== 0 && (before === 'running' || before === 'paused');
  if (wasUp && !cursor.hasEnded(id))
    return isForWantOfNews(event, cursor) ? 'dockerd.exited-alive' : 'dockerd.exited-earlier';
  if (isLost(id, cursor)) return 'dockerd.exited-lost';
  if (oomKilled) return 'dockerd.exited-oom';
  const isTold = cursor.signalOf(pid) === '' ? cursor.codeOf(pid) === exitCode : exitCode >= 128;
  if (wasUp && !isTold) return 'dockerd.exited-untold';
  return isGivenUp(event, before, cursor) ? 'dockerd.gives-up' : 'dockerd.exited';
}

/** Codes that stand for ends of which nobody tells; any other is somebody's, though not that of the one who lives. */
function isForWantOfNews({ id, exitCode }: Of<'container'>, cursor: Cursor): boolean {
  return exitCode === 0 || exitCode === 255 || isLost(id, cursor);
}

function layers(event: Of<'mount.add'>, cursor: Cursor): Telling | undefined {
  const id = cursor.startedIn(event.span);
  if (id === undefined || cursor.role(event.pid)?.part !== 'dockerd' || event.fstype !== 'overlay') return undefined;
  const container = cursor.container(id);
  return {
    kind: 'mount',
    anchor: `${container} layers`,
    key: 'dockerd.mounts',
    params: { container },
    focus: [event.pid],
    weight: 3000,
    note: 'folklore-7',
  };
}

function cable(event: Of<'net.link'>, cursor: Cursor): Telling | undefined {
  if (cursor.role(event.pid)?.part !== 'dockerd') return undefined;
  const isMade = event.op === 'add' && event.value === 'veth' && !cursor.hasCable(event.span);
  const startedId = isMade ? cursor.startedIn(event.span) : undefined;
  const id = event.op === 'move' ? cursor.ownerOfNetwork(Number(event.value)) : startedId;
  if (id === undefined || id === '') return undefined;
  const container = cursor.container(id);
  const about = { kind: 'device', params: { container }, focus: [event.pid] } as const;
  return isMade
    ? { ...about, anchor: `${container} cable`, key: 'dockerd.cable', weight: 2600 }
    : {
        ...about,
        anchor: `${container} moved`,
        key: 'dockerd.moves-cable',
        focus: [event.pid, ...cursor.hooksOf(id, event.seq)],
        weight: 2800,
      };
}

function separation(event: Of<'namespace.create'>, cursor: Cursor): Telling | undefined {
  if (event.kind !== 'pid' || cursor.role(event.pid)?.part !== 'runc-init-1') return undefined;
  return {
    kind: 'namespace',
    anchor: `${cursor.containerOf(event.pid)} pid`,
    key: 'runc.unshares',
    focus: [event.pid],
    weight: 3200,
    note: 'folklore-5',
  };
}

function group(event: Of<'cgroup.create'>, cursor: Cursor): Telling | undefined {
  const id = containerOfScope(event.path);
  if (id === undefined) return undefined;
  const container = cursor.container(id);
  return {
    kind: 'cgroup',
    anchor: container,
    key: 'runc.cgroup',
    params: { container },
    focus: [event.pid],
    weight: 2200,
  };
}

function freezing(event: Of<'cgroup.write'>, cursor: Cursor): Telling | undefined {
  if (event.file !== 'cgroup.freeze') return undefined;
  const container = cursor.container(/docker-([0-9a-f]{64})/.exec(event.path)?.[1] ?? event.path);
  const key = event.value.trim() === '1' ? 'runc.freezes' : 'runc.thaws';
  const about = { kind: 'cgroup', anchor: `${container} freeze`, focus: [event.pid], params: { container } } as const;
  return { ...about, key, weight: 2600, note: 'folklore-16' };
}

/** The one open(2) that makes a container "created": of exec.fifo, by what will be the container's program. */
function sleep(event: Of<'call'>, cursor: Cursor): Telling | undefined {
  const isOpen = event.phase === 'enter' && event.call.startsWith('open') && /O_WRONLY/.test(event.args);
  if (!isOpen || cursor.role(event.pid)?.part !== 'init' || cursor.hasExecuted(event.pid)) return undefined;
  return {
    kind: 'call',
    anchor: `${cursor.label(event.pid)} exec.fifo`,
    key: 'runc.sleeps',
    params: { container: cursor.containerOf(event.pid) },
    focus: [event.pid],
    weight: 3400,
  };
}

/** What the daemon reads when it begins is no news; what it reads later, it was told to by SIGHUP. */
function rereading({ pid, liveRestore }: Of<'daemon'>, cursor: Cursor): Telling | undefined {
  if (!cursor.aftermath.configured.has(pid)) return undefined;
  const key = liveRestore ? 'dockerd.rereads-live-restore-on' : 'dockerd.rereads-live-restore-off';
  return { kind: 'machine', anchor: 'dockerd rereads', key, focus: [pid], weight: 3200 };
}

function firstLine(event: Of<'stream.write'>, cursor: Cursor): Telling | undefined {
  const { pid } = event;
  const isFirst = cursor.role(pid)?.part === 'init' && cursor.hasExecuted(pid) && !cursor.hasPrinted(pid);
  if (!isFirst) return undefined;
  const params = { container: cursor.containerOf(pid) };
  const about = { kind: 'output', anchor: cursor.label(pid), params, focus: [pid], weight: 3200 } as const;
  // By hand runc keeps what its container writes to where it runs itself.
  if (cursor.statusOf(cursor.role(pid)?.container ?? '') === undefined) return { ...about, key: 'init.prints-by-hand' };
  if (cursor.isTerminal(event.inode)) return { ...about, key: 'init.prints-on-terminal' };
  return { ...about, key: 'init.prints', note: 'folklore-8' };
}
