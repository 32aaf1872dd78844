/** What systemd tells of a scope that runc had made: its cgroup has it all. Recorded: vm-01, vm-19. */
import type { Running } from '../../kernel/abi.ts';
import { readFileIfAny } from '../../programs/io.ts';
import { cgroupTree } from './cgroup.ts';
import type { Properties } from './properties.ts';

/**
 * DefaultTasksMax=15%: of as many tasks as the kernel can have, by its numbers, its threads and the limit of the
 * root cgroup, which has none. systemd: basic/limits-util.c, system_tasks_max_scale().
 */
export function* defaultTasksMax(): Running<number> {
  const figures: number[] = [];
  for (const name of ['pid_max', 'threads-max']) {
    figures.push(Number(yield* readFileIfAny(`/proc/sys/kernel/${name}`)));
  }
  return Math.floor(0.15 * Math.min(...figures));
}

/** As runc has it: `libcontainer container ID`. */
export const descriptionOf = (name: string): string =>
  `libcontainer container ${name.replace(/^docker-|\.scope$/g, '')}`;

/** Null where its cgroup is not there. */
export function* scopeProperties(cgroup: string): Running<Properties | null> {
  const [slice, name = ''] = cgroup.split('/').slice(-2);
  const memory = yield* readFileIfAny(`${cgroup}/memory.max`);
  if (memory === null) return null;
  const tasks = (yield* readFileIfAny(`${cgroup}/pids.max`)) ?? '';
  const cpu = (yield* readFileIfAny(`${cgroup}/cpu.max`)) ?? '';
  return {
    Slice: cgroup === `${cgroupTree}/${name}` ? '-.slice' : (slice ?? ''),
    ControlGroup: cgroup.slice(cgroupTree.length),
    Delegate: 'yes',
    CPUQuotaPerSecUSec: quotaText(cpu),
    MemoryMax: limitText(memory),
    TasksMax: limitText(tasks),
    KillMode: 'control-group',
    Id: name,
    Names: name,
    Description: descriptionOf(name),
    LoadState: 'loaded',
    ActiveState: 'active',
    SubState: 'running',
    FragmentPath: `/run/systemd/transient/${name}`,
    UnitFileState: 'transient',
    Transient: 'yes',
  };
}

const limitText = (file: string): string => file.trim().replace(/^max$/, 'infinity');

/** The processor time in each second, as systemd writes a span. */
function quotaText(file: string): string {
  const [quota = 'max', period = '1'] = file.trim().split(' ');
  if (quota === 'max') return 'infinity';
  const seconds = Number(quota) / Number(period);
  if (seconds < 1) return `${seconds * 1000}ms`;
  return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(3)}s`;
}
