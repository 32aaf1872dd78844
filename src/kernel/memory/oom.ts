/**
 * The OOM killer: whom it chooses, and what follows. Linux: mm/oom_kill.c, oom_badness(), out_of_memory();
 * mm/memcontrol.c, mem_cgroup_out_of_memory().
 */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { cgroupPath } from '../cgroup/tree.ts';
import type { Kernel, Task } from '../kernel.ts';
import { sendSignal } from '../task/signal.ts';
import { raise } from './cgroup-memory.ts';
import { pageBytes, pageTableBytes } from './footprint.ts';
import { reportInvocation, reportKill } from './oom-report.ts';
import { residentBytes, swapBytes } from './task-memory.ts';

/** Immune: OOM_SCORE_ADJ_MIN. */
const immune = -1000;
export type OomOutcome = 'killed' | 'dying' | 'nobody';

/**
 * Points by which the killer chooses: pages in memory and swap and of page tables, and oom_score_adj thousandths of all
 * that there is. Null for who may not be chosen: oom_score_adj -1000, and the machine's own init.
 */
export function badness(task: Task, totalPages: number): number | null {
  if (task.pid === 1 || task.oomScoreAdj === immune || task.state === 'zombie' || task.state === 'reaped') return null;
  const pages = (residentBytes(task.memory) + swapBytes(task.memory) + pageTableBytes) / pageBytes;
  return Math.floor(pages + (task.oomScoreAdj * totalPages) / 1000);
}

/** /proc/PID/oom_score: 0 to 2000, for the machine as a whole. Linux: fs/proc/base.c, proc_oom_score(). */
export function oomScore(kernel: Kernel, task: Task): number {
  const total = totalPages(kernel, kernel.rootCgroup);
  const points = badness(task, total);
  return points === null ? 0 : Math.max(0, Math.trunc(((1000 + Math.trunc((points * 1000) / total)) * 2) / 3));
}

/**
 * A limit is reached and nothing can be reclaimed: the worst of those below it is killed, or with memory.oom.group all
 * of its group. `dying`: one was killed before and has not ended yet. `nobody`: there is none that may be killed.
 */
export function outOfMemory(
  kernel: Kernel,
  limited: Cgroup,
  by: Task,
  waits: 'for the dying' | 'for nobody',
): OomOutcome {
  const members = tasksBelow(kernel, limited);
  if (waits === 'for the dying' && members.some(isDying)) return 'dying';
  if (limited.parent) raise(kernel, limited, 'oom');
  const total = totalPages(kernel, limited);
  const victim = choose(
    members.filter((task) => !isDying(task)),
    total,
  );
  reportInvocation(kernel, limited, by, members);
  if (!victim) return 'nobody';
  const group = groupOf(victim, limited);
  if (group) raise(kernel, group, 'oom_group_kill');
  reportKill(kernel, limited, victim, group);
  for (const task of group ? tasksBelow(kernel, group) : [victim]) kill(kernel, limited, task, by, total);
  return 'killed';
}

function kill(kernel: Kernel, limited: Cgroup, victim: Task, by: Task, total: number): void {
  const score = badness(victim, total);
  if (score === null) return;
  if (victim.cgroup.parent) raise(kernel, victim.cgroup, 'oom_kill');
  kernel.record({
    type: 'oom.kill',
    pid: victim.pid,
    by: by.pid,
    cgroup: cgroupPath(limited),
    score,
    residentBytes: residentBytes(victim.memory),
  });
  sendSignal(kernel, null, victim, 'SIGKILL', true);
}

/** The most points; of equals who was born first. */
function choose(members: readonly Task[], total: number): Task | undefined {
  let chosen: Task | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const task of members) {
    const points = badness(task, total);
    if (points === null || points <= most) continue;
    chosen = task;
    most = points;
  }
  return chosen;
}

/** The highest cgroup with memory.oom.group from the victim's up to the one whose limit was reached. */
function groupOf(victim: Task, limited: Cgroup): Cgroup | null {
  let group: Cgroup | null = null;
  for (let level: Cgroup | null = victim.cgroup; level; level = level.parent) {
    if (level.memory.oomGroup) group = level;
    if (level === limited) break;
  }
  return group;
}

export function isDying(task: Task): boolean {
  return task.exitStatus === null && task.pending.includes('SIGKILL');
}

/** Every living member of a cgroup and of those below, in order of birth. */
export function tasksBelow(kernel: Kernel, top: Cgroup): readonly Task[] {
  return [...kernel.tasks.values()].filter(({ state, cgroup }) => {
    if (state === 'zombie') return false;
    for (let level: Cgroup | null = cgroup; level; level = level.parent) if (level === top) return true;
    return false;
  });
}

/** What the points are thousandths of: the limit and the swap that goes with it, or the machine's memory. */
function totalPages({ memory }: Kernel, { parent, memory: own }: Cgroup): number {
  if (!parent) return (memory.totalBytes + memory.swapTotalBytes) / pageBytes;
  return Math.max(
    1,
    (Math.min(own.maxBytes, memory.totalBytes) + Math.min(own.swapMaxBytes, memory.swapTotalBytes)) / pageBytes,
  );
}
