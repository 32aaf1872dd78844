/** What the kernel's log says of an OOM kill. Linux: mm/oom_kill.c, dump_header(), __oom_kill_process(). */
import type { Cgroup } from '../cgroup/cgroup.ts';
import { cgroupPath } from '../cgroup/tree.ts';
import { printk } from '../kernel-log.ts';
import type { Kernel, Task } from '../kernel.ts';
import { kernelRelease } from '../release.ts';
import { currentBytes } from './cgroup-memory.ts';
import { pageBytes, pageTableBytes } from './footprint.ts';
import { anonBytes, residentBytes, swapBytes } from './task-memory.ts';

const kilobytes = (bytes: number): number => Math.floor(bytes / 1024);
const pages = (bytes: number): number => Math.floor(bytes / pageBytes);

/** Who asked for memory, what there was, and who is there. */
export function reportInvocation(kernel: Kernel, limited: Cgroup, by: Task, members: readonly Task[]): void {
  const say = (text: string): void => printk(kernel, 'warning', text);
  say(`${by.comm} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=${by.oomScoreAdj}`);
  say(`CPU: 0 UID: ${by.uid} PID: ${by.pid} Comm: ${by.comm} Not tainted ${kernelRelease} #1 Debian 6.12.117-1`);
  const info = (text: string): void => printk(kernel, 'info', text);
  if (limited.parent) {
    const { memory } = limited;
    info(
      `memory: usage ${kilobytes(currentBytes(limited))}kB, limit ${kilobytes(memory.maxBytes)}kB, ` +
        `failcnt ${memory.events.max}`,
    );
    const swapLimit = Number.isFinite(memory.swapMaxBytes) ? kilobytes(memory.swapMaxBytes) : 9_007_199_254_740_988;
    info(`swap: usage ${kilobytes(memory.swapBytes)}kB, limit ${swapLimit}kB, failcnt 0`);
    info(`Memory cgroup stats for ${cgroupPath(limited)}:`);
    info(`anon ${memory.bytes.anon}`);
    info(`kernel ${memory.bytes.kernel}`);
    info(`shmem ${memory.bytes.shmem}`);
  }
  info('Tasks state (memory values in pages):');
  const columns = ['total_vm', 'rss', 'rss_anon', 'rss_file', 'rss_shmem', 'pgtables_bytes', 'swapents'];
  info(`[  pid  ]   uid  tgid ${columns.join(' ').replace('rss rss_anon', '     rss rss_anon')} oom_score_adj name`);
  for (const task of members) info(taskLine(task));
}

function taskLine({ pid, uid, memory, oomScoreAdj, comm }: Task): string {
  const anon = anonBytes(memory) + memory.sharedBytes;
  const fields = [
    String(pages(memory.virtualBytes)).padStart(8),
    String(pages(residentBytes(memory))).padStart(8),
    String(pages(anon)).padStart(8),
    String(pages(memory.fileBytes)).padStart(8),
    '0'.padStart(9),
    String(pageTableBytes).padStart(8),
    String(pages(swapBytes(memory))).padStart(8),
    String(oomScoreAdj).padStart(13),
  ];
  const [task, user, group] = [String(pid).padStart(7), String(uid).padStart(5), String(pid).padStart(5)];
  return `[${task}] ${user} ${group} ${fields.join(' ')} ${comm}`;
}

/** The two lines that everybody looks for in dmesg(1). Recorded: 09-oom. */
export function reportKill(kernel: Kernel, limited: Cgroup, victim: Task, group: Cgroup | null): void {
  const own = cgroupPath(victim.cgroup);
  const isGlobal = limited.parent === null;
  const where = isGlobal ? 'global_oom' : `oom_memcg=${cgroupPath(limited)}`;
  const constraint = isGlobal ? 'CONSTRAINT_NONE' : 'CONSTRAINT_MEMCG';
  printk(
    kernel,
    'info',
    `oom-kill:constraint=${constraint},nodemask=(null),cpuset=${victim.cgroup.name || '/'},mems_allowed=0,` +
      `${where},task_memcg=${own},task=${victim.comm},pid=${victim.pid},uid=${victim.uid}`,
  );
  const { memory } = victim;
  const anon = kilobytes(anonBytes(memory) + memory.sharedBytes);
  printk(
    kernel,
    'err',
    `${isGlobal ? 'Out of memory' : 'Memory cgroup out of memory'}: Killed process ${victim.pid} (${victim.comm}) ` +
      `total-vm:${kilobytes(memory.virtualBytes)}kB, anon-rss:${anon}kB, file-rss:${kilobytes(memory.fileBytes)}kB, ` +
      `shmem-rss:0kB, UID:${victim.uid} pgtables:${kilobytes(pageTableBytes)}kB oom_score_adj:${victim.oomScoreAdj}`,
  );
  if (group) {
    printk(kernel, 'info', `Tasks in ${cgroupPath(group)} are going to be killed due to memory.oom.group set`);
  }
}
