/** `runc events`: what the container's cgroup has used, as JSON lines. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { linesOf, print, readFileIfAny } from '../../programs/io.ts';
import { parseDuration } from '../docker/duration.ts';
import { oomKillsIn } from './cgroup.ts';
import { RuncError } from './error.ts';
import type { RuncOptions } from './options.ts';
import { cgroupOf, loadState, statusOf } from './state.ts';

/** How often it looks whether something was killed for want of memory; the real one is told by inotify(7). */
const lookEveryNs = 1e9;
/** 2^64 - 1, which a number of JavaScript cannot be: it is put into the text. */
const unlimited = '18446744073709551615';

/**
 * With `--stats` once, else at every interval, and at each OOM kill, until nobody is in the container's cgroup.
 * runc: libcontainer/notify_v2_linux.go.
 */
export function* events(options: RuncOptions, id: string): Running {
  const state = yield* loadState(options.root, id);
  if ((yield* statusOf(options.root, state)) === 'stopped')
    throw new RuncError(`container with id ${id} is not running`);
  const cgroup = cgroupOf(state);
  if (options.flags['stats'] === 'true') {
    yield* printEvent('stats', id, yield* statsOf(cgroup));
    return 0;
  }
  const interval = parseDuration(options.flags['interval'] ?? '5s');
  if (typeof interval !== 'number' || interval <= 0) throw new RuncError('duration interval must be greater than 0');
  let killed = yield* oomKillsIn(cgroup);
  let dueNs = (yield* sys.monotonic()) + interval;
  while (yield* isPopulated(cgroup)) {
    yield* sys.nanosleep(Math.min(lookEveryNs, interval));
    const now = yield* oomKillsIn(cgroup);
    for (; killed < now; killed += 1) yield* printEvent('oom', id, undefined);
    if ((yield* sys.monotonic()) < dueNs || !(yield* isPopulated(cgroup))) continue;
    yield* printEvent('stats', id, yield* statsOf(cgroup));
    dueNs += interval;
  }
  return 0;
}

function* isPopulated(cgroup: string): Running<boolean> {
  return (yield* table(`${cgroup}/cgroup.events`))['populated'] === 1;
}

function* printEvent(type: string, id: string, data: unknown): Running<void> {
  const text = JSON.stringify({ type, id, ...(data === undefined ? {} : { data }) });
  yield* print(`${text.replaceAll(`"${unlimited}"`, unlimited)}\n`);
}

/** runc: types/events.go, Stats; the zeros are what it has no figure for on version 2. */
function* statsOf(cgroup: string): Running<unknown> {
  const cpu = yield* table(`${cgroup}/cpu.stat`);
  const ns = (name: string): number => (cpu[name] ?? 0) * 1000;
  const some = (name: string, value: number) => (value === 0 ? {} : { [name]: value });
  const raw = yield* table(`${cgroup}/memory.stat`);
  const usage = yield* figure(`${cgroup}/memory.current`);
  const limit = yield* figure(`${cgroup}/memory.max`);
  const swapMax = yield* figure(`${cgroup}/memory.swap.max`);
  const swapLimit = typeof limit === 'number' && typeof swapMax === 'number' ? limit + swapMax : unlimited;
  const pids = yield* figure(`${cgroup}/pids.max`);
  return {
    cpu: {
      usage: { total: ns('usage_usec'), kernel: ns('system_usec'), user: ns('user_usec') },
      throttling: {
        ...some('periods', cpu['nr_periods'] ?? 0),
        ...some('throttledPeriods', cpu['nr_throttled'] ?? 0),
        ...some('throttledTime', ns('throttled_usec')),
      },
    },
    cpuset: unusedCpuset,
    memory: {
      ...some('cache', raw['file'] ?? 0),
      usage: { limit, usage, max: yield* figure(`${cgroup}/memory.peak`), failcnt: 0 },
      swap: { limit: swapLimit, usage, failcnt: 0 },
      kernel: { limit: 0, failcnt: 0 },
      kernelTCP: { limit: 0, failcnt: 0 },
      ...(Object.keys(raw).length === 0 ? {} : { raw }),
    },
    pids: { current: yield* figure(`${cgroup}/pids.current`), ...(typeof pids === 'number' ? { limit: pids } : {}) },
    blkio: {},
    hugetlb: {},
    intel_rdt: {},
    network_interfaces: null,
  };
}

const unusedCpuset = {
  cpu_exclusive: 0,
  mem_hardwall: 0,
  mem_exclusive: 0,
  memory_migrate: 0,
  memory_spread_page: 0,
  memory_spread_slab: 0,
  memory_pressure: 0,
  sched_load_balance: 0,
  sched_relax_domain_level: 0,
};

/** `NAME NUMBER` lines. */
function* table(path: string): Running<Readonly<Record<string, number>>> {
  const lines = linesOf((yield* readFileIfAny(path)) ?? '').map((line) => line.split(' '));
  return Object.fromEntries(lines.map(([name = '', value]) => [name, Number(value)]));
}

/** One number; `max` is the largest that there is. */
function* figure(path: string): Running<number | string> {
  const text = ((yield* readFileIfAny(path)) ?? '0').trim();
  return text === 'max' ? unlimited : Number(text);
}
