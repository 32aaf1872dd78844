/**
 * `docker stats`: what containers use, from the daemon's samples. docker: cli/command/container/stats.go,
 * stats_helpers.go, formatter_stats.go.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, print } from '../../programs/io.ts';
import { finishBody, nextChunk, openRequest } from '../wire/http-client.ts';
import type { DockerCommand } from './arguments.ts';
import { answerError, callJson, CommandFailed, DaemonError, dockerClient, reach, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { printList } from './list-output.ts';
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
  failure: string;
  ended: boolean;
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

export function* statsCommand(docker: DockerClient, command: DockerCommand): Running {
  const { flags, args } = command;
  const isOnce = boolFlag(flags, 'no-stream');
  const names = args.length > 0 ? args : yield* listedNames(docker, boolFlag(flags, 'all'));
  const watched = names.map((name): Watched => ({ name, sample: null, failure: '', ended: false }));
  const changed = {};
  for (const one of watched) yield* sys.go(() => watch(docker, one, isOnce, changed));
  const isKnown = ({ sample, failure, ended }: Watched): boolean => sample !== null || failure !== '' || ended;
  while (!watched.every(isKnown)) yield* sys.futexWait(changed);
  const failures = watched.map(({ failure }) => failure).filter((failure) => failure !== '');
  if (args.length > 0 && failures.length > 0)
    throw new CommandFailed(failures.map((words) => `${words}\n`).join(''), 1);
  for (;;) {
    if (!isOnce) yield* print('\x1b[2J\x1b[H');
    yield* printRows(command, watched);
    if (isOnce || watched.every(({ ended }) => ended)) return 0;
    yield* sys.nanosleep(redrawNs);
  }
}

function* listedNames(docker: DockerClient, all: boolean): Running<readonly string[]> {
  const listed = yield* callJson<readonly { readonly Id: string }[]>(docker, {
    method: 'GET',
    target: target('/containers/json', { all: all ? '1' : undefined }),
  });
  return listed.map(({ Id }) => Id.slice(0, 12));
}

/** Takes a container's samples as they come, over a connection of its own. */
function* watch(docker: DockerClient, one: Watched, isOnce: boolean, changed: object): Running<void> {
  const own = { ...dockerClient(docker.address, docker.env), greeting: docker.greeting };
  try {
    const path = target(`/containers/${one.name}/stats`, { stream: isOnce ? '0' : '1' });
    const response = yield* reach(own, () => openRequest(own.http, { method: 'GET', target: path }));
    if (response.status >= 400) throw answerError(response.status, yield* finishBody(response));
    if (isOnce) take(one, yield* reach(own, () => finishBody(response)));
    else
      for (;;) {
        const chunk = yield* reach(own, () => nextChunk(response));
        if (chunk === null) break;
        take(one, chunk);
        yield* sys.futexWake(changed);
      }
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    one.failure = error.message;
  }
  one.ended = true;
  yield* sys.futexWake(changed);
}

function take(one: Watched, text: string): void {
  for (const line of linesOf(text)) one.sample = JSON.parse(line) as Sample;
}

function* printRows({ flags }: DockerCommand, watched: readonly Watched[]): Running<void> {
  const isWhole = boolFlag(flags, 'no-trunc');
  yield* printList(
    watched.map((one) => rowOf(one, isWhole)),
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

function rowOf({ name, sample, failure }: Watched, isWhole: boolean): Row {
  if (sample === null || failure !== '')
    return row(name, {
      ID: '--',
      Name: '--',
      CPUPerc: '--',
      MemUsage: '-- / --',
      MemPerc: '--',
      NetIO: '--',
      BlockIO: '--',
      PIDs: '--',
    });
  const memory = memoryOf(sample);
  const limit = sample.memory_stats.limit ?? 0;
  const io = (op: string): number =>
    (sample.blkio_stats.io_service_bytes_recursive ?? [])
      .filter((entry) => entry.op.toLowerCase() === op)
      .reduce((sum, { value }) => sum + value, 0);
  const networks = Object.values(sample.networks ?? {});
  const net = (pick: 'rx_bytes' | 'tx_bytes'): number => networks.reduce((sum, each) => sum + each[pick], 0);
  return row(name, {
    ID: isWhole ? sample.id : sample.id.slice(0, 12),
    Name: sample.name.slice(1),
    CPUPerc: `${cpuPercent(sample).toFixed(2)}%`,
    MemUsage: `${bytesSize(memory)} / ${bytesSize(limit)}`,
    MemPerc: `${(limit === 0 ? 0 : (memory / limit) * 100).toFixed(2)}%`,
    NetIO: `${humanSize(net('rx_bytes'), 3)} / ${humanSize(net('tx_bytes'), 3)}`,
    BlockIO: `${humanSize(io('read'), 3)} / ${humanSize(io('write'), 3)}`,
    PIDs: String(sample.pids_stats.current ?? 0),
  });
}

/** In the order in which JSON shows the fields. */
function row(name: string, values: Readonly<Record<string, string>>): Row {
  return Object.fromEntries(Object.entries({ Container: name, ...values }).toSorted(([a], [b]) => (a < b ? -1 : 1)));
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
