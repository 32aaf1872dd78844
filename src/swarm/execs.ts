/** What `docker exec` and health checks have had run in containers, from the journal: what is to be left of none. */
import type { JournalEvent } from '../journal/event.ts';
import { containersOf, machineOf, machinesOf } from '../journal/look-up.ts';
import type { ContainerState, World } from '../journal/world.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { isRunning } from './agreement.ts';
import type { Complaint } from './agreement.ts';
import { namesIn } from './disk.ts';

/** One that a dockerd knows of. */
interface ExecSession {
  readonly dockerd: number;
  readonly container: string;
  state: string;
  /**
   * It may stay: with the shim as a health check that took too long, which is told to have ended with 127 (recorded:
   * vm-23), or because containerd was away that was to have it deleted; with dockerd because its shim was killed or
   * told to end, so that nobody tells of its end (asked of 26.1.5).
   */
  mayStay: boolean;
}

export interface Execs {
  readonly note: (event: JournalEvent) => void;
  /** By id; of a dockerd that has gone nobody keeps them. */
  readonly sessions: ReadonlyMap<string, ExecSession>;
}

const over: ReadonlySet<string> = new Set(['exited', 'failed']);
const isOver = (session: ExecSession | undefined): boolean => session !== undefined && over.has(session.state);

/** The exec that a docker event is about. */
const execIn = (line: string): string => /execID=([0-9a-f]+)/.exec(line)?.[1] ?? '';

/** Somebody ends a program: it would not have ended by itself now. */
function endsByOrder(
  event: JournalEvent,
): event is Extract<JournalEvent, { readonly type: 'task.exit' | 'signal.deliver' }> {
  if (event.type === 'signal.deliver') return event.signal === 'SIGTERM' || event.signal === 'SIGINT';
  return event.type === 'task.exit' && !('code' in event.status && event.status.code === 0);
}

export function startExecs(): Execs {
  const sessions = new Map<string, ExecSession>();
  const stay = (wanted: (session: ExecSession) => boolean): void => {
    for (const session of sessions.values()) if (!isOver(session) && wanted(session)) session.mayStay = true;
  };
  /** Containers' ids by the pids of their shims. */
  const shims = new Map<number, string>();
  let containerd = 0;
  let isAway = true;
  return {
    sessions,
    note: (event) => {
      if (event.type === 'docker.event' && event.action.startsWith('container exec_create')) {
        sessions.set(execIn(event.line), {
          dockerd: event.pid,
          container: event.object,
          state: 'created',
          mayStay: false,
        });
      }
      if (event.type === 'docker.event' && event.action === 'container exec_die') {
        const session = sessions.get(execIn(event.line));
        if (session !== undefined && event.line.includes('exitCode=127')) session.mayStay = true;
      }
      if (event.type === 'machine' && event.machine === 'exec') {
        const session = sessions.get(event.object);
        if (session === undefined) return;
        session.state = event.to;
        if (isAway) session.mayStay = true;
      }
      if (event.type === 'machine' && event.machine === 'containerd') {
        containerd = event.pid;
        isAway = event.to !== 'serving';
      }
      if (event.type === 'task.exit' && event.pid === containerd) {
        isAway = true;
        stay(() => true);
      }
      if (event.type === 'container') shims.set(event.shimPid, event.id);
      if (endsByOrder(event)) {
        const orphaned = shims.get(event.pid);
        stay(({ container }) => container === orphaned);
      }
      // What a dockerd knew goes with it.
      if (event.type === 'machine' && event.machine === 'dockerd' && event.from === undefined) sessions.clear();
      if (event.type === 'container' && event.removed)
        for (const [id, { container }] of sessions) if (container === event.id) sessions.delete(id);
    },
  };
}

/** Execs and health checks that go on without their container, and what is left of those that are over. */
export function wrongExecs(
  kernel: Kernel,
  world: World,
  dockerd: number,
  container: ContainerState,
  { sessions }: Execs,
): readonly Complaint[] {
  const { id, name, status, shimPid } = container;
  const say = (kind: Complaint['kind'], text: string, what = ''): Complaint => ({
    of: id,
    kind,
    text: `container ${name} is ${status} for dockerd, and ${text}`,
    what,
  });
  const directory = `/run/docker/containerd/${id}`;
  const pipes = namesIn(kernel, directory).filter((pipe) => isOver(sessions.get(pipe.split('-')[0] ?? '')));
  const minded = machinesOf(world, shimPid).filter(
    ({ machine, object, state }) =>
      machine === 'shim process' && object !== id && state !== 'deleted' && isDone(sessions.get(object)),
  );
  const health = machineOf(world, dockerd, 'health', id)?.state ?? 'not watched';
  const goingOn = isRunning(container)
    ? []
    : [...sessions].filter(([, session]) => session.container === id && goesOn(session));
  return [
    ...pipes.map((pipe) => say('directory of fifos', `a pipe is left of an exec: ${directory}/${pipe}`)),
    ...minded.map(({ object, state }) => say('states', `its shim minds the exec ${object}, which is ${state}`)),
    ...goingOn.map(([exec, { state }]) => say('states', `the exec ${exec} is ${state}`)),
    ...(health === 'not watched' || status === 'running' ? [] : [say('states', `its health is watched: ${health}`)]),
  ];
}

function isDone(session: ExecSession | undefined): boolean {
  return isOver(session) && session?.mayStay === false;
}

/** One that was never started waits for ever. */
function goesOn(session: ExecSession): boolean {
  return session.state !== 'created' && !isOver(session) && !session.mayStay;
}

/** What `docker inspect` calls an exec of a container's, and is over. */
export function wrongExecIds(
  world: World,
  said: ReadonlyMap<string, readonly string[]>,
  { sessions }: Execs,
): readonly Complaint[] {
  return containersOf(world).flatMap(({ id, name }) =>
    (said.get(id) ?? [])
      .filter((exec) => isOver(sessions.get(exec)))
      .map((exec): Complaint => {
        const text = `docker inspect tells of the exec ${exec} of ${name}, which is ${sessions.get(exec)?.state}`;
        return { of: id, kind: 'answers', what: '', text };
      }),
  );
}
