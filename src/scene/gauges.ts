/** What a container is held to, and how it fares: its limits and how full they are, as the journal tells. */
import { find } from '../journal/dictionary.ts';
import { machineOf, tasksOf } from '../journal/look-up.ts';
import type { ContainerState, World } from '../journal/world.ts';
import { stage, type StageKey } from '../text/stage.en.ts';
import { say, type Params } from '../text/text.ts';

const words = (key: StageKey, params: Params = {}) => say(stage, key, params);

export interface Gauge {
  readonly kind: 'memory' | 'pids' | 'cpu';
  /** `8/64 MiB`. */
  readonly text: string;
  /** 0 to 1; null where no share of the limit is known. */
  readonly share: number | null;
  /** The limit has acted: refused, throttled or killed. */
  readonly hasActed: boolean;
}

export type ConditionKind =
  | 'frozen'
  | 'starting'
  | 'healthy'
  | 'unhealthy'
  | 'restarting'
  | 'oom'
  | 'refused'
  | 'throttled';

export interface Condition {
  readonly kind: ConditionKind;
  readonly text: string;
}

/** The limits that are set for a cgroup; none when nothing is limited, or there is no such cgroup. */
export function gaugesOf(world: World, path: string): readonly Gauge[] {
  const values = find(world.cgroups, path)?.values;
  if (values === undefined) return [];
  return [memoryGauge(values), pidsGauge(world, path, values), cpuGauge(values)].flatMap((gauge) => gauge ?? []);
}

type Values = Readonly<Record<string, string>>;

function limitOf(values: Values, file: string): number | undefined {
  const value = values[file];
  return value === undefined ? undefined : limitIn(file, value);
}

/** A limit that somebody asked for, as a number: neither `max`, nor systemd's own for tasks. */
export function limitIn(file: string, value: string): number | undefined {
  const [first = ''] = value.trim().split(' ');
  const isDefault = file === 'pids.max' && Number(first) === defaultTasksMax;
  return first === 'max' || isDefault ? undefined : Number(first);
}

function memoryGauge(values: Values): Gauge | undefined {
  const max = limitOf(values, 'memory.max');
  if (max === undefined) return undefined;
  const current = Number(values['memory.current'] ?? 0);
  const text = words('gauge.memory', { current: mebibytes(current), max: mebibytes(max) });
  return { kind: 'memory', text, share: Math.min(1, current / Math.max(1, max)), hasActed: oomKillsIn(values) > 0 };
}

/** Three digits at most: `0.3`, `8.4`, `64`, `512`. */
function mebibytes(bytes: number): string {
  const amount = bytes / 1024 ** 2;
  return amount < 9.95 ? String(Math.round(amount * 10) / 10) : String(Math.round(amount));
}

function oomKillsIn(values: Values): number {
  return Number(/oom_kill (\d+)/.exec(values['memory.events'] ?? '')?.[1] ?? 0);
}

/** What systemd gives each scope that is told nothing of tasks, on a machine of this size: nobody asked for it. */
const defaultTasksMax = 4676;

function pidsGauge(world: World, path: string, values: Values): Gauge | undefined {
  const max = limitOf(values, 'pids.max');
  if (max === undefined) return undefined;
  const current = pidsIn(world, path);
  const hasActed = values['pids.events'] !== undefined && values['pids.events'] !== 'max 0';
  return { kind: 'pids', text: words('gauge.pids', { current, max }), share: Math.min(1, current / max), hasActed };
}

/** pids.current: threads of all tasks in the cgroup and below it; a zombie counts until it is reaped. */
export function pidsIn(world: World, path: string): number {
  return tasksOf(world)
    .filter(({ cgroup }) => cgroup === path || cgroup.startsWith(`${path}/`))
    .reduce((sum, { threads }) => sum + threads, 0);
}

function cpuGauge(values: Values): Gauge | undefined {
  const quota = limitOf(values, 'cpu.max');
  if (quota === undefined) return undefined;
  const period = Number(values['cpu.max']?.split(' ')[1] ?? 100_000);
  const cpus = Math.round((quota / period) * 100) / 100;
  const hasActed = values['cpu.stat'] !== undefined;
  return { kind: 'cpu', text: words(hasActed ? 'gauge.cpu-throttled' : 'gauge.cpu', { cpus }), share: null, hasActed };
}

/** What is the matter with a container at a time, the gravest first. */
export function conditionsOf(
  world: World,
  container: ContainerState,
  path: string,
  timeNs: number,
): readonly Condition[] {
  const values = find(world.cgroups, path)?.values ?? {};
  const found: Condition[] = [];
  const kills = oomKillsIn(values);
  if (container.oomKilled || kills > 0) {
    found.push({ kind: 'oom', text: words('condition.oom', { count: Math.max(1, kills) }) });
  }
  if (values['cgroup.freeze']?.trim() === '1') found.push({ kind: 'frozen', text: words('condition.frozen') });
  if (container.status === 'restarting') found.push(restartOf(container, timeNs));
  const health = machineOf(world, container.pid, 'health', container.id)?.state;
  if (container.status === 'running' && isHealth(health)) {
    found.push({ kind: health, text: words(`condition.${health}`) });
  }
  if (container.status !== 'restarting' && container.restartCount > 0) {
    found.push({ kind: 'restarting', text: words('condition.restarted', { count: container.restartCount }) });
  }
  return found;
}

/** What a limit has done, in a word: for where its gauge has no room. An OOM kill is a condition anyway. */
export function strainsOf(gauges: readonly Gauge[]): readonly Condition[] {
  const acted = (wanted: Gauge['kind']) => gauges.some(({ kind, hasActed }) => kind === wanted && hasActed);
  const found: Condition[] = [];
  if (acted('pids')) found.push({ kind: 'refused', text: words('condition.refused') });
  if (acted('cpu')) found.push({ kind: 'throttled', text: words('condition.throttled') });
  return found;
}

function isHealth(state: string | undefined): state is 'starting' | 'healthy' | 'unhealthy' {
  return state === 'starting' || state === 'healthy' || state === 'unhealthy';
}

function restartOf({ restartCount: number, restartsAtNs = 0 }: ContainerState, timeNs: number): Condition {
  const tenths = Math.ceil((restartsAtNs - timeNs) / 1e8);
  if (tenths <= 0) return { kind: 'restarting', text: words('condition.restarting-now', { number }) };
  return { kind: 'restarting', text: words('condition.restarting', { number, seconds: (tenths / 10).toFixed(1) }) };
}
