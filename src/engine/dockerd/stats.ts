/**
 * GET /containers/{id}/stats: a container's figures once a second, from its cgroup's files through containerd and the
 * shim. Bytes on the network are not counted. moby: daemon/stats.go, stats_unix.go.
 */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { locked } from '../mutex.ts';
import { neverTime, timestampNow } from '../timestamp.ts';
import { methods } from '../wire/containerd-api.ts';
import type { HttpExchange } from '../wire/http-server.ts';
import { callRpc, RpcError } from '../wire/rpc.ts';
import { isRunning, untilUnlocked } from './container.ts';
import type { Container } from './container.ts';
import { findContainer } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { isTrue } from './filters.ts';
import { processors } from './resources.ts';

/** The time between two samples. moby: newStatsCollector(). */
const intervalNs = 1_000_000_000;

/** moby: api/types.CPUStats. */
interface CpuStats {
  readonly cpu_usage: {
    readonly total_usage: number;
    readonly usage_in_kernelmode: number;
    readonly usage_in_usermode: number;
  };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
  readonly throttling_data: {
    readonly periods: number;
    readonly throttled_periods: number;
    readonly throttled_time: number;
  };
}

interface Sample {
  readonly read: string;
  readonly cpu: CpuStats;
  readonly figures: object;
}

const noCpu: CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

const nothing: Sample = {
  read: neverTime,
  cpu: noCpu,
  figures: { pids_stats: {}, blkio_stats: emptyBlockIo(), memory_stats: {} },
};

/** Answers with one sample (`stream=0`), or with one a second for as long as the client and the container are there. */
export function* sendStats(daemon: Daemon, exchange: HttpExchange, name: string): Running<void> {
  const container = findContainer(daemon, name);
  const { query } = exchange.request;
  const streams = isTrue(query.get('stream') ?? '1');
  yield* untilUnlocked(container);
  if (!isRunning(container) && !streams) {
    yield* exchange.json(200, answerOf(container, nothing, nothing));
    return;
  }
  let before = nothing;
  if (!streams && !isTrue(query.get('one-shot'))) {
    // The first one only gives the second a beginning: processor time is a difference.
    before = yield* sample(daemon, container);
    yield* sys.delay(intervalNs);
  }
  const body = yield* exchange.stream(200, 'application/json');
  for (;;) {
    if (container.removed) break;
    const now = yield* sample(daemon, container);
    if (!(yield* body.write(`${JSON.stringify(answerOf(container, now, before))}\n`)) || !streams) break;
    before = now;
    yield* exchange.waitFor(body, intervalNs);
    if (exchange.isClientGone()) return;
  }
  yield* body.end();
}

function answerOf(container: Container, now: Sample, before: Sample): object {
  const hasNetwork = isRunning(container) && container.host.NetworkMode !== 'none';
  return {
    read: now.read,
    preread: before.read,
    ...now.figures,
    num_procs: 0,
    storage_stats: {},
    cpu_stats: now.cpu,
    precpu_stats: before.cpu,
    name: container.record.Name,
    id: container.record.ID,
    ...(hasNetwork ? { networks: { eth0: noTraffic } } : {}),
  };
}

const noTraffic = {
  rx_bytes: 0,
  rx_packets: 0,
  rx_errors: 0,
  rx_dropped: 0,
  tx_bytes: 0,
  tx_packets: 0,
  tx_errors: 0,
  tx_dropped: 0,
};

/**
 * One container is asked after another: whose answer does not come holds up everybody's figures, also when nobody waits
 * for its own any more (asked of 26.1.5). moby: daemon/stats/collector.go, Run().
 */
function sample(daemon: Daemon, container: Container): Running<Sample> {
  return locked(daemon.statsCollector, () => figuresOf(daemon, container));
}

/** The figures of this moment; none of a container that does not run. */
function* figuresOf(daemon: Daemon, container: Container): Running<Sample> {
  yield* untilUnlocked(container);
  if (!isRunning(container)) return nothing;
  let files: Readonly<Record<string, string>>;
  try {
    const request = { container_id: container.record.ID };
    const answer = (yield* callRpc(daemon.containerd, methods.tasksMetrics, request)) as {
      readonly stats: Readonly<Record<string, string>>;
    };
    files = answer.stats;
  } catch (error) {
    if (error instanceof RpcError) return nothing;
    throw error;
  }
  const cpu = table(files['cpu.stat']);
  const ns = (name: string): number => (cpu[name] ?? 0) * 1000;
  return {
    read: yield* timestampNow(),
    cpu: {
      cpu_usage: {
        total_usage: ns('usage_usec'),
        usage_in_kernelmode: ns('system_usec'),
        usage_in_usermode: ns('user_usec'),
      },
      // What all processors together have had, busy or not: moby adds it up from /proc/stat.
      system_cpu_usage: (yield* sys.monotonic()) * processors,
      online_cpus: processors,
      throttling_data: {
        periods: cpu['nr_periods'] ?? 0,
        throttled_periods: cpu['nr_throttled'] ?? 0,
        throttled_time: ns('throttled_usec'),
      },
    },
    figures: {
      pids_stats: { current: Number(files['pids.current'] ?? 0), ...limitOf('limit', files['pids.max']) },
      blkio_stats: { ...emptyBlockIo(), io_service_bytes_recursive: blockIo(files['io.stat']) },
      memory_stats: {
        usage: Number(files['memory.current'] ?? 0),
        stats: table(files['memory.stat']),
        limit: yield* memoryLimit(files['memory.max'] ?? 'max'),
      },
    },
  };
}

function limitOf(name: string, text = 'max'): object {
  return text === 'max' || text === '' ? {} : { [name]: Number(text) };
}

/** `usage_usec 1234` a line. */
function table(text = ''): Readonly<Record<string, number>> {
  const rows = text.split('\n').map((line) => line.split(' '));
  return Object.fromEntries(rows.filter((row) => row.length === 2).map(([name, value]) => [name, Number(value)]));
}

/** Without a limit, what the machine has. */
function* memoryLimit(text: string): Running<number> {
  if (text !== 'max' && text !== '') return Number(text);
  const total = /MemTotal: +(\d+) kB/.exec((yield* readFileIfAny('/proc/meminfo')) ?? '')?.[1];
  return Number(total ?? 0) * 1024;
}

function emptyBlockIo(): Readonly<Record<string, readonly object[] | null>> {
  const lists = ['service_bytes', 'serviced', 'queue', 'service_time', 'wait_time', 'merged', 'time'];
  const names = lists.map((list) => `io_${list}_recursive`);
  return Object.fromEntries([...names, 'sectors_recursive'].map((name) => [name, null]));
}

/** `8:0 rbytes=4096 wbytes=0 …` a line. */
function blockIo(text = ''): readonly object[] | null {
  const entries = text.split('\n').flatMap((line) => {
    const device = /^(\d+):(\d+) /.exec(line);
    if (device === null) return [];
    return (['read', 'write'] as const).map((op) => ({
      major: Number(device[1]),
      minor: Number(device[2]),
      op,
      value: Number(new RegExp(`\\b${op.charAt(0)}bytes=(\\d+)`).exec(line)?.[1] ?? 0),
    }));
  });
  return entries.length === 0 ? null : entries;
}
