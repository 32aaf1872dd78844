/**
 * `docker stats`: what containers use, from the daemon's samples. docker: cli/command/container/stats.go,
 * stats_helpers.go, formatter_stats.go.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, print } from '../../programs/io.ts';
import { finishBody, nextChunk } from '../wire/http-client.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, CommandFailed, DaemonError, dockerClient, openAnswer, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { printList } from './list-output.ts';
import type { EventMessage } from './events.ts';
import type { Row } from './list-output.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { bytesSize, humanSize } from './size.ts';

/** A sample as it travels: moby: api/types.StatsJSON. */
interface Sample {
  readonly name: string;
  readonly id: string;
  readonly cpu_stats: Cpu;
  readonly precpu_stats: Cpu;
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly pids_stats: { readonly current?: number };
  readonly blkio_stats: {
    readonly io_service_bytes_recursive?: readonly { readonly op: string; readonly value: number }[] | null;
  };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
}

interface Cpu {
  readonly cpu_usage: { readonly total_usage: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

/** One container on the list. */
interface Watched {
  readonly name: string;
  /** Null before the first. */
  sample: Sample | null;
  /** Why the last try brought no sample. */
  failure: string;
  /** When a sample or a failure came last, ns since boot. */
  heardNs: number;
}

/** What the command knows: changed by those who listen, drawn by the main thread. */
interface Board {
  readonly docker: DockerClient;
  readonly isOnce: boolean;
  watched: readonly Watched[];
  /** The daemon tells of no more containers. */
  isOver: boolean;
}

const headers = {
  Container: 'CONTAINER',
  Name: 'NAME',
  ID: 'CONTAINER ID',
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET I/O',
  BlockIO: 'BLOCK I/O',
  PIDs: 'PIDS',
};
const usual = '{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}';

/** How often the screen is drawn again. */
const redrawNs = 500_000_000;
/** After so long without a sample its figures are no longer shown. docker: collect(). */
const staleNs = 2_000_000_000;

export function* statsCommand(docker: DockerClient, command: DockerCommand): Running {
  const { flags, args } = command;
  const isOnce = boolFlag(flags, 'no-stream');
  const board: Board = { docker, isOnce, watched: [], isOver: false };
  if (args.length === 0) yield* followAll(board, boolFlag(flags, 'all'));
  else for (const name of args) yield* add(board, name);
  yield* waitForFirst(board);
  const failures = board.watched.map(({ failure }) => failure).filter((failure) => failure !== '');
  if (args.length > 0 && failures.length > 0)
    throw new CommandFailed(failures.map((words) => `${words}\n`).join(''), 1);
  for (;;) {
    yield* sys.nanosleep(redrawNs);
    if (!isOnce) yield* print('\x1b[2J\x1b[H');
    yield* printRows(command, board.watched);
    if (isOnce || board.isOver) return 0;
  }
}

/** All containers, or those that run: the daemon's events tell who comes and who goes. Listens before it asks. */
function* followAll(board: Board, all: boolean): Running<void> {
  const own = connectionOfItsOwn(board.docker);
  const filters = JSON.stringify({ type: { container: true } });
  const path = target('/events', { filters });
  const response = yield* openAnswer(own, { method: 'GET', target: path });
  yield* sys.go(function* () {
    try {
      for (;;) {
        const chunk = yield* reach(own, () => nextChunk(response));
        if (chunk === null) break;
        for (const line of linesOf(chunk)) yield* heed(board, JSON.parse(line) as EventMessage, all);
      }
    } catch (error) {
      // That the daemon has gone ends the command without a word.
      if (!(error instanceof DaemonError)) throw error;
    }
    board.isOver = true;
  });
  const listed = yield* callJson<readonly { readonly Id: string }[]>(board.docker, {
    method: 'GET',
    target: target('/containers/json', { all: all ? '1' : undefined }),
  });
  for (const { Id } of listed) yield* add(board, Id.slice(0, 12));
}

function* heed(board: Board, { Action, Actor }: EventMessage, all: boolean): Running<void> {
  const id = Actor.ID.slice(0, 12);
  if (Action === 'start' || (all && Action === 'create')) yield* add(board, id);
  else if (!all && Action === 'die') board.watched = board.watched.filter(({ name }) => name !== id);
}

function* add(board: Board, name: string): Running<void> {
  if (board.watched.some((one) => one.name === name)) return;
  const one: Watched = { name, sample: null, failure: '', heardNs: yield* sys.monotonic() };
  board.watched = [...board.watched, one];
  yield* sys.go(() => watch(board, one));
}

/**
 * Until there is something to say of each. The time runs from the answer's head, which comes with the one sample where
 * there is but one: so for that it waits for ever (asked of 26.1.5).
 */
function* waitForFirst(board: Board): Running<void> {
  const untilNs = (yield* sys.monotonic()) + staleNs;
  for (;;) {
    const silent = board.watched.filter(({ sample, failure }) => sample === null && failure === '');
    if (silent.length === 0) return;
    const leftNs = board.isOnce ? undefined : untilNs - (yield* sys.monotonic());
    if (leftNs === undefined || leftNs > 0) yield* sys.futexWait(board, leftNs);
    else for (const one of silent) one.failure = 'timeout waiting for stats';
  }
}

const connectionOfItsOwn = (docker: DockerClient): DockerClient => ({
  ...dockerClient(docker.endpoint, docker.env),
  greeting: docker.greeting,
});

/** Takes a container's samples as they come, over a connection of its own. */
function* watch(board: Board, one: Watched): Running<void> {
  const own = connectionOfItsOwn(board.docker);
  try {
    const path = target(`/containers/${one.name}/stats`, { stream: board.isOnce ? '0' : '1' });
    const response = yield* openAnswer(own, { method: 'GET', target: path });
    if (board.isOnce) yield* take(board, one, yield* reach(own, () => finishBody(response)));
    else
      for (;;) {
        const chunk = yield* reach(own, () => nextChunk(response));
        if (chunk === null) break;
        yield* take(board, one, chunk);
      }
    if (!board.isOnce) one.failure = 'EOF';
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    one.failure = error.message;
  }
  yield* sys.futexWake(board);
}

function* take(board: Board, one: Watched, text: string): Running<void> {
  for (const line of linesOf(text)) one.sample = JSON.parse(line) as Sample;
  one.failure = '';
  one.heardNs = yield* sys.monotonic();
  yield* sys.futexWake(board);
}

function* printRows({ flags }: DockerCommand, watched: readonly Watched[]): Running<void> {
  const isWhole = boolFlag(flags, 'no-trunc');
  const nowNs = yield* sys.monotonic();
  yield* printList(
    watched.map((one) => rowOf(one, isWhole, one.failure === '' && nowNs - one.heardNs <= staleNs)),
    {
      format: stringFlag(flags, 'format'),
      quiet: false,
      usual,
      headers,
      id: (row) => row['ID'] ?? '',
      typeName: '*container.statsContext',
    },
  );
}

function rowOf({ name, sample }: Watched, isWhole: boolean, isValid: boolean): Row {
  const known = {
    ID: sample === null ? '' : isWhole ? sample.id : sample.id.slice(0, 12),
    Name: sample === null ? '--' : sample.name.slice(1),
  };
  const figures = isValid ? figuresOf(sample ?? nothing) : noFigures;
  const all = Object.entries({ Container: name, ...known, ...figures });
  // In the order in which JSON shows the fields.
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const noFigures: Row = {
  CPUPerc: '--',
  MemUsage: '-- / --',
  MemPerc: '--',
  NetIO: '--',
  BlockIO: '--',
  PIDs: '--',
};

/** What is shown before the first sample. */
const nothing: Sample = {
  name: '',
  id: '',
  cpu_stats: { cpu_usage: { total_usage: 0 } },
  precpu_stats: { cpu_usage: { total_usage: 0 } },
  memory_stats: {},
  pids_stats: {},
  blkio_stats: {},
};

function figuresOf(sample: Sample): Row {
  const memory = memoryOf(sample);
  const limit = sample.memory_stats.limit ?? 0;
  const io = (op: string): number =>
    (sample.blkio_stats.io_service_bytes_recursive ?? [])
      .filter((entry) => entry.op.toLowerCase() === op)
      .reduce((sum, { value }) => sum + value, 0);
  const networks = Object.values(sample.networks ?? {});
  const net = (pick: 'rx_bytes' | 'tx_bytes'): number => networks.reduce((sum, each) => sum + each[pick], 0);
  return {
    CPUPerc: `${cpuPercent(sample).toFixed(2)}%`,
    MemUsage: `${bytesSize(memory)} / ${bytesSize(limit)}`,
    MemPerc: `${(limit === 0 ? 0 : (memory / limit) * 100).toFixed(2)}%`,
    NetIO: `${humanSize(net('rx_bytes'), 3)} / ${humanSize(net('tx_bytes'), 3)}`,
    BlockIO: `${humanSize(io('read'), 3)} / ${humanSize(io('write'), 3)}`,
    PIDs: String(sample.pids_stats.current ?? 0),
  };
}

/** Without the cache of files that nobody uses. docker: calculateMemUsageUnixNoCache(). */
function memoryOf({ memory_stats: { usage = 0, stats = {} } }: Sample): number {
  const cache = stats['inactive_file'] ?? 0;
  return cache < usage ? usage - cache : usage;
}

/** Of one processor; two busy ones are 200 %. docker: calculateCPUPercentUnix(). */
function cpuPercent({ cpu_stats, precpu_stats }: Sample): number {
  const used = cpu_stats.cpu_usage.total_usage - precpu_stats.cpu_usage.total_usage;
  const passed = (cpu_stats.system_cpu_usage ?? 0) - (precpu_stats.system_cpu_usage ?? 0);
  return used > 0 && passed > 0 ? (used / passed) * (cpu_stats.online_cpus ?? 1) * 100 : 0;
}
