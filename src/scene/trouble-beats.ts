import type { JournalEvent } from '../journal/event.ts';
import type { Telling } from './beats.ts';
import type { Cursor } from './cursor.ts';
import { containerOfScope } from './names.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;

/** What goes wrong in the story, and what the kernel and the daemons do about it. */
export function troubleOf(event: JournalEvent, cursor: Cursor): Telling | undefined {
  switch (event.type) {
    case 'oom.kill':
      return outOfMemory(event, cursor);
    case 'cgroup.write':
      return limit(event, cursor);
    case 'container':
      return restart(event, cursor);
    case 'machine':
      return turn(event, cursor);
    default:
      return undefined;
  }
}

/** At the limit of the machine itself nobody in particular has reached his. */
function outOfMemory(event: Of<'oom.kill'>, cursor: Cursor): Telling {
  const { pid, cgroup } = event;
  const id = containerOfScope(cgroup);
  const params = { container: cursor.container(id ?? ''), who: cursor.title(pid) };
  const about = { kind: 'signal', anchor: `oom ${cursor.label(pid)}`, focus: [pid], weight: 4000 } as const;
  if (id === undefined) return { ...about, key: 'kernel.out-of-memory', params };
  return { ...about, key: 'kernel.oom', params };
}

/** The first time that a limit acts. */
function limit({ path, file, value, seq }: Of<'cgroup.write'>, cursor: Cursor): Telling | undefined {
  const id = containerOfScope(path);
  if (id === undefined) return undefined;
  const container = cursor.container(id);
  const about = { kind: 'cgroup', params: { container }, focus: cursor.initsOf(id, seq), weight: 3400 } as const;
  if (file === 'pids.events' && value === 'max 1') {
    return { ...about, anchor: `${container} pids`, key: 'kernel.no-fork' };
  }
  if (file === 'cpu.stat' && value.endsWith('nr_throttled 1')) {
    return { ...about, anchor: `${container} throttled`, key: 'kernel.throttles' };
  }
  return undefined;
}

function restart(event: Of<'container'>, cursor: Cursor): Telling | undefined {
  if (event.removed || event.status !== 'restarting' || cursor.statusOf(event.id) === 'restarting') return undefined;
  const container = cursor.container(event.id);
  const delay = event.restartDelayNs ?? 0;
  const params = { container, code: event.exitCode, seconds: (delay / 1e9).toFixed(1) };
  const about = {
    kind: 'container',
    anchor: `${container} restarting`,
    focus: [event.pid],
    frame: container,
    params,
  } as const;
  return { ...about, key: 'dockerd.restarts', weight: 3000 };
}

/** Turns that the daemons' own machines take. */
function turn(event: Of<'machine'>, cursor: Cursor): Telling | undefined {
  const { pid, machine, object, from, to } = event;
  if (!cursor.isUp()) return undefined;
  const about = { kind: 'machine', focus: [pid], anchor: `${machine} ${cursor.container(object)} ${to}` } as const;
  if (machine === 'health' && (to === 'healthy' || to === 'unhealthy')) {
    const params = { container: cursor.container(object) };
    return {
      ...about,
      key: to === 'healthy' ? 'dockerd.healthy' : 'dockerd.unhealthy',
      params,
      frame: params.container,
      weight: 3000,
    };
  }
  if (machine === 'dockerd' && to === 'stopping its containers') {
    const isKeeping = cursor.aftermath.configured.get(pid) === true;
    const stops = isKeeping ? 'dockerd.stops-live-restore-on' : 'dockerd.stops-live-restore-off';
    return { ...about, key: cursor.isAnyUp() ? stops : 'dockerd.stops', weight: 3600 };
  }
  if (machine === 'dockerd' && to === 'restoring containers' && cursor.hasContainers()) {
    return { ...about, key: 'dockerd.restores', weight: 2800 };
  }
  if (machine === 'service') return service(event, about);
  return machine === 'container' && from !== 'removing' ? found(event, cursor) : undefined;
}

type About = Pick<Telling, 'kind' | 'focus' | 'anchor'>;

function service({ object, to, event }: Of<'machine'>, about: About): Telling | undefined {
  const params = { unit: object };
  if (to === 'auto-restart') return { ...about, key: 'systemd.waits', params, weight: 2800 };
  const isRefused = to === 'failed' && event !== 'main process ended';
  return isRefused ? { ...about, key: 'systemd.gives-up', params, weight: 3600 } : undefined;
}

/** What a new daemon finds: who lived on without one, and who ended meanwhile. */
function found({ pid, object, from, to, event, seq }: Of<'machine'>, cursor: Cursor): Telling | undefined {
  const container = cursor.container(object);
  const about = {
    kind: 'container',
    params: { container },
    frame: container,
    focus: [pid, ...cursor.initsOf(object, seq)],
  } as const;
  if (from === undefined && (to === 'running' || to === 'paused') && !cursor.hasEnded(object)) {
    return { ...about, anchor: `${container} adopted`, key: 'dockerd.adopts', weight: 4200 };
  }
  if (event !== 'found stopped') return undefined;
  return { ...about, anchor: `${container} found`, key: 'dockerd.finds-ended', weight: 4200, note: 'folklore-25' };
}
