import type { DetailLevel, ExitStatus } from '../journal/event.ts';
import { machinesOf } from '../journal/look-up.ts';
import { lookUp } from '../journal/table.ts';
import type { Call, MachineState, TaskState, World } from '../journal/world.ts';
import { stage, type StageKey } from '../text/stage.en.ts';
import { say, type Params } from '../text/text.ts';
import { nameIn, type Life, type Lives } from './lives.ts';
import { baseName, publishedAt, publishedBy, titleOf } from './names.ts';

const words = (key: StageKey, params: Params = {}) => say(stage, key, params);

/** What a process is called at a place: what runs under its pid then. */
export function titleAt(life: Life, place: number, comm?: string): string {
  const { part } = life.role;
  if (part === 'init' || part === 'exec') {
    const program = programAt(life, place);
    return program ?? titleOf(life.role);
  }
  if (stages[part] !== undefined) return 'runc init';
  return life.role.container === '' && comm !== undefined && comm !== '' ? comm : titleOf(life.role);
}

const stages: Readonly<Record<string, string>> = {
  'runc-init-0': '0',
  'runc-init-1': '1',
  'exec-init-0': '0',
  'exec-init-1': '1',
};

/** The container's program that has been executed by then; scripts by their own name. */
export function programAt(life: Life, place: number): string | undefined {
  const program = life.programs.findLast(({ since, argv }) => since < place && argv[1] !== 'init');
  return program === undefined ? undefined : programName(program.path, program.argv);
}

/** A shell that is many programs executes itself: then it is told by the name that it gives itself. */
export function programName(path: string, argv: readonly string[]): string {
  return baseName(path.startsWith('/proc/') ? (argv[0] ?? path) : path);
}

/** Lines of state below the title, most important first, two at most. */
export function linesOf(
  world: World,
  task: TaskState | undefined,
  life: Life,
  lives: Lives,
  level: DetailLevel,
): readonly string[] {
  const published = task === undefined ? undefined : publishedBy(task.argv);
  const lines: string[] = [];
  // What a docker-proxy publishes is all that tells it from the others, whatever else is the case.
  if (published !== undefined) {
    const container = nameIn(world, lives, life.role.container) || published.target;
    lines.push(words('node.published', { at: publishedAt(published), container }));
  }
  if (task === undefined) return [...lines, words('node.reaped')];
  if (task.state === 'zombie') return [...lines, zombieLine(life.status)];
  // systemd's units are the host's business, not the story's; when one fails the caption says so.
  if (level === 'story' && task.pid === 1) return [];
  const stageNumber = stages[life.role.part];
  if (stageNumber !== undefined) lines.push(words('node.stage', { number: stageNumber }));
  if (task.state === 'stopped') lines.push(words('node.stopped'));
  if (published !== undefined) return lines;
  if (task.isSubreaper && life.role.part === 'shim') lines.push(words('node.subreaper'));
  const machine = busiest(machinesOf(world, task.pid), lives);
  if (machine !== undefined) lines.push(machineLine(machine, life, world, lives));
  if (life.role.part === 'init' && programAt(life, world.place) === undefined) lines.push(...soon(life));
  lines.push(...waitingLine(world, task, lives));
  if (task.asleepIn !== null && machine === undefined) lines.push(asleepLine(task.asleepIn));
  if (level === 'kernel') lines.push(words('node.threads', { count: task.threads, files: task.files.size }));
  return lines.slice(0, 2);
}

/** Whose answer it waits for: the requests that it sent and that nobody has answered. */
function waitingLine(world: World, task: TaskState, lives: Lives): readonly string[] {
  for (const id of task.connections) {
    const connection = lookUp(world.connections, id);
    if (connection === undefined || connection.client !== task.pid || connection.openRequests === 0) continue;
    const server = lives.byPid.get(connection.server);
    if (server !== undefined) return [words('node.waits', { server: titleOf(server.role) })];
  }
  return [];
}

function zombieLine(status: ExitStatus | null): string {
  if (status !== null && 'signal' in status) return words('node.zombie-killed', { signal: status.signal });
  return words('node.zombie', { code: status?.code ?? 0 });
}

/** The machine that changed last: what the daemon is at. */
function busiest(machines: readonly MachineState[], lives: Lives): MachineState | undefined {
  const ofObjects = machines.filter((machine) => machine.object !== '' && !isOver(machine, lives));
  const candidates = ofObjects.length > 0 ? ofObjects : machines;
  return candidates.reduce<MachineState | undefined>(
    (latest, machine) => (latest === undefined || machine.since > latest.since ? machine : latest),
    undefined,
  );
}

/** An exec that has ended is no business of anybody's any more. */
function isOver({ object, state }: MachineState, lives: Lives): boolean {
  return isExec(object, lives) && ['exited', 'failed', 'deleted'].includes(state);
}

function machineLine({ object, state }: MachineState, life: Life, world: World, lives: Lives): string {
  const isOwn = object === '' || object === life.role.container;
  if (isOwn) return words('node.machine-own', { state });
  // The number of an exec says nothing to a reader: what it is does.
  return words('node.machine', {
    object: isExec(object, lives) ? words('node.exec') : nameIn(world, lives, object),
    state,
  });
}

function isExec(object: string, lives: Lives): boolean {
  return /^[0-9a-f]{64}$/.test(object) && !lives.containers.has(object);
}

function soon(life: Life): readonly string[] {
  const later = life.programs.find(({ argv }) => argv[1] !== 'init');
  return later === undefined ? [] : [words('node.soon', { program: programName(later.path, later.argv) })];
}

function asleepLine({ call, args }: Call): string {
  return words('node.asleep', { call: callText(call, args) });
}

/** `openat(exec.fifo)`: a call with the last part of its first path, or nothing. */
export function callText(call: string, args: string): string {
  const path = /"([^"]*)"/.exec(args)?.[1];
  const first = path === undefined ? (args.split(',')[0] ?? '') : baseName(path);
  return `${call}(${first.length > 22 ? `${first.slice(0, 21)}…` : first})`;
}
